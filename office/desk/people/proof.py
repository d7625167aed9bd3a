"""Whether somebody is who they say: the password or a set-up code, then the second factor; five guesses.

What is said to the outside is the same for a login that exists and one that does not, and takes as long.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial

from office.desk.desk import Desk
from office.desk.mistake import Mistake
from office.desk.people import accounts, audit, codes, factor, guesses, passwords

ABSENT = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aNCXkTRuAG8rJFNcPTZ9k5VRpnEm9wDEXI2vNYjQhmc"
"""Compared against when there is no such account, so that the time tells nothing."""

AT_ONCE = 2
"""Each comparison takes 64 MB and all of a core."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody brings."""

    login: str
    password: str
    code: str = ""
    remote: str = ""


class Prover:
    """Holds proofs against accounts. One for the whole desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def prove(self, proof: Proof) -> str:
        """The account. Raises Mistake: 401 wrong, 401 `code` when only the second factor is missing, 429 wait."""
        locks = await self._desk.change(partial(_count, at=self._desk.now(), proof=proof))
        row = await self._desk.look(partial(accounts.by_login, login=proof.login))
        usable = row if row is not None and not row["disabled"] else None
        right = await self._password(usable, proof.password)
        if usable is None or not right:
            await self._wrong(proof, row, locks=locks)
            raise Mistake("登录名或密码不对", "login or password is wrong", 401, code="wrong")
        if usable["totp"]:
            await self._factor(usable, proof, locks=locks)
        return str(usable["id"])

    async def password(self, account: str, password: str, remote: str, field: str) -> None:
        """The same for somebody signed in who says their password again. Raises Mistake, at that field."""
        row = await self._desk.look(partial(accounts.by_id, account=account))
        assert row is not None
        proof = Proof(row["login"], password[:256], remote=remote)
        locks = await self._desk.change(partial(_count, at=self._desk.now(), proof=proof))
        if not await self._matches(row["password"], proof.password):
            await self._wrong(proof, row, locks=locks)
            raise Mistake("密码不对", "the password is wrong", 400, field)
        await self._desk.change(partial(guesses.clear, who=guesses.of_login(proof.login)))

    def settle(self, conn: sqlite3.Connection, at: int, account: str, proof: Proof) -> None:
        """All was right: the code is used up, the slate is clean. In the transaction that begins the session.

        Raises Mistake when the same code came twice at the same moment.
        """
        row = accounts.by_id(conn, account)
        if row is not None and row["totp"]:
            secret = self._desk.vault.open(row["totp"], factor_of(account))
            step = factor.step_of(secret, proof.code, at / 1000, row["totp_step"])
            if step is not None:
                conn.execute("UPDATE accounts SET totp_step=? WHERE id=?", (step, account))
            elif codes.use(conn, at, account, proof.code):
                audit.note(conn, at, account, "recovery.used", account, left=codes.left(conn, account))
            else:
                raise _wrong_code()
        guesses.clear(conn, guesses.of_login(proof.login))

    async def _password(self, row: sqlite3.Row | None, password: str) -> bool:
        kept = row["password"] if row is not None else accounts.NO_PASSWORD
        right = await self._matches(ABSENT if kept == accounts.NO_PASSWORD else kept, password)
        if row is not None and not right and row["must_change"]:
            at = self._desk.now()
            return await self._desk.look(partial(codes.sets_up, at=at, account=row["id"], code=password))
        return right

    async def _matches(self, hash_: str, password: str) -> bool:
        async with self._turn:
            return await asyncio.to_thread(passwords.matches, hash_, password)

    async def _factor(self, row: sqlite3.Row, proof: Proof, *, locks: bool) -> None:
        if not proof.code.strip():
            await self._desk.change(partial(guesses.forgive, who=guesses.of_login(proof.login), locked=locks))
            raise Mistake("请输入手机上的动态码", "now the code from your phone", 401, "code", code="code")
        secret, at = self._desk.vault.open(row["totp"], factor_of(row["id"])), self._desk.now()
        if factor.step_of(secret, proof.code, at / 1000, row["totp_step"]) is not None:
            return
        if not await self._desk.look(partial(_unused, account=row["id"], code=proof.code)):
            await self._wrong(proof, row, locks=locks)
            raise _wrong_code()

    async def _wrong(self, proof: Proof, row: sqlite3.Row | None, *, locks: bool) -> None:
        at = self._desk.now()

        def keep(conn: sqlite3.Connection) -> None:
            guesses.count_remote(conn, at, guesses.of_remote(proof.remote))
            if locks and row is not None:
                audit.note(conn, at, audit.SYSTEM, "account.locked", row["id"], remote=proof.remote)

        await self._desk.change(keep)


def factor_of(account: str) -> str:
    """Where a TOTP secret belongs (`Vault.seal`)."""
    return f"account:{account}:totp"


def _count(conn: sqlite3.Connection, at: int, proof: Proof) -> bool:
    """One more try of this login, whether it locks. Raises Mistake while it may not try."""
    who = guesses.of_login(proof.login)
    wait = guesses.wait_s(conn, at, who, guesses.of_remote(proof.remote))
    if wait:
        minutes = -(-wait // 60)
        zh = f"尝试次数太多,请 {minutes} 分钟后再试,或请管理员解锁"
        raise Mistake(
            zh, f"too many tries: wait {minutes} min, or ask an administrator", 429, code="locked", retry_s=wait
        )
    return guesses.count_login(conn, at, who)


def _unused(conn: sqlite3.Connection, account: str, code: str) -> bool:
    row = conn.execute(
        "SELECT 1 FROM recovery_codes WHERE account=? AND hash=? AND used_at IS NULL",
        (account, codes.hash_of(account, code)),
    ).fetchone()
    return row is not None


def _wrong_code() -> Mistake:
    return Mistake("动态码不对或已用过", "the code is wrong or was used already", 401, "code", code="code")
