"""What a port tells its listener about itself: each outage once, and refusals without flooding.

Also how long a port waits before it tries again. Knows no socket and no device.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from drivers.ports.clock import Clock
from drivers.ports.port import Listener

TELL_EVERY_S = 10.0
"""Refusals are told at once and then at most this often, so that a flood costs a line and not a disk."""


class Health:
    """Stands between one port and its listener. The reasons of `refuse` are few and fixed phrases."""

    def __init__(self, listener: Listener, clock: Clock) -> None:
        self._listener = listener
        self._clock = clock
        self._works: bool | None = None
        self._refused: dict[str, int] = {}
        self._told_s = -inf

    def up(self) -> None:
        """The port works; told only if it did not before."""
        if self._works is not True:
            self._works = True
            self._listener.port_up()

    def down(self, reason: str) -> None:
        """The port is dead; told only if it was not before."""
        if self._works is not False:
            self._works = False
            self._listener.port_down(reason)

    def refuse(self, reason: str) -> None:
        """Count something that was turned away."""
        self._refused[reason] = self._refused.get(reason, 0) + 1
        self.tell()

    def tell(self) -> None:
        """Pass on what was counted, unless that was done a moment ago. Ports also call it now and then."""
        if not self._refused:
            return
        now_s = self._clock().monotonic_s
        if now_s - self._told_s < TELL_EVERY_S:
            return
        self._told_s = now_s
        refused, self._refused = self._refused, {}
        for reason, count in refused.items():
            self._listener.refused(reason, count)


def pauses(first_s: float, longest_s: float) -> Iterator[float]:
    """Waiting times between tries, doubling. No jitter: nothing outside this machine is being spared."""
    wait_s = first_s
    while True:
        yield wait_s
        wait_s = min(wait_s * 2, longest_s)
