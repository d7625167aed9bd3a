"""Everything the centre knows about the way of one alarm: press, disk, broker, centre, person, felt at the button.

Two clocks meet here. What happened at the gateway is told in milliseconds of its monotonic clock (`mono` of the alarm's
CloudEvent and the `*_mono` of its trail, same `boot`), so those distances hold whatever any wall clock said. What
happened at the office has the office's wall clock; a distance across both is marked as such.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from office.desk.duty.drill_report import marked
from office.desk.people import audit
from office.desk.people.accounts import name_of
from office.desk.told import part, told
from sync.contract.envelope import Struct, replaced

MOST_LINKS = 20_000
"""Rows of the audit log in one proof; beyond it the proof ends at a row of the log and says so."""


class Mark(Struct, frozen=True):
    """One step. `after_ms` counts from the press; `clock` says by whose clock: `gateway`, `office` or `both`."""

    name: str
    zh: str
    en: str
    at: int | None = None
    after_ms: float | None = None
    clock: str = ""
    by: str = ""
    note: str = ""


class Link(Struct, frozen=True):
    """One row of the audit log: whole when it is about this alarm (`row`), else only its digest."""

    n: int
    digest: str
    hash: str
    row: list[int | str] | None = None


class Proof(Struct, frozen=True, kw_only=True):
    """The whole proof. `before` is the hash before the first link; `anchors` are lines kept outside the database."""

    alarm: str
    gateway: str
    device: str
    cause: str
    kind: str
    """`real`, `test` or `drill`."""
    place: str
    """epoch/lane/sequence: where the gateway's store had it."""
    marks: list[Mark]
    before: str
    links: list[Link]
    anchors: list[str] = []
    office: str = ""
    made_at: int = 0


@dataclass(slots=True)
class _Raised:
    row: sqlite3.Row
    event: sqlite3.Row | None
    trail: dict[str, float] = field(default_factory=dict)
    untold: str = ""
    echoes: dict[str, int] = field(default_factory=dict)


WORDS = {
    "pressed": ("按下按钮", "Pressed"),
    "disk": ("网关写入磁盘", "On the gateway's disk"),
    "broker": ("消息代理收到", "At the broker"),
    "centre": ("中心写入磁盘", "On the centre's disk"),
    "receipt": ("网关收到中心回执", "The centre's receipt at the gateway"),
    "person": ("值班员接警", "Taken by a person"),
    "way": ("有人前往", "Somebody on the way"),
    "step": ("网关收到接警消息", "The gateway knows it was taken"),
    "felt": ("按钮处已告知老人", "Told at the button"),
    "closed": ("处理完毕", "Closed"),
}


def proof(conn: sqlite3.Connection, alarm: str, now: int, office: str, anchors: list[str]) -> Proof | None:
    """None: there is no such alarm."""
    raised = _raised(conn, alarm)
    if raised is None:
        return None
    row, event = raised.row, raised.event
    drill = bool(marked(conn, [alarm])) or row["reason"] == "drill"  # before anybody took it nothing says so
    before, links = _links(conn, alarm)
    return Proof(
        alarm=alarm,
        gateway=row["gateway"],
        device=row["device"],
        cause=row["cause"],
        kind="drill" if drill else "test" if row["test"] else "real",
        place=f"{event['epoch']}/{event['lane']}/{event['seq']}" if event else "",
        marks=_marks(conn, raised),
        before=before,
        links=links,
        anchors=anchors,
        office=office,
        made_at=now,
    )


def _raised(conn: sqlite3.Connection, alarm: str) -> _Raised | None:
    row = conn.execute("SELECT * FROM centre.alarms WHERE id=?", (alarm,)).fetchone()
    if row is None:
        return None
    event = conn.execute(
        """SELECT e.mono, e.boot, e.seq, s.epoch, s.lane FROM centre.events e JOIN centre.streams s ON s.id=e.stream
           WHERE e.id=?""",
        (alarm,),
    ).fetchone()
    found = _Raised(row, event)
    updates = """SELECT u.at, u.data, e.boot FROM centre.alarm_updates u LEFT JOIN centre.events e ON e.id=u.id
                 WHERE u.alarm=? ORDER BY u.at, u.id"""
    for update in conn.execute(updates, (alarm,)):
        _read_update(found, update)
    return found


def _read_update(found: _Raised, update: sqlite3.Row) -> None:
    said = part(told(update["data"]), "attributes")
    if "step" in said:
        found.echoes.setdefault(str(said["step"]), update["at"])
    same_life = found.event is not None and update["boot"] == found.event["boot"]
    for name, value in said.items():
        if name.endswith("_mono") and isinstance(value, int | float) and same_life:
            found.trail[name.removesuffix("_mono")] = value
    found.untold = str(said.get("untold", found.untold))


