"""Numbers of RTP that begin again at zero, made to run on."""

from __future__ import annotations


class Unwrapped:
    """A counter of so many bits (16: sequence, 32: timestamp) as one that never wraps."""

    def __init__(self, bits: int) -> None:
        self._size = 1 << bits
        self._last: int | None = None

    def of(self, value: int) -> int:
        """The value nearest to the last one kept; keeps nothing, so that a forged packet moves nothing."""
        if self._last is None:
            return value
        half = self._size // 2
        return self._last + (value - self._last + half) % self._size - half

    def keep(self, unwrapped: int) -> None:
        """From here on is counted."""
        self._last = unwrapped

    def forget(self) -> None:
        """The next value stands for itself."""
        self._last = None
