"""Handing over a shift: who goes signs the sheet as it is now, then who comes; after that nobody changes it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.alarms.board import Board
from office.desk.door import Door, Visit
from office.desk.duty import sheet
from office.desk.duty.duty import Duty
from office.desk.duty.sheet import Sheet
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import accounts, audit, guesses, passwords
from office.desk.people.roles import Permission, Role, permissions
from office.web import Reply, said
from sync.contract.envelope import Struct, decode, encode, replaced


class SignOut(Struct, frozen=True):
    """Who goes: their password, and what they want to say."""

    password: str
    note: str = ""


class SignIn(Struct, frozen=True):
    """Who comes, at the same screen: login and password, and what they want to say."""

    login: str
    password: str
    note: str = ""


class Handover(Struct, frozen=True, kw_only=True):
    """A sheet with its signatures; `in_at` is empty while it waits for who comes."""

    id: str
    out_name: str
    out_at: int
    out_note: str
    in_name: str = ""
    in_at: int | None = None
    in_note: str = ""
    hash: str = ""
    sheet: Sheet | None = None


class Handing(Part):
    """The sheet is made on the server, so that what is signed is what was seen a moment ago, or newer."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, work = Permission.ALARMS_SEE, Permission.ALARMS_WORK
        return (
            Door("GET", "/v1/handovers/now", self.now, work, "The sheet as it would be now", answers=Sheet),
            Door(
                "GET", "/v1/handovers", self.listed, see, "Earlier sheets, newest first", answers=list[Handover],
                query=("before", "limit"),
            ),
            Door(
                "POST", "/v1/handovers", self.sign_out, work, "Who goes signs", asks=SignOut, answers=Handover,
                status=201,
            ),
            Door("GET", "/v1/handovers/{handover}", self.one, see, "One sheet", answers=Handover),
            Door(
                "POST", "/v1/handovers/{handover}/sign", self.sign_in, work, "Who comes signs", asks=SignIn,
                answers=Handover,
            ),
        )  # fmt: skip

    async def now(self, _: Visit) -> Reply:
        """Nothing is kept yet."""
        return said(await self._sheet())

    async def listed(self, visit: Visit) -> Reply:
        """Without the sheets themselves."""
        before = visit.ask.number("before", 2**62) or 0
        limit = visit.ask.number("limit", 50, most=200) or 50
        return said(await self.desk.look(partial(_listed, before=before, limit=limit)))

    async def one(self, visit: Visit) -> Reply:
        """With its sheet; names stand on it, so it is for who may see the register."""
        return said(await self._seen(visit.name("handover"), names=Permission.REGISTER_SEE in visit.who.may))

    async def sign_out(self, visit: Visit) -> Reply:
        """The sheet is frozen with this."""
        wanted, who = await visit.asked(SignOut), visit.who
        await self._prove(who.login, wanted.password, "password")
        _short(wanted.note)
        new, at, frozen = secrets.token_hex(8), self.desk.now(), encode(await self._sheet()).decode()

        def work(conn: sqlite3.Connection) -> None:
            conn.execute(
                "INSERT INTO handovers(id, sheet, out_account, out_at, out_note) VALUES (?,?,?,?,?)",
                (new, frozen, who.id, at, wanted.note.strip()),
            )
            audit.note(conn, at, who.id, "handover.signed-out", new, sheet=hashlib.sha256(frozen.encode()).hexdigest())

        await self.desk.change(work)
        self.desk.live.tell("handovers", {"id": new}, may=Permission.ALARMS_SEE)
        return said(await self._seen(new, names=True), 201)

    async def sign_in(self, visit: Visit) -> Reply:
        """The first one who signs it has it."""
        wanted, handover = await visit.asked(SignIn), visit.name("handover")
        who = await self._prove(wanted.login, wanted.password, "password")
        _short(wanted.note)
        at = self.desk.now()

        def work(conn: sqlite3.Connection) -> None:
            row = conn.execute("SELECT * FROM handovers WHERE id=?", (handover,)).fetchone()
            if row is None:
                raise missing("交接单", "sheet")
            if row["in_at"] is not None:
                name = accounts.name_of(conn, row["in_account"])
                raise Mistake(f"{name}已经签收", f"{name} has signed it already", 409)
            if row["out_account"] == who:
                raise Mistake("接班人不能是交班人本人", "who comes is another person", field="login")
            signed = {**dict(row), "in_account": who, "in_at": at, "in_note": wanted.note.strip()}
            mark = hash_of(signed)
            conn.execute(
                "UPDATE handovers SET in_account=?, in_at=?, in_note=?, hash=? WHERE id=? AND in_at IS NULL",
                (who, at, wanted.note.strip(), mark, handover),
            )
            audit.note(conn, at, who, "handover.signed-in", handover, hash=mark)

        await self.desk.change(work)
        self.desk.live.tell("handovers", {"id": handover}, may=Permission.ALARMS_SEE)
        return said(await self._seen(handover, names=True))

    async def _sheet(self) -> Sheet:
        since, drills = self.desk.part(Duty).state().since, self.desk.part(Board).drills
        return await self.desk.look(partial(sheet.made, at=self.desk.now(), since=since, drills=drills))

    async def _prove(self, login: str, password: str, field: str) -> str:
        """The account of a clerk who knows their password. Wrong ones count as at signing in."""
        row = await self.desk.look(partial(_account, login=login))
        at, mark = self.desk.now(), guesses.of_login(login)
        wait_s = await self.desk.look(lambda conn: guesses.wait_s(conn, at, mark))
        if wait_s:
            raise Mistake(
                f"错误次数过多,请 {wait_s} 秒后再试", f"too many wrong ones, try again in {wait_s} s", 429, field
            )
        right = row is not None and await asyncio.to_thread(passwords.matches, row["password"], password)
        if row is None or not right:
            await self.desk.change(lambda conn: guesses.count_login(conn, at, mark))
            raise Mistake("登录名或密码不对", "login or password is wrong", 422, field)
        if Permission.ALARMS_WORK not in permissions(frozenset(Role(role) for role in json.loads(row["roles"]))):
            raise Mistake("这个人没有值班员身份", "this person is no duty clerk", 422, "login")
        return str(row["id"])

    async def _seen(self, handover: str, *, names: bool) -> Handover:
        found = await self.desk.look(partial(_one, handover=handover))
        if found is None:
            raise missing("交接单", "sheet")
        return found if names else _bare(found)


