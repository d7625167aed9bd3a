"""The month's sheet, for whoever may see figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from office.desk.door import Door, Visit
from office.desk.duty.weekly import buttons
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.proof.month import Month, sheet
from office.web import Reply, said


class Months(Part):
    """One sheet a month, counted when it is asked for."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door("GET", "/v1/months/{month}", self.look, Permission.FIGURES_SEE, "The month's sheet", answers=Month),
        )

    async def look(self, visit: Visit) -> Reply:
        """`month` is YYYY-MM."""
        profiles = await asyncio.to_thread(buttons)
        query = partial(sheet, month=visit.name("month"), now=self.desk.now(), buttons=profiles)
        try:
            return said(await self.desk.look(query))
        except ValueError:
            raise Mistake("月份写成 2026-09,且不能是将来", "a month is written 2026-09 and has begun") from None
