"""From the receiver's events to what is true now of each device: looked through once, in the order of arrival.

    centre.events (n, n+CHUNK]  -> the newest of each kind for each device -> device_state, and then n

So a list never asks ten million events for the newest of each device, and the receiver's own path carries no more work
than before: SQLite looks through a chunk, Python reads a few rows of it. Behind a flood the desk is late by a second,
never wrong; a receiver's file that begins anew is looked through from the start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from office.desk.told import told
from sync.contract.messages import FAULT, LOOK

CHUNK = 20_000
"""A second of the heaviest flood; about 0.2 s of one reading thread."""

PIECE = 300
"""Devices written in one go, about 10 ms: a person's step never waits longer behind it."""

LOW_PERCENT = 20.0
SILENT = "silent-"
"""How the name of the fault of a silent device begins; the device is shown as silent, not as faulty."""

GATEWAY = "gateway"
"""The device under which a gateway speaks of itself."""

LOW_CAUSES = ("lowBattery", "lowPower")

_LAST = """
WITH last AS MATERIALIZED (
    SELECT e.device AS id, max(e.n) AS newest,
           max(CASE WHEN instr(e.data, '"battery') THEN e.n END) AS charged,
           max(CASE WHEN instr(e.data, '"valid":true') THEN e.n END) AS placed,
           max(CASE WHEN instr(e.data, '"open":') THEN e.n END) AS opened,
           max(CASE WHEN instr(e.data, '"lowBattery"') OR instr(e.data, '"lowPower"') THEN e.n END) AS low
    FROM centre.events e NOT INDEXED WHERE e.n>? AND e.n<=? GROUP BY e.device
)
SELECT d.gateway, d.device, d.source, d.profile, d.registered, d.first_at, e.n, e.type, e.received,
       c.data AS charged, c.time AS charged_at, p.data AS placed, p.time AS placed_at,
       o.data AS opened, o.time AS opened_at, b.data AS low, b.time AS low_at
FROM last JOIN centre.devices d ON d.id=last.id JOIN centre.events e ON e.n=last.newest
     LEFT JOIN centre.events c ON c.n=last.charged LEFT JOIN centre.events p ON p.n=last.placed
     LEFT JOIN centre.events o ON o.n=last.opened LEFT JOIN centre.events b ON b.n=last.low
"""
_SPECIAL = """
SELECT d.gateway, e.id, e.type, e.time, e.subject, e.data
FROM centre.events e NOT INDEXED JOIN centre.devices d ON d.id=e.device
WHERE e.n>? AND e.n<=? AND (e.type IN (?, ?) OR instr(e.data, '"picture":"')) ORDER BY e.n
"""


@dataclass(slots=True)
class Word:
    """The last of each kind that one device said in a chunk; None: nothing of that kind."""

    gateway: str
    device: str
    profile: str
    registered: bool
    first_at: int
    n: int
    type: str
    heard_at: int
    battery: float | None = None
    battery_at: int | None = None
    low_at: int | None = None
    lat: float | None = None
    lon: float | None = None
    datum: str = "WGS-84"
    placed_at: int | None = None
    open: bool | None = None
    camera: bool = False


@dataclass(slots=True)
class News:
    """What a chunk brought; `upto` is the last number that was looked at."""

    upto: int
    words: list[Word] = field(default_factory=list)
    special: list[sqlite3.Row] = field(default_factory=list)
    anew: bool = False
    behind: bool = False


def gather(conn: sqlite3.Connection) -> News | None:
    """The next chunk; None when there is nothing new."""
    after = int(conn.execute("SELECT n FROM device_cursor").fetchone()[0])
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    if newest == after:
        return None
    anew = newest < after  # the receiver's file is another one
    after = 0 if anew else after
    news = News(min(newest, after + CHUNK), anew=anew, behind=newest > after + CHUNK)
    news.words = [_word(row) for row in conn.execute(_LAST, (after, news.upto))]
    news.special = conn.execute(_SPECIAL, (after, news.upto, FAULT, LOOK)).fetchall()
    return news


