"""Tests that were announced: which device is being tested now.

A window is kept in the registry by the wall clock and measured here by the monotonic one as well: a clock that is set
back must not turn a real call for help into a test. The earlier end counts.
"""

from __future__ import annotations

from datetime import datetime

from drivers.model import Instant
from edge.device import MAX_TEST, Device


class Announced:
    """The windows this program has seen, by device."""

    def __init__(self) -> None:
        self._ends: dict[str, tuple[datetime, float]] = {}

    def testing(self, device: Device, at: Instant) -> bool:
        """Whether what this device raises now was announced as a test."""
        until = device.test_until
        if until is None or not device.testing(at.utc):
            self._ends.pop(device.id, None)
            return False
        known = self._ends.get(device.id)
        if known is None or known[0] != until:
            left_s = min((until - at.utc).total_seconds(), MAX_TEST.total_seconds())
            known = self._ends[device.id] = (until, at.monotonic_s + left_s)
        return at.monotonic_s < known[1]
