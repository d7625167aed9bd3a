"""A door contact on a pin or at the end of a supervised line: open or closed, and how it was found at the start.

A door that slams or hangs loose is reported a few times, then as one fault and a count every few seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from drivers.debounce import Budget
from drivers.decoder import Driver, Known
from drivers.model import AlarmName, Command, Event, Heard, Instant, Kind, Level, Meta, Refused, Sample, Scalar, Struct
from drivers.wire import Cause, Change, Wire, WiredDecoder, WireSettings, earliest, status, trace


class Settings(WireSettings, frozen=True, forbid_unknown_fields=True):
    """`active` is the pin's level while the reed is closed; the magnet of a closed door closes it.

    `closed_level` says instead directly which level (0 or 1) the pin has while the door is closed. On a supervised
    line a closed reed is the loop's "normal" state.
    """

    active: Literal["low", "high"] = "low"
    closed_level: Annotated[int, Meta(ge=0, le=1)] | None = None

    def closed_high(self) -> bool:
        """Whether the pin is high while the door is closed."""
        return self.active == "high" if self.closed_level is None else self.closed_level == 1


class Contact:
    """One door."""

    def __init__(self, device: str, settings: Settings) -> None:
        self._device = device
        self._wire = Wire(settings, active_high=not settings.closed_high(), swapped=False)
        self._moves = Budget(settings.burst, settings.refill_s)
        self._faults: set[str] = set()

    def take(self, item: Level | Sample, role: str, at: Instant) -> list[Heard]:
        """One edge or sample."""
        return self._report(self._wire.put(item, role, at.monotonic_s), at)

    def advance(self, at: Instant) -> list[Heard]:
        """Believe what stood still."""
        return self._report(self._wire.advance(at.monotonic_s), at)

    def due(self) -> float | None:
        """Debounce, or moves that were held back."""
        return earliest(self._wire.due(), self._moves.due())

    def say(self, command: Command) -> bytes | Refused:
        """A contact only speaks."""
        return Refused(f"{self._device}: a door contact cannot be told {command.verb}")

    def _report(self, changes: list[Change], at: Instant) -> list[Heard]:
        heard = [one for change in changes for one in self._changed(change, at)]
        now = Change(Cause.CALM, at.monotonic_s)
        if count := self._moves.release(at.monotonic_s):
            heard.append(self._state(now, at, moves=count))
        elif self._moves.calm(at.monotonic_s):
            heard += self._mended(now, at)
        return heard

    def _changed(self, change: Change, at: Instant) -> list[Heard]:
        match change.cause:
            case Cause.ACTIVE | Cause.IDLE:
                return self._moved(change, at)
            case Cause.TAMPERED:
                return [self._alarm(AlarmName.TAMPER, change, at, tamper=change.detail)]
            case Cause.INTACT:
                return [self._heard(status(self._device, change, at, restored=change.detail))]
            case Cause.RESTLESS:
                return [self._chattering(change, at)]
            case Cause.CALM:
                return self._mended(change, at)

    def _moved(self, change: Change, at: Instant) -> list[Heard]:
        was_calm = not self._moves.restless
        if change.first or self._moves.take(change.since_s):
            return [self._state(change, at)]
        return [self._chattering(change, at)] if was_calm else []

    def _state(self, change: Change, at: Instant, **attributes: Scalar) -> Heard:
        event = Event(
            kind=Kind.CONTACT,
            device=self._device,
            open=self._wire.active,
            attributes=attributes | trace(change, at),
        )
        return self._heard(event)

    def _chattering(self, change: Change, at: Instant) -> Heard:
        self._faults.add("chattering")
        return self._alarm(AlarmName.FAULT, change, at, fault="chattering")

    def _mended(self, change: Change, at: Instant) -> list[Heard]:
        if not self._faults:
            return []
        self._faults.clear()
        return [self._heard(status(self._device, change, at, mended="chattering"))]

    def _alarm(self, name: str, change: Change, at: Instant, **attributes: Scalar) -> Heard:
        event = Event(
            kind=Kind.ALARM,
            device=self._device,
            alarm=name,
            attributes=attributes | trace(change, at),
            held=change.first,
        )
        return self._heard(event)

    def _heard(self, event: Event) -> Heard:
        if self._wire.starting:
            return Heard((event,), device=self._device)
        levels = {AlarmName.FAULT} if self._faults else set()
        if self._wire.tampered:
            levels.add(AlarmName.TAMPER)
        return Heard((event,), device=self._device, levels=frozenset(levels))


def make(settings: Struct, known: Known) -> WiredDecoder:  # noqa: ARG001 - every wired device is declared
    """One conversation with the pins of a port."""
    assert isinstance(settings, Settings)
    return WiredDecoder(lambda device: Contact(device, settings))


DRIVER = Driver("gpio_contact", ("gpio", "memory"), Settings, make)
