"""One connection of JT/T 808 devices as a gateway holds it: what is new, what goes back, with time as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from drivers.jt808 import Jt808Decoder, Settings
from drivers.model import Event, Heard, Instant
from edge.repeats import Repeats

NOW = datetime(2026, 8, 20, 0, 20, tzinfo=UTC)
PRESSED = datetime(2026, 8, 20, 0, 15, tzinfo=UTC)
HERE = (31.235, 121.475)


def at(seconds: float = 0.0) -> Instant:
    return Instant(NOW + timedelta(seconds=seconds), 1000.0 + seconds)


class Line:
    """A decoder with the rule for repeats behind it."""

    def __init__(self, settings: Settings | None = None, known: Callable[[str], bool] = lambda _: True) -> None:
        self.decoder = Jt808Decoder(settings or Settings(), known)
        self.repeats = Repeats()
        self.heard: list[Heard] = []
        self.reply = b""

    def feed(self, data: bytes, seconds: float = 0.0) -> list[Event]:
        """New events; the answers are in `reply`."""
        return self._took(self.decoder.feed(data, at(seconds)))

    def tick(self, seconds: float) -> list[Event]:
        return self._took(self.decoder.tick(at(seconds)))

    def _took(self, heard: list[Heard]) -> list[Event]:
        self.heard = heard
        self.reply = b"".join(one.reply for one in heard)
        return [event for one in heard for event, _ in self.repeats.fresh(one)]


def told(events: list[Event]) -> list[str]:
    """Alarms by name, the rest by kind."""
    return [event.alarm or event.kind.value for event in events]
