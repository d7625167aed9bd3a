"""Signing in and out, and who am I."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.door import COOKIE, Access, Door, Visit
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people import accounts, audit, passwords
from office.desk.people.roles import Permission
from office.web import Reply, Socket, Talk, said
from sync.contract.envelope import Struct

ABSENT = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aNCXkTRuAG8rJFNcPTZ9k5VRpnEm9wDEXI2vNYjQhmc"
"""Compared against when there is no such account, so that the time tells nothing."""


class SignIn(Struct, frozen=True):
    """Who, and the proof."""

    login: str
    password: str


class Me(Struct, frozen=True):
    """Who is signed in; `token` goes into the header of everything that changes something."""

    id: str
    login: str
    name: str
    roles: list[str]
    titles: list[dict[str, str]]
    may: list[Permission]
    department: str
    token: str
    office: str


class Signing(Part):
    """Sessions."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door("POST", "/v1/session", self.sign_in, Access.ANYONE, "Sign in", asks=SignIn, answers=Me),
            Door("GET", "/v1/session", self.me, Access.SIGNED_IN, "Who is signed in", answers=Me),
            Door("DELETE", "/v1/session", self.sign_out, Access.SIGNED_IN, "Sign out", status=204),
            Door("GET", "/live", self.live, Access.SIGNED_IN, "WebSocket: what changes"),
        )

    async def sign_in(self, visit: Visit) -> Reply:
        """200 with a cookie, or 401 that does not say what was wrong."""
        wanted = await visit.asked(SignIn)
        row = await self.desk.look(partial(_account, login=wanted.login))
        hash_ = row["password"] if row else ABSENT
        right = await asyncio.to_thread(passwords.matches, hash_, wanted.password)
        if row is None or not right or row["disabled"]:
            raise Mistake("登录名或密码不对", "login or password is wrong", 401)
        remote, agent, at = visit.ask.remote, visit.ask.headers.get("User-Agent", ""), self.desk.now()

        def begin(conn: sqlite3.Connection) -> str:
            audit.note(conn, at, row["id"], "session.began", row["id"], remote=remote)
            return accounts.begin(conn, at, row["id"], remote, agent)

        cookie = await self.desk.change(begin)
        who = await self.desk.look(partial(accounts.visitor, cookie=cookie, at=at))
        value = f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={accounts.SESSION_S}"
        return said(self._me(who), 200, Set_Cookie=value)

    async def me(self, visit: Visit) -> Reply:
        """The person of this session."""
        return said(self._me(visit.who))

    async def sign_out(self, visit: Visit) -> Reply:
        """The session ends, here and on its live pages."""
        who, at = visit.who, self.desk.now()

        def end(conn: sqlite3.Connection) -> None:
            accounts.end(conn, who.session)
            audit.note(conn, at, who.id, "session.ended", who.id)

        await self.desk.change(end)
        self.desk.live.end_session(who.session)
        return Reply(204, headers={"Set-Cookie": f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"})

    async def live(self, visit: Visit) -> Talk:
        """What changes, as it changes."""
        return Talk(partial(self._hold, visit))

    async def _hold(self, visit: Visit, socket: Socket) -> None:
        await self.desk.live.hold(visit.who, socket)

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
        )


def _account(conn: sqlite3.Connection, login: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM accounts WHERE login=?", (login,)).fetchone()
    return row
