"""What watches over a gateway: alarms nobody takes, devices that fall silent, what lasts at them, the path at night.

Built by a gateway when its store is open; `run` with it. Puts the pure parts on the gateway's clock, store and hooks.
"""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from drivers.model import Event, Instant, Kind
from edge import alarm_watch, conditions, faults, night_check, registry, supervision
from edge.alarm_book import Alarm
from edge.alarm_watch import AlarmWatch
from edge.announced import Announced
from edge.attendance import DEPARTMENT
from edge.care import Patience
from edge.conditions import Condition, Conditions
from edge.config_shape import CheckIn, GpioConfig, devices_on
from edge.device import Device
from edge.doors import Door
from edge.faults import Faults
from edge.feedback import Feedback
from edge.mapper import Identity
from edge.night_check import NightCheck
from edge.registry import Registry
from edge.second_path import SecondPath, SecondWay
from edge.signals import DoorSignals
from edge.supervision import Supervision, Watch
from edge.trail import Trail
from firmware_profiles.loader import Supervision as Rule
from sync.contract import messages
from sync.contract.envelope import decode
from sync.contract.kiosk import Presence
from sync.contract.lanes import Lane
from sync.contract.messages import DeviceEvent, PathCheck, Scalar
from sync.failpoint import reach
from sync.store import Entry

if TYPE_CHECKING:
    from edge.gateway import Gateway

log = logging.getLogger("linli.guard")

MIGRATIONS = [*alarm_watch.MIGRATIONS, *supervision.MIGRATIONS, *conditions.MIGRATIONS, *faults.MIGRATIONS]

SILENT = "silent-"
SECOND_PATH = "second-path"
KEPT_STRANGERS = 20_000
RECONSIDER_S = 60.0
"""After a start: what was broken before and was not found broken by then works again."""

MB = 1024 * 1024


