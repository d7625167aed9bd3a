"""Gateways and devices as pages show them: frozen shapes, and the queries that fill them.

Functions over a reading connection. Lists are paged by key: the name of a gateway, or gateway and device together.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum

from office.desk.devices.gathering import SILENT
from office.desk.duty.drill_report import hidden, unsaid
from office.desk.told import part, told
from sync.contract.envelope import ContractError, Raw, Struct, decode, encode
from sync.contract.messages import ConfigStatus, GatewayState, PathCheck, Scalar

LIMIT = 50
MOST = 200


class Only(StrEnum):
    """Which devices of a list."""

    ALL = ""
    SILENT = "silent"
    BATTERY = "battery"
    FAULT = "fault"
    CAMERA = "camera"
    UNKNOWN = "unknown"
    """Heard, and not in the registry of its gateway."""


class GatewayRow(Struct, frozen=True, kw_only=True):
    """A gateway, how it says it is and what the centre knows of it. `said_at` is the time of its own last word."""

    gateway: str
    online: bool
    silent: bool
    heard_at: datetime
    first_at: datetime
    said_at: datetime | None
    version: str
    clock: str
    backlog: int
    oldest_alarm_s: float | None
    faults: list[str]
    devices: int
    silent_devices: int
    low_devices: int
    disk_free_mb: int | None
    config: ConfigStatus | None
    wanted: int
    path_check: PathCheck | None
    screen: dict[str, Scalar] = {}
    """Of a kiosk: see `GatewayState`."""


class FaultRow(Struct, frozen=True):
    """What does not work, since when."""

    fault: str
    device: str
    reason: str
    since: datetime


class DeviceRow(Struct, frozen=True, kw_only=True):
    """A device and its last word. `who` and `place` are the register's, as far as it knows them."""

    gateway: str
    device: str
    profile: str
    registered: bool
    camera: bool
    type: str
    heard_at: datetime | None
    silent: bool
    low: bool
    battery: float | None
    faults: int
    open: bool | None
    lat: float | None
    lon: float | None
    datum: str
    placed_at: datetime | None
    gateway_online: bool
    who: str = ""
    place: str = ""


class EventRow(Struct, frozen=True):
    """Something a device said."""

    n: int
    id: str
    type: str
    time: datetime
    received: datetime
    data: Raw


class DeviceWhole(Struct, frozen=True):
    """A device with what is wrong with it and the last that it said."""

    device: DeviceRow
    faults: list[FaultRow]
    events: list[EventRow]


def gateways(
    conn: sqlite3.Connection, after: str = "", limit: int = LIMIT, text: str = "", name: str | None = None
) -> list[GatewayRow]:
    """By name after `after`, or only the one called `name`."""
    rows = conn.execute(
        """SELECT g.gateway, g.online, g.state, g.heard_at, g.first_at, g.silent_alarm IS NOT NULL AS silent,
                  (SELECT count(*) FROM device_state s WHERE s.gateway=g.gateway AND s.low=1) AS low,
                  (SELECT coalesce(max(version), 0) FROM configs c WHERE c.gateway=g.gateway) AS wanted
           FROM centre.gateways g
           WHERE g.gateway>?1 AND (?2='' OR instr(g.gateway, ?2)) AND (?3 IS NULL OR g.gateway=?3)
           ORDER BY g.gateway LIMIT ?4""",
        (after, text.lower(), name, limit),
    )
    return [_gateway(row) for row in rows]


def faults(conn: sqlite3.Connection, gateway: str, device: str | None = None) -> list[FaultRow]:
    """Of a gateway with all its devices, or of one device; a silence is shown as that and not as a fault."""
    rows = conn.execute(
        """SELECT fault, device, reason, since FROM device_faults
           WHERE gateway=?1 AND (?2 IS NULL OR device=?2) ORDER BY since DESC, fault LIMIT 500""",
        (gateway, device),
    )
    return [
        FaultRow(row["fault"], row["device"], row["reason"], moment(row["since"]))
        for row in rows
        if device is not None or not row["fault"].startswith(SILENT)
    ]


