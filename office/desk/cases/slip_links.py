"""Links for residents to their own case: signed, good for sixty days, the answer and the evaluation behind them.

The one who sent a report off at a kiosk may have its link there and then, for the slip's QR code: the kiosk proves
itself with the id of the submission, which nobody else knows.
"""

from __future__ import annotations

import sqlite3

from office.desk.people.vault import Vault, WrongKey

LINK_MS = 60 * 24 * 3600 * 1000
LINK = "case:link"

SLIP_LINKS = """
CREATE TABLE case_slip_links(
    submission TEXT PRIMARY KEY,          -- id of the event of the kiosk
    number TEXT NOT NULL, link TEXT NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
FOR_SLIP_MS = 24 * 3600 * 1000
"""So long a kiosk may still ask for it: it may have been without a line."""


def link(vault: Vault, base: str, number: str, at: int) -> str:
    """The page with a token that only the desk can have made."""
    token = vault.seal(f"{number}.{at + LINK_MS}", LINK).replace("+", "-").replace("/", "_")
    return f"{base}/p/case#{number}/{token}"


def opened(vault: Vault, token: str, at: int) -> str | None:
    """The number a token is for; None when it is not ours or too old."""
    if len(token) > 400:
        return None
    try:
        number, _, until = vault.open(token.replace("-", "+").replace("_", "/"), LINK).partition(".")
    except WrongKey:
        return None
    return number if until.isdigit() and at < int(until) else None


def keep(conn: sqlite3.Connection, at: int, vault: Vault, base: str, submission: str, number: str) -> None:
    """For the slip; nothing where the desk does not know its own address (`desk.url`)."""
    conn.execute("DELETE FROM case_slip_links WHERE until<=?", (at,))
    if base:
        row = (submission, number, link(vault, base, number, at), at + FOR_SLIP_MS)
        conn.execute("INSERT OR IGNORE INTO case_slip_links VALUES (?,?,?,?)", row)


def of(conn: sqlite3.Connection, submission: str, at: int) -> str | None:
    """The link, for the kiosk that sent it."""
    row = conn.execute("SELECT link FROM case_slip_links WHERE submission=? AND until>?", (submission, at)).fetchone()
    return str(row["link"]) if row else None
