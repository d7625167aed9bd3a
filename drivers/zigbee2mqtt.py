"""zigbee2mqtt: buttons and contacts behind a Zigbee stick, heard through its MQTT broker.

    <base>/<friendly name>                 JSON: contact (true = closed), action, sos, tamper, battery_low, battery, ...
    <base>/<friendly name>/availability    {"state": "online"}, by older versions the bare word
    <base>/bridge/state                    the same two spellings

Sources: zigbee2mqtt documentation, zigbee-herdsman-converters (`protocols.md` 10). A friendly name may contain `/`.

`action` is an event: it counts on arrival; retained, empty and absent ones are nothing. `sos` is a bit, and not
every device clears it: one that arrives live is a press, unless the same bit arrived moments ago. `tamper` and
`battery_low` are levels. `last_seen` tells a redelivered message from a new press best: switch it on there. Without it
the broker's own mark of a redelivery does.
"""

from __future__ import annotations

from typing import Annotated

from drivers.decoder import Driver, Known
from drivers.model import (
    AlarmName,
    Command,
    Event,
    Heard,
    Instant,
    Kind,
    Message,
    Meta,
    Note,
    Refused,
    Scalar,
    Struct,
    ValidationError,
    decode_json,
    field,
)
from drivers.moment import Moment, moment
from drivers.mqtt_source import MAX_PAYLOAD, delivery, unsafe

MAX_DEVICES = 4096
"""A Zigbee network has some hundreds; what a broker full of strange topics may make us remember."""

MAX_READINGS = 32
RECOVERED = 5
"""Percent above the limit at which a battery counts as changed, not as wavering."""

NONE: frozenset[str] = frozenset()
COMMANDS = ("/set", "/get")
YES = frozenset(("true", "on", "1", "yes"))
NO = frozenset(("false", "off", "0", "no"))
REMEDY = "set `qos: 1` for this device in zigbee2mqtt"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`actions` says which alarm an action raises; any other action is reported as a code.

    `sos_again_s`: an `sos` bit that arrives again within this time is the same press.
    `low_battery_percent` is for devices without `battery_low`; 0 switches it off.
    """

    base_topic: Annotated[str, Meta(min_length=1, max_length=200)] = "zigbee2mqtt"
    actions: dict[str, str] = field(default_factory=lambda: dict.fromkeys(("emergency", "sos", "panic"), "sos"))
    sos_again_s: Annotated[float, Meta(ge=0, le=600)] = 10.0
    low_battery_percent: Annotated[int, Meta(ge=0, le=100)] = 10


class State(Struct):
    """The part of a device's state that this driver reads."""

    contact: bool | None = None
    action: str | None = None
    sos: bool | None = None
    tamper: bool | None = None
    battery_low: bool | None = None
    battery: int | float | None = None
    voltage: int | float | None = None
    linkquality: int | float | None = None
    last_seen: str | int | None = None


class Levels:
    """What is set at one device, put together from messages that need not all speak of everything."""

    __slots__ = ("low", "names", "sos_s", "tamper")

    def __init__(self) -> None:
        self.low = False
        self.tamper = False
        self.sos_s: float | None = None
        self.names = NONE

    def update(self) -> None:
        """Say in `names` what the fields say."""
        pairs = (
            (AlarmName.LOW_BATTERY, self.low),
            (AlarmName.TAMPER, self.tamper),
            (AlarmName.SOS, self.sos_s is not None),
        )
        self.names = frozenset(name for name, on in pairs if on)


