"""Which way out the configuration names."""

from __future__ import annotations

from office.config import OutcallAt
from office.desk.outcall import FakeOutcall, NoOutcall, Outcall


def make(at: OutcallAt | None) -> Outcall:
    """The way; without one, one that says so."""
    if at is None:
        return NoOutcall()
    return FakeOutcall()
