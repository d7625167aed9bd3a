"""A person's own account: the password, the second factor, recovery codes, and where they are signed in."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial
from hmac import compare_digest

from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import accounts, audit, codes, factor, password_rules, passwords, qr, sessions
from office.desk.people.accounts import Person, Stage
from office.desk.people.proof import factor_of
from office.desk.people.signing import Signing
from office.web import Reply, said
from sync.contract.envelope import Struct


class Own(Struct, frozen=True):
    """What a person sees of their account."""

    login: str
    name: str
    department: str
    phone: str
    factor: bool
    factor_needed: bool
    recovery_left: int


class NewPassword(Struct, frozen=True):
    """`old` may be empty where one must be chosen at sign-in."""

    new: str
    old: str = ""


class Again(Struct, frozen=True):
    """The password once more: a page left open is not enough for this."""

    password: str = ""


class Code(Struct, frozen=True):
    """What the phone shows."""

    code: str


class Factor(Struct, frozen=True):
    """A new second factor: the picture is an SVG path on a square of `side`; the secret is for typing it in."""

    secret: str
    address: str
    picture: str
    side: int


class Recovery(Struct, frozen=True):
    """Shown once."""

    codes: list[str]


class SessionRow(Struct, frozen=True):
    """Where somebody is signed in."""

    id: str
    made_at: int
    seen_at: int
    remote: str
    agent: str
    this: bool


class OwnAccount(Part):
    """See the module."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        signed_in = Access.SIGNED_IN
        return (
            Door("GET", "/v1/me", self.own, signed_in, "My account", answers=Own, early=True),
            Door("PUT", "/v1/me/password", self.password, signed_in, "Change my password", asks=NewPassword, status=204,
                 early=True),
            Door("POST", "/v1/me/factor", self.begin_factor, signed_in, "Begin a second factor", asks=Again,
                 answers=Factor, early=True),
            Door("PUT", "/v1/me/factor", self.finish_factor, signed_in, "Prove and use it", asks=Code, answers=Recovery,
                 early=True),
            Door("POST", "/v1/me/factor/off", self.end_factor, signed_in, "Do without it", asks=Again, status=204),
            Door("POST", "/v1/me/recovery", self.recovery, signed_in, "New recovery codes", asks=Again,
                 answers=Recovery),
            Door("GET", "/v1/me/sessions", self.sessions, signed_in, "Where I am signed in", answers=list[SessionRow]),
            Door("DELETE", "/v1/me/sessions/{session}", self.end_session, signed_in, "End one", status=204),
        )  # fmt: skip

    async def own(self, visit: Visit) -> Reply:
        """See `Own`."""
        who = visit.who
        row, left = await self.desk.look(lambda conn: (accounts.by_id(conn, who.id), codes.left(conn, who.id)))
        assert row is not None
        needed = sessions.needs_factor(who.roles, self.desk.door)
        return said(Own(row["login"], row["name"], row["department"], row["phone"], bool(row["totp"]), needed, left))

    async def password(self, visit: Visit) -> Reply:
        """The old one, unless it is due anyway; then every other session ends."""
        who, wanted = visit.who, await visit.asked(NewPassword)
        if who.stage is not Stage.PASSWORD:
            await self._again(visit, wanted.old, "old")
        password_rules.demand(wanted.new, (who.login, who.name, self.desk.door.office, wanted.old))
        row = await self.desk.look(partial(accounts.by_id, account=who.id))
        if row is not None and await asyncio.to_thread(passwords.matches, row["password"], wanted.new):
            raise Mistake("新密码不能和旧密码相同", "choose another one than before", field="new")
        hash_, at = await asyncio.to_thread(passwords.hashed, wanted.new), self.desk.now()

        def change(conn: sqlite3.Connection) -> None:
            accounts.set_password(conn, at, who.id, hash_)
            codes.spend(conn, who.id)
            ended = sessions.end_all(conn, who.id, but=who.session)
            audit.note(conn, at, who.id, "account.password", who.id, ended=ended)

        await self.desk.change(change)
        self.desk.live.end_account(who.id, but=who.session)
        return Reply(204)

    async def begin_factor(self, visit: Visit) -> Reply:
        """A new secret, sealed; it counts when a code of it was seen. The password again, but right after sign-in."""
        who, wanted = visit.who, await visit.asked(Again)
        if who.stage is Stage.PASSWORD:
            raise Mistake("请先设置密码", "first choose a password", 409)
        if who.stage is not Stage.FACTOR:
            await self._again(visit, wanted.password, "password")
        secret = factor.new_secret()
        sealed = self.desk.vault.seal(secret, factor_of(who.id))
        await self.desk.change(
            lambda conn: conn.execute("UPDATE accounts SET totp_new=? WHERE id=?", (sealed, who.id)).rowcount
        )
        address = factor.address(secret, who.login, self.desk.door.office)
        path, side = qr.picture(address)
        return said(Factor(secret, address, path, side))

    async def finish_factor(self, visit: Visit) -> Reply:
        """A code proves that the phone has it; then it is the factor, with ten new recovery codes."""
        who, wanted, at = visit.who, await visit.asked(Code), self.desk.now()
        row = await self.desk.look(partial(accounts.by_id, account=who.id))
        if row is None or not row["totp_new"]:
            raise Mistake("请先扫描二维码", "scan the picture first", 409)
        step = factor.step_of(self.desk.vault.open(row["totp_new"], factor_of(who.id)), wanted.code, at / 1000, 0)
        if step is None:
            raise Mistake("动态码不对,请核对手机时间", "the code is wrong; is the phone's clock right?", field="code")
        fresh, sealed = [codes.mint() for _ in range(codes.RECOVERY)], row["totp_new"]

        def change(conn: sqlite3.Connection) -> None:
            accounts.set_factor(conn, at, who.id, sealed, step)
            codes.renew(conn, who.id, fresh)
            ended = sessions.end_all(conn, who.id, but=who.session)
            audit.note(conn, at, who.id, "account.factor", who.id, ended=ended)

        await self.desk.change(change)
        self.desk.live.end_account(who.id, but=who.session)
        return said(Recovery(fresh))

    async def end_factor(self, visit: Visit) -> Reply:
        """Only where it is not demanded."""
        who, wanted, at = visit.who, await visit.asked(Again), self.desk.now()
        if sessions.needs_factor(who.roles, self.desk.door):
            raise Mistake("您的身份必须使用动态码", "in your role the second factor is needed", 409)
        await self._again(visit, wanted.password, "password")

        def change(conn: sqlite3.Connection) -> None:
            accounts.set_factor(conn, at, who.id, "", 0)
            codes.renew(conn, who.id, [])
            audit.note(conn, at, who.id, "account.factor-off", who.id)

        await self.desk.change(change)
        return Reply(204)

    async def recovery(self, visit: Visit) -> Reply:
        """Ten new ones; the old ones are void."""
        who, wanted, at = visit.who, await visit.asked(Again), self.desk.now()
        await self._again(visit, wanted.password, "password")
        fresh = [codes.mint() for _ in range(codes.RECOVERY)]

        def change(conn: sqlite3.Connection) -> bool:
            row = accounts.by_id(conn, who.id)
            if row is None or not row["totp"]:
                return False
            codes.renew(conn, who.id, fresh)
            audit.note(conn, at, who.id, "account.recovery", who.id)
            return True

        if not await self.desk.change(change):
            raise Mistake("还没有设置动态码", "there is no second factor yet", 409)
        return said(Recovery(fresh))

    async def sessions(self, visit: Visit) -> Reply:
        """Newest first."""
        return said(await self.desk.look(partial(session_rows, desk=self.desk, account=visit.who.id, who=visit.who)))

    async def end_session(self, visit: Visit) -> Reply:
        """One of one's own, by the name that the list gives it."""
        who, name, at = visit.who, visit.name("session"), self.desk.now()

        def end(conn: sqlite3.Connection) -> str:
            rows = sessions.of_account(conn, who.id, at, self.desk.door.idle_min * 60_000)
            key = next((row["key"] for row in rows if _is(row["key"], name)), None)
            if key is None:
                raise missing("登录", "session")
            sessions.end(conn, key)
            audit.note(conn, at, who.id, "session.ended", who.id)
            return str(key)

        self.desk.live.end_session(await self.desk.change(end))
        return Reply(204)

    async def _again(self, visit: Visit, password: str, field: str) -> None:
        if not password:
            raise Mistake("请输入密码", "your password, please", field=field)
        signing = self.desk.parts[Signing]
        assert isinstance(signing, Signing)
        await signing.prover.password(visit.who.id, password, visit.ask.remote, field)


def session_rows(conn: sqlite3.Connection, desk: Desk, account: str, who: Person) -> list[SessionRow]:
    """As pages show them."""
    rows = sessions.of_account(conn, account, desk.now(), desk.door.idle_min * 60_000)
    return [
        SessionRow(
            sessions.name_of_session(row["key"]), row["made_at"], row["seen_at"], row["remote"], row["agent"],
            row["key"] == who.session,
        )
        for row in rows
    ]  # fmt: skip


def _is(key: str, name: str) -> bool:
    return compare_digest(sessions.name_of_session(key).encode(), name.encode())