class Zigbee:
    """The conversation with one broker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._prefix = settings.base_topic.strip("/") + "/"
        self._levels: dict[str, Levels] = {}

    def feed(self, data: object, at: Instant) -> list[Heard]:
        """Take one message."""
        if not isinstance(data, Message):
            return [Heard(note=Note("not an MQTT message", type(data).__name__))]
        topic = data.topic
        if not topic.startswith(self._prefix):
            return []
        name = topic[len(self._prefix) :]
        if name.endswith("/availability"):
            return self._availability(name.removesuffix("/availability"), data)
        if name == "bridge/state":
            return self._availability("bridge", data)
        if not name or not data.payload or name.startswith("bridge/") or name.endswith(COMMANDS):
            return []
        return self._state(name, data, at)

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002 - the decoder contract
        """Nothing here waits."""
        return []

    def due(self) -> float | None:
        """No timer runs."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the decoder contract
        """Buttons and contacts sleep; nothing can be put to them."""
        return Refused(f"{command.device}: a Zigbee button or contact cannot be told {command.verb}")

    def _availability(self, device: str, message: Message) -> list[Heard]:
        if not message.payload:
            return []  # a deleted retained message: the device was removed or renamed
        word = _word(message.payload)
        if word not in {"online", "offline"}:
            return [Heard(note=Note("availability is neither online nor offline", device[:64]))]
        attributes: dict[str, Scalar] = {"online": word == "online"}
        if message.retain:
            attributes["retained"] = True
        return [Heard((Event(kind=Kind.AVAILABILITY, device=device, attributes=attributes),), device=device)]

    def _state(self, device: str, message: Message, at: Instant) -> list[Heard]:
        try:
            state = _read(message.payload)
        except (ValueError, TypeError, RecursionError):
            return [Heard(note=Note("not a JSON object", device[:64]))]
        return [self._heard(device, state, message, at)]

    def _heard(self, device: str, state: State, message: Message, at: Instant) -> Heard:
        time = _time(state, at)
        attributes = _attributes(state, message)
        levels, alarms = self._alarms(device, state, message, at)
        events: list[Event] = []
        for name, held in alarms:
            events.append(_event(Kind.ALARM, device, state, message, time, attributes, alarm=name, held=held))
        if state.action and not message.retain:
            attributes["action"] = state.action
            if state.action not in self._settings.actions:
                events.append(_event(Kind.CODE, device, state, message, time, attributes))
        if state.contact is not None:
            events.append(_event(Kind.CONTACT, device, state, message, time, attributes))
        if not events:
            readings = _readings(message.payload) | attributes
            events.append(_event(Kind.READING, device, state, message, time, readings))
        note = unsafe(events, message, REMEDY) if alarms else None
        return Heard(tuple(events), device=device, levels=levels, note=note)

    def _alarms(
        self, device: str, state: State, message: Message, at: Instant
    ) -> tuple[frozenset[str] | None, list[tuple[str, bool]]]:
        """What is set now; and the alarms of this message, each with whether it is a bit that stays set."""
        alarms: list[tuple[str, bool]] = []
        if state.action and not message.retain and (name := self._settings.actions.get(state.action)):
            alarms.append((name, False))
        levels = self._levels.get(device)
        low = self._low(state, was=levels is not None and levels.low)
        if levels is None:
            if not (low or state.tamper or state.sos):
                silent = state.tamper is None and state.sos is None and state.battery_low is state.battery is None
                return None if silent else NONE, alarms
            levels = self._remember(device)
        if state.sos is not None:
            if state.sos and not alarms:  # an action says the same press better
                alarms.append((AlarmName.SOS, message.retain or self._same_press(levels, at)))
            levels.sos_s = at.monotonic_s if state.sos else None
        if state.tamper is not None:
            levels.tamper = state.tamper
            if state.tamper:
                alarms.append((AlarmName.TAMPER, True))
        levels.low = low
        if low and (state.battery_low is not None or state.battery is not None):
            alarms.append((AlarmName.LOW_BATTERY, True))
        levels.update()
        return levels.names, alarms

    def _low(self, state: State, *, was: bool) -> bool:
        if state.battery_low is not None:
            return state.battery_low
        limit = self._settings.low_battery_percent
        if state.battery is None or not limit:
            return was
        return state.battery <= (limit + RECOVERED if was else limit)

    def _same_press(self, levels: Levels, at: Instant) -> bool:
        return levels.sos_s is not None and at.monotonic_s - levels.sos_s < self._settings.sos_again_s

    def _remember(self, device: str) -> Levels:
        if len(self._levels) >= MAX_DEVICES:
            del self._levels[next(iter(self._levels))]
        return self._levels.setdefault(device, Levels())


def subscriptions(settings: Settings) -> tuple[str, ...]:
    """The topic filters a port must subscribe to."""
    return (settings.base_topic.strip("/") + "/#",)


def make(settings: Struct, known: Known) -> Zigbee:  # noqa: ARG001 - an unknown button's alarm counts too
    """Start the conversation with one broker."""
    assert isinstance(settings, Settings)
    return Zigbee(settings)


def _event(
    kind: Kind,
    device: str,
    state: State,
    message: Message,
    time: Moment,
    attributes: dict[str, Scalar],
    *,
    alarm: str | None = None,
    held: bool = False,
) -> Event:
    opened = None if kind is not Kind.CONTACT or state.contact is None else not state.contact
    seen = state.last_seen
    return Event(
        kind=kind,
        device=device,
        time=time[0],
        device_time=time[1],
        alarm=alarm,
        open=opened,
        attributes=attributes,
        repeat=delivery(message) if seen is None else f"{seen} {opened} {state.action}",
        first=seen is None and not message.dup,
        held=held,
    )


def _time(state: State, at: Instant) -> Moment:
    seen = state.last_seen
    if seen is None:
        return None, None
    return moment(seen, at, "iso" if isinstance(seen, str) else "unix_ms")


def _attributes(state: State, message: Message) -> dict[str, Scalar]:
    attributes: dict[str, Scalar] = {}
    if state.battery is not None:
        attributes["battery"] = state.battery
    if state.voltage is not None:
        attributes["voltage_mv"] = state.voltage
    if state.linkquality is not None:
        attributes["linkquality"] = state.linkquality
    if message.retain:
        attributes["retained"] = True
    return attributes


def _readings(payload: bytes) -> dict[str, Scalar]:
    """Whatever else a device measures, so that nothing it says is lost."""
    found: dict[str, Scalar] = {}
    for key, value in _object(payload).items():
        if isinstance(value, bool | int | float) and len(found) < MAX_READINGS and len(key) <= 64:
            found[key] = value
    return found


def _read(payload: bytes) -> State:
    """Read strictly and fast; where one field is not as documented, read the others all the same."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("too long")
    try:
        return decode_json(payload, type=State)
    except ValidationError:
        raw = _object(payload)
    return State(
        contact=_bit(raw.get("contact")),
        action=_text(raw.get("action")),
        sos=_bit(raw.get("sos")),
        tamper=_bit(raw.get("tamper")),
        battery_low=_bit(raw.get("battery_low")),
        battery=_number(raw.get("battery")),
        voltage=_number(raw.get("voltage")),
        linkquality=_number(raw.get("linkquality")),
        last_seen=_text(raw.get("last_seen")),
    )


def _object(payload: bytes) -> dict[str, object]:
    found = decode_json(payload)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def _bit(value: object) -> bool | None:
    word = str(value).lower()
    return True if word in YES else False if word in NO else None


def _text(value: object) -> str | None:
    return value[:128] if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _word(payload: bytes) -> str:
    try:
        found = decode_json(payload[:1024])
    except (ValueError, RecursionError):
        return payload[:32].decode("utf-8", "replace").strip().lower()
    state = found.get("state") if isinstance(found, dict) else found
    return state.lower() if isinstance(state, str) else ""


DRIVER = Driver("zigbee2mqtt", ("mqtt", "memory"), Settings, make)
