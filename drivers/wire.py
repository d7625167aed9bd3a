"""What the drivers of wired contacts share: from levels and ratios to "active", "tampered" and "restless".

A device is one contact, on a pin or at the end of a supervised line, and perhaps a tamper switch of its
housing. The port names its lines `<device>` and `<device>:tamper`. Pure; time comes in with every call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, Protocol

from drivers.debounce import Steady, Turn
from drivers.loop import Bands, LoopState, bands, loop_state
from drivers.model import Command, Event, Heard, Instant, Kind, Level, Meta, Note, Refused, Sample, Scalar, Struct

MAX_DEVICES = 256
"""More than any board has pins; what a port may make this file remember."""

TAMPER = "tamper"

SWAPPED = {LoopState.NORMAL: LoopState.ALARM, LoopState.ALARM: LoopState.NORMAL}

Milliseconds = Annotated[int, Meta(ge=0, le=600_000)]
Ohm = Annotated[float, Meta(gt=0, le=10_000_000)]


class WireSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a contact is wired. `tamper_closed` is the pin's level while the housing is closed (a loop to ground)."""

    debounce_ms: Milliseconds = 50
    settle_ms: Milliseconds = 300
    unrest_ms: Milliseconds = 2_000
    pull_up_ohm: Ohm = 4700.0
    series_ohm: Ohm = 4700.0
    eol_ohm: Ohm = 4700.0
    tamper_closed: Literal["low", "high"] = "low"
    burst: Annotated[int, Meta(ge=1, le=100)] = 10
    refill_s: Annotated[float, Meta(gt=0, le=3600)] = 3.0


class Cause(Enum):
    """What changed at a device's wires."""

    ACTIVE = "active"
    IDLE = "idle"
    TAMPERED = "tampered"
    INTACT = "intact"
    RESTLESS = "restless"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, decided at `since_s`. `first`: it was found like this at the start."""

    cause: Cause
    since_s: float
    first: bool = False
    detail: str = ""


class Wire:
    """The wires of one device. `active_high`, `swapped`: which level or loop state means active."""

    def __init__(self, settings: WireSettings, *, active_high: bool, swapped: bool) -> None:
        self._settings = settings
        self._active_high = active_high
        self._swapped = swapped
        self._bands: Bands = bands(settings.pull_up_ohm, settings.series_ohm, settings.eol_ohm)
        unrest_s = settings.unrest_ms / 1000
        self._contact = Steady[LoopState](settings.debounce_ms / 1000, unrest_s)
        self._supervised = Steady[LoopState](settings.settle_ms / 1000, unrest_s)
        self._cover = Steady[bool](settings.debounce_ms / 1000, unrest_s)
        self._main = self._contact
        self._tampers: set[str] = set()
        self._restless = False
        self.active: bool | None = None

    @property
    def tampered(self) -> bool:
        """Whether any of the wires says that someone interferes."""
        return bool(self._tampers)

    @property
    def starting(self) -> bool:
        """Whether a line was heard whose state at the start is not decided yet."""
        return any(one.believed is None and one.turning is not None for one in (self._main, self._cover))

    @property
    def turning(self) -> float | None:
        """The time of an edge of the contact that is not believed yet."""
        return self._main.turning

    @property
    def measurable(self) -> bool:
        """Whether the contact can be seen at all; not through a shorted or cut wire."""
        return self._main.believed not in {LoopState.SHORT, LoopState.OPEN}

    def put(self, item: Level | Sample, role: str, at_s: float) -> list[Change]:
        """Take one edge or sample; return what it decides about the time before it."""
        changes = self.advance(at_s)
        if role == TAMPER:
            if isinstance(item, Level):
                self._cover.put(item.high != (self._settings.tamper_closed == "high"), at_s)
        elif isinstance(item, Level):
            active = item.high == self._active_high
            self._contact.put(LoopState.ALARM if active else LoopState.NORMAL, at_s)
        else:
            self._main = self._supervised
            state = loop_state(item.ratio, self._bands)
            self._supervised.put(SWAPPED.get(state, state) if self._swapped else state, at_s)
        return changes

    def advance(self, now_s: float) -> list[Change]:
        """What the stillness up to now decides."""
        changes: list[Change] = []
        if turn := self._main.settle(now_s):
            changes += self._turned(turn)
        if cover := self._cover.settle(now_s):
            changes += self._interference("cover", cover.since_s, first=cover.first, on=cover.value)
        restless = self._main.restless or self._cover.restless
        if restless != self._restless:
            self._restless = restless
            changes.append(Change(Cause.RESTLESS if restless else Cause.CALM, now_s))
        return changes

    def due(self) -> float | None:
        """When `advance` has something new to say."""
        return earliest(self._main.due(), self._cover.due())

    def _turned(self, turn: Turn[LoopState]) -> list[Change]:
        state, since_s = turn.value, turn.since_s
        changes: list[Change] = []
        for fault in (LoopState.SHORT, LoopState.OPEN):
            changes += self._interference(fault.value, since_s, first=turn.first, on=state is fault)
        if state not in SWAPPED:
            return changes
        active, first = state is LoopState.ALARM, self.active is None
        if active is not self.active:
            self.active = active
            changes.append(Change(Cause.ACTIVE if active else Cause.IDLE, since_s, first))
        return changes

    def _interference(self, what: str, since_s: float, *, first: bool, on: bool) -> list[Change]:
        if on and what not in self._tampers:
            self._tampers.add(what)
            return [Change(Cause.TAMPERED, since_s, first, what)]
        if not on and what in self._tampers:
            self._tampers.remove(what)
            return [Change(Cause.INTACT, since_s, first, what)]
        return []


class WiredDevice(Protocol):
    """What a driver makes of one device's wires."""

    def take(self, item: Level | Sample, role: str, at: Instant) -> list[Heard]:
        """One edge or sample of one of its lines."""

    def advance(self, at: Instant) -> list[Heard]:
        """Whatever became due."""

    def due(self) -> float | None:
        """When `advance` wants to be called."""

    def say(self, command: Command) -> bytes | Refused:
        """The order to the outputs of this device."""


