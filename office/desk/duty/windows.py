"""Announced test windows: a press inside closes itself as a test, by the way every alarm is closed. Routes and work."""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk.door import Door, Visit
from office.desk.duty.window_rule import AGAIN_MS, Press, Verdict, Window, judge
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import accounts, audit
from office.desk.people.roles import Permission
from office.desk.register import look
from office.web import Reply, said
from sync.contract.alarm import Stage, Step
from sync.contract.envelope import Struct

log = logging.getLogger("linli.office.windows")

BY = "test-window"
LONGEST_MS = 24 * 3600 * 1000
AHEAD_MS = 90 * LONGEST_MS
MOST_DEVICES = 500


class NewWindow(Struct, frozen=True):
    """From and to in milliseconds; communities by name, devices as `gateway/device`."""

    begins_at: int
    ends_at: int
    communities: list[str] = []
    devices: list[str] = []
    note: str = ""


class WindowView(Struct, frozen=True, kw_only=True):
    """A window, and what came of it so far."""

    id: str
    begins_at: int
    ends_at: int
    communities: list[str]
    devices: list[str]
    note: str
    made_by: str
    tests: int
    real: int


class WindowsView(Struct, frozen=True):
    """Those that last or come first, and the communities there are."""

    windows: list[WindowView]
    communities: list[str]


