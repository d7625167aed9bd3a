"""Silence is a fault: who should have spoken and did not. Pure, time is an argument.

A device is silent after `check_in_s * (1 + margin)` without a sign of life (its own `check_in_s` in the registry before
the configuration's, that before the profile's), or when its broker says that it is gone. Every device gets a full
interval of grace after a start of the gateway, after an outage of its port or broker, after "away until", and
when it is registered: nobody can be late who could not be heard. While its port is down a device raises nothing; the
port's own fault names it.

One look over all devices every few seconds: 200 devices cost a fraction of a millisecond, and whatever else changes
(registry, configuration, away) is seen at the next look without anybody having to say so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from drivers.model import Instant
from edge.config_shape import CheckIn
from edge.device import Device
from edge.intake import Place
from firmware_profiles.loader import Supervision as Rule

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0020-supervision",
        """
        CREATE TABLE heard (
            device TEXT PRIMARY KEY, at TEXT NOT NULL, port TEXT NOT NULL
        ) WITHOUT ROWID;
        """,
    ),
]

LOOK_EVERY_S = 5.0
KEEP_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Watch:
    """One device as this look found it: where it would be heard, and how long it may be silent (None: for ever)."""

    device: Device
    place: Place
    ports: frozenset[str]
    silent_after_s: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A device that fell silent, or did not stay so (`silent` False), and why."""

    device: str
    silent: bool
    reason: str


def silent_after_s(device: Device, rule: Rule, override: CheckIn) -> float | None:
    """Seconds of silence that are a fault; None: this device is not supervised."""
    check_in_s = next((s for s in (device.check_in_s, override.check_in_s) if s is not None), rule.check_in_s)
    margin = rule.margin if override.margin is None else override.margin
    return check_in_s * (1 + margin) if check_in_s else None


