"""Wishes to be called back: left at a kiosk as a submission, taken by one clerk, done with a note.

The number stands sealed in the table, is shown to whoever took the wish, and is erased after `ERASE_MS`.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Sequence

from office.desk.calls import rows
from office.desk.calls.shapes import CallbackSeen
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.accounts import name_of
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract.call_signals import CALL_ID

KIND = "callback"
TAIL = 4
MOST_NOTES = 2000
MOST_WISH = 200
ERASE_MS = 30 * 24 * 3600 * 1000
"""After it is done a number is needed no more."""
FORGOTTEN_MS = 180 * 24 * 3600 * 1000
"""A wish that nobody followed for so long is over."""
DIGITS = re.compile(r"\+?[0-9]{3,20}")
STATES = ("waiting", "taken", "done")


def keep(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault) -> None:
    """A wish as a kiosk sent it, once. Raises ValueError when there is no number to call."""
    phone = re.sub(r"[ ()-]", "", sent.text("phone", MOST_WISH))
    if not DIGITS.fullmatch(phone):
        raise ValueError("no number to call")
    department, about, wish = sent.text("department", MOST_WISH), sent.text("call", MOST_WISH), secrets.token_hex(8)
    if conn.execute("SELECT 1 FROM departments WHERE id=?", (department,)).fetchone() is None:
        first = conn.execute("SELECT id FROM departments WHERE active=1 ORDER BY rank, id LIMIT 1").fetchone()
        department = first["id"] if first else ""
    conn.execute(
        """INSERT OR IGNORE INTO callbacks(id, source_ref, at, department, gateway, phone, tail, wish, language,
               changed, call) VALUES (?,?,?,?,?,?,?,?,?,?,?)""",
        (
            wish, sent.id, at, department, sent.gateway, vault.seal(phone, f"callback:{wish}:phone"), phone[-TAIL:],
            sent.text("wish", MOST_WISH), "en" if sent.text("language") == "en" else "zh", at,
            about if CALL_ID.fullmatch(about) else "",
        ),
    )  # fmt: skip


def waiting(conn: sqlite3.Connection) -> int:
    """How many nobody has taken."""
    return int(conn.execute("SELECT count(*) FROM callbacks WHERE state='waiting'").fetchone()[0])


def listed(conn: sqlite3.Connection, state: str, before: int, limit: int) -> Sequence[CallbackSeen]:
    """Of one state or (empty) not done, newest first; `before` is a time in milliseconds."""
    rows_ = conn.execute(
        """SELECT * FROM callbacks WHERE CASE WHEN ?1='' THEN state!='done' ELSE state=?1 END AND (?2=0 OR at<?2)
           ORDER BY at DESC, n DESC LIMIT ?3""",
        (state, before, limit),
    ).fetchall()
    return [_seen(conn, row) for row in rows_]


def _seen(conn: sqlite3.Connection, row: sqlite3.Row) -> CallbackSeen:
    return CallbackSeen(
        id=row["id"],
        at=row["at"],
        department=row["department"],
        gateway=row["gateway"],
        kiosk=rows.kiosk_words(conn, row["gateway"]),
        phone=f"…{row['tail']}" if row["tail"] else "",
        wish=row["wish"],
        state=row["state"],
        by=row["by"],
        by_name=name_of(conn, row["by"]) if row["by"] else "",
        changed=row["changed"],
        tries=row["tries"],
        call=row["call"],
    )


def take(conn: sqlite3.Connection, at: int, wish: str, who: str, vault: Vault) -> tuple[str, str]:
    """Compare and set; (number, notes), also again for whoever has it. Raises Mistake with who has it."""
    changed = conn.execute(
        "UPDATE callbacks SET state='taken', by=?, changed=? WHERE id=? AND state='waiting'", (who, at, wish)
    ).rowcount
    row = _get(conn, wish)
    if not changed and (row["by"] != who or row["state"] != "taken"):
        raise _had(conn, row)
    if changed:
        audit.note(conn, at, who, "callback.taken", wish)
    phone = vault.open(row["phone"], f"callback:{wish}:phone")
    return phone, vault.open(row["notes"], f"callback:{wish}:notes")


def one(conn: sqlite3.Connection, wish: str) -> CallbackSeen:
    """As everybody sees it."""
    return _seen(conn, _get(conn, wish))


def give_back(conn: sqlite3.Connection, at: int, wish: str, who: str) -> None:
    """Back to the list."""
    _own(conn, wish, who)
    conn.execute("UPDATE callbacks SET state='waiting', by='', changed=? WHERE id=?", (at, wish))
    audit.note(conn, at, who, "callback.released", wish)


def done(conn: sqlite3.Connection, at: int, wish: str, who: str, vault: Vault, notes: str, *, reached: bool) -> None:
    """How it went; not reached: back to the list, counted."""
    if len(notes) > MOST_NOTES:
        raise Mistake(f"备注最多 {MOST_NOTES} 字", f"notes have at most {MOST_NOTES} characters", field="notes")
    _own(conn, wish, who)
    state, by = ("done", who) if reached else ("waiting", "")
    conn.execute(
        "UPDATE callbacks SET state=?, by=?, changed=?, tries=tries+1, notes=? WHERE id=?",
        (state, by, at, vault.seal(notes, f"callback:{wish}:notes"), wish),
    )
    audit.note(conn, at, who, "callback.done" if reached else "callback.tried", wish)


def erase(conn: sqlite3.Connection, at: int) -> int:
    """Numbers and notes of what was done long ago go; how many."""
    erased = conn.execute(
        """UPDATE callbacks SET state='done', phone='', tail='', notes='', wish=''
           WHERE phone!='' AND ((state='done' AND changed<?) OR at<?)""",
        (at - ERASE_MS, at - FORGOTTEN_MS),
    ).rowcount
    if erased:
        audit.note(conn, at, audit.SYSTEM, "callbacks.erased", "callbacks", count=erased)
    return erased


def _own(conn: sqlite3.Connection, wish: str, who: str) -> None:
    row = _get(conn, wish)
    if row["state"] != "taken" or row["by"] != who:
        raise _had(conn, row)


def _get(conn: sqlite3.Connection, wish: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM callbacks WHERE id=?", (wish,)).fetchone()
    if row is None:
        raise missing("回拨请求", "wish for a call-back")
    return row


def _had(conn: sqlite3.Connection, row: sqlite3.Row) -> Mistake:
    if row["state"] == "waiting":
        return Mistake("请先领取", "take it first", 409, code="waiting")
    if row["state"] == "done":
        return Mistake("已经回拨过了", "it is done already", 409, code="done")
    name = name_of(conn, row["by"])
    return Mistake(f"{name}正在处理", f"{name} has it", 409, code="taken")
