"""What can be taken away as a table, so that the office is nobody's prisoner: names, columns, and how each is read.

Every dataset is read by key, a page at a time, on what is committed; nothing is kept in memory but a page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
PAGE = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: `text`, `number` or `time` (milliseconds inside, ISO 8601 in Beijing's time outside)."""

    name: str
    zh: str
    kind: str = "text"


Key = int | str


@dataclass(frozen=True, slots=True)
class Dataset:
    """`source` selects `key`, `when` and the columns.

    `when` grows with `key`, which is unique: a number, or a text that begins with the time in fifteen digits.
    """

    name: str
    zh: str
    en: str
    source: str
    key: str
    when: str
    columns: tuple[Column, ...]

    def bounds(self, conn: sqlite3.Connection, since: int, until: int) -> tuple[Key, Key]:
        """The first key of what happened in [since, until) milliseconds, and the first behind it."""
        if self.key != "n":
            return f"{since:015d}", f"{until:015d}"
        return self._first(conn, since), self._first(conn, until)

    def _first(self, conn: sqlite3.Connection, at: int) -> int:
        """The smallest `n` that is not before that time, by halving: no list is read for it."""
        below = 0
        above = int(conn.execute(f"SELECT coalesce(max(n), 0) FROM ({self.source})").fetchone()[0]) + 1  # noqa: S608
        query = f"SELECT n, {self.when} AS at_ FROM ({self.source}) WHERE n>? ORDER BY n LIMIT 1"  # noqa: S608
        while above - below > 1:
            middle = (below + above) // 2
            row = conn.execute(query, (middle - 1,)).fetchone()
            if row is None or row["at_"] >= at:
                above = middle
            else:
                below = row["n"]
        return above

    def page(self, conn: sqlite3.Connection, first: Key, end: Key) -> tuple[list[sqlite3.Row], Key | None]:
        """Rows from key `first` on, below `end`; and where the next page begins."""
        names = ", ".join(column.name for column in self.columns)
        query = f"""SELECT {self.key} AS key_, {names} FROM ({self.source})
            WHERE {self.key}>=? AND {self.key}<? ORDER BY {self.key} LIMIT {PAGE + 1}"""  # noqa: S608 - our own words
        rows = conn.execute(query, (first, end)).fetchall()
        return rows[:PAGE], rows[PAGE]["key_"] if len(rows) > PAGE else None


def cells(dataset: Dataset, row: sqlite3.Row) -> list[object]:
    """One row as it stands outside."""
    return [_outside(column, row[column.name]) for column in dataset.columns]


def _outside(column: Column, value: object) -> object:
    if column.kind == "time" and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(BEIJING).isoformat(timespec="milliseconds")
    return value


def _columns(text: str) -> tuple[Column, ...]:
    """`name=中文:kind ...`, as written below."""
    made = []
    for part in text.split():
        name, _, rest = part.partition("=")
        zh, _, kind = rest.partition(":")
        made.append(Column(name, zh, kind or "text"))
    return tuple(made)