class Supervision:
    """Who is silent. `heard` and `heard_on` are the intake's: monotonic seconds and port by place."""

    def __init__(self, heard: dict[Place, float], heard_on: dict[Place, str], started: Instant) -> None:
        self.silent: dict[str, str] = {}
        self._heard, self._heard_on, self._started = heard, heard_on, started
        self._grace_from: dict[str, float] = {}
        self._kept: dict[str, tuple[datetime, str]] = {}
        self._down: set[tuple[str, str]] = set()
        self._gone: set[Place] = set()
        self._kept_s = started.monotonic_s

    def recall(self, rows: Mapping[str, tuple[datetime, str]], silent: Iterable[str]) -> None:
        """What was known before the restart; who was silent stays so until it speaks."""
        self._kept.update(rows)
        self.silent.update(dict.fromkeys(silent, "silent since before the restart"))

    # --- what happens

    def port_down(self, port: str, cause: str = "port") -> None:
        """Nobody on it can be heard: the port itself is dead, or a bridge behind it."""
        self._down.add((port, cause))

    def port_up(self, port: str, watches: Iterable[Watch], at: Instant, cause: str = "port") -> None:
        """Everybody on it gets a full interval."""
        self._down.discard((port, cause))
        for watch in self.on_port(port, watches):
            self._grace_from[watch.device.id] = at.monotonic_s

    def on_port(self, port: str, watches: Iterable[Watch]) -> list[Watch]:
        """Whom a dead port silences."""
        return [watch for watch in watches if port in self.ports(watch)]

    def availability(self, place: Place, *, online: bool) -> None:
        """Its broker says that it is gone, or back."""
        if online:
            self._gone.discard(place)
        else:
            self._gone.add(place)
            self._heard.pop(place, None)

    # --- looking

    def look(self, watches: Iterable[Watch], at: Instant) -> list[Change]:
        """Who fell silent since the last look, and who did not stay so."""
        changes: list[Change] = []
        seen: set[str] = set()
        for watch in watches:
            seen.add(watch.device.id)
            reason = self._judge(watch, at)
            was = watch.device.id in self.silent
            if reason is None or (reason == "") is not was:
                continue
            changes.append(self._turn(watch.device.id, reason))
        changes += [self._turn(gone, "") for gone in set(self.silent) - seen]
        for forgotten in set(self._grace_from) - seen:
            del self._grace_from[forgotten]
        return changes

    def ports(self, watch: Watch) -> frozenset[str]:
        """Where this device was last heard, or all ports it could be heard on."""
        port = self._heard_on.get(watch.place) or self._kept.get(watch.device.id, (None, ""))[1]
        return frozenset((port,)) if port in watch.ports else watch.ports

    def _judge(self, watch: Watch, at: Instant) -> str | None:
        """Why it is silent; empty: it is not, or nobody expects it to speak; None: cannot be told now."""
        device, limit_s = watch.device, watch.silent_after_s
        grace_s = self._grace_from.setdefault(device.id, at.monotonic_s)
        heard_s = self._heard.get(watch.place)
        if not device.enabled or limit_s is None:
            return ""
        if device.away_until is not None:
            if device.away(at.utc):
                self._grace_from[device.id] = at.monotonic_s
                return ""
            grace_s = max(grace_s, at.monotonic_s - (at.utc - device.away_until).total_seconds())
        if self._down and (ports := self.ports(watch)) and ports <= {port for port, _ in self._down}:
            return None
        if self._gone and watch.place in self._gone:
            if heard_s is None:
                return "its broker says that it is gone"
            self._gone.discard(watch.place)  # it speaks, whatever was said of it
        if at.monotonic_s - max(grace_s, heard_s or grace_s) > limit_s:
            return f"nothing heard for more than {limit_s:.0f} s"
        was_silent = device.id in self.silent
        return "" if not was_silent or (heard_s is not None and at.monotonic_s - heard_s <= limit_s) else None

    def _turn(self, device: str, reason: str) -> Change:
        if reason:
            self.silent[device] = reason
        else:
            del self.silent[device]
        return Change(device, bool(reason), reason)

    # --- remembering

    def last_heard(self, device: str, place: Place, at: Instant) -> datetime | None:
        """When it last spoke, also before the last restart (then to the minute)."""
        heard_s = self._heard.get(place)
        if heard_s is None:
            return self._kept.get(device, (None, ""))[0]
        return at.utc - timedelta(seconds=at.monotonic_s - heard_s)

    def to_keep(self, watches: Iterable[Watch], at: Instant) -> list[tuple[str, str, str]]:
        """Rows of who was heard since this was last asked, once a minute."""
        if at.monotonic_s - self._kept_s < KEEP_EVERY_S:
            return []
        since_s, self._kept_s = self._kept_s, at.monotonic_s
        rows: list[tuple[str, str, str]] = []
        for watch in watches:
            heard_s = self._heard.get(watch.place)
            if heard_s is None or heard_s < since_s:
                continue
            moment = at.utc - timedelta(seconds=at.monotonic_s - heard_s)
            port = self._heard_on.get(watch.place, "")
            self._kept[watch.device.id] = (moment, port)
            rows.append((watch.device.id, moment.isoformat(timespec="seconds"), port))
        return rows


def keeper(rows: list[tuple[str, str, str]]) -> Callable[[sqlite3.Connection], None]:
    """What writes them, in one go."""

    def keep(conn: sqlite3.Connection) -> None:
        conn.executemany(
            """INSERT INTO heard (device, at, port) VALUES (?, ?, ?)
               ON CONFLICT (device) DO UPDATE SET at = excluded.at, port = excluded.port""",
            rows,
        )
        conn.execute("DELETE FROM heard WHERE device NOT IN (SELECT id FROM devices)")

    return keep


def all_heard(conn: sqlite3.Connection) -> dict[str, tuple[datetime, str]]:
    """When, and on which port, each device was heard before."""
    rows = conn.execute("SELECT device, at, port FROM heard")
    return {device: (datetime.fromisoformat(at), port) for device, at, port in rows}


def forget_strangers(heard: dict[Place, float], heard_on: dict[Place, str], known: set[Place], keep: int) -> None:
    """Bound what is remembered of devices nobody registered: the ones not heard for longest go."""
    strangers = [place for place in heard if place not in known]
    if len(strangers) > keep:
        strangers.sort(key=heard.__getitem__)
        for place in strangers[: len(strangers) - keep // 2]:
            del heard[place]
            heard_on.pop(place, None)
