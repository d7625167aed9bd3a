"""The last seconds as JPEGs, in memory only: nothing is written, and nothing leaves unless it is asked for."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture and when it was taken."""

    at_s: float
    jpeg: bytes


class Ring:
    """Put by the thread that looks, asked by the loop. What is older than `keep_s` is gone, asked for or not."""

    def __init__(self, keep_s: float, most: int = 64) -> None:
        self._keep_s = keep_s
        self._kept: deque[Kept] = deque(maxlen=most)
        self._lock = Lock()

    def put(self, at_s: float, jpeg: bytes) -> None:
        """The newest."""
        with self._lock:
            self._kept.append(Kept(at_s, jpeg))
            self._forget(at_s)

    def nearest(self, at_s: float, now_s: float) -> Kept | None:
        """The picture taken nearest to this moment; None when there is none young enough."""
        with self._lock:
            self._forget(now_s)
            return min(self._kept, key=lambda kept: abs(kept.at_s - at_s), default=None)

    def newest_s(self) -> float | None:
        """When the newest was taken."""
        with self._lock:
            return self._kept[-1].at_s if self._kept else None

    def size(self) -> int:
        """Bytes held."""
        with self._lock:
            return sum(len(kept.jpeg) for kept in self._kept)

    def _forget(self, now_s: float) -> None:
        while self._kept and now_s - self._kept[0].at_s > self._keep_s:
            self._kept.popleft()
