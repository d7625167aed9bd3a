"""Generic JSON: devices that publish objects, described by a profile instead of by a driver.

The profile says where things stand (`drivers.json_path`) and what the values mean; values are compared as text:
`true`, `1` (also for 1.0), `SOS`. Heard through a broker, one object or a list of objects in a message; or
as lines of text, as `rtl_433 -F json` writes them.

What cannot be read (an impossible place, an odd clock, no device id) is left out; an alarm stands all the same.
"""

from __future__ import annotations

from drivers.decoder import MAX_HELD, Driver, Known
from drivers.json_reading import Reading, Report
from drivers.json_settings import Settings
from drivers.model import Command, Event, Heard, Instant, Kind, Message, Note, Refused, Struct, decode_json
from drivers.mqtt_source import MAX_PAYLOAD, delivery, matches, unsafe

MAX_OBJECTS = 1000
"""In one message; a list of more is no list of reports."""

MAX_DEVICES = 4096
"""Whose held alarms and last report are remembered; the one not heard for longest goes first."""

NONE: frozenset[str] = frozenset()
REMEDY = "let the publisher send with QoS 1"
Signature = tuple[tuple[Kind, str | None, bool | None], ...]


class Json:
    """The conversation with one broker, or with one stream of lines."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reading = Reading(settings)
        self._filters: dict[str, bool] = {}
        self._held: dict[str, frozenset[str]] = {}
        self._last: dict[str, tuple[Signature, float]] = {}
        self._rest = b""
        self._skipping = False

    def feed(self, data: object, at: Instant) -> list[Heard]:
        """Take one message, or bytes of lines."""
        if isinstance(data, Message):
            if not data.payload or not self._wanted(data.topic):
                return []
            return self._payload(data, at)
        if isinstance(data, bytes):
            return self._lines(data, at)
        return [Heard(note=Note("neither a message nor bytes", type(data).__name__))]

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002 - the decoder contract
        """Nothing here waits."""
        return []

    def due(self) -> float | None:
        """No timer runs."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the decoder contract
        """A description of what a device says is none of what it understands."""
        return Refused(
            f"{command.device}: its profile only describes what it says, so it cannot be told {command.verb}"
        )

    def _wanted(self, topic: str) -> bool:
        wanted = self._filters.get(topic)
        if wanted is None:
            wanted = any(matches(one, topic) for one in self._settings.topics)
            if len(self._filters) < MAX_DEVICES:
                self._filters[topic] = wanted
        return wanted

    def _lines(self, data: bytes, at: Instant) -> list[Heard]:
        heard: list[Heard] = []
        *whole, rest = (self._rest + data).split(b"\n")
        for line in whole:
            if self._skipping:
                self._skipping = False
            elif line.strip():
                heard += self._payload(Message("", line), at)
        if not self._skipping and len(rest) > MAX_HELD:
            self._skipping = True
            heard.append(Heard(note=Note("line too long")))
        self._rest = b"" if self._skipping else rest
        return heard

    def _payload(self, message: Message, at: Instant) -> list[Heard]:
        if len(message.payload) > MAX_PAYLOAD:
            return [Heard(note=Note("message too long", message.topic[:128]))]
        try:
            found = decode_json(message.payload)
        except (ValueError, RecursionError):
            return [Heard(note=Note("not JSON", message.topic[:128]))]
        if isinstance(found, dict):
            return self._object(found, message, at)
        if isinstance(found, list) and len(found) <= MAX_OBJECTS and all(isinstance(one, dict) for one in found):
            return [heard for n, one in enumerate(found) for heard in self._object(one, message, at, n)]
        return [Heard(note=Note("neither a JSON object nor a list of them", message.topic[:128]))]

    def _object(self, found: dict[str, object], message: Message, at: Instant, part: int = 0) -> list[Heard]:
        report = self._reading.read(found, message.topic, at)
        if report is None:
            return []
        if not report.device and not report.alarms:
            return [Heard(note=Note("no device id in the message", message.topic[:128]))]
        device = report.device or message.topic or "unknown"
        levels = self._levels(device, report)
        events = _events(device, report, message, part)
        if self._settings.fold_s and self._repeated(device, events, at):
            return [Heard(device=device, levels=levels)]
        note = unsafe(events, message, REMEDY) if report.alarms and message.topic else None
        if report.strange is not None and note is None:
            note = Note("value not in the profile's table", f"{device[:64]}: {report.strange[:64]}")
        return [Heard(events, device=device, levels=levels, note=note)]

    def _levels(self, device: str, report: Report) -> frozenset[str] | None:
        """All that is set, although a message need not speak of everything."""
        if not report.levels:
            return None
        before = self._held.pop(device, NONE)
        if not before and not any(report.levels.values()):
            return NONE
        now = {name for name in before if name not in report.levels}
        now.update(name for name, on in report.levels.items() if on)
        if now:
            if len(self._held) >= MAX_DEVICES:
                del self._held[next(iter(self._held))]
            self._held[device] = frozenset(now)
        return frozenset(now)

    def _repeated(self, device: str, events: tuple[Event, ...], at: Instant) -> bool:
        """A transmission that is sent several times over the air, each heard on its own."""
        signature = tuple((event.kind, event.alarm, event.open) for event in events)
        last = self._last.pop(device, None)
        if len(self._last) >= MAX_DEVICES:
            del self._last[next(iter(self._last))]
        self._last[device] = (signature, at.monotonic_s)
        return last is not None and last[0] == signature and at.monotonic_s - last[1] < self._settings.fold_s


def subscriptions(settings: Settings) -> tuple[str, ...]:
    """The topic filters a port must subscribe to."""
    return tuple(settings.topics)


def make(settings: Struct, known: Known) -> Json:  # noqa: ARG001 - an unknown device's alarm counts too
    """Start one conversation."""
    assert isinstance(settings, Settings)
    return Json(settings)


def _events(device: str, report: Report, message: Message, part: int) -> tuple[Event, ...]:
    unnamed = delivery(message, part) if report.repeat is None else None
    attributes = report.attributes
    if message.retain:
        attributes["retained"] = True

    def event(kind: Kind, *, alarm: str | None = None, held: bool = False, opened: bool | None = None) -> Event:
        return Event(
            kind=kind,
            device=device,
            time=report.time,
            device_time=report.device_time,
            place=report.place,
            alarm=alarm,
            open=opened,
            attributes=attributes,
            repeat=unnamed
            if report.repeat is None
            else report.repeat
            if opened is None
            else f"{report.repeat} {opened}",
            first=unnamed is not None and not message.dup,
            held=held,
        )

    # A retained alarm that nothing tells from an old one is an old one: brokers repeat it at every subscription.
    stale = message.retain and report.repeat is None
    events = [event(Kind.ALARM, alarm=name, held=held) for name, held in report.alarms if held or not stale]
    if report.open is not None:
        events.append(event(Kind.CONTACT, opened=report.open))
    events += [event(kind) for kind in report.kinds]
    if not events:
        events.append(event(Kind.STATUS if report.place is None else Kind.POSITION))
    return tuple(events)


DRIVER = Driver("json_mqtt", ("mqtt", "tcp", "serial", "memory"), Settings, make)
