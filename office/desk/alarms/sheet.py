"""What whoever is sent reads: where to go, for what, and what they said so far. Never a medical note."""

from __future__ import annotations

import sqlite3

from office.desk.alarms import rows
from office.desk.alarms.errands import Errand
from office.desk.alarms.history import said
from office.desk.register.look import Spot
from sync.contract.alarm import Stage
from sync.contract.envelope import Struct, replaced


class Word(Struct, frozen=True):
    """What they answered."""

    at: int
    what: str
    text: str
    picture: bool


class Sheet(Struct, frozen=True, kw_only=True):
    """One errand. `over` is empty, or why there is nothing to do any more: closed, revoked, expired."""

    id: str
    office: str
    over: str
    state: str
    cause: str
    kind: str
    raised_at: int
    presses: int
    who: str = ""
    place: str = ""
    pole: str = ""
    pole_words: str = ""
    spot: Spot | None = None
    made_at: int
    ends_at: int
    words: list[Word] = []


def over(conn: sqlite3.Connection, errand: Errand, at: int) -> str:
    """Why there is nothing to do any more."""
    row = conn.execute("SELECT stage FROM centre.alarms WHERE id=?", (errand.alarm,)).fetchone()
    if row is None or row["stage"] >= Stage.CLOSED:
        return "closed"
    if errand.revoked:
        return "revoked"
    return "expired" if at >= errand.ends_at else ""


def sheet(conn: sqlite3.Connection, errand: Errand, at: int, office: str, drills: rows.Drills) -> Sheet:
    """Name and place only as long as there is something to do."""
    row = rows.read(conn, [errand.alarm], drills)[0]
    why = over(conn, errand, at)
    words = conn.execute("SELECT * FROM errand_words WHERE errand=? AND what<>'seen' ORDER BY n", (errand.id,))
    whole = Sheet(
        id=errand.id,
        office=office,
        over=why,
        state=errand.last or "sent",
        cause=row.cause,
        kind=row.kind,
        raised_at=row.raised_at,
        presses=row.presses,
        made_at=errand.made_at,
        ends_at=errand.ends_at,
        words=[Word(word["at"], word["what"], word["text"], bool(word["picture"])) for word in words],
    )
    return whole if why else _placed(conn, whole, errand.alarm)


def _placed(conn: sqlite3.Connection, whole: Sheet, alarm: str) -> Sheet:
    kept = conn.execute("SELECT * FROM centre.alarms WHERE id=?", (alarm,)).fetchone()
    card = rows.card_of(conn, kept)
    if card is None:
        return replaced(whole, spot=_spot(kept["data"]))
    return replaced(
        whole,
        who=card.name,
        place=card.words,
        pole=card.pole,
        pole_words=card.pole_words,
        spot=card.spot or _spot(kept["data"]),
    )


def _spot(data: str) -> Spot | None:
    """Where the device itself says it is."""
    place = said(data).place
    return Spot(lat=place.lat, lon=place.lon, datum=place.datum) if place and place.valid else None
