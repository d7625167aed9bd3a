"""Blocks of sound in, payloads of Opus out, with as much protection as the line needs."""

from __future__ import annotations

from typing import Protocol

from edge.call.sound.block import BLOCK, Block

LEAST, MOST = 10, 25
"""Per cent of loss to prepare for. Never none: the first loss comes before the first report of it, and under 8 libopus
puts no copies into 32 kbit/s of full band."""
FALL = 0.9
"""How much of the worst loss is still expected at each better report (every few seconds)."""
SPARSE, RICH = 24_000, 32_000
"""Bits per second for one voice: with much loss more packets' copies, on a bad line fewer bits."""


class PacketEncoder(Protocol):
    """What `edge.call.opus.Encoder` is."""

    channels: int

    def encode(self, pcm: Block) -> bytes:
        """One packet."""

    def expect_loss(self, percent: int) -> None:
        """How much goes into copies."""

    def spend(self, bit_rate: int) -> None:
        """Bits per second."""


class Sender:
    """One voice on its way out. RTP's numbers are the caller's: one payload for each block, 960 samples each."""

    def __init__(self, encoder: PacketEncoder) -> None:
        self._encoder = encoder
        self._expected = 0.0
        self._prepare()

    def block(self, pcm: Block) -> bytes:
        """20 ms of (samples, channels) as one payload."""
        if len(pcm) != BLOCK:
            raise ValueError(f"{len(pcm)} samples are no block of {BLOCK}")
        return self._encoder.encode(pcm)

    def lost(self, share: float) -> None:
        """What the other end's report says was lost, 0 to 1 (RTCP's fraction lost / 256)."""
        share = min(max(share, 0.0), 1.0)
        self._expected = max(share, self._expected * FALL)
        self._prepare()

    def narrow(self, *, narrow: bool) -> None:
        """Whether the line is too thin for the better voice."""
        self._encoder.spend(SPARSE if narrow else RICH)

    @property
    def expected_loss(self) -> int:
        """Per cent, as the encoder was told."""
        return round(min(max(self._expected * 100, LEAST), MOST))

    def _prepare(self) -> None:
        self._encoder.expect_loss(self.expected_loss)
