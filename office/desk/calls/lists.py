"""What is around the calls: departments and staff, wishes to be called back, the history and its figures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk.calls import callbacks, departments, figures, guides, judged, rows
from office.desk.calls.calls import Calls
from office.desk.calls.guides import GuideSeen
from office.desk.calls.shapes import (
    CallbackOpen,
    CallbackSeen,
    CallRow,
    DayFigures,
    DepartmentsAsked,
    DepartmentsSeen,
    DoneAsks,
    StaffAsked,
    StaffSeen,
)
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.steady import steadily
from office.desk.submissions import Submissions
from office.web import Reply, said
from sync.contract.departments import CONTENT, FILE

log = logging.getLogger("linli.office.desk")

PUBLISH_S = 5.0
ERASE_S = 3600.0


class CallLists(Part):
    """Routes, publishing and following."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._published = ""
        self._changed = asyncio.Event()
        self._came = asyncio.Event()
        vault = desk.vault
        desk.part(Submissions).take(
            callbacks.KIND, lambda conn, at, sent: callbacks.keep(conn, at, sent, vault), self._came.set
        )
        desk.part(Submissions).take("evaluation", judged.keep, about="call")

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        take, see, wish = Permission.CALLS_TAKE, Permission.FIGURES_SEE, "/v1/callbacks/{wish}"
        staff = "/v1/department-staff"
        return (
            Door("GET", "/v1/departments", self.seen, Access.SIGNED_IN, "Departments", answers=DepartmentsSeen),
            Door(
                "PUT", "/v1/departments", self.put, Permission.CONTENT_EDIT, "Change the departments",
                DepartmentsAsked, DepartmentsSeen,
            ),
            Door("GET", staff, self.staff, Access.SIGNED_IN, "Who answers which", answers=list[StaffSeen]),
            Door(
                "PUT", staff + "/{account}", self.assign, Permission.ACCOUNTS_EDIT, "Which departments one answers",
                StaffAsked, list[StaffSeen],
            ),
            Door(
                "GET", "/v1/callbacks", self.callbacks, take, "Wishes to be called", answers=list[CallbackSeen],
                query=("state", "before", "limit"),
            ),
            Door("GET", "/v1/guides", self.guides, take, "Guides that kiosks show", answers=list[GuideSeen]),
            Door("POST", f"{wish}/take", self.take, take, "Take it: one has it", answers=CallbackOpen),
            Door("POST", f"{wish}/release", self.release, take, "Back to the list", status=204),
            Door("POST", f"{wish}/done", self.done, take, "How it went", DoneAsks, status=204),
            Door(
                "GET", "/v1/call-history", self.history, see, "Calls that are over, and that live",
                answers=list[CallRow], query=("department", "gateway", "before", "limit"),
            ),
            Door(
                "GET", "/v1/call-figures", self.figures, see, "Per department and day", answers=list[DayFigures],
                query=("from", "to", "department"),
            ),
        )  # fmt: skip

    # --- departments

    async def seen(self, _: Visit) -> Reply:
        """In the order of the screen."""
        return said(await self.desk.look(partial(departments.seen, published=self._published)))

    async def put(self, visit: Visit) -> Reply:
        """All of them anew; kiosks follow within seconds."""
        asked, at = await visit.asked(DepartmentsAsked), self.desk.now()
        await self.desk.change(
            partial(departments.put, at=at, by=visit.who.id, version=asked.version, wanted=asked.departments)
        )
        self._changed.set()
        await self.desk.part(Calls).reload()
        return await self.seen(visit)

    async def staff(self, _: Visit) -> Reply:
        """By name."""
        return said(await self.desk.look(departments.staff))

    async def assign(self, visit: Visit) -> Reply:
        """From now on."""
        asked, at = await visit.asked(StaffAsked), self.desk.now()
        await self.desk.change(
            partial(
                departments.assign, at=at, by=visit.who.id, account=visit.name("account"), departments=asked.departments
            )
        )
        await self.desk.part(Calls).reload()
        return await self.staff(visit)

    async def guides(self, _: Visit) -> Reply:
        """Of the version in force."""
        return said(await self.desk.look(guides.shown))

    # --- wishes

    async def callbacks(self, visit: Visit) -> Reply:
        """Newest first; without a state those that are not done."""
        state = visit.ask.query.get("state", "")
        if state and state not in callbacks.STATES:
            raise Mistake("没有这种状态", "state is waiting, taken or done", field="state")
        before, limit = _page(visit)
        return said(await self.desk.look(partial(callbacks.listed, state=state, before=before, limit=limit)))

    async def take(self, visit: Visit) -> Reply:
        """With the number to call."""
        work = partial(
            callbacks.take, at=self.desk.now(), wish=visit.name("wish"), who=visit.who.id, vault=self.desk.vault
        )
        phone, notes = await self.desk.change(work)
        await self._count()
        seen = await self.desk.look(partial(callbacks.one, wish=visit.name("wish")))  # writers do not see the centre
        return said(CallbackOpen(seen, phone, notes))

    async def release(self, visit: Visit) -> Reply:
        """Somebody else shall."""
        work = partial(callbacks.give_back, at=self.desk.now(), wish=visit.name("wish"), who=visit.who.id)
        await self.desk.change(work)
        await self._count()
        return Reply(204)

    async def done(self, visit: Visit) -> Reply:
        """Reached, or not this time."""
        asked = await visit.asked(DoneAsks)
        work = partial(
            callbacks.done, at=self.desk.now(), wish=visit.name("wish"), who=visit.who.id, vault=self.desk.vault,
            notes=asked.notes, reached=asked.reached,
        )  # fmt: skip
        await self.desk.change(work)
        await self._count()
        return Reply(204)

    # --- history

    async def history(self, visit: Visit) -> Reply:
        """Newest first."""
        query, (before, limit) = visit.ask.query, _page(visit)
        look = partial(
            rows.listed, department=query.get("department", ""), gateway=query.get("gateway", ""), before=before,
            limit=limit,
        )  # fmt: skip
        return said(await self.desk.look(look))

    async def figures(self, visit: Visit) -> Reply:
        """Thirty days where none are named."""
        query = visit.ask.query
        first, last = figures.asked_days(query.get("from", ""), query.get("to", ""), self.desk.now())
        look = partial(figures.days, first=first, last=last, department=query.get("department", ""))
        return said(await self.desk.look(look))

    # --- its own work

    async def run(self) -> None:
        """See `Part`."""
        async with asyncio.TaskGroup() as tasks:
            for name, work in (
                ("departments for kiosks", self._publish_always),
                ("wishes to be called", self._count_always),
                ("old wishes", self._erase_always),
            ):
                tasks.create_task(steadily(name, work), name=name)

    async def _publish_always(self) -> None:
        trouble = ""
        while True:
            self._changed.clear()
            try:
                await self.publish()
                trouble = ""
            except (NotRunning, Declined, StoreError) as reason:
                if trouble != str(reason):
                    log.warning("departments cannot be brought to the kiosks yet: %s", reason)
                trouble = str(reason)
            try:
                async with asyncio.timeout(PUBLISH_S):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def publish(self) -> str:
        """The version kiosks are told; nothing is sent when it is the one they know. Raises NotRunning, Declined."""
        found = await self.desk.look(departments.every)
        version = departments.version_of(found)
        if version != self._published:
            files = {FILE: ("application/json", departments.content(found))}
            await self.desk.centre.content(CONTENT, version, files)
            self._published = version
        return version

    async def _count_always(self) -> None:
        while True:
            await self._count()
            await self._came.wait()
            self._came.clear()

    async def _count(self) -> None:
        self.desk.part(Calls).callbacks_changed(await self.desk.look(callbacks.waiting))

    async def _erase_always(self) -> None:
        while True:
            await self.desk.change(partial(callbacks.erase, at=self.desk.now()), long=True)
            await asyncio.sleep(ERASE_S)


def _page(visit: Visit) -> tuple[int, int]:
    return visit.ask.number("before", 0) or 0, visit.ask.number("limit", 50, most=200) or 50