def _marks(conn: sqlite3.Connection, raised: _Raised) -> list[Mark]:
    row, pressed = raised.row, raised.row["raised_at"]
    steps = conn.execute(
        "SELECT step, by, actor, at, text, reason FROM centre.alarm_steps WHERE alarm=? ORDER BY n", (row["id"],)
    ).fetchall()
    first = {step["step"]: step for step in reversed(steps)}
    marks = [_mark("pressed", pressed, 0.0, "gateway")]
    marks += [_by_gateway(raised, name) for name in ("disk", "broker")]
    marks.append(
        _mark("centre", row["received_at"], row["received_at"] - pressed, "both", note=_bound(raised, "receipt"))
    )
    marks.append(_by_gateway(raised, "receipt"))
    for name, step in (("person", "acknowledge"), ("way", "on_the_way")):
        if step in first:
            person = _by_person(conn, name, first[step], pressed)
            bound = _bound(raised, "step") if name == "person" else ""
            marks.append(replaced(person, note=" · ".join(filter(None, (person.note, bound)))))
    marks.append(_by_gateway(raised, "step"))
    marks.append(_felt(raised))
    if row["closed_at"] is not None:
        closing = first.get("close")
        marks.append(
            _by_person(conn, "closed", closing, pressed)
            if closing is not None
            else _mark("closed", row["closed_at"], row["closed_at"] - pressed, "both")
        )
    return marks


def _mark(name: str, at: int | None, after_ms: float | None, clock: str, by: str = "", note: str = "") -> Mark:
    zh, en = WORDS[name]
    return Mark(name, zh, en, at, after_ms, clock, by, note)


def _by_gateway(raised: _Raised, name: str) -> Mark:
    if name not in raised.trail or raised.event is None:
        return _mark(name, None, None, "gateway", note="not-told")
    after = raised.trail[name] - raised.event["mono"]
    return _mark(name, raised.row["raised_at"] + round(after), round(after, 1), "gateway")


def _bound(raised: _Raised, later: str) -> str:
    """What the gateway's own clock says about a step at the office: not later than what came back of it."""
    if later not in raised.trail or raised.event is None:
        return ""
    return f"≤ {raised.trail[later] - raised.event['mono']:.1f} ms"


def _felt(raised: _Raised) -> Mark:
    if "told" in raised.trail and raised.event is not None:
        after = raised.trail["told"] - raised.event["mono"]
        return _mark("felt", raised.row["raised_at"] + round(after), round(after, 1), "gateway", note=raised.untold)
    echo = raised.echoes.get("acknowledge") or raised.echoes.get("on_the_way")
    return _mark("felt", None, None, "gateway", note="echoed" if echo else "not-told")


def _by_person(conn: sqlite3.Connection, name: str, step: sqlite3.Row, pressed: int) -> Mark:
    who = name_of(conn, step["actor"]) if step["actor"] else step["by"]
    return _mark(name, step["at"], step["at"] - pressed, "both", who, step["reason"] or step["text"])


def _links(conn: sqlite3.Connection, alarm: str) -> tuple[str, list[Link]]:
    """The log from the first row about this alarm to its end now."""
    first = conn.execute("SELECT min(n) FROM audit WHERE about=?", (alarm,)).fetchone()[0]
    if first is None:
        return audit.FIRST, []
    before = conn.execute("SELECT hash FROM audit WHERE n=?", (first - 1,)).fetchone()
    rows = conn.execute(
        "SELECT n, at, actor, action, about, detail, hash FROM audit WHERE n>=? ORDER BY n LIMIT ?", (first, MOST_LINKS)
    )
    return (before[0] if before else audit.FIRST), [_link(row, alarm) for row in rows]


def _link(row: sqlite3.Row, alarm: str) -> Link:
    parts = [row["n"], row["at"], row["actor"], row["action"], row["about"], row["detail"]]
    return Link(row["n"], audit.digest(*parts), row["hash"], parts if row["about"] == alarm else None)


def broken(shown: Proof) -> str:
    """Empty when every link holds; else what does not. Needs nothing but the proof itself."""
    hash_ = shown.before
    for link in shown.links:
        if link.row is not None and audit.digest(*link.row) != link.digest:  # type: ignore[arg-type]
            return f"row {link.n} does not have the digest it is shown with"
        hash_ = audit.linked(hash_, link.digest)
        if hash_ != link.hash:
            return f"row {link.n} is not chained to the row before it"
    hashes = {link.n: link.hash for link in shown.links}
    for line in shown.anchors:
        parts = line.split()
        if len(parts) >= 3 and parts[1].isdigit() and hashes.get(int(parts[1]), parts[2]) != parts[2]:
            return f"the anchor of {parts[0]} says another hash for row {parts[1]}"
    return ""
