"""What a connected device says and how it recognises the answer: GT06, JT/T 808 and watch behind one shape.

Pure: the bytes are those of `edge.neighbourhood`; `edge.demo.talker` carries them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from drivers.jt808.messages import Result, Up
from edge.demo.judge import time_key
from edge.demo.ledger import Word
from edge.neighbourhood import gt06
from edge.neighbourhood.gt06 import Gt06Device
from edge.neighbourhood.jt808 import Jt808Device
from edge.neighbourhood.watch import WatchDevice

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Saying:
    """A frame and what it means. `answer` None: the protocol does not answer it. `again`: the device repeats it."""

    word: Word
    frame: bytes
    answer: Hashable | None
    again: bool = True


class Voice(Protocol):
    """One device of one protocol. `device` is its id at the centre, `address` what it calls itself."""

    device: str
    address: str
    profile: str

    def connected(self) -> None:
        """On a new connection."""

    def hello(self) -> bytes:
        """What has to be said first; empty once the platform has answered it."""

    def heard(self, data: bytes) -> list[Hashable]:
        """The answers these bytes complete."""

    def replies(self) -> bytes:
        """What it owes to orders it was given."""

    def position(self, at: datetime, place: Place) -> Saying:
        """Where it is."""

    def sos(self, at: datetime, place: Place) -> Saying:
        """Help."""


class Gt06Voice:
    """A tracker or call button; every message is answered by number and serial."""

    profile = "gt06"

    def __init__(self, device: str, imei: str) -> None:
        self.device, self.address = device, imei
        self._gt06 = Gt06Device(imei)
        self._logged_in = False
        self._count = 0

    def connected(self) -> None:
        """Every connection begins with a login."""
        self._gt06.connected()
        self._logged_in = False

    def hello(self) -> bytes:
        """Login."""
        return b"" if self._logged_in else self._gt06.login()

    def heard(self, data: bytes) -> list[Hashable]:
        """(number, serial)."""
        answers = self._gt06.answered(data)
        self._logged_in |= any(number == gt06.LOGIN for number, _ in answers)
        return list(answers)

    def replies(self) -> bytes:
        """It is given no orders here."""
        return b""

    def position(self, at: datetime, place: Place) -> Saying:
        """0x22."""
        frame = self._gt06.position(at, *place, speed=4)
        return Saying(self._word("position", "bulk", at), frame, (gt06.POSITION, self._gt06.serial))

    def sos(self, at: datetime, place: Place) -> Saying:
        """0x26."""
        frame = self._gt06.alarm("sos", at, *place)
        return Saying(self._word("alarm", "alarm", at), frame, (gt06.ALARM, self._gt06.serial))

    def _word(self, kind: str, lane: str, at: datetime) -> Word:
        self._count += 1
        return Word(self.device, "gt06", kind, lane, time_key(at), self._count, "sos" if kind == "alarm" else "")


class Jt808Voice:
    """A terminal: registers once in its life, authenticates on every connection, and reads 0x8001."""

    profile = "jt808"

    def __init__(self, device: str, phone: str, *, edition: int = 2013) -> None:
        self.device, self.address = device, phone
        self._terminal = Jt808Device(phone, 2019 if edition == 2019 else 2013)
        self._accepted = False
        self._count = 0

    @property
    def texts(self) -> list[str]:
        """What it was told to read aloud."""
        return self._terminal.texts

    def connected(self) -> None:
        """Authentication counts for one connection."""
        self._accepted = False

    def hello(self) -> bytes:
        """Registration, then authentication."""
        if self._accepted:
            return b""
        return self._terminal.register() if self._terminal.auth_code is None else self._terminal.authenticate()

    def heard(self, data: bytes) -> list[Hashable]:
        """(message id, serial) of what was accepted."""
        answers = [a for a in self._terminal.answered(data) if a.result in {Result.OK, Result.ALARM_CONFIRMED}]
        self._accepted |= any(answer.msg_id == Up.AUTHENTICATE for answer in answers)
        return [(answer.msg_id, answer.serial) for answer in answers]

    def replies(self) -> bytes:
        """0x0001 to what it was ordered."""
        return self._terminal.owed()

    def position(self, at: datetime, place: Place) -> Saying:
        """0x0200."""
        serial = self._terminal.next_serial
        frame = self._terminal.position(at, *place, battery=80)
        return Saying(self._word("position", "bulk", at), frame, (Up.POSITION, serial))

    def sos(self, at: datetime, place: Place) -> Saying:
        """0x0200 with the emergency bit."""
        serial = self._terminal.next_serial
        return Saying(self._word("alarm", "alarm", at), self._terminal.sos(at, *place), (Up.POSITION, serial))

    def _word(self, kind: str, lane: str, at: datetime) -> Word:
        self._count += 1
        return Word(self.device, "jt808", kind, lane, time_key(at), self._count, "sos" if kind == "alarm" else "")


class WatchVoice:
    """A watch: LK and AL are answered by their keyword, positions are not answered at all."""

    profile = "watch"

    def __init__(self, device: str, watch_id: str) -> None:
        self.device, self.address = device, watch_id
        self._watch = WatchDevice(watch_id)
        self._greeted = False
        self._count = 0

    def connected(self) -> None:
        """A watch greets the platform."""
        self._greeted = False

    def hello(self) -> bytes:
        """INIT."""
        return b"" if self._greeted else self._watch.init()

    def heard(self, data: bytes) -> list[Hashable]:
        """Keywords, orders among them."""
        keywords = self._watch.answered(data)
        self._greeted |= "INIT" in keywords
        return list(keywords)

    def replies(self) -> bytes:
        """It is given no orders here."""
        return b""

    def position(self, at: datetime, place: Place) -> Saying:
        """UD: said and forgotten."""
        return Saying(self._word("position", "bulk", time_key(at)), self._watch.ud(at, *place), None, again=False)

    def alive(self, steps: int) -> Saying:
        """LK with its counters. It carries no time, so an unanswered one is not repeated: the next one counts on."""
        frame = self._watch.lk(steps, 0, 80)
        return Saying(self._word("status", "state", f"steps {steps}"), frame, "LK", again=False)

    def sos(self, at: datetime, place: Place) -> Saying:
        """AL, repeated until it is answered."""
        frame = self._watch.al(at, *place, valid=True)
        return Saying(self._word("alarm", "alarm", time_key(at)), frame, "AL")

    def _word(self, kind: str, lane: str, key: str) -> Word:
        self._count += 1
        return Word(self.device, "watch", kind, lane, key, self._count, "sos" if kind == "alarm" else "")