def reach(conn: sqlite3.Connection) -> int:
    """How far the next chunk goes."""
    after = int(conn.execute("SELECT n FROM device_cursor").fetchone()[0])
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    return newest if newest < after else min(newest, after + CHUNK)


def go_on(conn: sqlite3.Connection, upto: int) -> None:
    """From there on, whatever was before."""
    conn.execute("UPDATE device_cursor SET n=?", (upto,))


def pieces(news: News) -> Iterator[Callable[[sqlite3.Connection], None]]:
    """What is to be written, piece by piece in this order; what was cut off in between is gathered again."""
    if news.anew:
        yield _forget
    for first in range(0, len(news.words), PIECE):
        yield partial(_keep_words, words=news.words[first : first + PIECE])
    yield partial(_keep_rest, news=news)


def _forget(conn: sqlite3.Connection) -> None:
    for table in ("device_state", "device_faults", "pictures"):
        conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names


def _keep_words(conn: sqlite3.Connection, words: Sequence[Word]) -> None:
    values = [_values(word) for word in words if word.device != GATEWAY]
    conn.execute(_KEEP, (json.dumps(values),))  # one statement: each of many would wait for the interpreter's lock


def _keep_rest(conn: sqlite3.Connection, news: News) -> None:
    for row in news.special:
        _keep_special(conn, row)
    conn.execute("UPDATE device_cursor SET n=?", (news.upto,))


def _keep_special(conn: sqlite3.Connection, row: sqlite3.Row) -> None:
    gateway, data = row["gateway"], _object(row["data"])
    if row["type"] == FAULT:
        _keep_fault(conn, gateway, data, row["time"])
        return
    picture = _text(data.get("picture"))
    if row["type"] == LOOK:
        _keep_look(conn, gateway, row, data, picture)
    if picture:
        camera = _text(data.get("device")) if row["type"] == LOOK else _camera_of(conn, gateway, row["subject"])
        alarm = _text(data.get("alarm")) if row["type"] == LOOK else _text(row["subject"])
        conn.execute(
            "INSERT OR IGNORE INTO pictures VALUES (?,?,?,?,?,?)",
            (picture, gateway, camera, _text(data.get("device")), alarm, row["time"]),
        )


def _keep_fault(conn: sqlite3.Connection, gateway: str, data: Mapping[str, Any], at: int) -> None:
    fault = _text(data.get("fault"))
    names = data.get("devices")
    devices = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    before = [
        row[0] for row in conn.execute("SELECT device FROM device_faults WHERE gateway=? AND fault=?", (gateway, fault))
    ]
    conn.execute("DELETE FROM device_faults WHERE gateway=? AND fault=?", (gateway, fault))
    if data.get("active") is True:
        reason = _text(data.get("reason"))[:500]
        conn.executemany(
            "INSERT OR IGNORE INTO device_faults VALUES (?,?,?,?,?)",
            [(gateway, fault, device, reason, at) for device in devices or [""]],
        )
    for device in {*before, *devices} - {""}:
        conn.execute(_COUNT_FAULTS, (gateway, device, SILENT))


def _keep_look(conn: sqlite3.Connection, gateway: str, row: sqlite3.Row, data: Mapping[str, Any], picture: str) -> None:
    """A look that the desk did not order: around an alarm, or by somebody at the gateway."""
    asked_by, camera = _text(data.get("asked_by")), _text(data.get("device"))
    if asked_by == "centre" or picture:  # ours is on record already; a picture follows its look's own event
        return
    conn.execute(
        """INSERT OR IGNORE INTO looks(at, account, asked_by, gateway, camera, reason, about, way, mark, refused,
                                       ended_at)
           VALUES (?1,'',?2,?3,?4,?5,?6,'gateway',?7,?8,?1)""",
        (
            *(row["time"], asked_by, gateway, camera, _text(data.get("reason")), _text(data.get("alarm"))),
            *(row["id"], _text(data.get("refused"))),
        ),
    )


def _camera_of(conn: sqlite3.Connection, gateway: str, alarm: str | None) -> str:
    """The camera that looked for this alarm, when there was only one."""
    rows = conn.execute(
        "SELECT DISTINCT camera FROM looks WHERE about=? AND gateway=? AND way='gateway' LIMIT 2",
        (alarm or "-", gateway),
    ).fetchall()
    return str(rows[0]["camera"]) if len(rows) == 1 else ""


