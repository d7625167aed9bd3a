"""Which pages take calls: whose live connection is up, who said so, and whose sound was proved, as for the duty.

What a page says on topic `calls`, and what it is told on `calls-you`, is listed in `office.desk.calls`. A page has a
token that it says with every step of a call: two tabs of one clerk are two pages.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator

from office.desk.calls.shapes import PageWord
from office.desk.desk import Desk
from office.desk.duty.watch import Lost, Watch, Why
from office.desk.live import Page
from office.desk.people.accounts import Person
from office.desk.people.roles import Permission
from office.desk.people.vault import Vault, WrongKey
from sync.contract.envelope import encode

log = logging.getLogger("linli.office.desk")

KEY_FOR_MS = 12 * 3600 * 1000
"""A session's length: then the tone is heard anew."""

_OF = "calls:there"


class There:
    """Called on the loop. `changed` is called when somebody came or went; `gone` with the token of a page that left."""

    def __init__(self, desk: Desk, proved: Callable[[int], bool]) -> None:
        self.changed: Callable[[], None] = lambda: None
        self.gone: Callable[[str], None] = lambda _token: None
        self.mine: Callable[[str], list[str]] = lambda _account: []
        self.watch = Watch()
        self._desk, self._proved = desk, proved
        self._tokens: dict[int, str] = {}
        self._pages: dict[str, Page] = {}

    # --- what others ask

    def page(self, token: str) -> Page | None:
        """The page that has this token, while it is connected."""
        return self._pages.get(token)

    def is_of(self, token: str, who: Person) -> bool:
        """Whether this token is of a page of this very session."""
        page = self._pages.get(token)
        return page is not None and page.who.session == who.session

    def accounts(self) -> dict[str, Person]:
        """Who takes calls now."""
        return {page.who.id: page.who for key in self.watch.stations for page in self._by_key(key)}

    def tell(self, token: str, word: object) -> None:
        """Words on topic `call`."""
        page = self._pages.get(token)
        if page is not None:
            page.tell(encode({"topic": "call", "data": word}).decode())

    # --- what pages say

    def came_or_went(self, page: Page) -> None:
        """A listener of the hub."""
        if not page.left:
            return
        lost = self.watch.leave(id(page), Why.CLOSED)
        token = self._tokens.pop(id(page), "")
        self._pages.pop(token, None)
        if token:
            self.gone(token)
        if lost is not None:
            self.changed()

    def take(self, page: Page, word: PageWord) -> None:
        """A word on topic `calls`."""
        if Permission.CALLS_TAKE not in page.who.may or page.left:
            return
        key, at_s, token = id(page), self._desk.monotonic(), self._token(page)
        if word.do == "here":
            self._say(page, {"page": token, "mine": self.mine(page.who.id)})
        elif word.do == "test":
            self._test(page, at_s, visible=word.visible)
        elif word.do == "heard":
            if self.watch.heard(key, page.who.id, word.n, audible=word.audible, visible=word.visible, at_s=at_s):
                self._on(page)
            else:
                self._say(page, {"you": "off", "why": Why.SILENT})
        elif word.do == "proof":
            self._end(self.watch.proof(key, word.n, audible=word.audible, visible=word.visible, at_s=at_s))
        elif word.do == "leave":
            self._end(self.watch.leave(key))
        elif word.do == "resume":
            self._resume(page, word, at_s)

    def _test(self, page: Page, at_s: float, *, visible: bool) -> None:
        if self._proved(id(page)):
            self.watch.take(id(page), page.who.id, visible=visible, at_s=at_s)
            self._on(page)
        else:
            self._say(page, {"ask": "tone", "n": self.watch.test(id(page), at_s)})

    def _resume(self, page: Page, word: PageWord, at_s: float) -> None:
        """No second tone after a line that broke. What it says is proved within seconds, as at any other page."""
        if word.audible and _opens(self._desk.vault, word.key, page.who, self._desk.now()):
            self.watch.take(id(page), page.who.id, visible=word.visible, at_s=at_s)
            self._on(page)
        else:
            self._say(page, {"you": "off", "why": Why.STOPPED})

    def _on(self, page: Page) -> None:
        key = _key(self._desk.vault, page.who, self._desk.now())
        self._say(page, {"you": "on", "key": key, "page": self._token(page)})
        self.changed()

    # --- time

    def tick(self) -> None:
        """Judge what pages proved, and ask them again."""
        at_s = self._desk.monotonic()
        for lost in self.watch.tick(at_s):
            self._end(lost)
        for key, n in self.watch.questions(at_s):
            for page in self._by_key(key):
                self._say(page, {"ask": "prove", "n": n})

    def _end(self, lost: Lost | None) -> None:
        if lost is None:
            return
        for page in self._by_key(lost.key):
            self._say(page, {"you": "off", "why": lost.why})
        self.changed()

    # --- small things

    def _token(self, page: Page) -> str:
        token = self._tokens.get(id(page))
        if token is None:
            token = self._tokens[id(page)] = secrets.token_urlsafe(12)
            self._pages[token] = page
        return token

    def _by_key(self, key: int) -> Iterator[Page]:
        page = self._pages.get(self._tokens.get(key, ""))
        if page is not None:
            yield page

    def _say(self, page: Page, word: object) -> None:
        page.tell(encode({"topic": "calls-you", "data": word}).decode())


def _key(vault: Vault, who: Person, at: int) -> str:
    return vault.seal(f"{who.id} {who.session} {at}", _OF)


def _opens(vault: Vault, key: str, who: Person, at: int) -> bool:
    """Whether this desk gave that key to this session, within a session's length; also before its restart."""
    try:
        account, session, began = vault.open(key, _OF).split(" ")
    except (WrongKey, ValueError):
        return False
    return (account, session) == (who.id, who.session) and 0 <= at - int(began) <= KEY_FOR_MS
