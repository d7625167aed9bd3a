"""A one-button alarm (一按灵) on a pin, or at the end of a supervised line where an ADC is declared.

Raises the alarm as soon as the contact stood still for the debounce time, reports the length of the press
when it ends, a long press while it lasts and a stuck button after 30 s (`protocols.md` 12). The answer it owes is the
lamp beside the button: written only once the alarm is on disk, so a lit lamp means "kept".

A normally closed button is the better one: a cut wire then raises the alarm instead of silencing it.
"""

from __future__ import annotations

from typing import Literal

from drivers.debounce import Budget
from drivers.decoder import Driver, Known
from drivers.model import AlarmName, Command, Event, Heard, Instant, Kind, Level, Refused, Sample, Scalar, Struct, Verb
from drivers.wire import Cause, Change, Milliseconds, Wire, WiredDecoder, WireSettings, earliest, status, trace


class Settings(WireSettings, frozen=True, forbid_unknown_fields=True):
    """`active` is the pin's level while the contact is closed; with a pull-up and a contact to ground it is low.

    `short_press` and `long_press` name the alarm that each raises, "" for none. `answer` and `confirmed` are
    orders to the port: an output of this device and a pattern (`drivers.ports.output`), "" for none.
    """

    contact: Literal["normally-open", "normally-closed"] = "normally-open"
    active: Literal["low", "high"] = "low"
    short_press: str = "sos"
    long_press: str = ""
    long_press_ms: Milliseconds = 3_000
    stuck_ms: Milliseconds = 30_000
    answer: str = "lamp blink 600"
    confirmed: str = "lamp on 600"