def devices(
    conn: sqlite3.Connection,
    *,
    after: tuple[str, str] = ("", ""),
    gateway: str = "",
    only: Only = Only.ALL,
    text: str = "",
    community: str = "",
    limit: int = LIMIT,
) -> list[DeviceRow]:
    """After (gateway, device), in their order."""
    words = [_WHICH[only]]
    if gateway:
        words.append("s.gateway=:gateway")
    if text:
        words.append(_TEXT)
    if community:
        words.append("(l.path='c' || :community OR substr(l.path, 1, length(:community)+2)='c' || :community || '/')")
    rows = conn.execute(
        f"""{_DEVICE} WHERE (s.gateway, s.device)>(:after, :then) AND {" AND ".join(words)}
            ORDER BY s.gateway, s.device LIMIT :limit""",
        {
            "after": after[0],
            "then": after[1],
            "gateway": gateway,
            "text": text.lower(),
            "community": community,
            "limit": limit,
        },
    )
    return [_device(row) for row in rows]


def device(conn: sqlite3.Connection, gateway: str, name: str) -> DeviceWhole | None:
    """One device."""
    row = conn.execute(f"{_DEVICE} WHERE s.gateway=? AND s.device=?", (gateway, name)).fetchone()
    if row is None:
        return None
    return DeviceWhole(_device(row), faults(conn, gateway, name), events(conn, gateway, name, limit=20))


def events(
    conn: sqlite3.Connection, gateway: str, name: str, before: int | None = None, limit: int = LIMIT
) -> list[EventRow]:
    """What a device said, newest first, before number `before`. A device has one row for each source of its name."""
    ids = [
        row[0]
        for row in conn.execute(
            "SELECT id FROM centre.devices WHERE gateway=?1 AND (device=?2 OR source IN (?3, ?4)) LIMIT 8",
            (gateway, name, f"/{gateway}/{name}", f"/linli/{gateway}/{name}"),
        )
    ]
    found: list[sqlite3.Row] = []
    for id_ in ids:
        found += conn.execute(
            """SELECT n, id, type, time, received, data FROM centre.events INDEXED BY events_of_device
               WHERE device=? AND n<? ORDER BY n DESC LIMIT ?""",
            (id_, 2**62 if before is None else before, limit),
        )
    newest = sorted(found, key=lambda row: row["n"], reverse=True)[:limit]
    secret = hidden(conn, [row["id"] for row in newest])
    return [
        EventRow(row["n"], row["id"], row["type"], moment(row["time"]), moment(row["received"]), _raw(row, secret))
        for row in newest
    ]


def _raw(row: sqlite3.Row, secret: set[str]) -> Raw:
    """As it came; of a drill that nobody has taken without what says so."""
    if row["id"] not in secret:
        return Raw(row["data"].encode())
    data = told(row["data"])
    return Raw(encode({**data, "attributes": unsaid(part(data, "attributes"))}))


def communities(conn: sqlite3.Connection) -> list[str]:
    """The names to choose from."""
    rows = conn.execute("SELECT name FROM places WHERE parent='' AND kind='community' ORDER BY name LIMIT 500")
    return [row["name"] for row in rows]


def states(conn: sqlite3.Connection) -> dict[str, GatewayState]:
    """What each gateway said of itself last."""
    return {row["gateway"]: _state(row) for row in conn.execute("SELECT gateway, online, state FROM centre.gateways")}


