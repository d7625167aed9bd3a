"""The vectors of `tests/vectors`, and what plays them: a driver's conversation as a gateway holds it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from drivers.decoder import Decoder, load_driver
from drivers.model import Event, Heard, Instant, convert
from edge.repeats import Repeats

FOLDER = Path(__file__).parents[1] / "vectors"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""Later than everything the vectors tell, so that no clock of theirs lies in the future."""

GT06_LOGIN = bytes.fromhex("78780d010861234567890123000120b70d0a")

Vector = dict[str, Any]


@dataclass(frozen=True)
class Protocol:
    """How a family of vectors is played: its driver, the zone of its clocks, noise that may come before a frame."""

    name: str
    driver: str
    login: bytes = b""
    zone: timezone = UTC
    noise: tuple[bytes, ...] = ()


NOISE = (b"\x00\xff\r\n", b"GET / HTTP/1.0\r\n\r\n")

PLAIN = [
    Protocol(name, name, noise=NOISE)
    for name in (path.stem.removeprefix("tracker-") for path in sorted(FOLDER.glob("tracker-*.jsonl")))
]
WITH_NEEDS = [
    Protocol(
        "gt06",
        "gt06",
        GT06_LOGIN,
        noise=(
            *NOISE,
            b"\x78",
            b"\x78\x78\xf0\x12" + bytes(40),  # a false mark whose length reaches over the next frame
            b"\x79\x79\x03\xf0\x70" + bytes(40),
            b"\x78\x78\x00\x69",
            GT06_LOGIN[:-5] + b"\x00\x00\x00\r\n",  # a frame with a wrong checksum
        ),
    ),
    Protocol(
        "jt808",
        "jt808",
        zone=timezone(timedelta(hours=8)),
        noise=(*NOISE, b"\x7e", b"\x7e\x02\x00\x7e", b"\x13\x37\x7e\x00\x02"),
    ),
    Protocol("watch", "watch", noise=(*NOISE, b"[", b"[3G*88", b"]*")),
]
PROTOCOLS = {protocol.name: protocol for protocol in PLAIN + WITH_NEEDS}
"""Every family of `tracker-<driver>.jsonl`; some need a login, a zone, or noise of their own.

A family whose driver does not exist fails; none is passed over.
"""


def load(name: str) -> list[Vector]:
    """The lines of one file."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines() if line.strip()]


def instant(after_s: float = 0.0) -> Instant:
    """A moment of the test."""
    return Instant(NOW + timedelta(seconds=after_s), 1000.0 + after_s)


@dataclass
class Played:
    """What a conversation brought: every frame's outcome, and what of it was new."""

    heard: list[Heard] = field(default_factory=list)
    fresh: list[Event] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        return [event for heard in self.heard for event in heard.events]

    @property
    def replies(self) -> list[bytes]:
        return [heard.reply for heard in self.heard if heard.reply]


class Conversation:
    """One connection of a device whose login, if there is one, is done. Repeats are told as by the gateway."""

    def __init__(self, protocol: Protocol, model: str = "", login: bytes | None = None) -> None:
        self.decoder = start(protocol, model)
        self.repeats = Repeats()
        self.feed(protocol.login if login is None else login)

    def feed(self, *chunks: bytes) -> Played:
        """Play chunks one by one."""
        played = Played()
        for chunk in chunks:
            played.heard += self.decoder.feed(chunk, instant())
        for heard in played.heard:
            played.fresh += [event for event, _ in self.repeats.fresh(heard)]
        return played


def start(protocol: Protocol, model: str = "") -> Decoder[object]:
    """A fresh decoder; `model` where the layout can only be known from it."""
    driver = load_driver(protocol.driver)
    return driver.make(convert({"model": model} if model else {}, driver.settings), lambda _: True)


def moment(event: Event, zone: timezone) -> datetime | None:
    """The time the device told, believed or not."""
    if event.time is not None or event.device_time is None:
        return event.time
    text = event.device_time
    if text.isdecimal() and len(text) == 12:
        return datetime.strptime(text, "%y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=zone)


def of_protocols(name: str) -> list[Vector]:
    """The lines of a mixed file that belong to the families played here; `any` is for every one of them."""
    return [line for line in load(name) if line["protocol"] in PROTOCOLS or line["protocol"] == "any"]
