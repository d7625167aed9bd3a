"""The door to livekit's wheel, which carries WebRTC's own audio processing: echo cancelling (AEC3), noise, level.

No server and no network of theirs is used. The first object starts the library's own threads, so one is made when a
call begins and not before.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from livekit.rtc import AudioFrame, AudioProcessingModule

from edge.call.sound.align import EARLY, Alignment
from edge.call.sound.block import RATE, TEN_MS, Block
from edge.call.sound.level import Level
from edge.call.sound.room_model import RoomModel

LONGEST_DELAY_MS = 500
LONGEST_UNREAD = 100
"""Blocks played while nothing is recorded: one second, then the oldest are forgotten."""


class EchoCancelling:
    """`edge.call.sound.Processing`: alignment, a model of the room, WebRTC's AEC3 and noise suppression, level."""

    def __init__(self, *, level: bool = True) -> None:
        self._level = Level() if level else None
        self._module = _module()
        self._alignment = Alignment()
        self._room: RoomModel | None = None
        self._played: deque[Block] = deque(maxlen=LONGEST_UNREAD)
        self._delay_ms = 0

    @property
    def delay_ms(self) -> int:
        """See Processing; only used until the echo itself has been found."""
        return self._delay_ms

    @delay_ms.setter
    def delay_ms(self, delay_ms: int) -> None:
        self._delay_ms = min(max(int(delay_ms), 0), LONGEST_DELAY_MS)

    @property
    def alignment(self) -> Alignment:
        """Drift and jumps, for the service menu."""
        return self._alignment

    def far(self, block: Block) -> None:
        """See Processing; from any thread."""
        self._played.append(_ten_ms(block))

    def near(self, block: Block) -> Block:
        """See Processing; from one thread."""
        while self._played:
            self._alignment.far(self._played.popleft())
        jumps = self._alignment.jumps
        played = self._alignment.near(_ten_ms(block), self._delay_ms * RATE // 1_000)
        if self._alignment.jumps != jumps:
            self._moved()
        recorded = block if self._room is None else self._room.block(played, block)
        self._module.process_reverse_stream(_frame(played))
        frame = _frame(recorded)
        self._module.process_stream(frame)
        clean = np.frombuffer(frame.data, np.int16).reshape(TEN_MS, 1)
        return clean if self._level is None else self._level.block(clean)

    def _moved(self) -> None:
        """The alignment put the far signal elsewhere."""
        if self._room is None:
            # What AEC3 learned at the wrong place takes it two seconds to unlearn; a new one is right in half of one.
            self._module, self._room = _module(), RoomModel()
        else:
            self._room.jumped()


def _module() -> AudioProcessingModule:
    # Not WebRTC's gain: it also raises what is left of the echo by 10 dB while the resident is silent.
    module = AudioProcessingModule(
        echo_cancellation=True, noise_suppression=True, high_pass_filter=True, auto_gain_control=False
    )
    module.set_stream_delay_ms(EARLY * 1_000 // RATE)
    return module


def _ten_ms(block: Block) -> Block:
    if block.shape != (TEN_MS, 1):
        raise ValueError(f"sound of the shape {block.shape} is not 10 ms of one channel")
    return block


def _frame(block: Block) -> AudioFrame:
    return AudioFrame(bytearray(np.ascontiguousarray(block, np.int16).tobytes()), RATE, 1, TEN_MS)
