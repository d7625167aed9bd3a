"""The route of what residents take along."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from office.desk.content import live_items
from office.desk.door import Access, Door, Visit
from office.desk.pages import HEADERS
from office.desk.part import Part
from office.desk.takeaway import links, page
from office.web import Reply
from sync.contract.services import GUIDES, Guide

HTML = "text/html; charset=utf-8"


class Takeaway(Part):
    """See the package."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        summary = "Page: a guide to take along"
        return (Door("GET", "/p/t/{token}", self.show, Access.ANYONE, summary, answers="text/html"),)

    async def show(self, visit: Visit) -> Reply:
        """The guide as it is in force; 404 with a page that says what to do."""
        named = links.opened(self.desk.vault, visit.name("token"))
        guides = await self.desk.look(partial(live_items.of, file=GUIDES, shape=Guide)) if named else []
        shown = next((one for one in guides if named == (links.GUIDE, one.id)), None)
        office = self.desk.door.office
        if shown is None:
            return Reply(404, page.gone(office).encode(), HEADERS, content_type=HTML)
        return Reply(200, page.guide(shown, office, "").encode(), HEADERS, content_type=HTML)
