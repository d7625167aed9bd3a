"""One picture of a call: I420, planes one after the other without padding, as the screen's shared memory has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """`at_ns` is when it was taken, or decoded, on the monotonic clock."""

    width: int
    height: int
    planes: bytes
    at_ns: int


class CameraError(OSError):
    """The camera cannot be opened, or was pulled out."""


class PictureError(RuntimeError):
    """A codec failed."""