class Button:
    """One button and what it owes its presser."""

    def __init__(self, device: str, settings: Settings) -> None:
        closes = settings.contact == "normally-open"
        self._device = device
        self._settings = settings
        # A closed contact is NORMAL in the language of panels; a button that closes when pressed turns that round.
        self._wire = Wire(settings, active_high=closes == (settings.active == "high"), swapped=closes)
        self._presses = Budget(settings.burst, settings.refill_s)
        self._pressed_s: float | None = None
        self._reported = False
        self._holds: list[tuple[float, str]] = []
        self._set: set[str] = set()

    def take(self, item: Level | Sample, role: str, at: Instant) -> list[Heard]:
        """One edge or sample; the contact is judged by its time, not by ours."""
        return self._report(self._wire.put(item, role, at.monotonic_s), at)

    def advance(self, at: Instant) -> list[Heard]:
        """Believe, and see to the timers of a press."""
        return self._report(self._wire.advance(at.monotonic_s), at)

    def due(self) -> float | None:
        """Debounce, long press, stuck or folded presses, whichever comes first."""
        waits = not self._holds or self._wire.turning is not None or not self._wire.measurable
        return earliest(self._wire.due(), self._presses.due(), None if waits else self._holds[0][0])

    def say(self, command: Command) -> bytes | Refused:
        """The lamp: on, off, or the sign that a person has seen the alarm."""
        if command.verb is Verb.OUTPUT:
            return b"lamp on" if command.on else b"lamp off"
        if command.verb is Verb.CONFIRM and self._settings.confirmed:
            return self._settings.confirmed.encode()
        return Refused(f"{self._device}: a button cannot be told {command.verb}; it has a lamp at most")

    def _report(self, changes: list[Change], at: Instant) -> list[Heard]:
        heard: list[Heard] = []
        for change in changes:
            heard += self._held(change.since_s, at)
            heard += self._changed(change, at)
        turning_s = self._wire.turning
        heard += self._held(at.monotonic_s if turning_s is None else min(turning_s, at.monotonic_s), at)
        heard += self._unfolded(at)
        return heard

    def _changed(self, change: Change, at: Instant) -> list[Heard]:
        match change.cause:
            case Cause.ACTIVE:
                return self._pressed(change, at)
            case Cause.IDLE:
                return self._released(change, at)
            case Cause.TAMPERED:
                return [self._alarm(AlarmName.TAMPER, change, at, tamper=change.detail)]
            case Cause.INTACT:
                return [self._heard(status(self._device, change, at, restored=change.detail))]
            case Cause.RESTLESS:
                return [self._fault("chattering", change, at)]
            case Cause.CALM:
                return self._mended("chattering", change, at)

    def _pressed(self, change: Change, at: Instant) -> list[Heard]:
        settings, since_s = self._settings, change.since_s
        self._pressed_s = since_s
        holds = [(settings.long_press_ms, "long"), (settings.stuck_ms, "stuck")]
        self._holds = sorted((since_s + ms / 1000, name) for ms, name in holds if ms)
        if change.first:
            self._reported = True
        else:
            was_calm = not self._presses.restless
            self._reported = self._presses.take(since_s)
            if not self._reported:
                return [self._fault("chattering", change, at)] if was_calm else []
        if not settings.short_press:
            return [self._heard(status(self._device, change, at, pressed=True))]
        return [self._alarm(settings.short_press, change, at)]

    def _released(self, change: Change, at: Instant) -> list[Heard]:
        pressed_s, self._pressed_s, self._holds = self._pressed_s, None, []
        self._set.discard("stuck")
        if pressed_s is None:
            return [self._heard(status(self._device, change, at, pressed=False))]
        if not self._reported:
            return []
        length_ms = round((change.since_s - pressed_s) * 1000)
        return [self._heard(status(self._device, change, at, pressed=False, press_ms=length_ms))]

    def _held(self, until_s: float, at: Instant) -> list[Heard]:
        heard = []
        while self._holds and self._wire.measurable and until_s >= self._holds[0][0]:
            since_s, name = self._holds.pop(0)
            change = Change(Cause.ACTIVE, since_s)
            if name == "stuck":
                heard.append(self._fault("stuck", change, at))
            elif self._settings.long_press:
                heard.append(self._alarm(self._settings.long_press, change, at, press="long"))
            elif self._reported:
                heard.append(self._heard(status(self._device, change, at, press="long")))
        return heard

    def _unfolded(self, at: Instant) -> list[Heard]:
        """Presses that came too fast are counted into one alarm: none is swallowed, none floods the line."""
        change = Change(Cause.ACTIVE, at.monotonic_s)
        if count := self._presses.release(at.monotonic_s):
            name = self._settings.short_press or self._settings.long_press or AlarmName.GENERAL
            return [self._alarm(name, change, at, presses=count)]
        return self._mended("chattering", change, at) if self._presses.calm(at.monotonic_s) else []

    def _alarm(self, name: str, change: Change, at: Instant, **attributes: Scalar) -> Heard:
        event = Event(
            kind=Kind.ALARM,
            device=self._device,
            alarm=name,
            attributes=attributes | trace(change, at),
            held=change.first,
        )
        answered = name in {self._settings.short_press, self._settings.long_press}
        return self._heard(event, self._settings.answer.encode() if answered else b"")

    def _fault(self, what: str, change: Change, at: Instant) -> Heard:
        self._set.add(what)
        return self._alarm(AlarmName.FAULT, change, at, fault=what)

    def _mended(self, what: str, change: Change, at: Instant) -> list[Heard]:
        if what not in self._set:
            return []
        self._set.remove(what)
        return [self._heard(status(self._device, change, at, mended=what))]

    def _heard(self, event: Event, reply: bytes = b"") -> Heard:
        return Heard((event,), reply, self._device, None if self._wire.starting else self._levels())

    def _levels(self) -> frozenset[str]:
        """What is set now. It must be complete: the gateway compares it with what it kept over a restart."""
        names: set[str] = {AlarmName.FAULT} if self._set else set()
        if self._wire.tampered:
            names.add(AlarmName.TAMPER)
        if self._pressed_s is not None and self._settings.short_press:
            names.add(self._settings.short_press)
        return frozenset(names)


def make(settings: Struct, known: Known) -> WiredDecoder:  # noqa: ARG001 - every wired device is declared
    """One conversation with the pins of a port."""
    assert isinstance(settings, Settings)
    return WiredDecoder(lambda device: Button(device, settings))


DRIVER = Driver("gpio_button", ("gpio", "memory"), Settings, make)
