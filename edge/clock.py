"""What time it is, and how far that can be believed.

`trusted`: the kernel says that it is synchronised. `floor`: not synchronised, but not before the last moment this
gateway knew of. `unset`: the clock stands before that moment, so time is counted on from the floor.
Intervals are monotonic everywhere; this is only for records.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from drivers.model import Instant

BUILD = datetime(2026, 11, 1, tzinfo=UTC)
"""No record can be older than the program that writes it."""

_ADJTIMEX_BYTES = 208
_TIME_ERROR = 5


def kernel_synchronised() -> bool:
    """Whether the kernel's clock is disciplined: adjtimex(2) does not return TIME_ERROR."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        state = int(libc.adjtimex(ctypes.create_string_buffer(_ADJTIMEX_BYTES)))
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR


class GatewayClock:
    """The `Clock` of ports, with its trust. `on_trusted(offset_s)` is called when the clock became trustworthy."""

    def __init__(
        self,
        last_saved: datetime | None = None,
        *,
        synchronised: Callable[[], bool] = kernel_synchronised,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self.floor = max(BUILD, last_saved or BUILD)
        self.trust = "floor"
        self.on_trusted: Callable[[float], None] = lambda _offset: None
        self._synchronised, self._wall, self._steady = synchronised, wall, steady
        self._began = steady()
        self._judged = self()
        self.judge()

    def __call__(self) -> Instant:
        """Now. Costs two system calls, so ports ask once per delivery."""
        utc = self._wall()
        steady = self._steady()
        if utc < self.floor:
            utc = self.floor + timedelta(seconds=steady - self._began)
        return Instant(utc, steady)

    def judge(self) -> None:
        """Look again; called every few seconds by the program."""
        before, last, now = self.trust, self._judged, self()
        # What it would be by our own count: the wall clock may have been set since, forwards or back.
        counted = last.utc + timedelta(seconds=now.monotonic_s - last.monotonic_s)
        if self._synchronised():
            self.trust = "trusted"
        else:
            self.trust = "floor" if self._wall() >= self.floor else "unset"
        if self.trust == "trusted" and before != "trusted":
            wall = self._wall()
            offset = (wall - counted).total_seconds()
            self.floor = min(self.floor, wall)
            self.on_trusted(offset)
        self._judged = self()
