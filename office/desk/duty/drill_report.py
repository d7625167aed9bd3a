"""What a drill showed: every stage with its time, who took it, and the goals beside it. Functions over a connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeVar

from office.desk.people import accounts
from office.desk.told import told
from sync.contract.alarm import Step
from sync.contract.envelope import Struct

GOALS_MS: dict[str, int] = {"received": 3_000, "rang": 1_000, "taken": 60_000, "on_the_way": 180_000}
"""After the stage it is measured from (`FROM`)."""

FROM: dict[str, str] = {
    "sent": "ordered",
    "raised": "ordered",
    "at_broker": "raised",
    "received": "ordered",
    "rang": "received",
    "taken": "received",
    "on_the_way": "received",
    "closed": "received",
}
"""From which stage each is measured; by the office's clock, `raised` and `at_broker` by the gateway's."""


TELLTALE = ("drill", "order", "whole_way")
"""Attributes that only a drill has."""

T = TypeVar("T")


class StageTime(Struct, frozen=True):
    """When, how long after what, and whether that was in time; `good` is empty without a goal or an end."""

    stage: str
    at: int | None
    after: str = ""
    ms: int | None = None
    goal_ms: int | None = None
    good: bool | None = None
    who: str = ""


class DrillView(Struct, frozen=True, kw_only=True):
    """A drill. `state`: ordered, running, taken, ended, failed."""

    id: str
    gateway: str
    device: str
    whole_way: bool
    ordered_by: str
    ordered_at: int
    state: str
    alarm: str = ""
    failed: str = ""
    ended_at: int | None = None
    stages: list[StageTime] = []
    good: bool | None = None


def marked(conn: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Of these alarms the drills, as the board may say it: only after somebody took them."""
    return _drills(conn, ids, "stage>=4 AND")


