"""排班: the week as people plan it. Routes over `shifts`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.door import Door, Visit
from office.desk.duty import shifts
from office.desk.duty.duty import Duty
from office.desk.duty.shifts import Plan, Shift
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct

WEEK_MS = 7 * 24 * 3600 * 1000


class Clerk(Struct, frozen=True):
    """Somebody who may be planned."""

    account: str
    name: str


class Roster(Struct, frozen=True):
    """Everything planned in that time, and who may be."""

    shifts: list[Shift]
    clerks: list[Clerk]


class Made(Struct, frozen=True):
    """How many shifts a change was about."""

    shifts: int


class Swap(Struct, frozen=True):
    """Who takes it over, and why."""

    account: str
    note: str


class Rostering(Part):
    """Planning is for whoever leads; a swap is noted with its reason and stays visible."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        plan = Permission.DUTY_PLAN
        return (
            Door(
                "GET", "/v1/duty/shifts", self.seen, Permission.ALARMS_SEE, "The plan of a time, a week by default",
                answers=Roster, query=("from", "to"),
            ),
            Door("POST", "/v1/duty/shifts", self.add, plan, "Plan shifts", asks=Plan, answers=Made, status=201),
            Door("POST", "/v1/duty/shifts/{shift}/swap", self.swap, plan, "Swap a shift", asks=Swap, answers=Made),
            Door(
                "DELETE", "/v1/duty/shifts/{shift}", self.remove, plan,
                "Take a shift away; with `following=1` also those after it of its series", answers=Made,
                query=("following",),
            ),
        )  # fmt: skip

    async def seen(self, visit: Visit) -> Reply:
        """From `from` to `to`, milliseconds."""
        begin = visit.ask.number("from", self.desk.now()) or 0
        end = visit.ask.number("to", begin + WEEK_MS) or 0
        if end - begin > 6 * WEEK_MS:
            raise Mistake("一次最多查看六周", "six weeks at most", field="to")
        found = await self.desk.look(partial(shifts.between, begin=begin, end=end))
        clerks = await self.desk.look(shifts.clerks)
        return said(Roster(found, [Clerk(*one) for one in clerks]))

    async def add(self, visit: Visit) -> Reply:
        """All or none."""
        plan, at, who = await visit.asked(Plan), self.desk.now(), visit.who.id

        def work(conn: sqlite3.Connection) -> int:
            made = shifts.add(conn, at, who, plan)
            audit.note(conn, at, who, "shift.planned", plan.account, shifts=made[:20], count=len(made))
            return len(made)

        return await self._changed(await self.desk.change(work), 201)

    async def swap(self, visit: Visit) -> Reply:
        """Noted with who had it."""
        swap, at, who, shift = await visit.asked(Swap), self.desk.now(), visit.who.id, visit.name("shift")

        def work(conn: sqlite3.Connection) -> None:
            before = shifts.swap(conn, at, who, shift, swap.account, swap.note)
            audit.note(conn, at, who, "shift.swapped", shift, before=before, after=swap.account)

        await self.desk.change(work)
        return await self._changed(1)

    async def remove(self, visit: Visit) -> Reply:
        """What has begun stays."""
        following, at = visit.ask.query.get("following") == "1", self.desk.now()
        who, shift = visit.who.id, visit.name("shift")

        def work(conn: sqlite3.Connection) -> int:
            count = shifts.remove(conn, at, shift, following=following)
            audit.note(conn, at, who, "shift.removed", shift, count=count)
            return count

        return await self._changed(await self.desk.change(work))

    async def _changed(self, count: int, status: int = 200) -> Reply:
        await self.desk.part(Duty).look_at_plan()
        self.desk.live.tell("duty-shifts", {"changed": count}, may=Permission.ALARMS_SEE)
        return said(Made(count), status)
