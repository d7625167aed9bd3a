"""What residents propose: an activity, help wanted, help offered. Nothing is shown before somebody approved it."""

from __future__ import annotations

import sqlite3

from office.desk.content import items
from office.desk.content.kinds import KINDS, read
from office.desk.mistake import Mistake, missing
from office.desk.neighbours.joining import number_of, of, phone_of, short
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract.envelope import Struct

KIND = "proposal"
KINDS_OF = ("activity", "help-wanted", "help-offered")
MOST_TITLE, MOST_WORDS, MOST_NOTE = 40, 1000, 500


class ProposalSeen(Struct, frozen=True, kw_only=True):
    """One of them. `wish`: when or where, in the resident's words."""

    id: str
    number: str
    kind: str
    title: str
    words: str
    wish: str
    tail: str
    gateway: str
    state: str
    activity: str
    note: str
    at: int


class PublishAsked(Struct, frozen=True, kw_only=True):
    """As it shall be shown: the clerk's words, after the talk with the resident."""

    title: str
    text: str
    place: str = ""
    starts: str = ""
    ends: str = ""
    room_for: int = 0


def take(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault) -> None:
    """A kiosk's proposal. Raises ValueError."""
    kind, title, words = sent.text("kind", 20), sent.text("title", MOST_TITLE), sent.text("words", MOST_WORDS)
    if kind not in KINDS_OF or not (title or words):
        raise ValueError("nothing is proposed")
    conn.execute(
        """INSERT OR IGNORE INTO proposals(id, number, kind, title, words, wish, phone, gateway, at, changed_at)
           VALUES (?,?,?,?,?,?,?,?,?,?)""",
        (
            sent.id, number_of(sent), kind, title or words[:MOST_TITLE], words, sent.text("when", 200),
            vault.seal(phone_of(sent), of(sent.id)), sent.gateway, at, at,
        ),
    )  # fmt: skip


def listed(conn: sqlite3.Connection, vault: Vault, state: str, before: int, limit: int) -> list[ProposalSeen]:
    """Newest first."""
    rows = conn.execute(
        "SELECT * FROM proposals WHERE (?1='' OR state=?1) AND (?2=0 OR at<?2) ORDER BY at DESC, id LIMIT ?3",
        (state, before, limit),
    )
    same = ("id", "number", "kind", "title", "words", "wish", "gateway", "state", "activity", "note", "at")
    return [
        ProposalSeen(**{name: row[name] for name in same}, tail=vault.open(row["phone"], of(row["id"]))[-2:])
        for row in rows
    ]


def publish(conn: sqlite3.Connection, at: int, actor: str, proposal: str, asked: PublishAsked) -> str:
    """A draft of content, shown with the next version; its id."""
    row = _new(conn, proposal)
    activity = f"p-{row['number']}"
    wanted: dict[str, object] = {
        "id": activity,
        "kind": row["kind"],
        "title": {"zh": short(asked.title, MOST_TITLE, "title")},
        "text": {"zh": short(asked.text, MOST_WORDS, "text")},
        "place": {"zh": asked.place.strip()},
        "starts": asked.starts,
        "ends": asked.ends,
        "room_for": asked.room_for,
    }
    kind = KINDS["activities"]
    items.put(conn, at, actor, kind, read(kind, activity, wanted), 0)
    _settle(conn, at, actor, proposal, "published", activity, "")
    return activity


def refuse(conn: sqlite3.Connection, at: int, actor: str, proposal: str, note: str) -> None:
    """With a reason for the colleagues."""
    _new(conn, proposal)
    _settle(conn, at, actor, proposal, "refused", "", short(note, MOST_NOTE, "note"))


def phone(conn: sqlite3.Connection, at: int, actor: str, proposal: str, vault: Vault) -> str:
    """That it was looked at is recorded."""
    row = _row(conn, proposal)
    audit.note(conn, at, actor, "proposal.phone", proposal)
    return vault.open(row["phone"], of(proposal))


def _settle(conn: sqlite3.Connection, at: int, actor: str, proposal: str, state: str, activity: str, note: str) -> None:
    conn.execute(
        "UPDATE proposals SET state=?, activity=?, note=?, changed_at=?, by=? WHERE id=?",
        (state, activity, note, at, actor, proposal),
    )
    audit.note(conn, at, actor, f"proposal.{state}", proposal)


def _row(conn: sqlite3.Connection, proposal: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM proposals WHERE id=?", (proposal,)).fetchone()
    if row is None:
        raise missing("提议", "proposal")
    return row


def _new(conn: sqlite3.Connection, proposal: str) -> sqlite3.Row:
    row = _row(conn, proposal)
    if row["state"] != "new":
        raise Mistake("这个提议已经处理过", "this proposal was settled already", 409)
    return row
