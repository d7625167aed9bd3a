"""Answers to the office's polls: one ballot a session at a kiosk, without a person in it."""

from __future__ import annotations

import re
import sqlite3

from office.desk.cases.office_time import beijing
from office.desk.content import live_items
from office.desk.submissions import Sent
from sync.contract.services import POLLS, Poll

KIND = "vote"
BALLOT = re.compile(r"[0-9a-f]{16,32}")


def take(conn: sqlite3.Connection, at: int, sent: Sent) -> None:
    """A ballot. Raises ValueError for one of no poll, of an ended one, or with an answer that is none."""
    poll = next((one for one in live_items.of(conn, POLLS, Poll) if one.id == sent.text("poll", 63)), None)
    ballot, day = sent.text("ballot", 32), beijing(at).date().isoformat()
    if poll is None or not BALLOT.fullmatch(ballot) or day > poll.ends[:10]:
        raise ValueError("no ballot of a poll that goes on")
    answer = sent.number("answer", 0, len(poll.answers) - 1)
    if answer is None:
        raise ValueError("no answer of this poll")
    conn.execute("INSERT OR IGNORE INTO votes VALUES (?,?,?,?,?)", (ballot, poll.id, answer, sent.gateway, day))


def counts(conn: sqlite3.Connection, poll: str, answers: int) -> list[int]:
    """By answer."""
    found = dict(conn.execute("SELECT answer, count(*) FROM votes WHERE poll=? GROUP BY answer", (poll,)).fetchall())
    return [found.get(answer, 0) for answer in range(answers)]