# --- reading a chunk


def _word(row: sqlite3.Row) -> Word:
    word = Word(
        row["gateway"],
        row["device"] or row["source"].rpartition("/")[2],
        row["profile"],
        bool(row["registered"]),
        row["first_at"],
        row["n"],
        row["type"],
        row["received"],
        camera=row["profile"] == "camera" or row["type"] == LOOK,
    )
    for name, read in (("charged", _charge), ("placed", _place), ("opened", _contact), ("low", _low)):
        if row[name] is not None:
            read(word, _object(row[name]), row[f"{name}_at"])
    return word


def _charge(word: Word, data: Mapping[str, Any], at: int) -> None:
    attributes = data.get("attributes")
    found = attributes if isinstance(attributes, dict) else {}
    level = found.get("batteryLevel", found.get("battery"))
    if isinstance(level, int | float) and not isinstance(level, bool) and 0 <= level <= 100:
        word.battery, word.battery_at = float(level), at


def _place(word: Word, data: Mapping[str, Any], at: int) -> None:
    place = data.get("place")
    place = place if isinstance(place, dict) else {}
    lat, lon = place.get("lat"), place.get("lon")
    if isinstance(lat, int | float) and isinstance(lon, int | float) and -90 <= lat <= 90 and -180 <= lon <= 180:
        word.lat, word.lon, word.placed_at = float(lat), float(lon), at
        word.datum = _text(place.get("datum")) or "WGS-84"


def _contact(word: Word, data: Mapping[str, Any], _at: int) -> None:
    if isinstance(data.get("open"), bool):
        word.open = data["open"]


def _low(word: Word, data: Mapping[str, Any], at: int) -> None:
    if data.get("alarm") in LOW_CAUSES:
        word.low_at = at


def _object(text: str) -> dict[str, Any]:
    return told(text)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# --- writing

_KEEP = """
INSERT INTO device_state(gateway, device, profile, registered, first_at, n, type, heard_at, battery, battery_at, low_at,
                         lat, lon, datum, placed_at, open, camera, low)
SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, value->>9,
       value->>10, value->>11, value->>12, value->>13, value->>14, value->>15, value->>16, value->>17
FROM json_each(?) WHERE true
ON CONFLICT(gateway, device) DO UPDATE SET
    profile=excluded.profile, registered=excluded.registered,
    n=excluded.n, type=excluded.type, heard_at=excluded.heard_at,
    battery=coalesce(excluded.battery, battery), battery_at=coalesce(excluded.battery_at, battery_at),
    low_at=coalesce(excluded.low_at, low_at),
    lat=coalesce(excluded.lat, lat), lon=coalesce(excluded.lon, lon), placed_at=coalesce(excluded.placed_at, placed_at),
    datum=CASE WHEN excluded.placed_at IS NULL THEN datum ELSE excluded.datum END,
    open=coalesce(excluded.open, open), camera=max(camera, excluded.camera),
    low=CASE WHEN coalesce(excluded.low_at, low_at, 0)>coalesce(excluded.battery_at, battery_at, 0)
                  OR coalesce(excluded.battery, battery, 100)<=20 THEN 1 ELSE 0 END
"""

_COUNT_FAULTS = """
UPDATE device_state SET faults=(SELECT count(*) FROM device_faults f
    WHERE f.gateway=device_state.gateway AND f.device=device_state.device AND substr(f.fault, 1, length(?3))<>?3)
WHERE gateway=?1 AND device=?2
"""


def _values(word: Word) -> tuple[object, ...]:
    low = (word.low_at or 0) > (word.battery_at or 0) or (word.battery is not None and word.battery <= LOW_PERCENT)
    return (
        *(word.gateway, word.device, word.profile, word.registered, word.first_at, word.n, word.type, word.heard_at),
        *(word.battery, word.battery_at, word.low_at, word.lat, word.lon, word.datum, word.placed_at),
        *(word.open, word.camera, low),
    )
