"""The warden's telephone: a small page of its own that also opens without a line, and what it asks and sends."""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.cases import book, views
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.files import Files
from office.desk.grid import mine, rounds
from office.desk.grid.mine import PoleNear, Round
from office.desk.grid.rounds import Progress, Report, Reported, Stepped
from office.desk.mistake import Mistake
from office.desk.pages import HEADERS, Pages
from office.desk.part import Part
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.web import Reply, said

SHELL = "/round"
WORKER = "round/worker.js"
SHARED = (
    "ask.js", "html.js", "icon.svg", "live.js", "picture.js", "style.css", "words.js",
    "vendor/lit-html/lit-html.js", "vendor/lit-html/directive.js", "vendor/lit-html/directive-helpers.js",
    "vendor/lit-html/directives/class-map.js", "vendor/lit-html/directives/if-defined.js",
    "vendor/lit-html/directives/live.js", "vendor/lit-html/directives/repeat.js",
)  # fmt: skip
"""What the page uses beside its own folder."""


class RoundPart(Part):
    """The page, its worker, and its routes."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pages = Pages()
        own = sorted(name for name in self._pages.names() if name.startswith("round/") and name != WORKER)
        self.files = [SHELL, *(f"/page/{name}" for name in (*own, *SHARED) if name != "round/index.html")]
        digest = hashlib.sha256()
        for name in (*own, *SHARED, WORKER):
            digest.update(self._pages.content(name))
        self.version = digest.hexdigest()[:16]
        desk.part(Files).rules["case"] = _sees_case

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        walk = Permission.ROUND
        steps = "/v1/round/cases/{number}/steps"
        return (
            Door("GET", SHELL, self.shell, Access.ANYONE, "The warden's page", answers="text/html"),
            Door("GET", "/round-worker.js", self.worker, Access.ANYONE, "Its worker", answers="text/javascript"),
            Door("GET", "/v1/round", self.mine, walk, "My areas and cases", answers=Round),
            Door("GET", "/v1/round/poles", self.poles, walk, "A pole by its number, or the nearest",
                 answers=list[PoleNear], query=("number", "lat", "lon")),
            Door("POST", "/v1/round/reports", self.report, walk, "A report; the same id again: the same case",
                 asks=Report, answers=Reported),
            Door("POST", steps, self.progress, walk, "Arrived, a note, done; the same id again: the same answer",
                 asks=Progress, answers=Stepped),
        )  # fmt: skip

    async def shell(self, visit: Visit) -> Reply:
        """The page itself."""
        return self._pages.reply("round/index.html", visit)

    async def worker(self, _: Visit) -> Reply:
        """The worker with the list of what it keeps; any change of any of these makes it another worker."""
        head = f"const VERSION = {json.dumps(self.version)}, FILES = {json.dumps(self.files)};\n"
        content = head.encode() + self._pages.content(WORKER)
        return Reply(200, content, HEADERS, content_type="text/javascript; charset=utf-8")

    async def mine(self, visit: Visit) -> Reply:
        """What the phone keeps."""
        return said(await self.desk.look(partial(mine.whole, who=visit.who, at=self.desk.now())))

    async def poles(self, visit: Visit) -> Reply:
        """The place read back."""
        number = visit.ask.query.get("number", "").strip()
        if number:
            return said(await self.desk.look(partial(mine.pole, number=number[:40])))
        lat, lon = (_degrees(visit, name) for name in ("lat", "lon"))
        return said(await self.desk.look(partial(mine.poles_near, lat=lat, lon=lon)))

    async def report(self, visit: Visit) -> Reply:
        """Exactly once."""
        wanted, at = await visit.asked(Report), self.desk.now()
        return said(await self.desk.change(partial(rounds.report, at=at, who=visit.who, wanted=wanted)))

    async def progress(self, visit: Visit) -> Reply:
        """Exactly once."""
        wanted, at, number = await visit.asked(Progress), self.desk.now(), visit.name("number")
        return said(
            await self.desk.change(partial(rounds.progress, at=at, who=visit.who, number=number, wanted=wanted))
        )


def _sees_case(conn: sqlite3.Connection, who: Person, number: str) -> bool:
    """A picture of a case is seen by who sees the case, and by the warden who reported it."""
    if mine.sees(conn, who, number):
        return True
    try:
        return views.visible(book.get(conn, number), who)
    except Mistake:
        return False


def _degrees(visit: Visit, name: str) -> float:
    try:
        value = float(visit.ask.query.get(name, ""))
    except ValueError:
        value = math.nan
    if not -180 <= value <= 180:
        raise Mistake("请给出编号或位置", "give a number, or lat and lon", field=name)
    return value
