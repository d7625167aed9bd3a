"""Where ports take the moment from that they stamp on what arrives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from drivers.model import Instant

Clock = Callable[[], Instant]
"""Asked once per delivery; passed in, so that tests and replays bring their own time."""


def system_clock() -> Instant:
    """This machine's wall clock and its monotonic clock: the `Clock` of a running gateway."""
    return Instant(datetime.now(UTC), monotonic())
