"""The device registry: functions over one SQLite connection, and the index the gateway keeps in memory.

Every change is a batch with the rows as they were before, so that the last import can be taken back. The functions run
on the storage thread inside the store's transaction (or in one of their own); `Registry` is read on the event loop
and is replaced as a whole after a change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from edge.device import MAX_TEST, Device, DeviceError, Problem, Rules, as_text, device_from
from firmware_profiles.finding import Finding, in_order

MIGRATIONS: list[tuple[str, str]] = [
    (
        "registry-1",
        """
        CREATE TABLE devices (
            id TEXT PRIMARY KEY, profile TEXT NOT NULL, address TEXT NOT NULL, resident TEXT,
            building TEXT NOT NULL, room TEXT NOT NULL, pole TEXT NOT NULL,
            lat REAL, lon REAL, datum TEXT NOT NULL, check_in_s REAL,
            away_until TEXT, test_until TEXT, note TEXT NOT NULL, added_at TEXT, enabled INTEGER NOT NULL,
            UNIQUE (profile, address)
        );
        CREATE TABLE device_batches (
            batch INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at TEXT NOT NULL, undone_at TEXT
        );
        CREATE TABLE device_changes (
            batch INTEGER NOT NULL, id TEXT NOT NULL, before TEXT, after TEXT, PRIMARY KEY (batch, id)
        ) WITHOUT ROWID;
        """,
    ),
]

KEPT_BATCHES = 200
"""Older ones are forgotten: they are for undoing a mistake, not an archive."""

COLUMNS = tuple(Device.__dataclass_fields__)
_TIMES = ("away_until", "test_until", "added_at")


@dataclass(frozen=True, slots=True)
class Change:
    """One device before and after; None where there is none."""

    before: Device | None
    after: Device | None

    @property
    def id(self) -> str:
        """The id of the device."""
        device = self.after or self.before
        assert device is not None
        return device.id


class StaleError(RuntimeError):
    """The registry has changed since the change was planned: look again."""


class Registry:
    """All devices in memory, found by what they call themselves."""

    def __init__(self, devices: Iterable[Device], driver_of: Mapping[str, str]) -> None:
        self._rules = rules = Rules(driver_of)
        self._by_id = {device.id: device for device in devices}
        self._by_address = {(rules.driver(d.profile), d.address): d for d in self._by_id.values()}
        self._addresses = {address for _, address in self._by_address}

    @classmethod
    def load(cls, conn: sqlite3.Connection, driver_of: Mapping[str, str]) -> Registry:
        """Read all devices."""
        return cls(all_devices(conn), driver_of)

    def get(self, device_id: str) -> Device | None:
        """By registered id."""
        return self._by_id.get(device_id)

    def find(self, driver: str, address: str) -> Device | None:
        """By what a device of that driver says it is."""
        return self._by_address.get((driver, address))

    def find_by_profile(self, profile: str, address: str) -> Device | None:
        """As `find`, for whoever knows the port's profile: any profile of the same driver will do."""
        return self._by_address.get((self._rules.driver(profile), address))

    def known(self, address: str) -> bool:
        """Whether any device is registered with that address."""
        return address in self._addresses

    def known_to(self, driver: str) -> Callable[[str], bool]:
        """What a decoder is given, to ask whether an address is registered for that driver."""
        return lambda address: (driver, address) in self._by_address

    def __iter__(self) -> Iterator[Device]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)


def all_devices(conn: sqlite3.Connection) -> list[Device]:
    """Every registered device, by id."""
    return [_device(row) for row in conn.execute(f"SELECT {', '.join(COLUMNS)} FROM devices ORDER BY id")]  # noqa: S608


def get(conn: sqlite3.Connection, device_id: str) -> Device | None:
    """One device by id."""
    row = conn.execute(f"SELECT {', '.join(COLUMNS)} FROM devices WHERE id = ?", (device_id,)).fetchone()  # noqa: S608
    return _device(row) if row else None


def put(conn: sqlite3.Connection, values: Mapping[str, str], rules: Rules, at: datetime) -> Change:
    """Add a device, or change the given fields of one. Raises DeviceError with every problem."""
    with in_transaction(conn):
        before = get(conn, values.get("id", ""))
        after = device_from(values, rules, before)
        after = replace(after, added_at=before.added_at if before else at)
        taken = taken_addresses(conn, rules, without=(after.id,))
        if owner := taken.get((rules.driver(after.profile), after.address)):
            raise DeviceError([taken_by(owner)])
        change = Change(before, after)
        if before != after:
            write_batch(conn, [change], "put", rules, at)
        return change


def remove(conn: sqlite3.Connection, device_id: str, rules: Rules, at: datetime) -> Device:
    """Take a device out of the registry; raises KeyError when there is none of that id."""
    with in_transaction(conn):
        before = get(conn, device_id)
        if before is None:
            raise KeyError(device_id)
        write_batch(conn, [Change(before, None)], "remove", rules, at)
        return before


def set_test(conn: sqlite3.Connection, device_id: str, until: datetime | None, now: datetime) -> Device:
    """Announce (or end, with None) a test. Raises KeyError, and ValueError for more than a day."""
    if until is not None and until - now > MAX_TEST:
        raise ValueError(f"a test lasts at most {MAX_TEST.total_seconds() / 3600:g} hours")
    return _set_time(conn, device_id, "test_until", until)


def set_away(conn: sqlite3.Connection, device_id: str, until: datetime | None) -> Device:
    """Silence of this device is expected until then; None: not any more. Raises KeyError."""
    return _set_time(conn, device_id, "away_until", until)


