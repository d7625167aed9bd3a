"""A clock that stands where a test puts it, and alarms without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from drivers.model import Instant
from edge.alarm_book import Alarm
from sync.contract.alarm import Stage

START = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)


class Hands:
    """Wall and monotonic clock; `set_wall` moves the wall alone, as a time server or a careless person does."""

    def __init__(self, utc: datetime = START, monotonic_s: float = 1000.0) -> None:
        self.utc, self.monotonic_s = utc, monotonic_s

    def __call__(self) -> Instant:
        return Instant(self.utc, self.monotonic_s)

    def go(self, seconds: float) -> Instant:
        self.utc += timedelta(seconds=seconds)
        self.monotonic_s += seconds
        return self()

    def set_wall(self, utc: datetime) -> Instant:
        self.utc = utc
        return self()


def alarm(at: Instant, name: str = "a1", *, test: bool = False, stage: Stage = Stage.RAISED) -> Alarm:
    one = Alarm(name, "button-1", "123456789012345", "gt06", "sos", era=1, seq=1)
    one.stage, one.test, one.raised_at = stage, test, at.utc.isoformat()
    return one