def hidden(conn: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Of these messages the drills that nobody has taken yet: nothing that is shown may give them away."""
    return _drills(conn, ids, "stage<4 AND")


def unsaid(attributes: dict[str, T]) -> dict[str, T]:
    """Without what says that it is a drill."""
    return {name: value for name, value in attributes.items() if name not in TELLTALE}


def quiet(conn: sqlite3.Connection, ids: Sequence[str]) -> set[str]:
    """Of these alarms the drills that nobody is to be phoned for."""
    return _drills(conn, ids, "coalesce(json_extract(data, '$.attributes.whole_way'), 0)=0 AND")


def _drills(conn: sqlite3.Connection, ids: Sequence[str], which: str) -> set[str]:
    if not ids:
        return set()
    marks = ",".join("?" * len(ids))
    query = f"""SELECT id FROM centre.alarms WHERE id IN ({marks}) AND data LIKE '%"drill"%' AND json_valid(data)
                AND {which} json_extract(data, '$.attributes.drill')=1"""  # noqa: S608 - question marks and our own words
    return {row["id"] for row in conn.execute(query, tuple(ids))}


def view(conn: sqlite3.Connection, row: sqlite3.Row) -> DrillView:
    """A drill as it stands."""
    base = {
        "id": row["id"],
        "gateway": row["gateway"],
        "device": row["device"],
        "whole_way": bool(row["whole_way"]),
        "ordered_by": accounts.name_of(conn, row["ordered_by"]),
        "ordered_at": row["ordered_at"],
        "failed": row["failed"],
        "ended_at": row["ended_at"],
    }
    alarm = alarm_of(conn, row)
    if alarm is None:
        return DrillView(**base, state="failed" if row["failed"] else "ordered", stages=_stages(_sent(conn, row)))
    times = {**_sent(conn, row), **_life(conn, alarm)}
    stages = _stages(times, _names(conn, alarm["id"]))
    state = "ended" if alarm["closed_at"] else "taken" if alarm["acknowledged_at"] else "running"
    judged = [stage.good for stage in stages if stage.good is not None]
    good = all(judged) and times.get("taken") is not None if state == "ended" else None
    return DrillView(**base, state=state, alarm=alarm["id"], stages=stages, good=good)


def alarm_of(conn: sqlite3.Connection, row: sqlite3.Row) -> sqlite3.Row | None:
    """The alarm that a drill raised: as the gateway answered, or by the order it names."""
    answer = conn.execute("SELECT result FROM centre.orders WHERE id=?", (row["id"],)).fetchone()
    named = _object(answer["result"]).get("alarm") if answer else None
    if isinstance(named, str):
        found: sqlite3.Row | None = conn.execute("SELECT * FROM centre.alarms WHERE id=?", (named,)).fetchone()
        return found
    candidates = conn.execute(
        """SELECT * FROM centre.alarms WHERE gateway=? AND device=? AND received_at>=? AND data LIKE '%"drill"%'
           ORDER BY received_at LIMIT 20""",
        (row["gateway"], row["device"], row["ordered_at"] - 60_000),
    )
    orders = ((one, _object(one["data"]).get("attributes")) for one in candidates)
    return next((one for one, said in orders if isinstance(said, dict) and said.get("order") == row["id"]), None)


def _sent(conn: sqlite3.Connection, row: sqlite3.Row) -> dict[str, int | None]:
    sent = conn.execute("SELECT confirmed_at FROM centre.sendings WHERE about=? LIMIT 1", (row["id"],)).fetchone()
    return {"ordered": row["ordered_at"], "sent": sent["confirmed_at"] if sent else None}


def _life(conn: sqlite3.Connection, alarm: sqlite3.Row) -> dict[str, int | None]:
    rang = conn.execute(
        "SELECT min(at) AS at FROM alarm_calls WHERE alarm=? AND what IN ('first', 'next', 'everyone')", (alarm["id"],)
    ).fetchone()
    return {
        "raised": alarm["raised_at"],
        "at_broker": _at_broker(conn, alarm),
        "received": alarm["received_at"],
        "rang": rang["at"] if rang else None,
        "taken": alarm["acknowledged_at"],
        "on_the_way": alarm["on_the_way_at"],
        "closed": alarm["closed_at"],
    }


def _at_broker(conn: sqlite3.Connection, alarm: sqlite3.Row) -> int | None:
    """The gateway says it afterwards, in its own monotonic milliseconds."""
    event = conn.execute("SELECT mono FROM centre.events WHERE id=?", (alarm["id"],)).fetchone()
    for update in conn.execute("SELECT data FROM centre.alarm_updates WHERE alarm=? ORDER BY at", (alarm["id"],)):
        attributes = _object(update["data"]).get("attributes")
        said = attributes.get("broker_mono") if isinstance(attributes, dict) else None
        if event is not None and isinstance(said, (int, float)):
            return int(alarm["raised_at"] + max(0, said - event["mono"]))
    return None


def _names(conn: sqlite3.Connection, alarm: str) -> dict[str, str]:
    stages = {Step.ACKNOWLEDGE.label: "taken", Step.ON_THE_WAY.label: "on_the_way", Step.CLOSE.label: "closed"}
    found: dict[str, str] = {}
    for step in conn.execute("SELECT step, by, actor FROM centre.alarm_steps WHERE alarm=? ORDER BY n", (alarm,)):
        name = accounts.name_of(conn, step["actor"]) if step["actor"] else step["by"]
        found.setdefault(stages.get(step["step"], ""), name)
        if step["step"] == Step.ON_THE_WAY.label:
            found.setdefault("taken", name)
    return found


def _stages(times: dict[str, int | None], names: dict[str, str] | None = None) -> list[StageTime]:
    return list(_each(times, names or {}))


def _each(times: dict[str, int | None], names: dict[str, str]) -> Iterable[StageTime]:
    yield StageTime("ordered", times.get("ordered"))
    for stage, after in FROM.items():
        at, begin, goal = times.get(stage), times.get(after), GOALS_MS.get(stage)
        ms = at - begin if at is not None and begin is not None else None
        good = ms <= goal if ms is not None and goal is not None else None
        yield StageTime(stage, at, after, ms, goal, good, names.get(stage, ""))


def _object(text: str | None) -> dict[str, object]:
    return told(text)