class Windows(Part):
    """Stands before the board: what closes itself as a test shall not ring first."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        work = Permission.ALARMS_WORK
        return (
            Door(
                "GET", "/v1/windows", self.listed, Permission.ALARMS_SEE, "Test windows, the latest first",
                answers=WindowsView, query=("before", "limit"),
            ),
            Door("POST", "/v1/windows", self.add, work, "Announce one", asks=NewWindow, answers=WindowView, status=201),
            Door("POST", "/v1/windows/{window}/end", self.end, work, "End or take back a window", answers=WindowView),
        )  # fmt: skip

    async def listed(self, visit: Visit) -> Reply:
        """`before` is the end of the last one seen."""
        before = visit.ask.number("before", 2**62) or 0
        limit = visit.ask.number("limit", 50, most=200) or 50
        found = await self.desk.look(partial(_views, before=before, limit=limit))
        return said(WindowsView(found, await self.desk.look(_communities)))

    async def add(self, visit: Visit) -> Reply:
        """Who announces it is noted."""
        wanted, at, who = await visit.asked(NewWindow), self.desk.now(), visit.who.id
        _check(wanted, at, await self.desk.look(_communities))
        new = secrets.token_hex(8)

        def work(conn: sqlite3.Connection) -> None:
            conn.execute(
                "INSERT INTO test_windows VALUES (?,?,?,?,?,?,?,?)",
                (
                    *(new, wanted.begins_at, wanted.ends_at),
                    json.dumps(sorted({*wanted.communities}), ensure_ascii=False),
                    json.dumps(sorted({*wanted.devices}), ensure_ascii=False),
                    *(wanted.note.strip(), who, at),
                ),
            )
            counts = {"communities": len(wanted.communities), "devices": len(wanted.devices)}
            audit.note(conn, at, who, "window.announced", new, **counts)

        await self.desk.change(work)
        return await self._told(new, 201)

    async def end(self, visit: Visit) -> Reply:
        """From now on presses are real again."""
        window, at, who = visit.name("window"), self.desk.now(), visit.who.id

        def work(conn: sqlite3.Connection) -> None:
            row = conn.execute("SELECT begins_at, ends_at FROM test_windows WHERE id=?", (window,)).fetchone()
            if row is None:
                raise missing("测试时段", "window")
            if row["ends_at"] > at:
                ends = max(at, row["begins_at"] + 1)
                conn.execute("UPDATE test_windows SET ends_at=? WHERE id=?", (ends, window))
                audit.note(conn, at, who, "window.ended", window)

        await self.desk.change(work)
        return await self._told(window)

    async def _told(self, window: str, status: int = 200) -> Reply:
        self.desk.live.tell("windows", {"window": window}, may=Permission.ALARMS_SEE)
        (view,) = await self.desk.look(partial(_views, before=2**62, limit=1, only=window))
        return said(view, status)

    async def run(self) -> None:
        """See `Part`: what came while the desk was away."""
        open_ones = "SELECT id FROM centre.alarms WHERE stage<4 AND test=0 ORDER BY received_at"
        await self.alarms_changed(
            [row["id"] for row in await self.desk.look(lambda c: c.execute(open_ones).fetchall())]
        )

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """See `Part`."""
        for alarm, window, verdict in await self.desk.look(partial(judged, alarms=alarms)):
            try:
                if verdict is Verdict.TEST:
                    await self.desk.centre.step(alarm, Step.CLOSE, BY, "", reason="test")
                await self.desk.change(partial(_note, alarm=alarm, window=window, at=self.desk.now(), verdict=verdict))
            except (NotRunning, Declined, StoreError) as reason:
                log.error("alarm %s of a test window stays open: %s", alarm, reason)  # noqa: TRY400 - no stack needed


def judged(conn: sqlite3.Connection, alarms: Sequence[str]) -> list[tuple[str, str, Verdict]]:
    """(alarm, window, verdict) of every open alarm that may have to do with a window; a drill has not."""
    windows = _windows(conn)
    if not windows:
        return []
    found: list[tuple[str, str, Verdict]] = []
    for alarm in alarms:
        row = conn.execute(
            "SELECT * FROM centre.alarms WHERE id=? AND stage<? AND test=0 AND origin='gateway'",
            (alarm, Stage.ACKNOWLEDGED),
        ).fetchone()
        if row is None or '"drill"' in row["data"]:
            continue
        press = _press(conn, row)
        verdicts = [(window.id, judge(press, window)) for window in windows]
        named = [(w, v) for w, v in verdicts if v not in (Verdict.OTHER_DEVICE, Verdict.OUTSIDE)]
        found += [(alarm, w, v) for w, v in sorted(named, key=lambda one: one[1] is not Verdict.TEST)[:1]]
    return found


def _windows(conn: sqlite3.Connection) -> list[Window]:
    """All that ended less than a day ago, or have not: a press can come late."""
    rows = conn.execute(
        """SELECT * FROM test_windows WHERE ends_at>coalesce((SELECT max(received_at) FROM centre.alarms), 0)-?
           ORDER BY ends_at LIMIT 200""",
        (LONGEST_MS,),
    )
    return [
        Window(
            row["id"],
            row["begins_at"],
            row["ends_at"],
            frozenset(json.loads(row["communities"])),
            frozenset(json.loads(row["devices"])),
        )
        for row in rows
    ]


def _press(conn: sqlite3.Connection, row: sqlite3.Row) -> Press:
    gateway, device, at = row["gateway"], row["device"], row["raised_at"]
    card = look.card(conn, gateway, device)
    near = conn.execute(
        """SELECT id, raised_at, stage FROM centre.alarms WHERE gateway=? AND device=? AND id<>?
           AND received_at>? ORDER BY received_at DESC LIMIT 50""",
        (gateway, device, row["id"], row["received_at"] - LONGEST_MS),
    ).fetchall()
    return Press(
        f"{gateway}/{device}",
        card.community if card else "",
        row["cause"],
        at,
        row["clock"],
        row["presses"],
        [other["raised_at"] for other in near if abs(at - other["raised_at"]) < AGAIN_MS],
        any(other["stage"] < Stage.CLOSED for other in near),
    )


def _note(conn: sqlite3.Connection, alarm: str, window: str, at: int, verdict: Verdict) -> None:
    made = conn.execute("INSERT OR IGNORE INTO window_presses VALUES (?,?,?,?)", (alarm, window, at, verdict)).rowcount
    if made and verdict is Verdict.TEST:
        audit.note(conn, at, audit.SYSTEM, "alarm.closed", alarm, reason="test", window=window)


def _check(wanted: NewWindow, at: int, communities: Sequence[str]) -> None:
    if not wanted.communities and not wanted.devices:
        raise Mistake("请选择社区或设备", "choose communities or devices", field="communities")
    if not 0 < wanted.ends_at - wanted.begins_at <= LONGEST_MS:
        raise Mistake(
            "测试时段最长 24 小时,结束在开始之后", "a window is at most 24 h and ends after it begins", field="ends_at"
        )
    if wanted.ends_at <= at or wanted.begins_at > at + AHEAD_MS:
        raise Mistake("测试时段应在今后三个月内", "a window lies in the next three months", field="begins_at")
    if set(wanted.communities) - set(communities):
        raise Mistake("没有这个社区", "no such community", field="communities")
    if len(wanted.devices) > MOST_DEVICES or any("/" not in name or len(name) > 130 for name in wanted.devices):
        raise Mistake("设备写作 网关/设备,最多 500 个", "devices are gateway/device, at most 500", field="devices")
    if len(wanted.note) > 200:
        raise Mistake("备注最多 200 字", "a note has at most 200 characters", field="note")


def _communities(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute("SELECT DISTINCT name FROM places WHERE kind='community' ORDER BY name LIMIT 500")
    return [row["name"] for row in rows]


def _views(conn: sqlite3.Connection, before: int, limit: int, only: str = "") -> list[WindowView]:
    rows = conn.execute(
        """SELECT w.*, (SELECT count(*) FROM window_presses p WHERE p.window=w.id AND p.verdict='test') AS tests,
                  (SELECT count(*) FROM window_presses p WHERE p.window=w.id AND p.verdict<>'test') AS real
           FROM test_windows w WHERE w.ends_at<? AND (?2='' OR w.id=?2) ORDER BY w.ends_at DESC, w.id DESC LIMIT ?3""",
        (before, only, limit),
    )
    return [
        WindowView(
            id=row["id"],
            begins_at=row["begins_at"],
            ends_at=row["ends_at"],
            communities=json.loads(row["communities"]),
            devices=json.loads(row["devices"]),
            note=row["note"],
            made_by=accounts.name_of(conn, row["made_by"]),
            tests=row["tests"],
            real=row["real"],
        )
        for row in rows
    ]