def undo(conn: sqlite3.Connection, rules: Rules, at: datetime) -> list[Change]:
    """Take the last import back and say what that changed; an empty list when there is none.

    Raises StaleError when a device of that import was changed since: what a person did later must not be lost.
    """
    with in_transaction(conn):
        last = conn.execute(
            "SELECT batch FROM device_batches WHERE kind = 'import' AND undone_at IS NULL ORDER BY batch DESC LIMIT 1"
        ).fetchone()
        if last is None:
            return []
        rows = conn.execute("SELECT id, before, after FROM device_changes WHERE batch = ? ORDER BY id", last).fetchall()
        back = [Change(_load(after), _load(before)) for _, before, after in rows]
        write_batch(conn, back, "undo", rules, at)
        conn.execute("UPDATE device_batches SET undone_at = ? WHERE batch = ?", (_stamp(at), *last))
        return back


def check(conn: sqlite3.Connection, rules: Rules) -> list[Finding]:
    """Every registered device that no longer fits: its profile is gone, its address is none, twice the same."""
    found: list[Finding] = []
    seen: dict[tuple[str, str], str] = {}
    for device in all_devices(conn):
        try:
            device_from(as_text(device), rules)
        except DeviceError as error:
            found += [_finding(device.id, problem) for problem in error.problems]
        owner = seen.setdefault((rules.driver(device.profile), device.address), device.id)
        if owner != device.id:
            found.append(_finding(device.id, taken_by(owner)))
    return in_order(found)


def taken_addresses(conn: sqlite3.Connection, rules: Rules, without: Iterable[str] = ()) -> dict[tuple[str, str], str]:
    """Whose each (driver, address) is, leaving out some devices."""
    left_out = set(without)
    rows = conn.execute("SELECT id, profile, address FROM devices")
    return {(rules.driver(profile), address): id_ for id_, profile, address in rows if id_ not in left_out}


def taken_by(owner: str) -> Problem:
    """The sentence for an address that another device has."""
    return Problem("address", f"belongs to the device `{owner}` already", f"该地址已属于设备 `{owner}`")


def write_batch(conn: sqlite3.Connection, changes: Iterable[Change], kind: str, rules: Rules, at: datetime) -> None:
    """Write changes and what was before, all or nothing. Raises StaleError when a row is not what the change says."""
    with in_transaction(conn):
        changes = [_current(conn, change) for change in changes]
        batch = conn.execute("INSERT INTO device_batches (kind, at) VALUES (?, ?)", (kind, _stamp(at))).lastrowid
        # first all rows out, then all in: two devices may exchange their addresses
        conn.executemany("DELETE FROM devices WHERE id = ?", [(change.id,) for change in changes])
        places = ", ".join("?" * len(COLUMNS))
        after = [change.after for change in changes if change.after is not None]
        conn.executemany(f"INSERT INTO devices ({', '.join(COLUMNS)}) VALUES ({places})", map(_row, after))  # noqa: S608
        known = [(rules.driver(device.profile), device.address) for device in after]
        conn.executemany("DELETE FROM unknown_devices WHERE driver = ? AND address = ?", known)
        conn.executemany(
            "INSERT INTO device_changes (batch, id, before, after) VALUES (?, ?, ?, ?)",
            [(batch, change.id, _dump(change.before), _dump(change.after)) for change in changes],
        )
        _forget(conn, batch or 0)


@contextmanager
def in_transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, inside the caller's transaction or in one of our own."""
    conn.execute("SAVEPOINT registry")
    try:
        yield
    except BaseException:
        conn.execute("ROLLBACK TO registry")
        conn.execute("RELEASE registry")
        raise
    conn.execute("RELEASE registry")


def _current(conn: sqlite3.Connection, change: Change) -> Change:
    """The change as it fits the row now; a test announced in the meantime is no reason to refuse, and goes on."""
    now = get(conn, change.id)
    test = now.test_until if now else None
    before = change.before and replace(change.before, test_until=test)
    if now != before:
        raise StaleError(f"device `{change.id}` was changed in the meantime; look again")
    return Change(before, change.after and replace(change.after, test_until=test))


def _set_time(conn: sqlite3.Connection, device_id: str, column: str, until: datetime | None) -> Device:
    stamp = _stamp(until) if until else None
    done = conn.execute(f"UPDATE devices SET {column} = ? WHERE id = ?", (stamp, device_id))  # noqa: S608 - our word
    device = get(conn, device_id)
    if not done.rowcount or device is None:
        raise KeyError(device_id)
    return device


def _forget(conn: sqlite3.Connection, newest: int) -> None:
    oldest = newest - KEPT_BATCHES
    conn.execute("DELETE FROM device_changes WHERE batch <= ?", (oldest,))
    conn.execute("DELETE FROM device_batches WHERE batch <= ?", (oldest,))


def _finding(device_id: str, problem: Problem) -> Finding:
    name = f"registry: {device_id}"
    return Finding(name, 0, 0, f"{problem.field}: {problem.message}", "", f"{problem.field}：{problem.zh}")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _row(device: Device) -> tuple[Any, ...]:
    return tuple(
        _stamp(value) if isinstance(value, datetime) else value
        for value in (getattr(device, column) for column in COLUMNS)
    )


def _device(row: Iterable[Any]) -> Device:
    values = dict(zip(COLUMNS, row, strict=True))
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["enabled"] = bool(values["enabled"])
    return Device(**values)


def _dump(device: Device | None) -> str | None:
    return None if device is None else json.dumps(dict(zip(COLUMNS, _row(device), strict=True)), ensure_ascii=False)


def _load(text: str | None) -> Device | None:
    return None if text is None else _device(json.loads(text)[column] for column in COLUMNS)