def hash_of(row: dict[str, object]) -> str:
    """SHA-256 over everything that was signed."""
    names = ("id", "sheet", "out_account", "out_at", "out_note", "in_account", "in_at", "in_note")
    text = json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _short(note: str) -> None:
    if len(note) > 500:
        raise Mistake("备注最多 500 字", "a note has at most 500 characters", field="note")


def _account(conn: sqlite3.Connection, login: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM accounts WHERE login=? AND disabled=0", (login,)).fetchone()
    return row


def _listed(conn: sqlite3.Connection, before: int, limit: int) -> list[Handover]:
    found = conn.execute(
        "SELECT * FROM handovers WHERE out_at<? ORDER BY out_at DESC, id DESC LIMIT ?", (before, limit)
    )
    return [_view(conn, row, None) for row in found]


def _one(conn: sqlite3.Connection, handover: str) -> Handover | None:
    row = conn.execute("SELECT * FROM handovers WHERE id=?", (handover,)).fetchone()
    return _view(conn, row, decode(row["sheet"].encode(), Sheet)) if row else None


def _view(conn: sqlite3.Connection, row: sqlite3.Row, whole: Sheet | None) -> Handover:
    return Handover(
        id=row["id"],
        out_name=accounts.name_of(conn, row["out_account"]),
        out_at=row["out_at"],
        out_note=row["out_note"],
        in_name=accounts.name_of(conn, row["in_account"]) if row["in_account"] else "",
        in_at=row["in_at"],
        in_note=row["in_note"],
        hash=row["hash"],
        sheet=whole,
    )


def _bare(handover: Handover) -> Handover:
    whole = handover.sheet
    assert whole is not None
    alarms = [replaced(alarm, who="", place="") for alarm in whole.alarms]
    promises = [replaced(one, who="") for one in whole.promises]
    return replaced(handover, sheet=replaced(whole, alarms=alarms, promises=promises))
