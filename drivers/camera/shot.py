"""One picture and where pictures come from, as the rest of the camera's process sees them.

Knows no picture library. Nothing here or in what implements it may put a password into an error: reasons are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

SMALL_WIDTH, SMALL_HEIGHT = 160, 90
"""Everything is judged on grey pictures of this size."""

CONNECT_S = 10.0


class SourceError(OSError):
    """No pictures come from it (any more): why, in words without any secret."""


class Shot(Protocol):
    """A picture as the camera gave it. Only valid until the next one is asked for."""

    width: int
    height: int

    def grey(self) -> bytes:
        """SMALL_WIDTH x SMALL_HEIGHT grey levels, row by row."""

    def jpeg(self, width: int, limit: int) -> bytes:
        """At most so wide and so many bytes; as good as fits."""


class Source(Protocol):
    """An opened camera."""

    def shots(self) -> Iterator[Shot]:
        """Pictures as they come. Raises SourceError when none comes in time or the camera is gone."""

    def close(self) -> None:
        """Let go of it."""
