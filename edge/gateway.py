"""The gateway: opens the store, then the ports, then the line, and wires what happens between them.

It starts, accepts and stores with no network, no broker and no valid clock. Everything it owns is built here and
closed here; what each part does stands in its own file.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from drivers.model import Event, Instant, Note
from drivers.mqtt_source import UNSAFE
from edge import alarm_book, losses, registry, unknown_devices, wanted
from edge.addresses import normal_address
from edge.alarm_book import Alarm, AlarmBook
from edge.boot import boot_id, boot_number, raise_open_files
from edge.cameras import MIGRATIONS as CAMERA_MIGRATIONS
from edge.cameras import Cameras
from edge.clock import GatewayClock
from edge.config_parts import Known
from edge.config_shape import Config
from edge.device import Device, Rules
from edge.doors import Door, open_doors
from edge.downlink import MIGRATIONS as DOWN_MIGRATIONS
from edge.downlink import Downlink
from edge.drills import Drills
from edge.guard import MIGRATIONS as GUARD_MIGRATIONS
from edge.guard import Guard
from edge.intake import Intake
from edge.local import MIGRATIONS as LOCAL_MIGRATIONS
from edge.local import Local
from edge.mapper import Identity, Mapper
from edge.registry import Registry
from edge.repeats import ALARM_KEYS, OTHER_KEYS, Repeats
from edge.second_path import SecondPath
from edge.talk import Talk
from edge.upkeep import Upkeep
from edge.wanted_config import Judge
from edge.whose import Whose
from firmware_profiles.finding import Finding
from firmware_profiles.loader import Profile
from sync.contract import messages, topics
from sync.contract.envelope import encode
from sync.contract.identity import Uuid7
from sync.contract.lanes import Lane
from sync.contract.messages import Fault, GatewayState
from sync.link import IN_MEMORY, Link
from sync.mqtt import Arrived, Broker, NotConnected, Tls, Will
from sync.store import Entry, Row, Store, StoreError, outbox
from sync.store import salvage as salvaged

log = logging.getLogger("linli.gateway")

VERSION = "0.1.0"
RESTART = 75
"""EX_TEMPFAIL of sysexits.h: a restart was asked for; systemd starts us again."""

MIGRATIONS = [
    *alarm_book.MIGRATIONS,
    *registry.MIGRATIONS,
    *unknown_devices.MIGRATIONS,
    *DOWN_MIGRATIONS,
    *GUARD_MIGRATIONS,
    *LOCAL_MIGRATIONS,
    *CAMERA_MIGRATIONS,
]


class _Leave(Exception):  # noqa: N818 - what ends a run, no error
    """The gateway was asked to end."""


class Gateway:
    """One gateway. `start` then `run` until cancelled, then `stop`; each part is public for its neighbours."""

    def __init__(
        self,
        config: Config,
        profiles: Mapping[str, Profile],
        *,
        clock: GatewayClock | None = None,
        judge: Judge | None = None,
        second: SecondPath | None = None,
    ) -> None:
        self.config, self.profiles = config, profiles
        self.on_config: list[Callable[[set[str]], None]] = []
        self._judge = judge or partial(judged_here, config, profiles)
        self.name = config.gateway.name
        self.rules = Rules({p.id: p.driver for p in profiles.values()}, normal_address)
        self.line_up_since: float | None = None
        self.line_reason = "not connected yet"
        self.line_since_s = 0.0
        self.doors: list[Door] = []
        self.new_id = Uuid7()
        self._leave: asyncio.Future[int] | None = None
        self.on_event: list[Callable[[Event, Identity, Instant], None]] = []
        self._given_clock, self._second = clock, second
        self.whose, self.upkeep = Whose(self), Upkeep(self)

    # --- life

    def start(self) -> None:
        """Open the store and build everything on it. Raises StoreError and touches nothing then."""
        raise_open_files()
        data = Path(self.config.gateway.data)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self.store = Store(data / "linli.db", lambda: str(uuid.uuid4()), MIGRATIONS, stamp=stamp)
        self.store.keep_keys = (ALARM_KEYS, OTHER_KEYS)
        self.store.reserve.size = self.config.storage.reserve_mb * 1024 * 1024
        self.store.start()
        with closing(self.store.reader()) as conn:
            saved = outbox.recall(conn, "clock")
            self.clock = self._given_clock or GatewayClock(datetime.fromisoformat(saved) if saved else None)
            self.boot = boot_number(conn)
            self.registry = Registry.load(conn, self.rules.driver_of)
            self.book = AlarmBook(alarm_book.open_alarms(conn))
            repeats = Repeats()
            repeats.load(outbox.seen(conn), alarm_book.levels(conn))
        self.mapper = Mapper(self.name, self.boot, self.new_id, lambda: self.clock.trust)
        self.intake = Intake(self.store, self.mapper, repeats, self.book, self.whose.identity)
        self.link = Link(self.store, self.name, self._broker(), self, custody=self.config.centre.custody)
        self.down = Downlink(self, self._judge)
        self.config = self.down.wanted.recall() or self.config
        self.guard = Guard(self, self._second or _second_path(self.config))
        self.drills = Drills(self)
        self.line_since_s = self.clock().monotonic_s
        self.local = Local(self, VERSION)
        self._wire()

    def _wire(self) -> None:
        self.store.on_stored = self.link.wake
        self.store.on_fault = self.upkeep.disk_fault
        self.store.on_corrupt = self.upkeep.corrupt
        self.clock.on_trusted = self._clock_trusted
        self.intake.on_alarm = self._raised
        self.intake.on_unknown = self.whose.unknown
        self.intake.on_note = self._noted_on
        self.intake.on_unstored = self._unstored
        self.intake.on_press = self.guard.watch.pressed
        self.intake.on_event = self._heard
        self.intake.on_levels = self.guard.conditions.levels
        self.intake.is_old_news = self.guard.conditions.old_news
        self.intake.is_test = self.guard.is_test
        self.down.steps.on_step = self.guard.watch.stepped
        self.intake.patience_s = self.whose.patience_s
        known = self.registry_known
        for door in open_doors(self.config, self.profiles, self.intake, self.clock, known):
            door.on_fault = self.guard.port
            self.doors.append(door)
        self.cameras = Cameras(self)
        with closing(self.store.reader()) as conn:
            self.guard.load(conn)

    async def run(self) -> int:
        """Serve until cancelled, or until a restart is needed: then the exit code.

        What was left to say about the store's start is said first.
        """
        self._leave = asyncio.get_running_loop().create_future()
        boot = f"{boot_id()} {self.boot}"
        with suppress(StoreError):  # a full disk must not keep it from hearing; the fault is told
            await self.store.transact(lambda conn: outbox.note(conn, "boot", boot))
        if (salvage := self.store.salvage) is not None:
            self.fault("store-corrupt", active=True, reason=salvage.text())
            self.store.append([], None, [salvaged.told])
        losses.tell_unreadable(self.store, self.upkeep.loss("could not be read any more"))
        try:
            async with asyncio.TaskGroup() as group:
                for door in self.doors:
                    group.create_task(door.run(), name=f"port {door.port.name}")
                group.create_task(self.local.run(), name="local")
                group.create_task(self.link.run(), name="link")
                group.create_task(self.down.run(), name="way down")
                group.create_task(self.guard.run(), name="guard")
                group.create_task(self.cameras.run(), name="cameras")
                group.create_task(self.upkeep.run(), name="health")
                group.create_task(self._report(), name="state")
                group.create_task(self._until_asked(), name="restart")
        except* _Leave:
            log.warning("ending with exit code %d, to be started again", self._leave.result())
        return self._leave.result()

    async def _until_asked(self) -> None:
        assert self._leave is not None
        await self._leave
        raise _Leave

    def leave(self, code: int = RESTART) -> None:
        """End `run` with this exit code."""
        if self._leave is not None and not self._leave.done():
            self._leave.set_result(code)

    def apply(self, config: Config) -> list[str]:
        """Put a wanted configuration in force; the sections that wait for a restart.

        Parts read `config` when they use it; who must do more than that adds a function to `on_config`.
        """
        names, _ = wanted.changes(self.config, config)
        self.config = config
        self.intake.forget_identities()
        for tell in self.on_config:
            tell(names)
        return sorted(names - wanted.LIVE)

    async def stop(self) -> None:
        """Write what was handed over, then close."""
        self.local.close()
        await self.store.stop()

    # --- whose is it

    def registry_known(self, driver: str) -> Callable[[str], bool]:
        """What a decoder is told: is this address registered? Asks the registry as it is then."""
        return lambda address: self.registry.find(driver, address) is not None

    def reload_registry(self, conn_registry: Registry) -> None:
        """The registry was changed: everything that was concluded from the old one is concluded again."""
        self.registry = conn_registry
        self.intake.forget_identities()
        self.guard.registry_changed()
        self.local.devices_changed()

    # --- alarms

    def _raised(self, alarm: Alarm, _event: Event) -> None:
        log.warning("alarm %s: %s at %s%s", alarm.id, alarm.cause, alarm.device, " (test)" if alarm.test else "")
        if not self.link.connection.online:
            self.link.urge()
        self.guard.watch.raised(alarm)

    def _heard(self, event: Event, who: Identity, at: Instant) -> None:
        self.guard.event(event, who, at)
        for tell in self.on_event:
            tell(event, who, at)

    async def announce_test(self, device_id: str, minutes: float) -> Device:
        """See `Guard.announce_test`."""
        return await self.guard.announce_test(device_id, minutes)

    def _noted_on(self, talk: Talk, note: Note) -> None:
        """A publisher that loses alarms whenever a line breaks is a lasting fault that names the setting to change."""
        if note.reason == UNSAFE:
            self.fault(f"qos0-{talk.port}", active=True, reason=note.detail)

    def _unstored(self, entries: list[Entry], alarms: list[Alarm], answer: Callable[[], None]) -> bool:
        """No disk: hold what came in memory; the device is answered once the centre has all of it."""
        left = len(entries)
        if self.link.volatile.room() < left:
            return False

        def received() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                answer()

        places = [self.link.volatile.hold(entry.body, received) for entry in entries]
        for alarm in alarms:
            alarm.era, alarm.seq = IN_MEMORY, places[-1]  # the centre has it when it has all of this
            log.error("alarm %s is only in memory: the disk does not take it", alarm.id)
            self.guard.watch.raised(alarm)
        return True

    # --- LinkEvents

    def line_up(self) -> None:
        """Say the birth message before anything else."""
        log.warning("line up: %s:%d", self.config.centre.host, self.config.centre.port)
        self.line_up_since = self.line_since_s = self.clock().monotonic_s
        self.line_reason = ""
        self.local.line(up=True)
        self.publish_state()
        self.down.line_up()

    def line_down(self, reason: str) -> None:
        """Kept in the outbox until it is back."""
        log.warning("line down: %s", reason)
        if self.line_up_since is not None:
            self.line_since_s = self.clock().monotonic_s
        self.line_up_since, self.line_reason = None, reason
        self.local.line(up=False, reason=reason)
        self.down.line_down()

    def at_broker(self, era: int, lane: Lane, seqs: range) -> None:
        """Not yet safe."""
        if lane is Lane.ALARM:
            self.guard.watch.at_broker(era, seqs)

    def received(self, era: int, lane: Lane, n: int) -> None:
        """The centre has it on disk."""
        if lane is Lane.ALARM:
            self.guard.received(era, n)
        self.local.received(era, lane, n)

    def refused(self, era: int, lane: Lane, row: Row, code: int) -> None:
        """Give one message up on purpose, and say so."""
        log.error("the broker refuses message %s %d for good (0x%02x)", lane.label, row.seq, code)
        if lane is Lane.ALARM:
            self.guard.refused(era, row.seq, row.body)
        self.upkeep.give_up([(era, lane, row.seq)], f"refused by the broker (0x{code:02x})")

    def hindered(self, reason: str | None) -> None:
        """Connected, but nothing goes."""
        self.fault("line-hindered", active=reason is not None, reason=reason or "")

    def arrived(self, message: Arrived) -> None:
        """Anything from `down/` but receipts."""
        self.down.arrived(message)

    def noted(self, reason: str) -> None:
        """A receipt that cannot be right."""
        log.warning("%s", reason)
        self.intake.notes["link", reason.partition(":")[0]] += 1

    # --- faults and losses

    @property
    def faults(self) -> Mapping[str, Fault]:
        """What does not work now, by name."""
        return self.guard.faults.active

    def fault(self, name: str, *, active: bool, reason: str = "", devices: list[str] | None = None) -> None:
        """Raise or clear a fault: an event goes up, once each way."""
        self.guard.faults.set(name, active=active, reason=reason, devices=devices or [])

    def _clock_trusted(self, offset_s: float) -> None:
        at = self.clock()
        body = self.mapper.plain(messages.CLOCK, {"offset_s": round(offset_s, 3)}, at)
        self.store.append([Entry(Lane.STATE, body)], None)

    # --- keepers

    async def _report(self) -> None:
        """State at least every 60 s."""
        while True:
            await asyncio.sleep(min(60.0, self.config.intervals.state_s))
            self.publish_state()

    def publish_state(self) -> None:
        """Retained, straight to the broker: only the newest counts, so it is not in the outbox."""
        try:
            self.link.connection.publish(topics.up_state(self.name), encode(self.state()), retain=True)
        except NotConnected:
            return

    def state(self, *, online: bool = True) -> GatewayState:
        """How this gateway is."""
        return GatewayState(
            gateway=self.name,
            online=online,
            at=self.clock().utc,
            version=VERSION,
            epoch=self.store.epoch,
            boot=self.boot,
            clock=self.clock.trust,
            backlog={lane.label: n for lane, (n, _) in self.store.waiting.items()},
            sent=self.link.sent(),
            receipted=self.link.receipted(),
            faults=sorted(self.faults),
            devices=len(self.registry),
            oldest_alarm_s=self.guard.oldest_alarm_s(),
            silent=list(self.guard.silent()),
            disk_free_mb=self.guard.disk_free_mb(),
            path_check=self.guard.path_check(),
            config=self.down.wanted.status,
            screen=self.local.care.summary(),
        )

    def _broker(self) -> Broker:
        c = self.config.centre
        will = Will(topics.up_state(self.name), encode(GatewayState(gateway=self.name, online=False)))
        return Broker(c.host, c.port, self.name, tls=Tls(c.ca, c.cert, c.key, c.server_name), will=will)


def judged_here(base: Config, profiles: Mapping[str, Profile], wish: object) -> Config | list[Finding]:
    """A wish judged in this process, for whoever gives no other judge."""
    return wanted.wanted(base, wish, Known(profiles))


def _second_path(config: Config) -> SecondPath | None:
    if config.second_path is None:
        return None
    from edge.webhook import Webhook  # noqa: PLC0415 - a megabyte that only who has one pays for

    return Webhook(config.second_path, config.gateway.name)
