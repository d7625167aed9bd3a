"""What the engine and its media library say to each other; `peer.py` is the one that ships.

Everything here happens on the loop. A peer is one leg of a call: made, offered once, answered once, closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.contract.call_signals import IceServer


class MediaError(RuntimeError):
    """The library failed; the text holds no address."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the other end reported of what we send: share lost, round trip, and what the line carries (REMB)."""

    loss: float = 0.0
    rtt_s: float = 0.0


class Listener(Protocol):
    """Who hears a peer."""

    def sound(self, sequence: int, timestamp: int, payload: bytes, at_s: float, ssrc: int) -> None:
        """A packet of Opus, as it came."""

    def picture(self, data: bytes, *, key: bool) -> None:
        """A whole frame of VP8, in order."""

    def message(self, data: bytes | str) -> None:
        """Something on the data channel."""

    def key_wanted(self) -> None:
        """The other end needs a key picture."""

    def bandwidth(self, bits_s: int) -> None:
        """The other end's estimate of what can be sent."""

    def connected(self) -> None:
        """Media can flow."""

    def failed(self) -> None:
        """This leg is over."""


class Peer(Protocol):
    """One leg."""

    heard_s: float | None
    """When the last packet came."""
    connected: bool

    async def offer(self, ice: Sequence[IceServer], *, relay_only: bool) -> str:
        """Gather, bounded in time, and describe. Raises MediaError."""

    async def answer(self, sdp: str) -> None:
        """The other end's description. Raises MediaError."""

    async def close(self) -> None:
        """Everything it holds is let go."""

    def send_sound(self, payload: bytes, timestamp: int) -> None:
        """20 ms of Opus; the oldest is dropped when the line does not take them."""

    def send_picture(self, data: bytes, timestamp: int) -> None:
        """One frame of VP8; `timestamp` is `lips.picture_timestamp` of when it was taken."""

    @property
    def takes_picture(self) -> bool:
        """The frame before has left: the next may be encoded."""

    def send_message(self, data: bytes | str) -> bool:
        """Whether it went to the data channel."""

    @property
    def unsent(self) -> int:
        """Bytes that wait on the data channel."""

    def picture_torn(self) -> None:
        """The decoder needs a key picture."""

    async def report(self) -> Report:
        """The last report of the other end."""
