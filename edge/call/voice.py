"""The sound of a call between card, arithmetic and peer.

    microphone 10 ms -> echo and noise away -> two of them -> Opus -> peer
    peer -> receive buffer -> 20 ms -> louder -> halves -> echo canceller hears it -> loudspeaker 10 ms

Card and loop are different threads: the receive buffer is under a lock, the rest belongs to one thread each.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from edge.call import opus
from edge.call.lips import held_s
from edge.call.sound import BLOCK, TEN_MS, Block, NoProcessing, Processing, Receiver, Sender, Volume
from edge.call.sound.block import silence

LEVEL_FALL = 0.8


class Voice:
    """One call's. `send(payload, timestamp)` is called from the microphone's thread."""

    def __init__(
        self,
        send: Callable[[bytes, int], None],
        processing: Processing | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.speaking = False
        self.level_in = self.level_out = 0.0
        """Loudest of the last moment, 0 to 1: for the service menu and for tests."""
        self._send, self._processing, self._now = send, processing or NoProcessing(), now
        self._lock = threading.Lock()
        self._receiver, self._sender = Receiver(opus.Decoder()), Sender(opus.Encoder())
        self._volume = Volume(1)
        self._half: Block | None = None
        self._to_play: Block | None = None
        self._timestamp = 0
        self._loss = 0.0

    # --- from the loop

    def packet(self, sequence: int, timestamp: int, payload: bytes, at_s: float, ssrc: int) -> None:
        """One came."""
        with self._lock:
            self._receiver.packet(sequence, timestamp, payload, at_s, ssrc)

    def volume(self, gain_db: float) -> None:
        """Louder than normal by so much."""
        self._volume.gain_db = gain_db

    def lost(self, share: float, *, narrow: bool) -> None:
        """What the other end reports; how thin the line is."""
        self._loss = share
        self._sender.lost(share)
        self._sender.narrow(narrow=narrow)

    def heard(self) -> tuple[int, int, int]:
        """Samples that were decoded or repaired, those that had to be guessed or were silent, and packets."""
        with self._lock:
            heard = self._receiver.heard
        return heard.decoded + heard.repaired, heard.concealed + heard.faded, heard.packets

    def delay_s(self) -> float:
        """From a packet's arrival until it is heard, without the card."""
        with self._lock:
            return self._receiver.delay_s

    def picture_held_s(self) -> float:
        """How long after its arrival a picture is shown, so that it is not far ahead of its sound."""
        return held_s(self.delay_s())

    def card_delay(self, delay_ms: int) -> None:
        """How long from `to_play` until its echo comes back in `recorded`."""
        self._processing.delay_ms = delay_ms

    # --- from the card's threads

    def recorded(self, block: Block) -> None:
        """10 ms of the microphone. Silence is sent as well: it keeps the line open and says that we live."""
        clean = self._processing.near(block)
        self.level_in = max(_peak(clean), self.level_in * LEVEL_FALL)
        if not self.speaking:
            clean = silence(TEN_MS, 1)
        if self._half is None:
            self._half = clean
            return
        both, self._half = np.concatenate((self._half, clean)), None
        self._send(self._sender.block(both), self._timestamp)
        self._timestamp = (self._timestamp + BLOCK) & 0xFFFFFFFF

    def to_play(self) -> Block:
        """The next 10 ms for the loudspeaker."""
        if self._to_play is not None:
            block, self._to_play = self._to_play, None
        else:
            with self._lock:
                whole = self._receiver.block(self._now())
            whole = self._volume.block(whole)
            block, self._to_play = whole[:TEN_MS], whole[TEN_MS:]
        self._processing.far(block)
        self.level_out = max(_peak(block), self.level_out * LEVEL_FALL)
        return block


def _peak(block: Block) -> float:
    return float(np.abs(block.astype(np.int32)).max()) / 32768 if len(block) else 0.0
