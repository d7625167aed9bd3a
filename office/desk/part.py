"""A part of the desk: a subject with its routes and, where it needs them, its own work and its ear for alarms."""

from __future__ import annotations

from collections.abc import Sequence

from office.desk.desk import Desk
from office.desk.door import Door


class Part:
    """The base of all parts. The program asks for the doors once, then runs all parts side by side."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.parts[type(self)] = self

    def doors(self) -> Sequence[Door]:
        """Its routes."""
        return ()

    async def run(self) -> None:
        """Its own work, until cancelled. Returning is fine."""

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """These alarms were raised or changed: read what they are now; there may have been several steps."""
