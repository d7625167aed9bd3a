"""The live pages: who is connected, and telling them what changed.

A message is `{"topic", "data"}`. Nothing is kept for a page that is away: when it comes back it loads anew. A page
that does not read is let go at `MOST_WAITING` messages; it comes back and loads anew too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.web import Gone, Socket
from sync.contract.envelope import encode

MOST_WAITING = 256
BEAT_S = 4.0
"""A page that hears nothing for three of these says that the line is gone."""


class Page:
    """One connected page: its person, and what waits for it."""

    def __init__(self, who: Person) -> None:
        self.who = who
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self.left = False

    def tell(self, text: str) -> None:
        """Queue it; a page that is too slow is let go."""
        if self.left:
            return
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.leave()

    def leave(self) -> None:
        """Let it go."""
        self.left = True
        if not self._waiting.full():  # a full queue wakes the sender by itself
            self._waiting.put_nowait(None)

    async def next(self) -> str | None:
        """What to send next; a beat when there is nothing. None: let it go."""
        if self.left:
            return None
        try:
            async with asyncio.timeout(BEAT_S):
                return await self._waiting.get()
        except TimeoutError:
            return None if self.left else BEAT


BEAT = '{"topic":"beat","data":null}'

Heard = Callable[[Page, str], None]


class Hub:
    """All connected pages. `heard` listeners get what pages say; `changed` those who come and go."""

    def __init__(self) -> None:
        self.pages: set[Page] = set()
        self.heard: list[Heard] = []
        self.changed: list[Callable[[Page], None]] = []

    def tell(
        self, topic: str, data: object, may: Permission | None = None, accounts: frozenset[str] | None = None
    ) -> None:
        """Tell every page whose person may see it (and, where accounts are named, is one of them)."""
        text = encode({"topic": topic, "data": data}).decode()
        for page in self.pages:
            if (may is None or may in page.who.may) and (accounts is None or page.who.id in accounts):
                page.tell(text)

    def end_session(self, session: str) -> None:
        """Whoever signed out has no live page."""
        for page in self.pages:
            if page.who.session == session:
                page.leave()

    def end_account(self, account: str, but: str = "") -> None:
        """This person's pages come again, or not, by what they may now; but those of one session stay."""
        for page in self.pages:
            if page.who.id == account and page.who.session != but:
                page.leave()

    @contextmanager
    def _here(self, page: Page) -> Iterator[None]:
        self.pages.add(page)
        self._tell_changed(page)
        try:
            yield
        finally:
            page.leave()
            self.pages.discard(page)
            self._tell_changed(page)

    def _tell_changed(self, page: Page) -> None:
        for listener in self.changed:
            listener(page)

    async def hold(self, who: Person, socket: Socket) -> None:
        """One page, from coming to leaving."""
        page = Page(who)
        with self._here(page):
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._listen(page, socket.heard()))
                await self._send(page, socket)
                await socket.close(1008 if not listening.done() else 1000, "come again")
                listening.cancel()

    async def _listen(self, page: Page, texts: AsyncIterator[str]) -> None:
        async for text in texts:
            for listener in self.heard:
                listener(page, text)
        page.leave()

    async def _send(self, page: Page, socket: Socket) -> None:
        while (text := await page.next()) is not None:
            try:
                await socket.say(text)
            except Gone:
                return
