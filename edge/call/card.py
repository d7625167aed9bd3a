"""The door to sounddevice: microphone and loudspeaker of a real card, 10 ms at a time.

Capture and playout are two streams, because they may be two devices with two clocks; nothing here assumes that they
agree. PortAudio calls back from threads of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edge.call.sound import RATE, TEN_MS, Block


class CardError(OSError):
    """The card cannot be opened."""


class CardMicrophone:
    """One input; `default` is the system's."""

    def __init__(self, device: str = "default") -> None:
        self._device = device
        self._stream: Any = None

    def open(self, recorded: Callable[[Block], None]) -> None:
        """From now on. Raises CardError."""
        self._stream = _stream("InputStream", self._device, lambda data, *_: recorded(np.array(data, np.int16)))

    @property
    def delay_ms(self) -> int:
        """What was recorded and waits to be read."""
        return 0 if self._stream is None else round(self._stream.latency * 1000)

    def close(self) -> None:
        """Let go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)


class CardSpeaker:
    """One output."""

    def __init__(self, device: str = "default") -> None:
        self._device = device
        self._stream: Any = None

    def open(self, to_play: Callable[[], Block]) -> None:
        """From now on. Raises CardError."""

        def play(out: Any, *_: object) -> None:
            out[:] = to_play()

        self._stream = _stream("OutputStream", self._device, play)

    @property
    def delay_ms(self) -> int:
        """What waits to be played."""
        return 0 if self._stream is None else round(self._stream.latency * 1000)

    def close(self) -> None:
        """Let go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)


def _stream(kind: str, device: str, callback: Callable[..., None]) -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - loads PortAudio, which a box without a card may not have

        stream = getattr(sounddevice, kind)(
            samplerate=RATE,
            blocksize=TEN_MS,
            channels=1,
            dtype="int16",
            latency="low",
            device=None if device == "default" else device,
            callback=callback,
        )
        stream.start()
    except Exception as error:  # noqa: BLE001 - whatever PortAudio says: the call goes on without
        raise CardError(f"the card cannot be opened ({type(error).__name__})") from None
    return stream
