"""What the schematic map draws: devices, buildings and poles with their place on earth, in WGS-84. There are no tiles.

A device stands where it said it is; where it said nothing, where the register says it hangs. Functions over a
connection; how it is drawn is the page's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from office.desk.devices.lists import moment_or_none
from office.desk.register.datum import to_wgs84
from sync.contract.alarm import Stage
from sync.contract.envelope import Struct

MOST_DEVICES = 5000
MOST_GROUND = 3000


class Mark(Struct, frozen=True, kw_only=True):
    """A device. `state` is alarm, silent, fault, low, unsure (its gateway is away) or ok. `said`: its own position."""

    gateway: str
    device: str
    lat: float
    lon: float
    state: str
    who: str
    place: str
    said: bool
    heard_at: datetime | None


class Ground(Struct, frozen=True, kw_only=True):
    """What does not move: a community, a building or a pole."""

    kind: str
    name: str
    lat: float
    lon: float


class Map(Struct, frozen=True, kw_only=True):
    """Everything of one community, or of all. `nowhere`: devices of whom nobody knows where they are."""

    devices: list[Mark]
    ground: list[Ground]
    nowhere: int
    more: bool
    communities: list[str]


def drawn(conn: sqlite3.Connection, community: str, communities: list[str]) -> Map:
    """The whole map."""
    rows = conn.execute(
        _MARKS,
        {"community": community, "closed": Stage.CLOSED, "limit": MOST_DEVICES + 1},
    ).fetchall()
    marks = [_mark(row) for row in rows[:MOST_DEVICES] if row["at_lat"] is not None]
    return Map(
        devices=marks,
        ground=list(_ground(conn, community)),
        nowhere=sum(row["at_lat"] is None for row in rows[:MOST_DEVICES]),
        more=len(rows) > MOST_DEVICES,
        communities=communities,
    )


_MARKS = """
WITH ringing AS (SELECT DISTINCT gateway, device FROM centre.alarms WHERE stage<5 AND origin='gateway')
SELECT s.gateway, s.device, s.heard_at, s.silent, s.faults, s.low, s.datum, s.lat IS NOT NULL AS said,
       coalesce(s.lat, l.wlat, u.wlat, b.wlat, c.wlat, o.wlat) AS at_lat,
       coalesce(s.lon, l.wlon, u.wlon, b.wlon, c.wlon, o.wlon) AS at_lon,
       coalesce(g.online, 0) AS online, coalesce(p.name, '') AS who,
       coalesce(l.words, nullif(r.words, ''), o.words, '') AS place,
       EXISTS(SELECT 1 FROM ringing WHERE ringing.gateway=s.gateway AND ringing.device=s.device) AS alarm
FROM device_state s LEFT JOIN centre.gateways g ON g.gateway=s.gateway
     LEFT JOIN devices_at r ON r.gateway=s.gateway AND r.device=s.device
     LEFT JOIN persons p ON p.ref=r.person AND r.person<>''
     LEFT JOIN households h ON h.ref=coalesce(nullif(p.household, ''), nullif(r.household, ''))
     LEFT JOIN places l ON l.id=coalesce(nullif(r.place, ''), h.place)
     LEFT JOIN places u ON u.id=l.parent LEFT JOIN places b ON b.id=u.parent LEFT JOIN places c ON c.id=b.parent
     LEFT JOIN poles o ON o.number=coalesce(nullif(r.pole, ''), nullif(l.pole, ''), nullif(u.pole, ''),
                                            nullif(b.pole, ''), nullif(c.pole, ''))
WHERE :community='' OR l.path='c' || :community OR substr(l.path, 1, length(:community)+2)='c' || :community || '/'
ORDER BY s.gateway, s.device LIMIT :limit
"""


def _mark(row: sqlite3.Row) -> Mark:
    lat, lon = row["at_lat"], row["at_lon"]
    if row["said"]:
        lat, lon = to_wgs84(lat, lon, row["datum"])
    return Mark(
        gateway=row["gateway"],
        device=row["device"],
        lat=lat,
        lon=lon,
        state=_state(row),
        who=row["who"],
        place=row["place"],
        said=bool(row["said"]),
        heard_at=moment_or_none(row["heard_at"]),
    )


def _state(row: sqlite3.Row) -> str:
    """The worst that is true of it."""
    for state, holds in (
        ("alarm", row["alarm"]),
        ("silent", row["silent"]),
        ("unsure", not row["online"]),
        ("fault", row["faults"]),
        ("low", row["low"]),
    ):
        if holds:
            return state
    return "ok"


def _ground(conn: sqlite3.Connection, community: str) -> Iterator[Ground]:
    places = conn.execute(
        """SELECT kind, name, wlat, wlon FROM places
           WHERE kind IN ('community', 'building') AND wlat IS NOT NULL
               AND (?1='' OR path='c' || ?1 OR substr(path, 1, length(?1)+2)='c' || ?1 || '/') LIMIT ?2""",
        (community, MOST_GROUND),
    )
    for row in places:
        yield Ground(kind=row["kind"], name=row["name"], lat=row["wlat"], lon=row["wlon"])
    poles = conn.execute(
        """SELECT o.number, o.wlat, o.wlon FROM poles o LEFT JOIN places l ON l.id=o.place
           WHERE o.wlat IS NOT NULL
               AND (?1='' OR l.path='c' || ?1 OR substr(l.path, 1, length(?1)+2)='c' || ?1 || '/') LIMIT ?2""",
        (community, MOST_GROUND),
    )
    for row in poles:
        yield Ground(kind="pole", name=row["number"], lat=row["wlat"], lon=row["wlon"])