DATASETS: Sequence[Dataset] = (
    Dataset(
        "alarms",
        "报警",
        "Alarms",
        """SELECT id, origin, gateway, device, cause, severity, stage, test, presses, raised_at, received_at,
           acknowledged_at, acknowledged_by, on_the_way_at, closed_at, closed_by, reason,
           printf('%015d/%s', received_at, id) AS place FROM centre.alarms""",
        "place",
        "received_at",
        _columns(
            "id=编号 origin=来源 gateway=网关 device=设备 cause=原因 severity=级别 stage=阶段:number "
            "test=测试:number presses=按下次数:number raised_at=发生时间:time received_at=中心收到:time "
            "acknowledged_at=接警时间:time acknowledged_by=接警岗位 on_the_way_at=出发时间:time "
            "closed_at=结束时间:time closed_by=结束岗位 reason=结果"
        ),
    ),
    Dataset(
        "alarm-steps",
        "报警处置步骤",
        "Steps of alarms",
        """SELECT s.n, s.alarm, s.step, s.by, coalesce(a.login, s.actor) AS account, s.at, s.text, s.reason
           FROM centre.alarm_steps s LEFT JOIN accounts a ON a.id=s.actor""",
        "n",
        "at",
        _columns(
            "n=序号:number alarm=报警编号 step=步骤 by=岗位 account=账号 at=时间:time text=对老人说的话 reason=结果"
        ),
    ),
    Dataset(
        "cases",
        "案件",
        "Cases",
        """SELECT n, number, slip, step, open, kind, department, source, source_ref, words, transcript, pole,
           place_words, community, alarm, begun_at, step_at, due_at, result, answer, outcome, answered_at, ended_at,
           leader, district_number, district_due FROM cases""",
        "n",
        "begun_at",
        _columns(
            "n=序号:number number=案件号 slip=回执号 step=步骤 open=未结:number kind=类别 department=科室 "
            "source=来源 source_ref=来源编号 words=内容 transcript=语音转写 pole=桩号 place_words=地点 "
            "community=社区 alarm=报警编号 begun_at=受理时间:time step_at=进入本步骤:time due_at=期限:time "
            "result=处理结果 answer=答复 outcome=结论 answered_at=答复时间:time ended_at=结案时间:time "
            "leader=并入案件 district_number=区中心编号 district_due=区中心期限:time"
        ),
    ),
    Dataset(
        "case-history",
        "案件经过",
        "History of cases",
        """SELECT h.n, h.number, h.at, coalesce(a.login, h.actor) AS account, h.action, h.step, h.department, h.words
           FROM case_history h LEFT JOIN accounts a ON a.id=h.actor""",
        "n",
        "at",
        _columns(
            "n=序号:number number=案件号 at=时间:time account=账号 action=操作 step=步骤 department=科室 words=说明"
        ),
    ),
    Dataset(
        "events",
        "设备上报(原始)",
        "What devices said, as they said it",
        """SELECT e.n, e.id, d.gateway, d.device, d.source, d.profile, e.type, e.time, e.received, e.clock, e.subject,
           e.data FROM centre.events e JOIN centre.devices d ON d.id=e.device""",
        "n",
        "received",
        _columns(
            "n=序号:number id=编号 gateway=网关 device=设备 source=来源 profile=型号 type=类型 "
            "time=发生时间:time received=中心收到:time clock=时钟 subject=关于 data=内容"
        ),
    ),
    Dataset(
        "duty",
        "在岗记录",
        "Who was on duty",
        """SELECT printf('%015d/%s', t.began_at, t.id) AS place, coalesce(a.login, t.account) AS account, t.began_at,
           t.ended_at, t.why FROM duty_times t LEFT JOIN accounts a ON a.id=t.account""",
        "place",
        "began_at",
        _columns("account=账号 began_at=开始:time ended_at=结束:time why=结束原因"),
    ),
    Dataset(
        "unattended",
        "无人值守时段",
        "Times when nobody was there",
        "SELECT n, began_at, ended_at FROM unattended",
        "n",
        "began_at",
        _columns("n=序号:number began_at=开始:time ended_at=结束:time"),
    ),
    Dataset(
        "looks",
        "查看摄像头记录",
        "Looks through cameras",
        """SELECT l.n, l.at, coalesce(a.login, l.account) AS account, l.asked_by, l.gateway, l.camera, l.reason,
           l.about, l.way, l.sha256, l.refused FROM looks l LEFT JOIN accounts a ON a.id=l.account""",
        "n",
        "at",
        _columns(
            "n=序号:number at=时间:time account=账号 asked_by=由谁提出 gateway=网关 camera=摄像头 reason=理由 "
            "about=关于 way=方式 sha256=图片 refused=未成功的原因"
        ),
    ),
    Dataset(
        "outcalls",
        "对外电话记录",
        "Calls to people outside",
        "SELECT n, at, reason, about, text, state, detail, ended_at FROM outcalls",
        "n",
        "at",
        _columns(
            "n=序号:number at=时间:time reason=原因 about=关于 text=内容 state=结果 detail=说明 ended_at=结束:time"
        ),
    ),
    Dataset(
        "calls",
        "视频通话记录",
        "Video calls",
        """SELECT printf('%015d/%s', c.began, c.id) AS place, c.id, c.gateway, c.department, c.began, c.granted,
           c.ended, c.reason, coalesce(a.login, c.clerk) AS account, c.waited_s, c.handled_s, c.guide, c.case_number,
           c.alarm, c.outgoing, c.handed_over, c.sound_only, c.loss
           FROM calls c LEFT JOIN accounts a ON a.id=c.clerk""",
        "place",
        "began",
        _columns(
            "id=编号 gateway=网关 department=科室 began=开始:time granted=接听:time ended=结束:time reason=结束原因 "
            "account=接听人 waited_s=等待秒数:number handled_s=通话秒数:number guide=办事指南 case_number=案件 "
            "alarm=报警 outgoing=主动呼出:number handed_over=转接:number sound_only=仅语音:number loss=丢失比例:number"
        ),
    ),
    Dataset(
        "callbacks",
        "回拨请求",
        "Wishes to be called back",
        """SELECT w.n, w.at, w.department, w.gateway, w.state, coalesce(a.login, w.by) AS account, w.changed, w.tries
           FROM callbacks w LEFT JOIN accounts a ON a.id=w.by""",
        "n",
        "at",
        _columns(
            "n=序号:number at=时间:time department=科室 gateway=网关 state=状态 account=处理人 changed=更新时间:time "
            "tries=次数:number"
        ),
    ),
    Dataset(
        "audit",
        "审计日志",
        "Audit log",
        """SELECT l.n, l.at, coalesce(a.login, l.actor) AS account, l.action, l.about, l.detail, l.hash
           FROM audit l LEFT JOIN accounts a ON a.id=l.actor""",
        "n",
        "at",
        _columns("n=序号:number at=时间:time account=账号 action=操作 about=对象 detail=细节 hash=哈希"),
    ),
)

BY_NAME = {dataset.name: dataset for dataset in DATASETS}
