"""What the desk writes about an alarm: words, promises, who has it. Functions over a connection."""

from __future__ import annotations

import sqlite3

from office.desk.mistake import Mistake
from office.desk.people import audit

MOST_TEXT = 2000


def words(text: str, *, needed: bool) -> str:
    """What a person wrote, bounded. Raises Mistake."""
    kept = text.strip()
    if needed and not kept:
        raise Mistake("请写几个字", "write something", 422, "text")
    if len(kept) > MOST_TEXT:
        raise Mistake(f"最多 {MOST_TEXT} 个字", f"at most {MOST_TEXT} letters", 422, "text")
    return kept


def note(conn: sqlite3.Connection, at: int, alarm: str, account: str, kind: str, text: str) -> None:
    """`note`, `close` (how it ended) or `still` (still being worked on)."""
    conn.execute(
        "INSERT INTO alarm_notes(alarm, account, at, kind, text) VALUES (?,?,?,?,?)", (alarm, account, at, kind, text)
    )


def promise(conn: sqlite3.Connection, at: int, alarm: str, account: str, minutes: int, text: str) -> None:
    """Somebody was said to come; the elder was told so."""
    conn.execute(
        "INSERT INTO alarm_promises(alarm, account, at, minutes, text) VALUES (?,?,?,?,?)",
        (alarm, account, at, minutes, text),
    )


def hands(conn: sqlite3.Connection, alarm: str) -> int:
    """How often it was handed over: what `hand` compares."""
    return int(conn.execute("SELECT coalesce(max(n), 0) FROM alarm_keepers WHERE alarm=?", (alarm,)).fetchone()[0])


def hand(conn: sqlite3.Connection, at: int, alarm: str, before: int, to: str, by: str) -> None:
    """From its keeper to a colleague, if nobody handed it over since `before`. Raises Mistake."""
    if hands(conn, alarm) != before:
        raise Mistake("刚刚已经转给了别人,请看最新情况", "it was handed over a moment ago", 409, code="changed")
    conn.execute("INSERT INTO alarm_keepers VALUES (?,?,?,?,?)", (alarm, before + 1, to, by, at))
    audit.note(conn, at, by, "alarm.handed", alarm, to=to)