class WiredDecoder:
    """A conversation with the pins of one or more devices, each of which is known by its lines' name."""

    def __init__(self, make: Callable[[str], WiredDevice]) -> None:
        self._make = make
        self._devices: dict[str, WiredDevice] = {}

    def feed(self, data: object, at: Instant) -> list[Heard]:
        """Take one level or sample."""
        if not isinstance(data, Level | Sample):
            return [Heard(note=Note("neither a level nor a sample", type(data).__name__))]
        name, _, role = data.line.partition(":")
        if not name or role not in {"", TAMPER}:
            return [Heard(note=Note("line with an unknown role", data.line[:64]))]
        device = self._devices.get(name)
        if device is None:
            if len(self._devices) >= MAX_DEVICES:
                return [Heard(note=Note("too many devices on one port", name[:64]))]
            device = self._devices[name] = self._make(name)
        return device.take(data, role, at)

    def tick(self, at: Instant) -> list[Heard]:
        """Believe what stood still, and see to long presses and faults."""
        return [heard for device in self._devices.values() for heard in device.advance(at)]

    def due(self) -> float | None:
        """The earliest of all devices."""
        return earliest(*(device.due() for device in self._devices.values()))

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the decoder contract
        """What the device's lamp or buzzer is to do."""
        device = self._devices.get(command.device) or self._make(command.device)
        return device.say(command)


def earliest(*times_s: float | None) -> float | None:
    """The first of several timers, any of which may not run."""
    return min((time_s for time_s in times_s if time_s is not None), default=None)


def status(device: str, change: Change, at: Instant, **attributes: Scalar) -> Event:
    """A report that is no alarm. Pins have no clock: the time of receipt counts, and `edge_ms_ago` says the rest."""
    return Event(kind=Kind.STATUS, device=device, attributes=attributes | trace(change, at))


def trace(change: Change, at: Instant) -> dict[str, Scalar]:
    """How long before `at` the deciding edge was, and whether it was found so at the start."""
    ago: dict[str, Scalar] = {"edge_ms_ago": max(0, round((at.monotonic_s - change.since_s) * 1000))}
    return ago | {"start": True} if change.first else ago
