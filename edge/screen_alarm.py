"""The SOS on a kiosk's screen: a press like any other device's, and "I am fine".

The screen is a device of the box itself, always known as `kiosk`. Its wired button, a pin of this gateway, is
registered under the same id, so that both raise one alarm and a press of either counts. A press goes the intake's way:
repeats, store, outbox; it is answered once it is on disk. "I am fine" is told to the centre and closes nothing: people
say so with a broken hip, and a person at the desk decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.model import AlarmName, Command, Event, Heard, Instant, Kind, Refused
from edge import alarm_book
from edge.alarm_book import Alarm
from edge.durable import Durable
from edge.intake import Place
from edge.mapper import EMERGENCY, Identity
from edge.talk import Talk
from sync.contract import messages
from sync.contract.lanes import Lane
from sync.contract.messages import DeviceEvent
from sync.store import Entry

if TYPE_CHECKING:
    from edge.gateway import Gateway

KIOSK = "kiosk"
"""The device's id, its address, and the driver it would have."""

FINE = "fine"
"""`attributes.step` of the update by which the centre hears it."""

PLACE: Place = (KIOSK, KIOSK)


class NotOursError(ValueError):
    """An alarm of somebody else; nobody at this screen can speak for them."""


class NotKeptError(OSError):
    """The disk does not take the press; it is kept in memory if there was room, and goes to the centre from there."""


def screen_identity(gateway: Gateway) -> Identity:
    """Whose its presses are. Whatever the configuration says of causes, a press on the screen calls a person."""
    device = gateway.registry.get(KIOSK)
    severities = {AlarmName.SOS.value: EMERGENCY}
    if device is None:
        return Identity(KIOSK, KIOSK, severities=severities)
    return Identity(KIOSK, device.profile, resident=device.resident, pole=device.pole or None, severities=severities)


@dataclass(slots=True)
class _Press:
    stored: asyncio.Future[None]


class _Glass:
    """The line of the screen: settling a press resolves whoever asked for it. There is nothing to read or to close."""

    name = "the kiosk's screen"

    def __init__(self) -> None:
        self.waiting: set[asyncio.Future[None]] = set()

    def write(self, data: bytes) -> None: ...

    def settle(self, item: _Press) -> None:
        if not item.stored.done():
            item.stored.set_result(None)

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def close(self, reason: str) -> None:
        """What is under way was not stored; the screen sends it again."""
        for stored in self.waiting:
            if not stored.done():
                stored.set_exception(NotKeptError(reason))


class _Screen:
    """Where a decoder would be: the screen speaks through the local API, and reads what people say from its stream."""

    def __init__(self, looked_at: Callable[[], bool]) -> None:
        self._looked_at = looked_at

    def feed(self, item: object, at: Instant) -> list[Heard]:  # noqa: ARG002
        return []

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002
        return []

    def due(self) -> float | None:
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:
        del at
        return b"" if self._looked_at() else Refused(f"{command.device}: no screen follows the gateway now")


class ScreenAlarm:
    """Built by a gateway when its store is open. `looked_at`: whether anybody follows the live stream."""

    def __init__(self, gateway: Gateway, looked_at: Callable[[], bool]) -> None:
        self.on_fine: Callable[[Alarm], None] = lambda _alarm: None
        self._gateway = gateway
        self._durable = Durable(gateway.store)
        self._glass = _Glass()
        self._talk = Talk(gateway.intake, self._glass, "screen", KIOSK, KIOSK, _Screen(looked_at))
        self._talk.watch(gateway.clock)
        if self._open() is not None:
            gateway.intake.lines[PLACE] = self._talk

    async def press(self, key: str, timeout_s: float) -> Alarm:
        """The alarm it raised or belongs to, on disk; the same key is one press. Raises NotKeptError."""
        press = _Press(asyncio.get_running_loop().create_future())
        self._glass.waiting.add(press.stored)
        event = Event(
            kind=Kind.ALARM, device=KIOSK, alarm=AlarmName.SOS, attributes={"from": "screen"}, repeat=key or None
        )
        try:
            self._gateway.intake.take(self._talk, press, [Heard((event,), device=KIOSK)], self._gateway.clock())
            async with asyncio.timeout(timeout_s):
                await press.stored
        except TimeoutError:
            raise NotKeptError("the disk does not take it; it is in memory and will be sent from there") from None
        finally:
            self._glass.waiting.discard(press.stored)
        alarm = self._open() or self._last()
        assert alarm is not None
        return alarm

    async def fine(self, alarm_id: str) -> Alarm:
        """Tell the centre; said once until somebody presses again. Raises KeyError, NotOursError, NotStoredError."""
        alarm = self._gateway.book.open[alarm_id]
        if alarm.device != KIOSK:
            raise NotOursError(f"alarm {alarm_id} is not of this screen")
        if alarm.fine_at is not None:
            return alarm
        at = self._gateway.clock()
        alarm.fine_at = at.utc.isoformat()
        try:
            await self._durable.append([self._told(alarm, at)], [alarm_book.fine_writer(alarm.id, alarm.fine_at)])
        except OSError:
            alarm.fine_at = None
            raise
        self.on_fine(alarm)
        return alarm

    def _told(self, alarm: Alarm, at: Instant) -> Entry:
        data = DeviceEvent(
            device=alarm.device,
            alarm=alarm.cause,
            test=alarm.test,
            attributes={"step": FINE, "from": "screen"},
        )
        mapper = self._gateway.mapper
        body = mapper.plain(messages.ALARM_UPDATE, data, at, device=alarm.device, subject=alarm.id)
        return Entry(Lane.ALARM, body)

    def _open(self) -> Alarm | None:
        book, test = self._gateway.book, self._gateway.intake.is_test(KIOSK, self._gateway.clock())
        return book.of(KIOSK, AlarmName.SOS, test=test)

    def _last(self) -> Alarm | None:
        """Of a press whose alarm was closed meanwhile."""
        with closing(self._gateway.store.reader()) as conn:
            return alarm_book.newest_of(conn, KIOSK, AlarmName.SOS)
