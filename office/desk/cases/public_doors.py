"""Cases for residents, without an account: by number, with the phone's last digits or a signed link; and two pages.

A number shows steps and dates. The answer in words, and the evaluation, need one thing more: the last four digits of
the telephone that was left, or the link that came with the answer. Five wrong tries lock the address, and the case,
for ten minutes; a number whose check digit is wrong is a slip of the finger and does not count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.cases import book, gongshi
from office.desk.cases.desk_doors import numbered, seen
from office.desk.cases.slip_links import link, opened
from office.desk.cases.track import Answered, having, track
from office.desk.cases.tries import Tries, address
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.pages import FOLDER, Pages
from office.desk.people.roles import Permission
from office.desk.people.vault import Vault
from office.web import Reply, said
from sync.contract.envelope import Struct

MOST_WORDS = 500


class Proof(Struct, frozen=True, kw_only=True):
    """That it is one's own case: the phone's last four digits, or the signed link's token. `which` as in the query."""

    phone: str = ""
    token: str = ""
    which: int = 0


class EvaluationAsked(Proof, frozen=True, kw_only=True):
    """A resident's word: 1 to 5 stars, whether it is solved, and words."""

    stars: int
    solved: bool
    words: str = ""


class AnswerSeen(Struct, frozen=True):
    """What the office said."""

    answer: str


class Link(Struct, frozen=True):
    """A link for the resident, good for sixty days."""

    url: str


class PublicDoors:
    """The routes of residents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = Pages(FOLDER / "public")
        self._tries = Tries(desk.monotonic)
        self._case_tries = Tries(desk.monotonic)

    def doors(self) -> Sequence[Door]:
        """No session, no cookie."""
        anyone, see = Access.ANYONE, Permission.CASES_SEE
        path = "/v1/public/cases/{number}"
        query = ("which",)
        month = "/v1/public/gongshi/{month}"
        return (
            Door("GET", path, self.one, anyone, "The steps of a case by number", answers=Answered, query=query),
            Door("POST", f"{path}/answer", self.answer, anyone, "The answer", asks=Proof, answers=AnswerSeen),
            Door(
                "POST", f"{path}/evaluation", self.evaluate, anyone, "Evaluate, once", asks=EvaluationAsked, status=204
            ),
            Door("GET", "/v1/cases/{number}/link", self.link, see, "A resident's link", answers=Link),
            Door("GET", month, self.month, anyone, "A month in figures, and approved cases", answers=gongshi.Month),
            Door("GET", "/p/case", self.page_case, anyone, "Page: where is my case", answers="text/html"),
            Door("GET", "/p/gongshi", self.page_month, anyone, "Page: last month in public", answers="text/html"),
        )

    async def one(self, visit: Visit) -> Reply:
        """Steps and dates; `which` chooses when two cases have one number."""
        number, key = self._asked(visit)
        which = visit.ask.number("which", 0, most=10) or 0
        found = await self._desk.look(partial(track, number=number, which=which, now=self._desk.now()))
        if found is None:
            self._tries.wrong(key)
            raise missing("案件,请核对编号", "case; check the number")
        return said(found)

    async def answer(self, visit: Visit) -> Reply:
        """The office's words."""
        number, key = self._asked(visit)
        proof = await visit.asked(Proof)

        def look(conn: sqlite3.Connection) -> tuple[str, str]:
            mine = self._own(conn, number, proof)
            return ("", book.leading(conn, mine)["answer"]) if mine else ("wrong", "")

        wrong, answer = await self._desk.look(look)
        self._count(wrong, key, number)
        return said(AnswerSeen(answer))

    async def evaluate(self, visit: Visit) -> Reply:
        """Stars and words. Not solved opens the case again."""
        number, key = self._asked(visit)
        asked, at = await visit.asked(EvaluationAsked), self._desk.now()
        if not 1 <= asked.stars <= 5:
            raise Mistake("请选一到五颗星", "give one to five stars", field="stars")
        if len(asked.words) > MOST_WORDS:
            raise Mistake(f"最多 {MOST_WORDS} 字", f"at most {MOST_WORDS} characters", field="words")

        def change(conn: sqlite3.Connection) -> str:
            mine = self._own(conn, number, asked)
            if mine is None:
                return "wrong"
            way = "link" if asked.token else "phone"
            book.evaluate(conn, at, mine["number"], asked.stars, asked.words, way, solved=asked.solved)
            return ""

        self._count(await self._desk.change(change), key, number)
        return Reply(204)

    async def link(self, visit: Visit) -> Reply:
        """To be sent with the answer."""
        number, who = numbered(visit), visit.who
        await self._desk.look(partial(seen, number=number, who=who))
        base = self._desk.door.url or f"https://{visit.ask.headers.get('Host', '')}"
        return said(Link(link(self._desk.vault, base, number, self._desk.now())))

    async def month(self, visit: Visit) -> Reply:
        """`last` is the month before this one. Good for an hour in any cache."""
        name = gongshi.named(visit.name("month"), self._desk.now())
        found = await self._desk.look(partial(gongshi.month, name=name))
        return said(found, 200, Cache_Control="public, max-age=3600")

    async def page_case(self, visit: Visit) -> Reply:
        """Number in, steps out."""
        return self._pages.reply("case.html", visit)

    async def page_month(self, visit: Visit) -> Reply:
        """The notice board."""
        return self._pages.reply("gongshi.html", visit)

    def _asked(self, visit: Visit) -> tuple[str, str]:
        number, key = numbered(visit), address(visit.ask.remote)
        self._wait(self._tries.locked_s(key))
        if visit.ask.method != "GET":  # others may still look at a case whose digits somebody guesses
            self._wait(self._case_tries.locked_s(number))
        return number, key

    def _wait(self, left_s: float) -> None:
        if left_s > 0:
            minutes = int(left_s // 60) + 1
            raise Mistake(f"尝试次数过多,请 {minutes} 分钟后再试", f"too many tries, wait {minutes} minutes", 429)

    def _count(self, wrong: str, key: str, number: str) -> None:
        if not wrong:
            return
        self._tries.wrong(key)
        self._case_tries.wrong(number)
        raise Mistake("电话后四位或链接不对", "the last four digits or the link are wrong", 403, field="phone")

    def _own(self, conn: sqlite3.Connection, number: str, proof: Proof) -> sqlite3.Row | None:
        """The case, when the proof is right."""
        if proof.token:
            own = opened(self._desk.vault, proof.token, self._desk.now())
            return next((row for row in having(conn, number) if row["number"] == own), None)
        tail = "".join(sign for sign in proof.phone if sign.isdigit())
        rows = having(conn, number)
        if len(rows) > 1 and 1 <= proof.which <= len(rows):
            rows = [rows[proof.which - 1]]
        return next((row for row in rows if len(tail) == 4 and _tail(self._desk.vault, row) == tail), None)


def _tail(vault: Vault, case: sqlite3.Row) -> str:
    phone = vault.open(case["phone"], book.phone_of(case["number"]))
    return "".join(sign for sign in phone if sign.isdigit())[-4:]
