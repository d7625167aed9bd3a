"""Sound of a file as it comes with content: WAV as it is, Ogg (Vorbis or Opus), MP3 and what else FFmpeg reads.

The only door to PyAV here, loaded with the first file that needs it: by then somebody wants to hear it, and the thread
that plays has the time. A file is decoded while it is played, so that a long one neither waits nor fills the memory.
"""

from __future__ import annotations

import io
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

RATE = 24_000
"""Of speech that is decoded here; Opus has one of its own that no loudspeaker is asked for."""
MOST_S = 900
"""No text of a screen takes a quarter of an hour to say."""


@dataclass(frozen=True, slots=True)
class Sound:
    """16 bits, one channel."""

    samples: array[int]
    rate: int


class VoiceError(Exception):
    """There is no sound of it."""


def sounds(content: bytes) -> Iterator[Sound]:
    """Piece by piece. Raises VoiceError, also after the first ones where only the rest is broken."""
    if content[:4] == b"RIFF":
        yield heard(content)
    else:
        yield from _decoded(content)


def heard(content: bytes) -> Sound:
    """The first channel of a WAV file. Raises VoiceError."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            if file.getsampwidth() != 2:
                raise VoiceError("not 16 bits")
            # espeak does not know the length when it writes the head: what is there counts.
            samples = array("h", file.readframes(min(file.getnframes(), len(content))))
            return Sound(samples[:: file.getnchannels()], file.getframerate())
    except (wave.Error, EOFError, ValueError) as error:
        raise VoiceError(str(error)) from None


def _decoded(content: bytes) -> Iterator[Sound]:
    import av  # noqa: PLC0415 - 30 MB that a kiosk without such files never needs
    import av.error  # noqa: PLC0415

    left = MOST_S * RATE
    try:
        with av.open(io.BytesIO(content), "r", metadata_errors="ignore") as file:
            if not file.streams.audio:
                raise VoiceError("no sound in it")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in file.decode(file.streams.audio[0]):
                for piece in resampler.resample(frame):
                    samples = array("h", bytes(piece.planes[0])[: 2 * min(piece.samples, left)])
                    left -= len(samples)
                    yield Sound(samples, RATE)
                    if left <= 0:
                        return
    except (av.error.FFmpegError, ValueError) as error:
        raise VoiceError(type(error).__name__) from None
