"""The route of what residents take along."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from office.desk.content import live_items, media
from office.desk.content.media import MediaFolder
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.files import OCTETS
from office.desk.pages import HEADERS
from office.desk.part import Part
from office.desk.takeaway import links, page
from office.web import FilePart, Reply
from sync.contract.services import GUIDES, Guide

HTML = "text/html; charset=utf-8"


class Takeaway(Part):
    """See the package."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._media = MediaFolder(desk.config.desk_database.parent / "desk-media")

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        path = "/p/t/{token}"
        return (
            Door("GET", path, self.show, Access.ANYONE, "Page: a guide to take along", answers="text/html"),
            Door("GET", f"{path}/form", self.form, Access.ANYONE, "The form of a guide", answers=OCTETS),
        )

    async def show(self, visit: Visit) -> Reply:
        """The guide as it is in force; 404 with a page that says what to do."""
        shown = await self._guide(visit)
        if shown is None:
            return self._gone()
        form = f"/p/t/{visit.name('token')}/form" if shown.form else ""
        return Reply(200, page.guide(shown, self.desk.door.office, "", form).encode(), HEADERS, content_type=HTML)

    async def form(self, visit: Visit) -> Reply:
        """The file as the office brought it; the mark is the guide's, and opens no other file."""
        shown = await self._guide(visit)
        row = await self.desk.look(partial(media.row, name=shown.form)) if shown is not None and shown.form else None
        if row is None:
            return self._gone()
        headers = {**HEADERS, "Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return Reply(200, file=FilePart(self._media.path(row["sha256"]), 0, row["size"]), headers=headers,
                     content_type=row["type"])  # fmt: skip

    async def _guide(self, visit: Visit) -> Guide | None:
        named = links.opened(self.desk.vault, visit.name("token"))
        guides = await self.desk.look(partial(live_items.of, file=GUIDES, shape=Guide)) if named else []
        return next((one for one in guides if named == (links.GUIDE, one.id)), None)

    def _gone(self) -> Reply:
        return Reply(404, page.gone(self.desk.door.office).encode(), HEADERS, content_type=HTML)
