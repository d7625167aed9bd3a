"""What a clerk knows before answering: which kiosk, what was open there, the slip's case, the last calls."""

from __future__ import annotations

import sqlite3

from office.desk.calls import guides, rows
from office.desk.calls.line import Line
from office.desk.calls.shapes import AlarmOnCard, Card, CaseSeen
from office.desk.people.accounts import name_of
from office.desk.register import look as register
from sync.contract import case_number
from sync.contract.alarm import Stage

WORDS = 60
"""Of a case, where only its title fits."""


def card(conn: sqlite3.Connection, line: Line, now_s: float) -> Card:
    """Of a living call."""
    place = register.card(conn, line.gateway, rows.KIOSK)
    made = conn.execute("SELECT number FROM call_cases WHERE call=? ORDER BY at", (line.id,)).fetchall()
    return Card(
        id=line.id,
        gateway=line.gateway,
        kiosk=line.kiosk,
        place=_place(place),
        department=line.department,
        language=line.wish.language,
        video=line.video,
        guide=line.wish.guide,
        guide_title=guides.title(conn, line.wish.guide),
        waited_s=round(line.waited_s if line.waited_s is not None else max(0.0, now_s - line.queued_s), 1),
        state=line.call.state,
        case=case_seen(conn, rows.numbered(line.wish.case)),
        alarm=_alarm(conn, line.alarm, line.gateway),
        same_clerk=name_of(conn, line.again) if line.again else "",
        earlier=rows.earlier(conn, line.gateway, line.began, line.id),
        cases=[seen for row in made if (seen := case_seen(conn, row["number"])) is not None],
    )


def case_seen(conn: sqlite3.Connection, number: str) -> CaseSeen | None:
    """The case of that number, or of the slip with that number."""
    if not number:
        return None
    row = conn.execute(
        """SELECT c.number, c.words, c.step, k.zh FROM cases c LEFT JOIN case_kinds k ON k.id=c.kind
           WHERE c.number=?1 OR c.slip=?1 ORDER BY c.number=?1 DESC, c.begun_at DESC LIMIT 1""",
        (number,),
    ).fetchone()
    if row is None:
        return None
    title = " · ".join(part for part in (row["zh"], row["words"][:WORDS]) if part)
    return CaseSeen(case_number.shown(row["number"]), title, row["step"], f"#/cases/{row['number']}")


def _place(card_: register.Card | None) -> str:
    if card_ is None:
        return ""
    parts = (card_.words, card_.pole_words if card_.pole_words != card_.words else "", card_.pole)
    return " · ".join(part for part in parts if part)


def _alarm(conn: sqlite3.Connection, alarm: str, gateway: str) -> AlarmOnCard | None:
    if not alarm:
        return None
    row = conn.execute("SELECT stage FROM centre.alarms WHERE id=? AND gateway=?", (alarm, gateway)).fetchone()
    stage = Stage(row["stage"]).label if row else ""
    return AlarmOnCard(alarm, known=row is not None, stage=stage, link=f"#/alarms/{alarm}" if row else "")
