"""The rows of bookings: taken from a kiosk, decided at once where a machine may, else by a person.

Functions over a connection. Of two who want the last place the first to arrive has it: arrivals are taken one by one
in one transaction.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime

from office.desk.bookings.slots import calendars, free
from office.desk.cases.office_time import beijing
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract import case_number
from sync.contract.envelope import Struct

KIND = "booking"
PHONE = re.compile(r"\+?[0-9]{3,20}")
MOST_NOTE = 500
STATES = ("confirmed", "full", "requested", "refused", "done", "missed")
OPEN = ("requested", "confirmed")


class BookingSeen(Struct, frozen=True, kw_only=True):
    """One for the clerk. `displaced`: confirmed, but the calendar no longer has that time: call and agree another."""

    id: str
    number: str
    calendar: str
    title: str
    starts: str
    state: str
    why: str
    note: str
    gateway: str
    tail: str
    """Last two digits of the telephone."""
    displaced: bool
    made_at: int
    changed_at: int


def take(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault) -> None:
    """A kiosk's wish. Raises ValueError for one that nobody could follow."""
    phone = re.sub(r"[ ()-]", "", sent.text("phone"))
    number = case_number.check(sent.text("number", 20)) or ""
    if not PHONE.fullmatch(phone) or not number:
        raise ValueError("no number to call, or none on the slip")
    calendar, starts = sent.text("calendar", 63), sent.text("starts", 25)
    state, why = _decide(conn, at, calendar, starts, online=sent.form.get("online") is True)
    conn.execute(
        """INSERT OR IGNORE INTO bookings(id, number, calendar, starts, phone, gateway, state, why, made_at, changed_at)
           VALUES (?,?,?,?,?,?,?,?,?,?)""",
        (sent.id, number, calendar, starts, vault.seal(phone, _of(sent.id)), sent.gateway, state, why, at, at),
    )


def _decide(conn: sqlite3.Connection, at: int, calendar: str, starts: str, *, online: bool) -> tuple[str, str]:
    known = calendars(conn).get(calendar)
    slots = {one.starts: one for one in free(conn, known, _here(at))} if known else {}
    slot = slots.get(starts)
    if slot is None:
        past = known is not None and any(one.starts == starts for one in known.slots)
        return "requested", "past" if past else "no-slot"
    if slot.free == 0:
        return ("full", "") if online else ("requested", "full")
    return ("confirmed", "") if online else ("requested", "offline")


def state_of(conn: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    """The newest booking with that number on its slip."""
    row: sqlite3.Row | None = conn.execute(
        "SELECT * FROM bookings WHERE number=? ORDER BY made_at DESC LIMIT 1", (number,)
    ).fetchone()
    return row


def sent(conn: sqlite3.Connection, booking: str) -> sqlite3.Row | None:
    """The one of that submission."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM bookings WHERE id=?", (booking,)).fetchone()
    return row


def listed(
    conn: sqlite3.Connection, vault: Vault, now: int, state: str, calendar: str, day: str, before: int, limit: int
) -> list[BookingSeen]:
    """Newest first; `day` (ISO) those of that day in their order. Displaced ones stand before all others."""
    known = calendars(conn)
    here = _here(now).isoformat(timespec="minutes")
    titles = {one.id: one.title.zh for one in known.values()}
    slots = {(one.id, slot.starts) for one in known.values() for slot in one.slots}
    rows = conn.execute(
        """SELECT * FROM bookings WHERE (?1='' OR state=?1) AND (?2='' OR calendar=?2)
               AND (?3='' OR substr(starts, 1, 10)=?3) AND (?4=0 OR made_at<?4)
           ORDER BY CASE WHEN ?3='' THEN '' ELSE starts END, made_at DESC, id LIMIT ?5""",
        (state, calendar, day, before, limit),
    ).fetchall()
    found = [_seen(row, vault, titles, displaced=_displaced(row, slots, here)) for row in rows]
    return sorted(found, key=lambda one: not one.displaced)


def confirm(conn: sqlite3.Connection, at: int, actor: str, booking: str, starts: str) -> None:
    """As asked or at another time. Raises Mistake: gone, settled already, no such time, or full."""
    row = _open(conn, booking)
    wanted = starts or row["starts"]
    known = calendars(conn).get(row["calendar"])
    slot = next((one for one in free(conn, known, _here(at)) if one.starts == wanted), None) if known else None
    mine = row["state"] == "confirmed" and row["starts"] == wanted
    if slot is None:
        raise Mistake("日历里没有这个时间", "the calendar has no such time", 409, field="starts")
    if slot.free == 0 and not mine:
        raise Mistake("这个时间已约满", "this time is full", 409, field="starts")
    _change(conn, at, actor, booking, "confirmed", wanted, "")
    audit.note(conn, at, actor, "booking.confirmed", booking, moved=wanted != row["starts"])


def settle(conn: sqlite3.Connection, at: int, actor: str, booking: str, state: str, note: str) -> None:
    """Refused, done, or missed. Raises Mistake."""
    if len(note) > MOST_NOTE:
        raise Mistake(f"最多 {MOST_NOTE} 个字", f"at most {MOST_NOTE} characters", field="note")
    row = _open(conn, booking)
    _change(conn, at, actor, booking, state, row["starts"], note)
    audit.note(conn, at, actor, f"booking.{state}", booking)


def phone(conn: sqlite3.Connection, at: int, actor: str, booking: str, vault: Vault) -> str:
    """To call back; that it was looked at is recorded."""
    row = _row(conn, booking)
    audit.note(conn, at, actor, "booking.phone", booking)
    return vault.open(row["phone"], _of(booking))


def _row(conn: sqlite3.Connection, booking: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM bookings WHERE id=?", (booking,)).fetchone()
    if row is None:
        raise missing("预约", "booking")
    return row


def _open(conn: sqlite3.Connection, booking: str) -> sqlite3.Row:
    row = _row(conn, booking)
    if row["state"] not in OPEN:
        raise Mistake("这个预约已经处理过", "this booking was settled already", 409)
    return row


def _change(conn: sqlite3.Connection, at: int, actor: str, booking: str, state: str, starts: str, note: str) -> None:
    conn.execute(
        "UPDATE bookings SET state=?, starts=?, note=?, why='', changed_at=?, by=? WHERE id=?",
        (state, starts, note, at, actor, booking),
    )


def _seen(row: sqlite3.Row, vault: Vault, titles: dict[str, str], *, displaced: bool) -> BookingSeen:
    same = ("id", "number", "calendar", "starts", "state", "why", "note", "gateway", "made_at", "changed_at")
    return BookingSeen(
        **{name: row[name] for name in same},
        title=titles.get(row["calendar"], row["calendar"]),
        tail=vault.open(row["phone"], _of(row["id"]))[-2:],
        displaced=displaced,
    )


def _displaced(row: sqlite3.Row, slots: set[tuple[str, str]], here: str) -> bool:
    return row["state"] == "confirmed" and row["starts"] > here and (row["calendar"], row["starts"]) not in slots


def _here(at: int) -> datetime:
    return beijing(at).replace(tzinfo=None)


def _of(booking: str) -> str:
    return f"booking:{booking}:phone"
