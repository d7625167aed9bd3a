"""What a 24-bit radio code means and when it is believed: shared by all 433 MHz receivers (`protocols.md` 8).

    EV1527, HS1527:  20-bit device, 4-bit key        12345 E
    PT2262:          8 address and 4 data digits     all 24 bits are one code

There is no checksum, no acknowledgement and no clock on the air; a press is sent 8 to 25 times. Three rules:

1. A registered (or configured) SOS code counts at the first frame. Everything else asks for equal frames.
2. The same code again within the window is the same press, and each repeat extends it. So a button held down for a
   minute is one alarm and the next press, after the window, is another.
3. A code nobody knows is reported once per press, so that an installer can adopt it. If its key says SOS, it is an
   alarm.

Whose code it is (the `device` of an event), for the registry to match:

    registered as the whole code ("123458")          the whole code
    its key has a role in `key4`, or its 20 bits     the 20 bits ("12345")
      are registered
    else                                             the whole code

`attributes.code` is always the whole code. Codes are upper-case hexadecimal.

Nothing on the air tells one press from the next except time, so the repeat key is code and start of the press. A
gateway that is restarted while a button is held down raises a second alarm: the other way round a new press could be
taken for the old one and lost.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from drivers.decoder import Known
from drivers.model import AlarmName, Event, Instant, Kind, Meta, Scalar, Struct

MAX_CODES = 2048
"""Codes remembered at once. At 115200 baud noise alone makes about 1900 codes a second, none of them twice."""


class Role(StrEnum):
    """What a key or a code stands for."""

    SOS = "sos"
    OPEN = "open"
    CLOSED = "closed"
    TAMPER = "tamper"
    LOW_BATTERY = "low_battery"
    MOTION = "motion"
    WATER = "water"


ALARMS: dict[Role, str] = {
    Role.SOS: AlarmName.SOS,
    Role.TAMPER: AlarmName.TAMPER,
    Role.LOW_BATTERY: AlarmName.LOW_BATTERY,
    Role.WATER: "water",
}
CONTACTS = {Role.OPEN: True, Role.CLOSED: False}


Key = Annotated[str, Meta(pattern="^([0-9A-Fa-f]|1[0-5])$")]
Code = Annotated[str, Meta(pattern="^[0-9A-Fa-f]{6}$")]


class Code24Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that all 433 MHz receivers share.

    `key4`         role by the last four bits: one hexadecimal digit, or 10 to 15
    `codes`        role by the whole code of six hexadecimal digits; goes before `key4`
    `adopted`      role of a registered code that has none by the two tables
    `equal_frames` how many equal frames are asked for; 1 for a receiver that reports each press only once
    `pair_s`       the longest time between two of them
    `window_s`     the same code again within this time is the same press
    """

    key4: dict[Key, Role] = {}
    codes: dict[Code, Role] = {}
    adopted: Role = Role.SOS
    equal_frames: Annotated[int, Meta(ge=1, le=8)] = 2
    pair_s: Annotated[float, Meta(gt=0, le=10)] = 0.5
    window_s: Annotated[float, Meta(gt=0, le=600)] = 3.0


class Meaning(Struct, frozen=True):
    """Whose code it is, what it stands for, and whether it counts at the first frame."""

    device: str
    role: Role | None
    at_once: bool


class CodeBook:
    """Settings and registry: code to meaning."""

    def __init__(self, settings: Code24Settings, known: Known) -> None:
        self._key4 = {_nibble(key): role for key, role in settings.key4.items()}
        self._codes = {code.upper(): role for code, role in settings.codes.items()}
        self._adopted = settings.adopted
        self._known = known

    def meaning(self, code: str) -> Meaning:
        """Look a code up; it is always found, if only as itself."""
        whole, address = self._known(code), self._known(code[:5])
        role = self._codes.get(code) or self._key4.get(code[5])
        if role is None and (whole or (address and not self._key4)):
            role = self._adopted
        by_address = address or (code[5] in self._key4 and code not in self._codes)
        configured = whole or address or code in self._codes
        return Meaning(
            device=code[:5] if by_address and not whole else code,
            role=role,
            at_once=role is Role.SOS and configured,
        )

    def opposites(self, code: str) -> list[str]:
        """The other keys of the same device that say whether something is open."""
        siblings = [code[:5] + key for key in "0123456789ABCDEF" if key != code[5]]
        return [other for other in siblings if (self._codes.get(other) or self._key4.get(other[5])) in CONTACTS]


class Presses:
    """Time: which frame of a code makes an event. Bounded however many codes the air is full of."""

    def __init__(self, settings: Code24Settings, known: Known) -> None:
        self._settings = settings
        self._book = CodeBook(settings, known)
        self._seen: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._pressed: OrderedDict[str, float] = OrderedDict()

    @property
    def held(self) -> int:
        """How many codes are remembered."""
        return len(self._seen) + len(self._pressed)

    def hear(self, code: int, at: Instant, details: Mapping[str, Scalar] | None = None) -> Event | None:
        """One frame with this code; `details` go into the report of a code nobody knows."""
        text, now = f"{code:06X}", at.monotonic_s
        pressed_s = self._pressed.get(text)
        if pressed_s is not None and now - pressed_s <= self._settings.window_s:
            self._remember_press(text, now)
            return None
        meaning = self._book.meaning(text)
        if not meaning.at_once and not self._often_enough(text, now):
            return None
        self._remember_press(text, now)
        if meaning.role in CONTACTS:
            for other in self._book.opposites(text):  # closed and open again within the window is news
                self._pressed.pop(other, None)
        return _event(text, meaning, at, details or {})

    def _often_enough(self, code: str, now: float) -> bool:
        count, last_s = self._seen.pop(code, (0, now))
        count = count + 1 if now - last_s <= self._settings.pair_s else 1
        if count >= self._settings.equal_frames:
            return True
        self._seen[code] = (count, now)
        if len(self._seen) > MAX_CODES:
            self._seen.popitem(last=False)
        return False

    def _remember_press(self, code: str, now: float) -> None:
        self._pressed[code] = now
        self._pressed.move_to_end(code)
        if len(self._pressed) > MAX_CODES:
            self._pressed.popitem(last=False)


def _nibble(key: str) -> str:
    return key.upper() if len(key) == 1 else f"{int(key):X}"


def _event(code: str, meaning: Meaning, at: Instant, details: Mapping[str, Scalar]) -> Event:
    role, alarm = meaning.role, None
    attributes: dict[str, Scalar] = {"code": code, "key": int(code[5], 16)}
    kind = Kind.CODE if role is None else Kind.MOTION
    if role is None:
        attributes |= details
    elif role in CONTACTS:
        kind = Kind.CONTACT
    elif role in ALARMS:
        kind, alarm = Kind.ALARM, ALARMS[role]
    # A flat battery is told with every opening for weeks: once a day is enough to act on.
    start = at.utc.date() if role is Role.LOW_BATTERY else at.utc
    return Event(
        kind=kind,
        device=meaning.device,
        alarm=alarm,
        open=None if role is None else CONTACTS.get(role),
        attributes=attributes,
        repeat=f"{code}@{start.isoformat()}",
    )
