"""Cases as a part of the desk: its routes, and what it does by itself."""

from __future__ import annotations

from collections.abc import Sequence

from office.desk.cases.desk_doors import DeskDoors
from office.desk.door import Door
from office.desk.part import Part


class Cases(Part):
    """From a report to the resident's word about it."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return [*DeskDoors(self.desk).doors()]
