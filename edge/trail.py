"""When each step of an alarm was done here, sent to the centre once the elder was told: the gateway's proof.

Times are milliseconds of this gateway's own monotonic clock, as `mono` of the alarm's CloudEvent: with the same `boot`
the centre can say how long press, disk, broker, receipt and the sign at the button lay apart, whatever any wall clock
said. What happened before a restart is missing, and stays missing.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.model import Instant
from edge.alarm_book import Alarm
from sync.contract.messages import Scalar

MOST = 500
"""Alarms that are followed at a time; the oldest gives way."""

STAMPS = {
    "raised": "disk",
    "at_broker": "broker",
    "received": "receipt",
    "acknowledge": "step",
    "on_the_way": "step",
    "close": "step",
    "told": "told",
}
"""What `AlarmWatch` tells of, and what it is called on the wire (`<name>_mono`)."""


class Trail:
    """A listener of `AlarmWatch`. `send(alarm, attributes)` takes what is to go up as an update of the alarm."""

    def __init__(self, now: Callable[[], Instant], send: Callable[[Alarm, dict[str, Scalar]], None]) -> None:
        self._now, self._send = now, send
        self._stamps: dict[str, dict[str, Scalar]] = {}

    def listen(self, what: str, alarm: Alarm, detail: str) -> None:
        """Note the first time of each step; send when the elder was told, or when it ended untold."""
        name = STAMPS.get(what)
        if name is None:
            return
        stamps = self._stamps.get(alarm.id)
        if stamps is None:
            if name in ("step", "told"):  # ended already, or begun before a restart
                return
            if len(self._stamps) >= MOST:
                del self._stamps[next(iter(self._stamps))]
            stamps = self._stamps[alarm.id] = {}
        if f"{name}_mono" in stamps:
            return
        stamps[f"{name}_mono"] = round(self._now().monotonic_s * 1000, 1)
        if what == "told":
            # A device at the line is told in the same turn of the loop in which the step became known, a moment before.
            stamps.setdefault("step_mono", stamps["told_mono"])
            self._send(alarm, {**stamps, "untold": detail[:200]} if detail else dict(stamps))
        elif what == "close":
            if "told_mono" not in stamps:
                self._send(alarm, dict(stamps))
            del self._stamps[alarm.id]
