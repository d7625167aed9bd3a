"""What is done to the microphone's sound before it is sent: the interface, and the one that does nothing.

    loudspeaker <--- far(block) <--- the other end's voice
         ~ echo ~
    microphone  ---> near(block) ---> what is sent

`edge.call.processing` has the one that ships.
"""

from __future__ import annotations

from typing import Protocol

from edge.call.sound.block import Block


class Processing(Protocol):
    """Echo, noise and level. Blocks are 10 ms of one channel: 480 samples, (480, 1)."""

    delay_ms: int
    """From a block given to `far` until its echo stands in a block given to `near`, as far as the card knows: what
    waits to be played, plus what was recorded and waits to be read."""

    def far(self, block: Block) -> None:
        """This is about to be played."""

    def near(self, block: Block) -> Block:
        """This was recorded; what is left when echo and noise are gone."""


class NoProcessing:
    """For a handset, and for tests."""

    def __init__(self) -> None:
        self.delay_ms = 0

    def far(self, block: Block) -> None:
        """Nothing is remembered."""

    def near(self, block: Block) -> Block:
        """As it was recorded."""
        return block
