"""Each time the desk phones out: a row first, then the call, then its outcome. Never twice for the same.

waiting -> begun -> done | failed          a stop in between leaves `begun`: at the next start it is `unknown`,
                                           because the call may have gone out, and it is not made again
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.outcall import Outcall, OutcallError
from office.desk.people import audit
from office.desk.people.vault import Vault
from sync.contract.envelope import Struct

log = logging.getLogger("linli.office.outcall")

MOST_TEXT = 500
RING_S = 90.0
"""A way that takes longer is cut off and counts as failed."""


class Callee(Struct, frozen=True):
    """Whom to phone; `account` is empty for a number of the settings."""

    account: str
    name: str
    number: str


class Call(Struct, frozen=True, kw_only=True):
    """One time the desk phoned out. Numbers show their last four digits only."""

    n: int
    at: int
    reason: str
    about: str
    text: str
    to: list[Callee]
    state: str
    detail: str
    ended_at: int | None = None


class Calls:
    """Carries calls out, one after another. `way` can be replaced while it runs."""

    def __init__(self, desk: Desk, way: Outcall) -> None:
        self.way = way
        self._desk = desk
        self._wake = asyncio.Event()
        self._line = asyncio.Lock()  # a modem takes one caller at a time

    async def bring(self, reason: str, text: str, number: str, within_s: float) -> str:
        """Send one message of which nothing is kept, because it holds a secret: done or failed."""
        try:
            async with asyncio.timeout(within_s), self._line:
                await self.way.ring(reason, text, [number])
        except (OutcallError, TimeoutError) as error:
            log.warning("a message (%s) was not taken by %s: %s", reason, self.way.name, error)
            return "failed"
        return "done"

    async def add(self, reason: str, about: str, text: str, to: Sequence[Callee]) -> bool:
        """Phone these people; False when that was done already for this reason and subject."""
        at = self._desk.now()
        whom = self._desk.vault.seal(json.dumps([[c.account, c.name, c.number] for c in to]), _place(reason, about))
        accounts = [callee.account for callee in to]
        new = await self._desk.change(
            partial(_add, at=at, reason=reason, about=about, text=text[:MOST_TEXT], whom=whom, accounts=accounts)
        )
        self._wake.set()
        return new

    async def run(self) -> None:
        """Serve until cancelled."""
        at = self._desk.now()
        await self._desk.change(partial(_interrupted, at=at))
        await self._desk.change(partial(seal_clear, vault=self._desk.vault))
        while True:
            self._wake.clear()
            try:
                while (call := await self._desk.look(partial(_next, vault=self._desk.vault))) is not None:
                    await self._ring(call)
            except StoreError as error:
                log.error("calls cannot be noted: %s", error)  # noqa: TRY400 - a full disk needs no stack
                await asyncio.sleep(1.0)
                continue
            await self._wake.wait()

    async def _ring(self, call: Call) -> None:
        await self._desk.change(lambda conn: conn.execute("UPDATE outcalls SET state='begun' WHERE n=?", (call.n,)))
        state, detail = "done", self.way.name
        try:
            async with asyncio.timeout(RING_S), self._line:
                await self.way.ring(call.reason, call.text, [callee.number for callee in call.to])
        except (OutcallError, TimeoutError) as error:
            state, detail = "failed", str(error) or f"no answer within {RING_S:g} s"
        except Exception as error:  # a way out is a plug-in at the edge of the program: its fault must not end the desk
            log.exception("phoning out by %s", self.way.name)
            state, detail = "failed", f"a fault of the program: {type(error).__name__}"
        log.warning("phoned out (%s, %s): %s", call.reason, self.way.name, state)
        await self._desk.change(partial(_ended, n=call.n, at=self._desk.now(), state=state, detail=detail))
        self._desk.live.tell("duty-calls", {"n": call.n, "state": state})


def _add(
    conn: sqlite3.Connection, at: int, reason: str, about: str, text: str, whom: str, accounts: Sequence[str]
) -> bool:
    made = conn.execute(
        "INSERT OR IGNORE INTO outcalls(at, reason, about, text, numbers) VALUES (?,?,?,?,?)",
        (at, reason, about, text, whom),
    ).rowcount
    if made:
        audit.note(conn, at, audit.SYSTEM, "duty.phoned", about, reason=reason, accounts=list(accounts))
    return bool(made)


def _interrupted(conn: sqlite3.Connection, at: int) -> None:
    conn.execute(
        "UPDATE outcalls SET state='unknown', detail='the desk was stopped meanwhile', ended_at=? WHERE state='begun'",
        (at,),
    )


def _ended(conn: sqlite3.Connection, n: int, at: int, state: str, detail: str) -> None:
    conn.execute("UPDATE outcalls SET state=?, detail=?, ended_at=? WHERE n=?", (state, detail[:500], at, n))
    audit.note(conn, at, audit.SYSTEM, "duty.phoned-outcome", str(n), state=state)


def _next(conn: sqlite3.Connection, vault: Vault) -> Call | None:
    row = conn.execute("SELECT * FROM outcalls WHERE state='waiting' ORDER BY n LIMIT 1").fetchone()
    return _call(row, vault, whole=True) if row else None


def listed(conn: sqlite3.Connection, vault: Vault, before: int, limit: int) -> list[Call]:
    """Newest first, before number `before`."""
    rows = conn.execute("SELECT * FROM outcalls WHERE n<? ORDER BY n DESC LIMIT ?", (before, limit))
    return [_call(row, vault, whole=False) for row in rows]


def seal_clear(conn: sqlite3.Connection, vault: Vault) -> None:
    """Numbers that a desk before this one kept in clear."""
    for row in conn.execute("SELECT n, reason, about, numbers FROM outcalls WHERE numbers LIKE '[%'").fetchall():
        sealed = vault.seal(row["numbers"], _place(row["reason"], row["about"]))
        conn.execute("UPDATE outcalls SET numbers=? WHERE n=?", (sealed, row["n"]))


def _call(row: sqlite3.Row, vault: Vault, *, whole: bool) -> Call:
    kept = row["numbers"]
    opened = kept if kept.startswith("[") else vault.open(kept, _place(row["reason"], row["about"]))
    to = [Callee(str(a), str(b), str(c) if whole else _short(str(c))) for a, b, c in json.loads(opened)]
    rest = {name: row[name] for name in ("n", "at", "reason", "about", "text", "state", "detail", "ended_at")}
    return Call(to=to, **rest)


def _place(reason: str, about: str) -> str:
    """What numbers are sealed for: those of one call open in no other."""
    return f"outcall:{reason}:{about}"


def _short(number: str) -> str:
    return "…" + number[-4:] if len(number) > 4 else number
