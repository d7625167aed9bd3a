"""Accounts as the administrator keeps them: made, changed, closed, reset; never deleted.

Nobody knows another's password: whoever is new, or forgot, or lost the phone, gets a one-time set-up code that stands
in for the password during 24 hours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial

from office.config import DeskDoor
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import accounts, audit, codes, guesses, sessions
from office.desk.people.own import SessionRow, session_rows
from office.desk.people.roles import Permission, Role
from office.web import Reply, said
from sync.contract.envelope import Struct

MOST_LISTED = 200
_MARKS = frozenset(" -+")


class Account(Struct, frozen=True):
    """One account. Times in ms; `setup_until`: a set-up code is out; `locked_until`: after wrong passwords."""

    id: str
    login: str
    name: str
    roles: list[str]
    department: str
    phone: str
    disabled: bool
    factor: bool
    factor_needed: bool
    made_at: int
    seen_at: int | None
    sessions: int
    locked_until: int | None
    setup_until: int | None


class AccountList(Struct, frozen=True):
    """By login; `next` goes into `after`."""

    items: list[Account]
    next: str | None = None


class Wanted(Struct, frozen=True):
    """How an account shall be."""

    name: str
    roles: list[str]
    department: str = ""
    phone: str = ""
    disabled: bool = False


class New(Struct, frozen=True):
    """A new account."""

    login: str
    name: str
    roles: list[str]
    department: str = ""
    phone: str = ""


class Reset(Struct, frozen=True):
    """`factor`: the phone is lost too."""

    factor: bool = False


class SetUp(Struct, frozen=True):
    """What the person types in place of a password, until then. Shown once."""

    account: str
    login: str
    code: str
    until: int


class Colleague(Struct, frozen=True):
    """Whom work can be given to."""

    id: str
    name: str
    roles: list[str]
    department: str


class Keeping(Part):
    """See the module."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        edit = Permission.ACCOUNTS_EDIT
        return (
            Door("GET", "/v1/accounts", self.list, edit, "Accounts", answers=AccountList,
                 query=("after", "limit", "find")),
            Door("POST", "/v1/accounts", self.make, edit, "Make an account", asks=New, answers=SetUp, status=201),
            Door("GET", "/v1/accounts/{account}", self.one, edit, "One account", answers=Account),
            Door("PUT", "/v1/accounts/{account}", self.change, edit, "Change an account", asks=Wanted, answers=Account),
            Door("POST", "/v1/accounts/{account}/reset", self.reset, edit, "Give a set-up code", asks=Reset,
                 answers=SetUp),
            Door("POST", "/v1/accounts/{account}/unlock", self.unlock, edit, "Let them try again", status=204),
            Door("GET", "/v1/accounts/{account}/sessions", self.sessions, edit, "Where they are signed in",
                 answers=list[SessionRow]),
            Door("DELETE", "/v1/accounts/{account}/sessions", self.end_sessions, edit, "End all of them", status=204),
            Door("GET", "/v1/colleagues", self.colleagues, Access.SIGNED_IN, "Who works here",
                 answers=list[Colleague]),
        )  # fmt: skip

    async def list(self, visit: Visit) -> Reply:
        """By login, or those whose login, name or department has the text."""
        query, at = visit.ask.query, self.desk.now()
        limit = visit.ask.number("limit", 50, most=MOST_LISTED) or 1
        rows = partial(_rows, at=at, door=self.desk.door, after=query.get("after", ""), find=query.get("find", ""))
        found = await self.desk.look(partial(rows, limit=limit + 1))
        more = len(found) > limit
        return said(AccountList(found[:limit], found[limit - 1].login if more else None))

    async def one(self, visit: Visit) -> Reply:
        """404 when there is none."""
        return said(await self._account(visit.name("account")))

    async def make(self, visit: Visit) -> Reply:
        """201 with the set-up code."""
        wanted, at, code = await visit.asked(New), self.desk.now(), codes.mint()
        login = wanted.login.strip().lower()
        if not accounts.LOGIN.fullmatch(login):
            zh = "登录名为 2–32 位小写字母、数字、点、横线,以字母或数字开头"
            raise Mistake(zh, "a login is 2 to 32 letters, digits, dots or dashes", field="login")
        checked = _checked(Wanted(wanted.name, wanted.roles, wanted.department, wanted.phone))

        def make(conn: sqlite3.Connection) -> SetUp:
            if accounts.by_login(conn, login) is not None:
                raise Mistake("这个登录名已经有人用了", "there is an account with this login", 409, "login")
            account = accounts.add(
                conn, at, login, checked.name, _roles(checked.roles), accounts.NO_PASSWORD, checked.department,
                phone=checked.phone, must_change=True,
            )  # fmt: skip
            audit.note(conn, at, visit.who.id, "account.made", account, roles=sorted(checked.roles))
            return SetUp(account, login, code, codes.issue(conn, at, account, code))

        return said(await self.desk.change(make), 201)

    async def change(self, visit: Visit) -> Reply:
        """What changes rights is felt at once: live pages come again, a closed account is out."""
        account, at = visit.name("account"), self.desk.now()
        wanted = _checked(await visit.asked(Wanted))
        await self.desk.change(partial(_change, at=at, by=visit.who.id, account=account, wanted=wanted))
        self.desk.live.end_account(account)
        return said(await self._account(account))

    async def reset(self, visit: Visit) -> Reply:
        """A set-up code; the old password is void, and all sessions end."""
        account, at, code = visit.name("account"), self.desk.now(), codes.mint()
        wanted = await visit.asked(Reset)
        made = await self.desk.change(
            partial(reset, at=at, by=visit.who.id, account=account, code=code, factor=wanted.factor)
        )
        self.desk.live.end_account(account)
        return said(made)

    async def unlock(self, visit: Visit) -> Reply:
        """Before the 15 minutes are over."""
        account, at = visit.name("account"), self.desk.now()

        def free(conn: sqlite3.Connection) -> None:
            row = _there(conn, account)
            if guesses.clear(conn, guesses.of_login(row["login"])):
                audit.note(conn, at, visit.who.id, "account.unlocked", account)

        await self.desk.change(free)
        return Reply(204)

    async def sessions(self, visit: Visit) -> Reply:
        """Newest first."""
        account = visit.name("account")
        return said(await self.desk.look(partial(session_rows, desk=self.desk, account=account, who=visit.who)))

    async def end_sessions(self, visit: Visit) -> Reply:
        """All of an account."""
        account, at = visit.name("account"), self.desk.now()

        def end(conn: sqlite3.Connection) -> None:
            _there(conn, account)
            ended = sessions.end_all(conn, account)
            audit.note(conn, at, visit.who.id, "account.sessions-ended", account, ended=ended)

        await self.desk.change(end)
        self.desk.live.end_account(account)
        return Reply(204)

    async def colleagues(self, _: Visit) -> Reply:
        """Everyone with an open account, by name."""
        return said(await self.desk.look(_colleagues))

    async def _account(self, account: str) -> Account:
        door, at = self.desk.door, self.desk.now()

        def one(conn: sqlite3.Connection) -> Account:
            return _shown(conn, _there(conn, account), at, door)

        return await self.desk.look(one)


