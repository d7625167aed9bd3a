"""What the gateway offers on its own machine: the local API with its live stream, files, submissions, the log's end.

Built by a gateway when its store is open; `run` with it, `close` after it.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from drivers.model import Event, Instant
from edge import blob_waiting, content, losses, submissions
from edge.alarm_book import Alarm
from edge.api.parts import Parts
from edge.api.service import LocalApi
from edge.api.shapes import LineChange, Named
from edge.files import Files
from edge.last_seen import LastSeen
from edge.live import Live
from edge.log_ring import LogRing
from edge.mapper import Identity
from edge.peripherals.shelf import Peripherals
from edge.screen_alarm import ScreenAlarm
from edge.screen_care import ScreenCare
from edge.signals import DoorSignals
from edge.submissions import Submissions
from sync.contract.lanes import Lane
from sync.contract.messages import Fault, Order, Scalar
from sync.contract.topics import ROOT

if TYPE_CHECKING:
    from edge.gateway import Gateway

MIGRATIONS = [*blob_waiting.MIGRATIONS, *losses.MIGRATIONS, *submissions.MIGRATIONS, *content.MIGRATIONS]

CONTENT = "content/"


class Local:
    """Called on the loop. Its parts are public for their neighbours; the cameras use `files`."""

    def __init__(self, gateway: Gateway, version: str) -> None:
        self._gateway = gateway
        self._ring = LogRing()
        self.files = Files(gateway.config, gateway.store, lambda: gateway.clock().utc)
        self.live = Live(uuid4().hex[:8], lambda: gateway.clock().utc)
        self.seen = LastSeen()
        self.submissions = Submissions(gateway.store, gateway.mapper, gateway.clock)
        self.submissions.has_file = self.files.store.has
        self.submissions.carry = self.files.carrier.adopt
        self.files.store.guards.append(self.submissions.files)
        self.screen = ScreenAlarm(gateway, lambda: self.live.watchers > 0)
        order = DoorSignals(gateway.doors).order if gateway.config.outputs.status is not None else None
        self.beside = Peripherals(gateway.config.peripherals, Path(gateway.config.gateway.data), gateway.clock, order)
        self.care = ScreenCare(lambda: gateway.clock().monotonic_s)
        parts = Parts(gateway, self.files, self.live, self.seen, self.submissions, self.screen, self.beside, self.care)
        self.api = LocalApi(parts, version, self._ring)
        self._wire()

    def _wire(self) -> None:
        gateway = self._gateway
        logging.getLogger("linli").addHandler(self._ring)
        self.files.on_trouble = self._trouble
        self.api.on_fault = lambda reason: self._trouble("api", reason)
        self.files.content.on_change = lambda name: self.live.tell("content", Named(name))
        gateway.on_event.append(self._heard)
        gateway.guard.watch.listeners.append(self._alarm)
        self.screen.on_fine = lambda alarm: self._alarm("fine", alarm, "")
        gateway.guard.faults.on_change = self._fault
        gateway.down.retained.on_change = self._retained
        gateway.down.on_notice = lambda notice: self.live.tell("notice", Named(notice.id))
        gateway.down.commands.diagnose = self._summary
        if gateway.config.kiosk is not None:
            gateway.down.commands.screen = self.care.ordered
        self.care.ask = lambda asked: self.live.tell("screen", asked)
        self.care.has_file = self.files.store.has
        self.care.send_file = self.files.send_later
        self.files.open()

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.api.serve(Path(self._gateway.config.api.socket)), name="local API")
            group.create_task(self.files.run(), name="files")
            group.create_task(self.beside.run(), name="peripherals")

    def close(self) -> None:
        """Leave the log alone."""
        logging.getLogger("linli").removeHandler(self._ring)

    # --- what the gateway passes on

    def line(self, *, up: bool, reason: str = "") -> None:
        """The line came or went."""
        self.live.tell("line", LineChange(up, reason))
        if up:
            self.files.carrier.wake()

    def received(self, era: int, lane: Lane, n: int) -> None:
        """The centre has these events."""
        self.files.received(era, lane, n)

    def devices_changed(self) -> None:
        """The registry is another."""
        self.live.tell("devices", Named("registry"))

    # --- inside

    def _heard(self, event: Event, who: Identity, at: Instant) -> None:
        self.seen.note(event, who, at)
        self.live.tell("event", (event, who), at.utc)

    def _alarm(self, what: str, alarm: Alarm, detail: str) -> None:
        self.live.tell(f"alarm.{what}", alarm)
        del detail

    def _fault(self, fault: Fault) -> None:
        self.live.tell("fault", fault)

    def _retained(self, name: str) -> None:
        if name.startswith(CONTENT):
            if self._gateway.config.kiosk is None:
                return  # nobody here shows it: two gigabytes of video are not for a box with buttons
            self.files.manifest(f"{ROOT}/{name}", self._gateway.down.retained.get(name) or b"")
        else:
            self.live.tell("presence", Named(name.partition("/")[2]))

    def _trouble(self, name: str, reason: str | None) -> None:
        self._gateway.fault(name, active=reason is not None, reason=reason or "")

    async def _summary(self, _order: Order) -> dict[str, Scalar]:
        """What the centre is told when it asks for a diagnosis; the whole bundle is for who stands at the box."""
        status = await self.api.about.facts("en")
        return {
            "verdict": status.verdict.value,
            "reasons": "; ".join(reason.text for reason in status.reasons)[:1000],
            "up_s": status.up_s,
            "free_mb": status.disk.free_mb,
            "store_mb": status.disk.store_mb,
            "clock": status.clock.trust,
            "version": status.versions.linli,
            "python": status.versions.python,
            "system": status.versions.system,
        }
