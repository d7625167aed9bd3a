"""What a resident thought of a call: three faces and a word, chosen at the kiosk that had it. No person, no text."""

from __future__ import annotations

import sqlite3

from office.desk.submissions import Sent

FACES = ("good", "fair", "bad")
WORDS = ("clear", "kind", "solved", "unsolved", "unclear", "waited")
AFTER_MS = 15 * 24 * 3600 * 1000
"""A kiosk without a line sends it later, as long as one may speak of a case."""


def keep(conn: sqlite3.Connection, at: int, sent: Sent) -> None:
    """Once for each call, from the kiosk that had it, when somebody had answered. Raises ValueError."""
    face, word = sent.text("face", 10), sent.text("word", 10)
    if face not in FACES or word not in ("", *WORDS):
        raise ValueError("no face and word that a kiosk shows")
    changed = conn.execute(
        """UPDATE calls SET face=?, word=? WHERE id=? AND gateway=? AND face='' AND granted IS NOT NULL
               AND (ended IS NULL OR ended>=?)""",
        (face, word, sent.text("call", 64), sent.gateway, at - AFTER_MS),
    ).rowcount
    if not changed:
        raise ValueError("no call of this kiosk that could be judged")