def reset(conn: sqlite3.Connection, at: int, by: str, account: str, code: str, *, factor: bool) -> SetUp:
    """Only this code lets them in now; with `factor` without the phone too."""
    row = _there(conn, account)
    accounts.take_password(conn, at, account)
    if factor:
        accounts.set_factor(conn, at, account, "", 0)
        codes.renew(conn, account, [])
    sessions.end_all(conn, account)
    guesses.clear(conn, guesses.of_login(row["login"]))
    audit.note(conn, at, by, "account.reset", account, factor=factor)
    return SetUp(account, row["login"], code, codes.issue(conn, at, account, code))


def _change(conn: sqlite3.Connection, at: int, by: str, account: str, wanted: Wanted) -> None:
    row, roles = _there(conn, account), _roles(wanted.roles)
    leads = Role.ADMINISTRATOR in roles and not wanted.disabled
    was = Role.ADMINISTRATOR in accounts.roles_of(row) and not row["disabled"]
    if was and not leads and not accounts.has_other_administrator(conn, account):
        zh, en = "这是最后一个管理员,不能停用或取消", "this is the last administrator"
        raise Mistake(zh, en, 409, "disabled" if wanted.disabled else "roles")
    accounts.change(conn, at, account, wanted.name, roles, wanted.department, wanted.phone)
    if wanted.disabled != bool(row["disabled"]):
        accounts.disable(conn, at, account, disabled=wanted.disabled)
        audit.note(conn, at, by, "account.closed" if wanted.disabled else "account.opened", account)
    if wanted.disabled:
        sessions.end_all(conn, account)
        codes.spend(conn, account)
    changed = [name for name in ("name", "department", "phone") if row[name] != getattr(wanted, name)]
    audit.note(conn, at, by, "account.changed", account, roles=sorted(roles), fields=changed)


