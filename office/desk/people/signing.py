"""Signing in and out, and who am I; and the live page, which ends with its session."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.door import COOKIE, Access, Door, Visit
from office.desk.live import Page
from office.desk.part import Part
from office.desk.people import accounts, audit, sessions
from office.desk.people.proof import Proof, Prover
from office.desk.people.roles import Permission
from office.web import Reply, Socket, Talk, said
from sync.contract.envelope import Struct

LOOK_S = 0.5
"""A session that ended, whoever ended it, has no live page after twice this."""


class SignIn(Struct, frozen=True):
    """Who, and the proof. `password` may be a set-up code; `code` is of the phone, or a recovery code."""

    login: str
    password: str
    code: str = ""


class Me(Struct, frozen=True):
    """Who is signed in; `token` goes into the header of everything that changes something.

    `stage`: `password` or `factor` must be set up before anything else; empty: all is there.
    """

    id: str
    login: str
    name: str
    roles: list[str]
    titles: list[dict[str, str]]
    may: list[Permission]
    department: str
    token: str
    office: str
    stage: str


class Signing(Part):
    """Sessions."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.prover = Prover(desk)
        self._front: set[str] = set()
        desk.live.heard.append(self._heard)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door("POST", "/v1/session", self.sign_in, Access.ANYONE, "Sign in", asks=SignIn, answers=Me),
            Door("GET", "/v1/session", self.me, Access.SIGNED_IN, "Who is signed in", answers=Me, early=True),
            Door("DELETE", "/v1/session", self.sign_out, Access.SIGNED_IN, "Sign out", status=204, early=True),
            Door("GET", "/live", self.live, Access.SIGNED_IN, "WebSocket: what changes"),
        )

    async def sign_in(self, visit: Visit) -> Reply:
        """200 with a cookie, or 401 that does not say what was wrong; `code`: the second factor is still to come."""
        wanted = await visit.asked(SignIn)
        remote, agent, at = visit.ask.remote, visit.ask.headers.get("User-Agent", ""), self.desk.now()
        proof = Proof(wanted.login.strip()[:64], wanted.password[:256], wanted.code[:64], remote)
        account = await self.prover.prove(proof)

        def begin(conn: sqlite3.Connection) -> str:
            self.prover.settle(conn, at, account, proof)
            audit.note(conn, at, account, "session.began", account, remote=remote)
            return sessions.begin(conn, at, account, remote, agent)

        cookie = await self.desk.change(begin)
        found = await self.desk.look(partial(sessions.find, cookie=cookie, at=at, door=self.desk.door))
        lasts_s = await self.desk.look(partial(sessions.lasts_s, account=account))
        value = f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={lasts_s}"
        return said(self._me(found.person), 200, Set_Cookie=value)

    async def me(self, visit: Visit) -> Reply:
        """The person of this session."""
        return said(self._me(visit.who))

    async def sign_out(self, visit: Visit) -> Reply:
        """The session ends, here and on its live pages."""
        who, at = visit.who, self.desk.now()

        def end(conn: sqlite3.Connection) -> None:
            sessions.end(conn, who.session)
            audit.note(conn, at, who.id, "session.ended", who.id)

        await self.desk.change(end)
        self.desk.live.end_session(who.session)
        return Reply(204, headers={"Set-Cookie": f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"})

    async def live(self, visit: Visit) -> Talk:
        """What changes, as it changes."""
        return Talk(partial(self._hold, visit))

    async def _hold(self, visit: Visit, socket: Socket) -> None:
        await self.desk.live.hold(visit.who, socket)

    # --- sessions of live pages

    async def run(self) -> None:
        """End live pages whose session is over, wherever it was ended; note the use of those in front."""
        while True:
            await asyncio.sleep(LOOK_S)
            front, self._front = self._front, set()
            try:
                await self._use(front)
                await self._end_lost()
            except StoreError:
                continue  # a page is not sent away because the disk is full

    def _heard(self, page: Page, text: str) -> None:
        """A page says every minute that it is in front."""
        if len(text) < 64 and '"front"' in text and _topic(text) == "front":
            self._front.add(page.who.session)

    async def _use(self, front: set[str]) -> None:
        at = self.desk.now()

        def touch(conn: sqlite3.Connection) -> None:
            for key in front:
                sessions.touch(conn, at, key)

        if front:
            await self.desk.change(touch)

    async def _end_lost(self) -> None:
        keys = {page.who.session for page in self.desk.live.pages}
        if not keys:
            return
        idle_ms = self.desk.door.idle_min * 60_000
        there = await self.desk.look(partial(sessions.standing, at=self.desk.now(), keys=keys, idle_ms=idle_ms))
        for key in keys - there:
            self.desk.live.end_session(key)

    def _me(self, who: accounts.Person) -> Me:
        roles = sorted(who.roles)
        return Me(
            id=who.id,
            login=who.login,
            name=who.name,
            roles=[*roles],
            titles=[role.titles for role in roles],
            may=sorted(who.may),
            department=who.department,
            token=who.csrf,
            office=self.desk.door.office,
            stage=who.stage,
        )


def _topic(text: str) -> object:
    try:
        message = json.loads(text)
    except ValueError:
        return None
    return message.get("topic") if isinstance(message, dict) else None
