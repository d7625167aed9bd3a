"""Calls as rows: functions over a connection. A call is begun once; what follows only ever adds to its row."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from office.desk.calls.line import Line
from office.desk.calls.shapes import CallRow, LastCall
from office.desk.calls.wish import Wish
from office.desk.people.accounts import name_of
from office.desk.register import look as register
from sync.contract import case_number
from sync.contract.alarm import Stage

POOR_LOSS = 0.10
RESERVED = 1000
"""Numbers of signals that are written down ahead: a desk that is started anew goes on above them."""

EARLIER = 5
KIOSK = "kiosk"
"""The device by which a box's screen is known."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is asked of the tables when a call begins."""

    used: bool
    again: str
    kiosk: str
    alarm: bool | None
    """Whether the alarm it speaks of is an open one of this gateway; None: there is no such alarm (yet)."""


Row = tuple[str | int | None, ...]


def beginning(line: Line) -> Row:
    """The row of a call that begins, taken at one moment."""
    wish = line.wish
    return (
        line.id, line.gateway, line.department, line.began, line.clerk, str(line.call.state), wish.video, wish.language,
        wish.guide, numbered(wish.case), wish.again, wish.alarm, line.outgoing, line.callback, RESERVED,
    )  # fmt: skip


def begin(conn: sqlite3.Connection, row: Row) -> None:
    """A call that lives."""
    conn.execute(
        """INSERT OR IGNORE INTO calls(id, gateway, department, began, clerk, state, video, language, guide,
               case_number, again, alarm, outgoing, callback, sent) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        row,
    )


def refuse(conn: sqlite3.Connection, call: str, gateway: str, wish: Wish, at: int, reason: str) -> None:
    """A call that ended where it began."""
    conn.execute(
        """INSERT OR IGNORE INTO calls(id, gateway, department, began, ended, reason, state, video, language, guide,
               case_number, alarm, waited_s) VALUES (?,?,?,?,?,?,'ended',?,?,?,?,?,0)""",
        (
            call, gateway, wish.department, at, at, reason, wish.video, wish.language, wish.guide, numbered(wish.case),
            wish.alarm,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Image:
    """A call as its row shall say, taken at one moment."""

    id: str
    department: str
    state: str
    clerk: str
    heard: int
    handed_over: bool
    sound_only: bool
    loss: float | None
    poor: float | None


def image(line: Line) -> Image:
    """Of that call now."""
    loss = line.flow.loss
    return Image(
        line.id,
        line.department,
        str(line.call.state),
        line.clerk,
        line.heard.last,
        bool(line.came_from),
        line.flow.sound_only or not line.video,
        round(sum(loss) / len(loss), 4) if loss else None,
        round(sum(share >= POOR_LOSS for share in loss) / len(loss), 4) if loss else None,
    )


def granted(conn: sqlite3.Connection, now: Image, at: int, waited_s: float | None) -> None:
    """Somebody has it. The first time counts for the wait."""
    conn.execute(
        """UPDATE calls SET granted=coalesce(granted, ?), waited_s=coalesce(waited_s, ?), clerk=?, department=?,
               state=?, heard=max(heard, ?) WHERE id=? AND ended IS NULL""",
        (at, waited_s, now.clerk, now.department, now.state, now.heard, now.id),
    )


def stands(conn: sqlite3.Connection, now: Image) -> None:
    """What a desk that is started anew must know."""
    conn.execute(
        """UPDATE calls SET state=?, clerk=?, department=?, heard=max(heard, ?), handed_over=max(handed_over, ?)
           WHERE id=? AND ended IS NULL""",
        (now.state, now.clerk, now.department, now.heard, now.handed_over, now.id),
    )


def reserve(conn: sqlite3.Connection, call: str, up_to: int) -> None:
    """Signals down may be numbered so far."""
    conn.execute("UPDATE calls SET sent=max(sent, ?) WHERE id=?", (up_to, call))


def ended(conn: sqlite3.Connection, now: Image, at: int, reason: str) -> None:
    """It is over. What was handled counts from the first grant."""
    conn.execute(
        """UPDATE calls SET ended=?, reason=?, state='ended', department=?, heard=max(heard, ?),
               clerk=CASE WHEN ?='' THEN clerk ELSE ? END, handed_over=max(handed_over, ?), sound_only=?, loss=?,
               poor=?,
               waited_s=coalesce(waited_s, (?-began)/1000.0),
               handled_s=CASE WHEN granted IS NULL THEN NULL ELSE (?-granted)/1000.0 END
           WHERE id=? AND ended IS NULL""",
        (
            at, reason, now.department, now.heard, now.clerk, now.clerk, now.handed_over, now.sound_only, now.loss,
            now.poor, at, at, now.id,
        ),
    )  # fmt: skip


def known(conn: sqlite3.Connection, call: str, gateway: str, wish: Wish) -> Known:
    """Whether the id is used up, who had the call that this goes on with, and where the kiosk stands."""
    used = conn.execute("SELECT 1 FROM calls WHERE id=?", (call,)).fetchone() is not None
    return Known(used, _again(conn, wish), kiosk_words(conn, gateway), alarm_stands(conn, wish.alarm, gateway))


def alarm_stands(conn: sqlite3.Connection, alarm: str, gateway: str) -> bool | None:
    """An alarm's own way may be longer than the call's: until it is here nothing can be said of it."""
    row = conn.execute("SELECT gateway, stage FROM centre.alarms WHERE id=?", (alarm,)).fetchone()
    return None if row is None else bool(row["gateway"] == gateway and row["stage"] < Stage.CLOSED)


def _again(conn: sqlite3.Connection, wish: Wish) -> str:
    """The clerk who had the earlier call, or the last one about that case, or who has the case itself."""
    row = None
    if wish.again:
        row = conn.execute("SELECT clerk FROM calls WHERE id=? AND granted IS NOT NULL", (wish.again,)).fetchone()
    for text in (wish.again, wish.case):
        number = numbered(text)
        if row is None and number:
            row = conn.execute(
                "SELECT clerk FROM calls WHERE case_number=? AND granted IS NOT NULL ORDER BY granted DESC LIMIT 1",
                (number,),
            ).fetchone()
            row = (
                row
                or conn.execute(
                    """SELECT c.clerk FROM call_cases k JOIN calls c ON c.id=k.call
                   WHERE k.number=? AND c.clerk!='' ORDER BY k.at DESC LIMIT 1""",
                    (number,),
                ).fetchone()
            )
    return str(row["clerk"]) if row else ""


def numbered(text: str) -> str:
    """A case number as the tables have it; empty when it is none."""
    return (case_number.check(text) or "") if text else ""


def kiosk_words(conn: sqlite3.Connection, gateway: str) -> str:
    """Where a kiosk stands: what the register says of it, else the gateway's name."""
    card = register.card(conn, gateway, KIOSK)
    return (card.words if card is not None else "") or gateway


def living(conn: sqlite3.Connection) -> list[sqlite3.Row]:
    """Calls that a desk which ended left behind."""
    return conn.execute("SELECT * FROM calls WHERE ended IS NULL ORDER BY began").fetchall()


def end_of(conn: sqlite3.Connection, call: str) -> tuple[str, str] | None:
    """(gateway, reason) of a call that is over; None: there was none."""
    row = conn.execute("SELECT gateway, reason FROM calls WHERE id=? AND ended IS NOT NULL", (call,)).fetchone()
    return (str(row["gateway"]), str(row["reason"])) if row else None


def handled(conn: sqlite3.Connection, most: int) -> dict[str, list[float]]:
    """The newest handling times of every department, oldest first."""
    rows = conn.execute(
        """SELECT department, handled_s FROM (
               SELECT department, handled_s, ended, row_number() OVER (PARTITION BY department ORDER BY ended DESC) AS k
               FROM calls WHERE handled_s IS NOT NULL
           ) WHERE k<=? ORDER BY department, ended""",
        (most,),
    )
    found: dict[str, list[float]] = {}
    for row in rows:
        found.setdefault(row["department"], []).append(row["handled_s"])
    return found


def earlier(conn: sqlite3.Connection, gateway: str, before: int, but: str) -> list[LastCall]:
    """The last calls of a kiosk, newest first."""
    rows = conn.execute(
        """SELECT c.*, (SELECT number FROM call_cases WHERE call=c.id ORDER BY at DESC LIMIT 1) AS made FROM calls c
           WHERE gateway=? AND began<=? AND id!=? AND ended IS NOT NULL ORDER BY began DESC LIMIT ?""",
        (gateway, before, but, EARLIER),
    ).fetchall()
    return [
        LastCall(
            row["id"],
            row["department"],
            row["began"],
            row["reason"],
            name_of(conn, row["clerk"]) if row["clerk"] else "",
            row["handled_s"],
            row["made"] or row["case_number"],
        )
        for row in rows
    ]


def listed(
    conn: sqlite3.Connection, *, department: str = "", gateway: str = "", before: int = 0, limit: int = 50
) -> Sequence[CallRow]:
    """The history, newest first; `before` is a time in milliseconds."""
    rows = conn.execute(
        """SELECT * FROM calls WHERE (?1='' OR department=?1) AND (?2='' OR gateway=?2) AND (?3=0 OR began<?3)
           ORDER BY began DESC, id DESC LIMIT ?4""",
        (department, gateway, before, limit),
    ).fetchall()
    places = {row["gateway"]: "" for row in rows}
    places = {gateway: kiosk_words(conn, gateway) for gateway in places}
    return [
        CallRow(
            id=row["id"],
            gateway=row["gateway"],
            kiosk=places[row["gateway"]],
            department=row["department"],
            began=row["began"],
            granted=row["granted"],
            ended=row["ended"],
            reason=row["reason"],
            clerk=row["clerk"],
            clerk_name=name_of(conn, row["clerk"]) if row["clerk"] else "",
            waited_s=row["waited_s"],
            handled_s=row["handled_s"],
            guide=row["guide"],
            case=row["case_number"],
            outgoing=bool(row["outgoing"]),
            sound_only=bool(row["sound_only"]),
            alarm=row["alarm"],
            outcome=row["outcome"],
            face=row["face"],
            word=row["word"],
        )
        for row in rows
    ]