def _checked(wanted: Wanted) -> Wanted:
    """Raises Mistake at the field."""
    name, department = (" ".join(text.split()) for text in (wanted.name, wanted.department))
    phone = wanted.phone.strip()
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise Mistake("请填写姓名(最多 40 个字)", "a name has 1 to 40 characters", field="name")
    if len(department) > 40 or not department.isprintable():
        raise Mistake("科室名称最多 40 个字", "a department has at most 40 characters", field="department")
    if phone and not (3 <= len(phone) <= 20 and all(c.isascii() and (c.isdigit() or c in _MARKS) for c in phone)):
        raise Mistake("电话号码只能有数字、空格、+ 和 -", "a number has 3 to 20 digits, spaces, + or -", field="phone")
    if not wanted.roles:
        raise Mistake("请至少选择一种身份", "choose at least one role", field="roles")
    return Wanted(name, [*sorted(_roles(wanted.roles))], department, phone, wanted.disabled)


def _roles(names: Iterable[str]) -> frozenset[Role]:
    try:
        return frozenset(Role(name) for name in names)
    except ValueError:
        raise Mistake("没有这种身份", "there is no such role", field="roles") from None


def _there(conn: sqlite3.Connection, account: str) -> sqlite3.Row:
    row = accounts.by_id(conn, account)
    if row is None:
        raise missing("账号", "account")
    return row


def _rows(conn: sqlite3.Connection, at: int, door: DeskDoor, after: str, find: str, limit: int) -> list[Account]:
    rows = conn.execute(
        """SELECT * FROM accounts WHERE login>?1 AND (instr(lower(login), ?2) OR instr(name, ?2) OR
           instr(department, ?2)) ORDER BY login LIMIT ?3""",
        (after, find.strip().lower()[:64], limit),
    ).fetchall()
    return [_shown(conn, row, at, door) for row in rows]


def _shown(conn: sqlite3.Connection, row: sqlite3.Row, at: int, door: DeskDoor) -> Account:
    standing = sessions.of_account(conn, row["id"], at, door.idle_min * 60_000)
    out = conn.execute("SELECT ends_at FROM setup_codes WHERE account=? AND ends_at>?", (row["id"], at)).fetchone()
    roles = accounts.roles_of(row)
    return Account(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        roles=[*sorted(roles)],
        department=row["department"],
        phone=row["phone"],
        disabled=bool(row["disabled"]),
        factor=bool(row["totp"]),
        factor_needed=sessions.needs_factor(roles, door),
        made_at=row["made_at"],
        seen_at=max((one["seen_at"] for one in standing), default=None),
        sessions=len(standing),
        locked_until=guesses.locked_until(conn, at, row["login"]),
        setup_until=out["ends_at"] if out else None,
    )


def _colleagues(conn: sqlite3.Connection) -> list[Colleague]:
    rows = conn.execute(
        "SELECT id, name, roles, department FROM accounts WHERE disabled=0 ORDER BY name, id LIMIT 1000"
    )
    return [Colleague(row["id"], row["name"], [*sorted(accounts.roles_of(row))], row["department"]) for row in rows]
