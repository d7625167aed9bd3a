"""The grid's routes for staff, and the page on which a resident applies to be a warden."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.grid import applications, areas, kiosk
from office.desk.grid.applications import Application, Apply, Approve, Approved, Refuse
from office.desk.grid.areas import Area, Away, Named, PutArea, PutAway
from office.desk.mistake import Mistake, missing
from office.desk.pages import Pages
from office.desk.part import Part
from office.desk.people import guesses
from office.desk.people.roles import Permission
from office.desk.register import look as register
from office.desk.submissions import Submissions
from office.web import Reply, said
from sync.contract.envelope import Struct

APPLY_AN_HOUR = 5
"""From one address; a family behind one router may all want to help."""
HOUR_MS = 3600 * 1000
MOST_ADDRESSES = 10_000

PAGE = 50


class Grid(Struct, frozen=True):
    """Everything about areas: an office has dozens, not thousands."""

    areas: list[Area]
    wardens: list[Named]
    away: list[Away]
    applications: int
    departments: list[Named]


class ApplicationPage(Struct, frozen=True):
    """Applications, the newest first."""

    items: list[Application]
    next: int | None


class Made(Struct, frozen=True):
    """The id of what was made."""

    id: str


class GridPart(Part):
    """Areas, absences, applications."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pages = Pages()
        self._applied: dict[str, list[int]] = {}
        vault = desk.vault
        desk.part(Submissions).take(
            kiosk.KIND,
            lambda conn, at, sent: kiosk.take(conn, at, sent, vault),
            lambda: desk.live.tell("grid", None, may=Permission.GRID_EDIT),
        )

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        edit, shown = Permission.GRID_EDIT, Permission.CASES_SEE
        area, asked = "/v1/grid/areas/{area}", "/v1/grid/applications/{id}"
        return (
            Door("GET", "/v1/grid", self.see, shown, "Areas, wardens, who is away", answers=Grid),
            Door("POST", "/v1/grid/areas", self.add, edit, "A new area", asks=PutArea, answers=Made, status=201),
            Door("PUT", area, self.change, edit, "Change an area", asks=PutArea, answers=Made),
            Door("DELETE", area, self.remove, edit, "Remove an area", status=204),
            Door("GET", "/v1/grid/places", self.places, edit, "Places by name or what stands nearby",
                 answers=list[Named], query=("q",)),
            Door("POST", "/v1/grid/away", self.add_away, edit, "Somebody is away", asks=PutAway, answers=Made,
                 status=201),
            Door("DELETE", "/v1/grid/away/{n}", self.end_away, edit, "They are back", status=204),
            Door("GET", "/v1/grid/applications", self.applications, edit, "Who wants to be a warden",
                 answers=ApplicationPage, query=("state", "after", "limit")),
            Door("POST", asked + "/approval", self.approve, edit, "Make the account", asks=Approve, answers=Approved),
            Door("POST", asked + "/refusal", self.refuse, edit, "Refuse with words", asks=Refuse, status=204),
            Door("GET", "/p/warden", self.page, Access.ANYONE, "Page: apply to be a warden", answers="text/html"),
            Door("POST", "/v1/public/warden-applications", self.apply, Access.ANYONE, "Apply to be a warden",
                 asks=Apply, status=204),
        )  # fmt: skip

    async def see(self, _: Visit) -> Reply:
        """All of it."""
        at = self.desk.now()

        def all_of_it(conn: sqlite3.Connection) -> Grid:
            waiting = conn.execute("SELECT count(*) FROM warden_applications WHERE state='open'").fetchone()[0]
            departments = areas.departments(conn)
            return Grid(areas.every(conn, at), areas.wardens(conn), areas.away(conn, at), waiting, departments)

        return said(await self.desk.look(all_of_it))

    async def add(self, visit: Visit) -> Reply:
        """A new area."""
        return said(Made(await self._put(visit, "")), 201)

    async def change(self, visit: Visit) -> Reply:
        """Of two who change it at once, the second is told."""
        return said(Made(await self._put(visit, visit.name("area"))))

    async def remove(self, visit: Visit) -> Reply:
        """Its places belong to no area."""
        work = partial(areas.remove, at=self.desk.now(), who=visit.who.id, area=visit.name("area"))
        await self.desk.change(work)
        return Reply(204)

    async def places(self, visit: Visit) -> Reply:
        """Places, never poles: an area is made of communities and buildings."""
        text = visit.ask.query.get("q", "")[:80]
        found = await self.desk.look(partial(register.find_places, text=text, limit=40)) if text.strip() else []
        return said([Named(one.id, one.words) for one in found if one.what == "place"][:20])

    async def add_away(self, visit: Visit) -> Reply:
        """Somebody is away."""
        wanted = await visit.asked(PutAway)
        n = await self.desk.change(partial(areas.add_away, at=self.desk.now(), who=visit.who.id, wanted=wanted))
        return said(Made(str(n)), 201)

    async def end_away(self, visit: Visit) -> Reply:
        """They are back."""
        text = visit.name("n")
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise missing("请假记录", "absence")
        await self.desk.change(partial(areas.end_away, at=self.desk.now(), who=visit.who.id, n=int(text)))
        return Reply(204)

    async def applications(self, visit: Visit) -> Reply:
        """Opened for who may decide; the newest first."""
        state = visit.ask.query.get("state", "")
        after, limit = visit.ask.number("after"), visit.ask.number("limit", PAGE, most=200) or PAGE
        vault = self.desk.vault
        items, more = await self.desk.look(lambda conn: applications.page(conn, vault, state, after, limit))
        return said(ApplicationPage(items, more))

    async def approve(self, visit: Visit) -> Reply:
        """The code is shown once."""
        wanted, at, vault = await visit.asked(Approve), self.desk.now(), self.desk.vault
        return said(
            await self.desk.change(
                lambda conn: applications.approve(conn, at, vault, visit.who.id, visit.name("id"), wanted)
            )
        )

    async def refuse(self, visit: Visit) -> Reply:
        """With words."""
        wanted, at, vault = await visit.asked(Refuse), self.desk.now(), self.desk.vault
        await self.desk.change(
            lambda conn: applications.refuse(conn, at, vault, visit.who.id, visit.name("id"), wanted)
        )
        return Reply(204)

    async def page(self, visit: Visit) -> Reply:
        """Where residents apply."""
        return self._pages.reply("apply/index.html", visit)

    async def apply(self, visit: Visit) -> Reply:
        """Anyone, a few times an hour."""
        wanted, at, vault = await visit.asked(Apply), self.desk.now(), self.desk.vault
        self._limit(guesses.of_remote(visit.ask.remote), at)
        await self.desk.change(lambda conn: applications.apply(conn, at, vault, "page", wanted))
        self.desk.live.tell("grid", None, may=Permission.GRID_EDIT)
        return Reply(204)

    async def _put(self, visit: Visit, area: str) -> str:
        wanted = await visit.asked(PutArea)
        return await self.desk.change(
            partial(areas.put, at=self.desk.now(), who=visit.who.id, area=area, wanted=wanted)
        )

    def _limit(self, remote: str, at: int) -> None:
        recent = [moment for moment in self._applied.get(remote, []) if moment > at - HOUR_MS]
        if len(recent) >= APPLY_AN_HOUR:
            raise Mistake("申请次数太多,请一小时后再试", "too many applications, try again in an hour", 429)
        if len(self._applied) >= MOST_ADDRESSES:
            self._applied.clear()
        self._applied[remote] = [*recent, at]
