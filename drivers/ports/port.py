"""What a port owes the program above it, and what it may expect from there.

A port opens a door to the outside (a listening socket, a serial line, pins), makes a `Line` for every
peer behind it and hands what arrives to the `Conversation` that the program gave it for that line. It
knows no protocol, no device and no storage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from drivers.model import Instant


class Line(Protocol):
    """One peer: a TCP connection, a UDP address, a serial line, a subscription, a pin."""

    name: str
    """For people: `trackers 203.0.113.9:4711`, `rf /dev/serial/by-id/...`."""

    def write(self, data: bytes) -> None:
        """Send an answer; silently nothing once the peer is gone (the device will repeat)."""

    def settle(self, item: Any) -> None:
        """Everything in this received item is on disk. Called once per item, in order of arrival."""

    def pause(self) -> None:
        """Stop reading: what is in hand must be stored first."""

    def resume(self) -> None:
        """Read again."""

    def close(self, reason: str) -> None:
        """End the conversation from our side; `Conversation.closed` follows, in this call or soon after."""


@runtime_checkable
class ExpiringLine(Line, Protocol):
    """A line whose peer may vanish without a word: TCP connections and UDP addresses."""

    def idle_after(self, seconds: float) -> None:
        """Close the line after so long a silence of the peer; `math.inf` for never."""


class Conversation(Protocol):
    """The program's end of a line."""

    def received(self, item: Any, at: Instant) -> None:
        """`bytes` of any length, or one Message, Level or Sample."""

    def received_all(self, items: Sequence[Any], at: Instant) -> None:
        """Several items that came in one piece, in order; settling the last settles all of them."""

    def closed(self, reason: str) -> None:
        """The peer is gone; nothing more will arrive on this line."""


class Listener(Protocol):
    """The program's end of a port."""

    def opened(self, line: Line) -> Conversation:
        """A new peer; the returned object gets everything it sends."""

    def port_up(self) -> None:
        """The port works (again)."""

    def port_down(self, reason: str) -> None:
        """The port as a whole is dead: unplugged, address in use, broker gone. It keeps trying."""

    def refused(self, reason: str, count: int) -> None:
        """Something was turned away at a bound; `count` times since this was last told.

        `reason` is a short fixed phrase (it is the key of a counter). The port limits the rate.
        """


class Port(Protocol):
    """A door to the outside. `run` never returns by itself and raises nothing for outside causes."""

    name: str

    async def run(self, listener: Listener) -> None:
        """Serve until cancelled; on cancellation close everything that was opened."""
