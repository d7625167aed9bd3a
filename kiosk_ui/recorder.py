"""A voice note and a photo: what the screen asks for, and what it is told. Who takes them is replaceable.

News come as `kiosk.heard("recorder", RecorderSeen(...) | Taken(...), at)`: how it stands whenever that changes, and
what was taken, once. Nothing of it is kept here: it belongs to the session of whoever asked.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

LONGEST_S = 60.0
NEWS = "recorder"


class Kind(StrEnum):
    """What can be taken."""

    VOICE = "voice"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class RecorderSeen:
    """How it stands. `frames`: shared memory with the camera's picture while it is looked through; empty: none."""

    voice: bool = False
    """A microphone can be asked."""
    photo: bool = False
    """A camera can be asked."""
    frames: str = ""
    level: float = 0.0
    """How loud it is now, 0 to 1, while it records."""
    plays: bool = False
    """A note can be heard before it is sent."""
    playing: bool = False
    """It is heard now."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it goes up: WAV or Ogg, JPEG or PNG. Without content and hash it did not work.

    `hash`: the gateway has it already, under this name.
    """

    kind: Kind
    content: bytes
    seconds: float = 0.0
    hash: str = ""


class Recorder(Protocol):
    """False: nobody there took the wish."""

    def record(self, *, on: bool) -> bool:
        """Begin, or end and hand over."""

    def look(self, *, on: bool) -> bool:
        """Open the camera and show what it sees, or close it."""

    def snap(self) -> bool:
        """Take a photo."""

    def play(self, *, on: bool) -> bool:
        """Let them hear the note they spoke last, from its beginning, or be silent."""

    def forget(self, kind: Kind) -> None:
        """What was taken is dropped, or sent: nobody here wants it any more."""


class NoRecorder:
    """A box without microphone and camera."""

    def record(self, *, on: bool) -> bool:
        """See `Recorder`."""
        del on
        return False

    def look(self, *, on: bool) -> bool:
        """See `Recorder`."""
        del on
        return False

    def snap(self) -> bool:
        """See `Recorder`."""
        return False

    def play(self, *, on: bool) -> bool:
        """See `Recorder`."""
        del on
        return False

    def forget(self, kind: Kind) -> None:
        """See `Recorder`."""


class FakeRecorder:
    """Takes a tone and a grey square, at once. `post` is a kiosk's `heard` with the name filled in."""

    def __init__(self, post: Callable[[object], None]) -> None:
        self._post = post
        self.recording = self.looking = False
        self.played = 0

    def record(self, *, on: bool) -> bool:
        """See `Recorder`."""
        ended, self.recording = self.recording and not on, on
        if ended:
            self._post(Taken(Kind.VOICE, tone(2.0), 2.0))
        return True

    def look(self, *, on: bool) -> bool:
        """See `Recorder`."""
        self.looking = on
        return True

    def snap(self) -> bool:
        """See `Recorder`."""
        self._post(Taken(Kind.PHOTO, SQUARE))
        return True

    def play(self, *, on: bool) -> bool:
        """See `Recorder`."""
        self.played += on
        self._post(RecorderSeen(voice=True, photo=True, plays=True, playing=on))
        return True

    def forget(self, kind: Kind) -> None:
        """See `Recorder`."""


def tone(seconds: float, rate: int = 16_000) -> bytes:
    """A WAV file of one soft tone."""
    samples = (int(6000 * math.sin(n * 2 * math.pi * 440 / rate)) for n in range(int(seconds * rate)))
    whole = io.BytesIO()
    with wave.open(whole, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return whole.getvalue()


SQUARE = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j"
    "q62rZ4C8ybqmx5moq6T/wAALCAAQABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF"
    "BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi"
    "4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AJKKKK//2Q=="
)
"""A JPEG of 16x16 grey."""
