"""The three lanes of the outbox and the shape of a place in them."""

from __future__ import annotations

from enum import IntEnum


class Lane(IntEnum):
    """Delivery is strictly by sequence inside a lane; an alarm pre-empts the other two."""

    ALARM = 0
    STATE = 1
    BULK = 2

    @property
    def label(self) -> str:
        """The name on the wire and for people: `alarm`, `state`, `bulk`."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Lane:
        """The lane of that name; raises KeyError for any other text."""
        return _BY_LABEL[label]


_BY_LABEL = {lane.label: lane for lane in Lane}


def sequence_text(n: int) -> str:
    """A sequence number as the `sequence` extension carries it: 20 digits, so that text order is order."""
    return f"{n:020d}"