class Guard:
    """Called on the loop. Its parts are public for their neighbours."""

    def __init__(self, gateway: Gateway, second: SecondPath | None) -> None:
        self._gateway = gateway
        self._started = at = gateway.clock()
        gateway_clock, store, intake = gateway.clock, gateway.store, gateway.intake
        self.faults = Faults(store, gateway.mapper, gateway_clock)
        self.announced = Announced()
        self.conditions = Conditions(lambda write: store.append([], None, [write]))
        self.conditions.on_over = self._over
        self.supervision = Supervision(intake.last_heard, intake.heard_on, at)
        self.night: NightCheck | None = None
        self._watches: list[Watch] = []
        self._watched_of: tuple[object, object] = (None, None)
        feedback = Feedback(intake.say, lambda place: place in intake.lines, gateway.config.gateway.language)
        way = SecondWay(second, lambda: gateway_clock().monotonic_s, random.random) if second is not None else None
        signals = DoorSignals(gateway.doors)
        self.watch = AlarmWatch(gateway.book, store, gateway_clock, gateway.config.alarms, feedback, signals, way)
        self.watch.is_testing = self.is_testing
        self.watch.on_second_path = lambda reason: gateway.fault(
            SECOND_PATH, active=reason is not None, reason=reason or ""
        )
        self.watch.listeners.append(Trail(gateway_clock, self._prove).listen)
        gateway.on_config.append(self._configured)
        gateway.down.on_presence = self._presence

    def load(self, conn: sqlite3.Connection) -> None:
        """Go on where the last run ended."""
        gateway, at = self._gateway, self._started
        self.faults.recall(faults.active_faults(conn))
        silent = [name.removeprefix(SILENT) for name in self.faults.active if name.startswith(SILENT)]
        self.supervision.recall(supervision.all_heard(conn), silent)
        self.conditions.recall(conditions.all_conditions(conn))
        self.night = NightCheck(gateway.config.night_check.at, at, night_check.recall(conn))
        self.watch.load(conn)
        self.registry_changed()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.watch.run(), name="alarms")
            group.create_task(self._look(), name="supervision")

    # --- what the gateway passes on

    def event(self, event: Event, who: Identity, at: Instant) -> None:
        """Something a device said is on disk."""
        driver = self._gateway.rules.driver(who.profile)
        if event.kind is Kind.ALARM:
            self.conditions.heard(driver, event, who, at)
        elif event.kind is Kind.AVAILABILITY:
            online = bool(event.attributes.get("online"))
            if event.device == "bridge":
                self._bridge((driver, event.device), at, online=online)
            elif who.registered:
                self.supervision.availability((driver, event.device), online=online)

    def port(self, door: Door) -> None:
        """One fault for a dead port with its devices, not one for each."""
        name, at, watches = door.port.name, self._gateway.clock(), self.watches()
        if door.fault is not None:
            self.supervision.port_down(name)
        else:
            self.supervision.port_up(name, watches, at)
        self._outage(f"port-{name}", name, watches, door.fault)

    def _presence(self, department: str, payload: bytes) -> None:
        """Who is on duty at the centre. Raises ContractError."""
        if department == DEPARTMENT:
            self.watch.presence(decode(payload, Presence) if payload else None)

    def received(self, era: int, n: int) -> None:
        """The centre has 1..n of the alarm lane."""
        self.watch.received(era, n)
        if self.night is not None and self.night.received(era, n, self._gateway.clock()):
            self._checked()

    def refused(self, era: int, seq: int, body: bytes) -> None:
        """The broker will never take this of the alarm lane."""
        alarm = self.watch.refused(body)
        if alarm is not None:
            log.error("alarm %s is refused by the broker: it goes the second way only", alarm.id)
        elif self.night is not None and self.night.refused(era, seq, self._gateway.clock()):
            self._checked()

    def _prove(self, alarm: Alarm, attributes: dict[str, Scalar]) -> None:
        """The gateway's part of an alarm's proof goes up; lost with a disk that fails, as it changes nothing."""
        gateway, at = self._gateway, self._gateway.clock()
        data = DeviceEvent(
            device=alarm.device,
            registered=not alarm.stranger,
            alarm=alarm.cause,
            test=alarm.test,
            attributes=attributes,
        )
        body = gateway.mapper.plain(messages.ALARM_UPDATE, data, at, device=alarm.device, subject=alarm.id)
        gateway.store.append([Entry(Lane.STATE, body)], None)

    # --- tests

    def is_test(self, device_id: str, at: Instant) -> bool:
        """Whether what this device raises was announced."""
        device = self._gateway.registry.get(device_id)
        return device is not None and self.announced.testing(device, at)

    def is_testing(self, device_id: str) -> bool:
        """As `is_test`, now."""
        return self.is_test(device_id, self._gateway.clock())

    async def announce_test(self, device_id: str, minutes: float) -> Device:
        """What this device raises from now on is a test, for so long; 0 ends one. Raises KeyError and ValueError."""
        gateway = self._gateway
        at = gateway.clock()
        until = at.utc + timedelta(minutes=minutes) if minutes > 0 else None

        def change(conn: sqlite3.Connection) -> tuple[Device, Registry]:
            device = registry.set_test(conn, device_id, until, at.utc)
            return device, Registry.load(conn, gateway.rules.driver_of)

        device, fresh = await gateway.store.transact(change)
        gateway.reload_registry(fresh)
        return device

    def registry_changed(self) -> None:
        """A test may have been announced: its window is measured from now on."""
        at = self._gateway.clock()
        for device in self._gateway.registry:
            self.announced.testing(device, at)

    # --- what the gateway tells of it

    def silent(self) -> dict[str, str]:
        """Silent devices and why."""
        return dict(sorted(self.supervision.silent.items()))

    def heard_before(self, device: Device) -> datetime | None:
        """When it last spoke, also before the last restart."""
        place = (self._gateway.rules.driver(device.profile), device.address)
        return self.supervision.last_heard(device.id, place, self._gateway.clock())

    def oldest_alarm_s(self) -> float | None:
        """Age of the oldest open alarm that the centre does not have."""
        age_s = self.watch.oldest_waiting_s(self._gateway.clock().monotonic_s)
        return None if age_s is None else round(age_s, 1)

    def disk_free_mb(self) -> int | None:
        """Where the store is."""
        try:
            return shutil.disk_usage(self._gateway.config.gateway.data).free // MB
        except OSError:
            return None

    def path_check(self) -> PathCheck | None:
        """The newest check of the path."""
        return self.night.check if self.night is not None else None

    # --- looking

    def watches(self) -> list[Watch]:
        """Every registered device as supervision sees it; made anew when registry or configuration are others."""
        gateway = self._gateway
        source = (gateway.registry, gateway.config)
        if any(a is not b for a, b in zip(source, self._watched_of, strict=True)):
            self._watched_of, self._watches = source, list(self._all_watches())
        return self._watches

    def _all_watches(self) -> Iterator[Watch]:
        gateway = self._gateway
        overrides, none, rule = gateway.config.supervision.profiles, CheckIn(), Rule()
        ports = self._ports_by_driver()
        for device in gateway.registry:
            driver = gateway.rules.driver(device.profile)
            profile = gateway.profiles.get(device.profile)
            limit = supervision.silent_after_s(
                device, profile.supervision if profile else rule, overrides.get(device.profile, none)
            )
            yield Watch(device, (driver, device.address), ports.get(driver, frozenset()), limit)

    def look(self, at: Instant) -> None:
        """One look at everything that is due by time."""
        gateway = self._gateway
        watches = self.watches()
        for change in self.supervision.look(watches, at):
            gateway.fault(SILENT + change.device, active=change.silent, reason=change.reason, devices=[change.device])
        if rows := self.supervision.to_keep(watches, at):
            gateway.store.append([], None, [supervision.keeper(rows)])
            self.conditions.tick(at)
        intake = gateway.intake
        if len(intake.last_heard) > KEPT_STRANGERS + len(watches):
            known = {watch.place for watch in watches}
            supervision.forget_strangers(intake.last_heard, intake.heard_on, known, KEPT_STRANGERS)
        if gateway.store.fault is None:
            self.faults.retry()
        if at.monotonic_s - self._started.monotonic_s > RECONSIDER_S:
            self.faults.reconsider(sparing=(SILENT, night_check.FAULT))
        self._check_path(at)

    async def _look(self) -> None:
        while True:
            self.look(self._gateway.clock())
            await asyncio.sleep(supervision.LOOK_EVERY_S)

    def _ports_by_driver(self) -> dict[str, frozenset[str]]:
        """On which ports a device of each driver can be heard."""
        gateway = self._gateway
        found: dict[str, set[str]] = {}
        for port in gateway.config.ports:
            profiles = (
                {w.profile for w in devices_on(port).values()} if isinstance(port, GpioConfig) else {port.profile}
            )
            for profile in profiles - {None}:
                found.setdefault(gateway.rules.driver(str(profile)), set()).add(port.name)
        return {driver: frozenset(names) for driver, names in found.items()}

    def _bridge(self, place: tuple[str, str], at: Instant, *, online: bool) -> None:
        """The bridge behind a port (zigbee2mqtt) is gone or back: as if its port were."""
        watches = self.watches()
        for port in self._ports_by_driver().get(place[0], frozenset()):
            if online:
                self.supervision.port_up(port, watches, at, "bridge")
            else:
                self.supervision.port_down(port, "bridge")
            self._outage(f"bridge-{port}", port, watches, None if online else "the bridge behind it says it is offline")

    def _outage(self, fault: str, port: str, watches: list[Watch], reason: str | None) -> None:
        devices = [watch.device.id for watch in self.supervision.on_port(port, watches) if watch.device.enabled]
        self._gateway.fault(fault, active=reason is not None, reason=reason or "", devices=devices)

    def _over(self, condition: Condition, at: Instant) -> None:
        """It goes up as a status of the device."""
        gateway = self._gateway
        profile = getattr(gateway.registry.get(condition.device), "profile", "")
        event = Event(kind=Kind.STATUS, device=condition.address, attributes={"cleared": condition.cause})
        who = gateway.intake.identity(condition.driver, condition.address, profile)
        lane, body = gateway.mapper.event(event, who, at)
        gateway.store.append([Entry(lane, body)], None)

    # --- the night's check

    def _check_path(self, at: Instant) -> None:
        gateway, night = self._gateway, self.night
        if night is None or not gateway.config.night_check.enabled:
            return
        if night.overdue(at):
            self._checked()
        if (date := night.due(at)) is not None:
            place = night.begin(date, at)
            era = gateway.store.era
            body = gateway.mapper.plain(messages.PATH_CHECK, PathCheck(night=date), at)
            gateway.store.append([Entry(Lane.ALARM, body, also=lambda conn, seq: place(conn, era, seq))], None)
            reach("path-check-stored")

    def _checked(self) -> None:
        assert self.night is not None
        check = self.night.check
        assert check is not None
        self._gateway.store.append([], None, [self.night.keeper()])
        log.info("check of the path, night of %s: %s", check.night, check.reason or f"{check.receipt_ms} ms")
        self._gateway.fault(night_check.FAULT, active=not check.ok, reason=check.reason)

    def _configured(self, names: set[str]) -> None:
        """Wanted configuration came into force."""
        config = self._gateway.config
        if "alarms" in names:
            self.watch.settings = config.alarms
            self.watch.care.patience = Patience(config.alarms.escalate_after_s, config.alarms.acknowledge_after_s)
        if "night_check" in names and self.night is not None:
            self.night.move(config.night_check.at)
