"""How a call went, in one word of the clerk who had it: for the figures, without anything that was said."""

from __future__ import annotations

import sqlite3

from office.desk.mistake import Mistake, missing
from office.desk.people import audit

OUTCOMES = ("answered", "case", "window", "callback", "unclear", "nobody")
"""Answered; became a case; has to come in; will be called; was not understood; nobody there, or by mistake."""

TAP_FOR_MS = 3600 * 1000


def keep(conn: sqlite3.Connection, at: int, by: str, call: str, outcome: str) -> None:
    """The clerk's own call, while it lives and for an hour after; the last tap counts. Raises Mistake."""
    if outcome not in OUTCOMES:
        raise Mistake("没有这种结果", f"an outcome is one of {', '.join(OUTCOMES)}", field="outcome")
    row = conn.execute("SELECT clerk, ended FROM calls WHERE id=?", (call,)).fetchone()
    if row is None:
        raise missing("通话", "call")
    if row["clerk"] != by or (row["ended"] is not None and at - row["ended"] > TAP_FOR_MS):
        raise Mistake("这不是您的通话", "this is not your call", 403, code="may-not")
    conn.execute("UPDATE calls SET outcome=? WHERE id=?", (outcome, call))
    audit.note(conn, at, by, "call.outcome", call, outcome=outcome)
