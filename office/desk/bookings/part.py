"""The routes of bookings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from office.desk.bookings import book, slots
from office.desk.bookings.book import BookingSeen
from office.desk.bookings.slots import Free
from office.desk.cases.office_time import beijing
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.submissions import Submissions
from office.web import Reply, said
from sync.contract.envelope import Struct

DAY = re.compile(r"(20\d\d-\d\d-\d\d)?")


class ConfirmAsked(Struct, frozen=True):
    """At another time than asked, when `starts` is given."""

    starts: str = ""


class NoteAsked(Struct, frozen=True):
    """Why, for the colleagues."""

    note: str = ""


class CameAsked(Struct, frozen=True):
    """Whether the person came."""

    came: bool = True


class PhoneSeen(Struct, frozen=True):
    """To call back."""

    phone: str


class Bookings(Part):
    """See the package."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        vault = desk.vault
        desk.part(Submissions).take(book.KIND, lambda conn, at, sent: book.take(conn, at, sent, vault), self._told)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, work, one = Permission.CASES_SEE, Permission.CASES_WORK, "/v1/bookings/{id}"
        query = ("state", "calendar", "day", "before", "limit")
        slots_at = "/v1/booking-slots/{calendar}"
        return (
            Door("GET", "/v1/bookings", self.listed, see, "Bookings", answers=list[BookingSeen], query=query),
            Door("GET", slots_at, self.slots, see, "What is free in a calendar", answers=list[Free]),
            Door("POST", f"{one}/confirm", self.confirm, work, "Confirm", asks=ConfirmAsked, status=204),
            Door("POST", f"{one}/refuse", self.refuse, work, "Refuse", asks=NoteAsked, status=204),
            Door("POST", f"{one}/done", self.done, work, "The person came or not", asks=CameAsked, status=204),
            Door("POST", f"{one}/phone", self.phone, work, "The telephone, recorded", answers=PhoneSeen),
        )

    async def listed(self, visit: Visit) -> Reply:
        """Displaced ones first."""
        ask, query = visit.ask, visit.ask.query
        state, day = query.get("state", ""), query.get("day", "")
        if (state and state not in book.STATES) or not DAY.fullmatch(day):
            raise Mistake("筛选条件不对", "no such state or day", field="state")
        look = partial(
            book.listed,
            vault=self.desk.vault,
            now=self.desk.now(),
            state=state,
            calendar=query.get("calendar", "")[:63],
            day=day,
            before=ask.number("before", 0) or 0,
            limit=ask.number("limit", 50, most=200) or 50,
        )
        return said(await self.desk.look(look))

    async def slots(self, visit: Visit) -> Reply:
        """From now on."""
        here: datetime = beijing(self.desk.now()).replace(tzinfo=None)
        name = visit.name("calendar")
        known = (await self.desk.look(slots.calendars)).get(name)
        if known is None:
            raise missing("日历", "calendar")
        return said(await self.desk.look(partial(slots.free, calendar=known, now=here)))

    async def confirm(self, visit: Visit) -> Reply:
        """After a call, or because there is room."""
        asked, at, actor = await visit.asked(ConfirmAsked), self.desk.now(), visit.who.id
        await self.desk.change(partial(book.confirm, at=at, actor=actor, booking=visit.name("id"), starts=asked.starts))
        self._told()
        return Reply(204)

    async def refuse(self, visit: Visit) -> Reply:
        """With a note."""
        return await self._settle(visit, "refused", (await visit.asked(NoteAsked)).note)

    async def done(self, visit: Visit) -> Reply:
        """At the day itself."""
        return await self._settle(visit, "done" if (await visit.asked(CameAsked)).came else "missed", "")

    async def phone(self, visit: Visit) -> Reply:
        """Who looked stands in the audit log."""
        at, actor, booking = self.desk.now(), visit.who.id, visit.name("id")
        found = await self.desk.change(partial(book.phone, at=at, actor=actor, booking=booking, vault=self.desk.vault))
        return said(PhoneSeen(found))

    async def _settle(self, visit: Visit, state: str, note: str) -> Reply:
        at, actor = self.desk.now(), visit.who.id
        await self.desk.change(
            partial(book.settle, at=at, actor=actor, booking=visit.name("id"), state=state, note=note)
        )
        self._told()
        return Reply(204)

    def _told(self) -> None:
        self.desk.live.tell("bookings", {}, may=Permission.CASES_SEE)
