"""Wishes to be called back: left at a kiosk as a submission, taken by one clerk, done with a note.

The number stands sealed in the table, is shown to whoever took the wish, and is erased after `ERASE_MS`.
"""

from __future__ import annotations

import logging
import re
import secrets
import sqlite3
from collections.abc import Sequence

from office.desk.calls import rows
from office.desk.calls.shapes import CallbackOpen, CallbackSeen
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.accounts import name_of
from office.desk.people.vault import Vault
from office.desk.told import part, told
from sync.contract.call_signals import CALL_ID
from sync.contract.messages import SUBMISSION

log = logging.getLogger("linli.office.desk")

KIND = "callback"
WINDOW, AT_ONCE = 20_000, 100
TAIL = 4
MOST_NOTES = 2000
MOST_WISH = 200
ERASE_MS = 30 * 24 * 3600 * 1000
"""After it is done a number is needed no more."""
DIGITS = re.compile(r"\+?[0-9]{3,20}")
STATES = ("waiting", "taken", "done")


def follow(conn: sqlite3.Connection, at: int, vault: Vault, news: tuple[int, int, list[sqlite3.Row]]) -> int:
    """Take what arrived since the mark, each once; how many wishes there were."""
    after, last, found = news
    if _mark(conn) != after:
        return 0
    taken = 0
    for row in found:
        conn.execute("SAVEPOINT one")
        try:
            taken += _keep(conn, at, vault, row)
        except sqlite3.OperationalError:
            raise  # a disk that is full: all of it again
        except Exception as reason:  # noqa: BLE001 - whatever a kiosk may send: the next ones wait behind it
            conn.execute("ROLLBACK TO one")
            log.warning("the wish %s of a kiosk cannot be used: %s", row["id"], type(reason).__name__)
        conn.execute("RELEASE one")
    conn.execute("INSERT OR REPLACE INTO call_follow VALUES (1, ?)", (last,))
    return taken


def news(conn: sqlite3.Connection) -> tuple[int, int, list[sqlite3.Row]]:
    """The mark, where the next one stands, and the submissions between."""
    after = _mark(conn)
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    first = 0 if newest < after else after
    last = min(newest, first + WINDOW)
    found = conn.execute(
        """SELECT e.n, e.id, e.data, d.gateway FROM centre.events e JOIN centre.devices d ON d.id=e.device
           WHERE e.n>? AND e.n<=? AND e.type=? ORDER BY e.n LIMIT ?""",
        (first, last, SUBMISSION, AT_ONCE),
    ).fetchall()
    return after, (found[-1]["n"] if len(found) == AT_ONCE else last), found


def _keep(conn: sqlite3.Connection, at: int, vault: Vault, row: sqlite3.Row) -> int:
    data = told(row["data"])
    if data.get("kind") != KIND:
        return 0
    form = part(data, "form")
    phone = re.sub(r"[ ()-]", "", _text(form, "phone"))
    if not DIGITS.fullmatch(phone):
        raise ValueError("no number to call")
    department = _text(form, "department")
    if conn.execute("SELECT 1 FROM departments WHERE id=?", (department,)).fetchone() is None:
        first = conn.execute("SELECT id FROM departments WHERE active=1 ORDER BY rank, id LIMIT 1").fetchone()
        department = first["id"] if first else ""
    wish_id, about = secrets.token_hex(8), _text(form, "call")
    return conn.execute(
        """INSERT OR IGNORE INTO callbacks(id, source_ref, at, department, gateway, phone, tail, wish, language,
               changed, call) VALUES (?,?,?,?,?,?,?,?,?,?,?)""",
        (
            wish_id, row["id"], at, department, row["gateway"], vault.seal(phone, f"callback:{wish_id}:phone"),
            phone[-TAIL:], _text(form, "wish", "when", "words")[:MOST_WISH],
            "en" if form.get("language") == "en" else "zh", at, about if CALL_ID.fullmatch(about) else "",
        ),
    ).rowcount  # fmt: skip


def _text(form: dict[str, object], *names: str) -> str:
    for name in names:
        value = form.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:MOST_WISH]
    return ""


def _mark(conn: sqlite3.Connection) -> int:
    row = conn.execute("SELECT after FROM call_follow").fetchone()
    return int(row["after"]) if row else 0


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


def take(conn: sqlite3.Connection, at: int, wish: str, who: str, vault: Vault) -> CallbackOpen:
    """Compare and set; whoever has it sees it again. Raises Mistake with who has it."""
    changed = conn.execute(
        "UPDATE callbacks SET state='taken', by=?, changed=? WHERE id=? AND state='waiting'", (who, at, wish)
    ).rowcount
    row = _get(conn, wish)
    if not changed and (row["by"] != who or row["state"] != "taken"):
        raise _had(conn, row)
    if changed:
        audit.note(conn, at, who, "callback.taken", wish)
    phone = vault.open(row["phone"], f"callback:{wish}:phone")
    return CallbackOpen(_seen(conn, row), phone, vault.open(row["notes"], f"callback:{wish}:notes"))


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
        "UPDATE callbacks SET phone='', tail='', notes='', wish='' WHERE state='done' AND changed<? AND phone!=''",
        (at - ERASE_MS,),
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