def note_silent(conn: sqlite3.Connection, silent: Mapping[str, Sequence[str]]) -> None:
    """Keep who is silent, for filters; who never spoke at all gets a row by it."""
    for gateway, names in silent.items():
        listed = json.dumps(list(names))
        conn.execute(
            """INSERT INTO device_state(gateway, device, registered, silent)
               SELECT ?1, value, 1, 1 FROM json_each(?2) WHERE true ON CONFLICT DO UPDATE SET silent=1""",
            (gateway, listed),
        )
        conn.execute(
            """UPDATE device_state SET silent=0
               WHERE gateway=?1 AND silent=1 AND device NOT IN (SELECT value FROM json_each(?2))""",
            (gateway, listed),
        )


def moment(at: int) -> datetime:
    """Milliseconds as they go over the border."""
    return datetime.fromtimestamp(at / 1000, UTC)


def moment_or_none(at: int | None) -> datetime | None:
    """The same, of what may not have happened."""
    return None if at is None else moment(at)


_WHICH = {
    Only.ALL: "true",
    Only.SILENT: "s.silent=1",
    Only.BATTERY: "s.low=1",
    Only.FAULT: "s.faults>0",
    Only.CAMERA: "s.camera=1",
    Only.UNKNOWN: "s.registered=0",
}
"""Literally as in the indexes."""

_TEXT = """(instr(lower(s.device), :text) OR instr(s.gateway, :text) OR instr(s.profile, :text)
    OR instr(p.name, :text) OR instr(l.words, :text) OR instr(r.words, :text) OR instr(o.words, :text)
    OR r.pole=:text)"""

_DEVICE = """
SELECT s.*, coalesce((SELECT g.online FROM centre.gateways g WHERE g.gateway=s.gateway), 0) AS gateway_online,
       coalesce(p.name, '') AS who, coalesce(l.words, nullif(r.words, ''), o.words, '') AS where_words,
       coalesce(l.path, '') AS path
FROM device_state s LEFT JOIN devices_at r ON r.gateway=s.gateway AND r.device=s.device
     LEFT JOIN persons p ON p.ref=r.person AND r.person<>''
     LEFT JOIN households h ON h.ref=coalesce(nullif(p.household, ''), nullif(r.household, ''))
     LEFT JOIN places l ON l.id=coalesce(nullif(r.place, ''), h.place)
     LEFT JOIN poles o ON o.number=r.pole AND r.pole<>''"""


def _state(row: sqlite3.Row) -> GatewayState:
    try:
        return decode(row["state"].encode(), GatewayState)
    except ContractError:  # no word of its own yet
        return GatewayState(gateway=row["gateway"], online=bool(row["online"]))


def _gateway(row: sqlite3.Row) -> GatewayRow:
    state = _state(row)
    return GatewayRow(
        gateway=row["gateway"],
        online=bool(row["online"]),
        silent=bool(row["silent"]),
        heard_at=moment(row["heard_at"]),
        first_at=moment(row["first_at"]),
        said_at=state.at,
        version=state.version,
        clock=state.clock,
        backlog=sum(state.backlog.values()),
        oldest_alarm_s=state.oldest_alarm_s,
        faults=[fault for fault in state.faults if not fault.startswith(SILENT)],
        devices=state.devices,
        silent_devices=len(state.silent),
        low_devices=row["low"],
        disk_free_mb=state.disk_free_mb,
        config=state.config,
        wanted=row["wanted"],
        path_check=state.path_check,
        screen=state.screen,
    )


def _device(row: sqlite3.Row) -> DeviceRow:
    return DeviceRow(
        gateway=row["gateway"],
        device=row["device"],
        profile=row["profile"],
        registered=bool(row["registered"]),
        camera=bool(row["camera"]),
        type=row["type"],
        heard_at=moment_or_none(row["heard_at"]),
        silent=bool(row["silent"]),
        low=bool(row["low"]),
        battery=row["battery"],
        faults=row["faults"],
        open=None if row["open"] is None else bool(row["open"]),
        lat=row["lat"],
        lon=row["lon"],
        datum=row["datum"],
        placed_at=moment_or_none(row["placed_at"]),
        gateway_online=bool(row["gateway_online"]),
        who=row["who"],
        place=row["where_words"],
    )
