"""What a box's camera and sound card are doing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Devices:
    """What the engine knows about camera and sound card, for the screen."""

    camera: bool = False
    microphone: bool = False
    sound_only: bool = False
    remote_frames: str = ""
    own_frames: str = ""
    trouble: str = ""
