"""What the eye tells: a picture was looked at, or none comes."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.camera.motion import Moved


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture was looked at."""

    at_s: float
    width: int
    height: int
    frozen: bool
    covered: bool
    dark: bool
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """No pictures come; it will be tried again."""

    at_s: float
    reason: str
