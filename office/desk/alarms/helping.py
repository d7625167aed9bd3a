"""The page of a neighbour who was asked to go: no account, only the link. Whoever guesses is made to wait."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from office.desk.alarms import errands
from office.desk.alarms.board import Board
from office.desk.alarms.errands import Errand
from office.desk.alarms.sending import Sending, WordAsked
from office.desk.alarms.sheet import Sheet
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.files import Files
from office.desk.mistake import Mistake
from office.desk.pages import FOLDER, Pages
from office.desk.part import Part
from office.desk.people.guesses import of_remote
from office.desk.pictures import LARGEST
from office.web import Reply, said

MOST_WRONG = 20
"""Wrong links from one address within `FORGET_MS`."""
FORGET_MS = 10 * 60 * 1000
MOST_ADDRESSES = 5000
MOST_PICTURES = 6
OCTETS = "application/octet-stream"


class Helping(Part):
    """Everything under a link."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._page = Pages(FOLDER / "help")
        self._wrong: dict[str, tuple[int, int]] = {}

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        anyone, one = Access.ANYONE, "/v1/help/{token}"
        return (
            Door("GET", "/help/{token}", self.page, anyone, "A neighbour's page", answers="text/html"),
            Door("GET", one, self.sheet, anyone, "What is asked of them", answers=Sheet),
            Door("POST", f"{one}/words", self.word, anyone, "Answer", asks=WordAsked, answers=Sheet),
            Door("PUT", f"{one}/picture", self.picture, anyone, "What they found", asks=OCTETS, answers=Sheet),
        )

    async def page(self, visit: Visit) -> Reply:
        """The same for every link, right or wrong."""
        return self._page.reply("index.html", visit)

    async def sheet(self, visit: Visit) -> Reply:
        """The first look is shown on the board."""
        errand = await self._errand(visit)
        sending = self.desk.part(Sending)
        found = await sending.sheet(errand)
        if not errand.last and not found.over:
            await self.desk.change(partial(errands.seen, at=self.desk.now(), errand=errand))
            await self.desk.part(Board).tell([errand.alarm])
        return said(found)

    async def word(self, visit: Visit) -> Reply:
        """Their answer; no picture by its name, which could be another's."""
        wanted = await visit.asked(WordAsked)
        if wanted.picture:
            raise Mistake("请直接发照片", "send the picture itself", 422, "picture")
        return said(await self.desk.part(Sending).answered(await self._errand(visit), wanted))

    async def picture(self, visit: Visit) -> Reply:
        """Kept anew, and shown on the board to who may see alarms."""
        errand, sending = await self._errand(visit), self.desk.part(Sending)
        found = await sending.sheet(errand)
        if found.over:
            raise Mistake("这次求助已经结束,谢谢您", "this errand is over, thank you", 410, code="over")
        if sum(word.picture for word in found.words) >= MOST_PICTURES:
            raise Mistake(f"最多发 {MOST_PICTURES} 张照片", f"at most {MOST_PICTURES} pictures", 429)
        file = await self.desk.part(Files).keep_picture(await visit.ask.content(most=LARGEST))
        return said(await sending.answered(errand, WordAsked("found"), picture=file.sha256))

    async def _errand(self, visit: Visit) -> Errand:
        at, remote = self.desk.now(), of_remote(visit.ask.remote)
        since, wrong = self._wrong.get(remote, (at, 0))
        if at - since > FORGET_MS:
            since, wrong = at, 0
        if wrong >= MOST_WRONG:
            raise Mistake("请十分钟后再试", "try again in ten minutes", 429)
        found = await self.desk.look(partial(errands.of_token, token=visit.name("token")))
        if found is None:
            if len(self._wrong) >= MOST_ADDRESSES:
                del self._wrong[next(iter(self._wrong))]
            self._wrong[remote] = (since, wrong + 1)
            raise Mistake("这个链接不对,请给值班室打电话", "this link is wrong, please phone the office", 404)
        return found
