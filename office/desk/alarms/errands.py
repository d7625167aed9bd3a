"""Sending somebody: a warden by their account, a neighbour by a link that nobody can guess.

A link's secret has 128 random bits; the table keeps its SHA-256. It ends with the alarm, by itself after two hours,
or when a clerk takes it back. Functions over a connection; a neighbour's name and number are sealed.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass

from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.vault import Vault

LIVES_MS = 2 * 3600 * 1000
MOST_OPEN = 8
"""More people than that at one door help nobody."""
MOST_WORDS = 40
MOST_TEXT = 500
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")
WORDS = ("accept", "arrived", "found", "cannot")


@dataclass(frozen=True, slots=True)
class Errand:
    """One of them, as its link finds it. `last` is the last word said."""

    id: str
    alarm: str
    account: str
    made_by: str
    made_at: int
    ends_at: int
    revoked: bool
    last: str


def made(
    conn: sqlite3.Connection, vault: Vault, at: int, alarm: str, by: str, *, account: str, name: str, phone: str
) -> tuple[str, str]:
    """A new one; its id and its link's secret, which is nowhere else. Raises Mistake."""
    waiting = "SELECT count(*) FROM errands WHERE alarm=? AND revoked_at IS NULL AND ends_at>?"
    if conn.execute(waiting, (alarm, at)).fetchone()[0] >= MOST_OPEN:
        raise Mistake(f"已经派了 {MOST_OPEN} 个人", f"{MOST_OPEN} people were sent already", 409)
    if account and conn.execute(f"{waiting} AND account=?", (alarm, at, account)).fetchone()[0]:
        raise Mistake("已经派过这个人了", "they were sent already", 409, "account")
    errand, token = secrets.token_hex(8), secrets.token_urlsafe(16)
    sealed = vault.seal(name, f"errand:{errand}:name"), vault.seal(phone, f"errand:{errand}:phone")
    conn.execute(
        """INSERT INTO errands(id, alarm, account, name, phone, token, made_by, made_at, ends_at)
           VALUES (?,?,?,?,?,?,?,?,?)""",
        (errand, alarm, account, *sealed, _hash(token), by, at, at + LIVES_MS),
    )
    audit.note(conn, at, by, "alarm.errand", alarm, errand=errand, warden=bool(account))
    return errand, token


def of_token(conn: sqlite3.Connection, token: str) -> Errand | None:
    """The one whose link this is, over or not."""
    return _one(conn, "token=?", _hash(token)) if TOKEN.fullmatch(token) else None


def of_id(conn: sqlite3.Connection, errand: str) -> Errand | None:
    """By its id."""
    return _one(conn, "id=?", errand)


def of_account(conn: sqlite3.Connection, account: str, at: int) -> list[Errand]:
    """A warden's, that still run, newest first."""
    rows = conn.execute(
        f"""{_ERRANDS} WHERE account=? AND account<>'' AND ends_at>? AND revoked_at IS NULL
            ORDER BY made_at DESC LIMIT 50""",
        (account, at),
    )
    return [_errand(row) for row in rows]


def contact(conn: sqlite3.Connection, vault: Vault, errand: str) -> tuple[str, str]:
    """A neighbour's name and number."""
    row = conn.execute("SELECT name, phone FROM errands WHERE id=?", (errand,)).fetchone()
    return vault.open(row["name"], f"errand:{errand}:name"), vault.open(row["phone"], f"errand:{errand}:phone")


def say(conn: sqlite3.Connection, at: int, errand: Errand, what: str, text: str = "", picture: str = "") -> None:
    """Their answer. The same twice in a row is one: a phone sends again what it heard no answer to. Raises Mistake."""
    count = conn.execute("SELECT count(*) FROM errand_words WHERE errand=?", (errand.id,)).fetchone()[0]
    last = conn.execute(
        "SELECT what, text, picture FROM errand_words WHERE errand=? ORDER BY n DESC LIMIT 1", (errand.id,)
    ).fetchone()
    if last is not None and (what, text, picture) in (tuple(last), (last["what"], "", "")):
        return
    if count >= MOST_WORDS:
        raise Mistake("消息太多了,请打电话告诉值班室", "too many messages, please phone the office", 429)
    conn.execute(
        "INSERT INTO errand_words(errand, at, what, text, picture) VALUES (?,?,?,?,?)",
        (errand.id, at, what, text, picture),
    )


def seen(conn: sqlite3.Connection, at: int, errand: Errand) -> bool:
    """The link was opened for the first time; whether it was."""
    if errand.last:
        return False
    say(conn, at, errand, "seen")
    return True


def revoke(conn: sqlite3.Connection, at: int, errand: str, by: str) -> None:
    """The link is dead."""
    changed = conn.execute("UPDATE errands SET revoked_at=? WHERE id=? AND revoked_at IS NULL", (at, errand)).rowcount
    if changed:
        audit.note(conn, at, by, "alarm.errand_revoked", errand)


def revoke_of(conn: sqlite3.Connection, at: int, alarm: str) -> int:
    """The alarm is over, and so are its links."""
    return conn.execute("UPDATE errands SET revoked_at=? WHERE alarm=? AND revoked_at IS NULL", (at, alarm)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_ERRANDS = """SELECT e.*,
    coalesce((SELECT what FROM errand_words WHERE errand=e.id ORDER BY n DESC LIMIT 1), '') AS last FROM errands e"""


def _one(conn: sqlite3.Connection, which: str, value: str) -> Errand | None:
    row = conn.execute(f"{_ERRANDS} WHERE {which}", (value,)).fetchone()
    return _errand(row) if row else None


def _errand(row: sqlite3.Row) -> Errand:
    return Errand(
        row["id"],
        row["alarm"],
        row["account"],
        row["made_by"],
        row["made_at"],
        row["ends_at"],
        row["revoked_at"] is not None,
        row["last"],
    )
