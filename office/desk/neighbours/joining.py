"""People join an activity: in the order of arrival, beyond the places in line. Functions over a connection."""

from __future__ import annotations

import re
import sqlite3

from office.desk.content import live_items
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract import case_number
from sync.contract.envelope import Struct
from sync.contract.services import ACTIVITIES, Activity

KIND = "signup"
PHONE = re.compile(r"\+?[0-9]{3,20}")
MOST_PEOPLE = 10


class SignupSeen(Struct, frozen=True):
    """One of them; `waits`: beyond the places. `tail`: last two digits of the telephone."""

    id: str
    number: str
    people: int
    tail: str
    waits: bool
    gateway: str
    at: int


def take(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault) -> None:
    """A kiosk's sign-up; the same telephone for the same activity counts once. Raises ValueError."""
    phone, number, people = phone_of(sent), number_of(sent), sent.number("people", 1, MOST_PEOPLE) or 1
    activity = sent.text("activity", 63)
    if activity not in {one.id for one in live_items.of(conn, ACTIVITIES, Activity)}:
        raise ValueError("no such activity")
    for row in conn.execute("SELECT id, phone FROM signups WHERE activity=? AND cancelled_at IS NULL", (activity,)):
        if vault.open(row["phone"], of(row["id"])) == phone:
            return
    conn.execute(
        "INSERT OR IGNORE INTO signups(id, number, activity, people, phone, gateway, at) VALUES (?,?,?,?,?,?,?)",
        (sent.id, number, activity, people, vault.seal(phone, of(sent.id)), sent.gateway, at),
    )


def joined(conn: sqlite3.Connection, activity: str) -> int:
    """People who have joined or wait."""
    row = conn.execute(
        "SELECT coalesce(sum(people), 0) FROM signups WHERE activity=? AND cancelled_at IS NULL", (activity,)
    ).fetchone()
    return int(row[0])


def listed(conn: sqlite3.Connection, vault: Vault, activity: str) -> list[SignupSeen]:
    """In their order."""
    room = next((one.room_for for one in live_items.of(conn, ACTIVITIES, Activity) if one.id == activity), 0)
    found, count = [], 0
    for row in conn.execute("SELECT * FROM signups WHERE activity=? AND cancelled_at IS NULL ORDER BY n", (activity,)):
        count += row["people"]
        tail = vault.open(row["phone"], of(row["id"]))[-2:]
        waits = bool(room) and count > room
        found.append(SignupSeen(row["id"], row["number"], row["people"], tail, waits, row["gateway"], row["at"]))
    return found


def cancel(conn: sqlite3.Connection, at: int, actor: str, signup: str) -> None:
    """Whoever waits moves up by itself."""
    gone = conn.execute("UPDATE signups SET cancelled_at=? WHERE id=? AND cancelled_at IS NULL", (at, signup)).rowcount
    if not gone:
        raise missing("报名", "sign-up")
    audit.note(conn, at, actor, "signup.cancelled", signup)


def phone(conn: sqlite3.Connection, at: int, actor: str, signup: str, vault: Vault) -> str:
    """That it was looked at is recorded."""
    row = conn.execute("SELECT phone FROM signups WHERE id=?", (signup,)).fetchone()
    if row is None:
        raise missing("报名", "sign-up")
    audit.note(conn, at, actor, "signup.phone", signup)
    return vault.open(row["phone"], of(signup))


def phone_of(sent: Sent) -> str:
    """The digits that were typed. Raises ValueError."""
    found = re.sub(r"[ ()-]", "", sent.text("phone"))
    if not PHONE.fullmatch(found):
        raise ValueError("no number to call")
    return found


def number_of(sent: Sent) -> str:
    """The number on the slip. Raises ValueError."""
    number = case_number.check(sent.text("number", 20))
    if number is None:
        raise ValueError("no number on the slip")
    return number


def of(submission: str) -> str:
    """What its telephone is sealed to."""
    return f"neighbours:{submission}:phone"


def short(text: str, most: int, field: str) -> str:
    """A text that fits. Raises Mistake."""
    if not 0 < len(text.strip()) <= most:
        raise Mistake(f"要有内容,最多 {most} 个字", f"1 to {most} characters", field=field)
    return text.strip()
