"""Phoning out: the way from the desk to people who are not at it.

`Outcall` is what a way must keep; it is called once for each reason and alarm (`office.desk.duty.calling` sees to
that). `FakeOutcall` is one in memory, for the demo and for tests; `outcall_webhook` and `outcall_sms` hold the real
ones. A SIP call is another class of this shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class OutcallError(ConnectionError):
    """The other end did not take it, after everything that was tried; the text says why, without numbers."""


class Outcall(Protocol):
    """A way out. `name` is for people: `webhook to sms.example.org`."""

    name: str

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:
        """Bring the text to all these numbers. Raises OutcallError when one did not get it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What a fake brought over."""

    reason: str
    text: str
    numbers: tuple[str, ...]


class FakeOutcall:
    """A way whose other end is a list, the newest hundred. `works` False: it fails."""

    def __init__(self, name: str = "demo") -> None:
        self.name = name
        self.works = True
        self.rung: list[Rung] = []

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:
        """Outcall: kept in `rung`."""
        if not self.works:
            raise OutcallError(f"{self.name}: not taken")
        self.rung = [*self.rung[-99:], Rung(reason, text, tuple(numbers))]


class NoOutcall:
    """No way out is configured: said with every call, so that nobody believes that one went out."""

    name = "none"

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:  # noqa: ARG002 - the protocol's
        """Outcall: always refuses."""
        raise OutcallError("no way to phone out is configured (`desk.outcall` in office.yaml)")
