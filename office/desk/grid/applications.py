"""Residents who want to be a warden: they apply, staff approve (an account with a set-up code) or refuse with words.

Functions over a connection; what applicants say of themselves is sealed.
"""

from __future__ import annotations

import re
import sqlite3

from office.desk.mistake import Mistake, missing
from office.desk.people import accounts, audit, codes
from office.desk.people.accounts import name_of
from office.desk.people.roles import Role
from office.desk.people.vault import Vault
from sync.contract.envelope import Struct

MOST_OPEN = 500
"""Nobody reads more; beyond it applicants are asked to come by."""

IDENTITY = re.compile(r"[0-9A-Za-z-]{16,64}")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


class Apply(Struct, frozen=True):
    """What somebody says who wants to be a warden. `id` is made by the page: the same again is one application."""

    id: str
    name: str
    phone: str
    where: str = ""
    words: str = ""


class Application(Struct, frozen=True):
    """An application, opened for staff."""

    n: int
    id: str
    source: str
    at: int
    name: str
    phone: str
    where: str
    words: str
    state: str
    decided_by: str
    decided_at: int | None
    answer: str


class Approve(Struct, frozen=True):
    """The account that is made; the area it is added to may be empty."""

    login: str
    area: str = ""


class Refuse(Struct, frozen=True):
    """Why not, in words that can be read to the applicant."""

    words: str


class Approved(Struct, frozen=True):
    """Shown once: how the new warden comes in."""

    account: str
    login: str
    code: str
    ends_at: int


def apply(conn: sqlite3.Connection, at: int, vault: Vault, source: str, wanted: Apply) -> None:
    """Keep it, once. Raises Mistake."""
    name, phone = wanted.name.strip(), re.sub(r"[\s()-]", "", wanted.phone)
    if not IDENTITY.fullmatch(wanted.id):
        raise Mistake("页面已过期,请刷新后再试", "load the page again", field="id")
    if not 0 < len(name) <= 40:
        raise Mistake("请填写姓名", "give your name", field="name")
    if not _PHONE.fullmatch(phone):
        raise Mistake("请填写正确的电话号码", "give a telephone number", field="phone")
    if conn.execute("SELECT count(*) FROM warden_applications WHERE state='open'").fetchone()[0] >= MOST_OPEN:
        raise Mistake("目前申请太多,请到街道办事处当面申请", "there are too many now, come by the office", 503)
    sealed = (_seal(vault, wanted.id, "name", name), _seal(vault, wanted.id, "phone", phone),
              _seal(vault, wanted.id, "words", wanted.words.strip()[:1000]))  # fmt: skip
    conn.execute(
        """INSERT OR IGNORE INTO warden_applications(id, source, at, name, phone, words, where_)
           VALUES (?,?,?,?,?,?,?)""",
        (wanted.id, source, at, *sealed, wanted.where.strip()[:80]),
    )


def page(
    conn: sqlite3.Connection, vault: Vault, state: str, after: int | None, limit: int
) -> tuple[list[Application], int | None]:
    """The newest first, by key; and the key of the next page."""
    rows = conn.execute(
        "SELECT * FROM warden_applications WHERE (?1='' OR state=?1) AND n<?2 ORDER BY n DESC LIMIT ?3",
        (state, after or 2**62, limit + 1),
    ).fetchall()
    shown = [_opened(conn, vault, row) for row in rows[:limit]]
    return shown, shown[-1].n if len(rows) > limit else None


def approve(conn: sqlite3.Connection, at: int, vault: Vault, who: str, id_: str, wanted: Approve) -> Approved:
    """They have an account now, and a code to set it up with. Raises Mistake."""
    row = _undecided(conn, id_)
    login = wanted.login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Mistake("登录名用 3 至 32 个小写字母或数字", "a login has 3 to 32 small letters or digits", field="login")
    if accounts.by_login(conn, login) is not None:
        raise Mistake("这个登录名已被使用", "this login is taken", 409, field="login")
    if wanted.area and conn.execute("SELECT 1 FROM grid_areas WHERE id=?", (wanted.area,)).fetchone() is None:
        raise Mistake("没有这个网格", "no such area", field="area")
    name, phone = (vault.open(row[field], _of(id_, field)) for field in ("name", "phone"))
    account = accounts.add(
        conn, at, login, name, frozenset({Role.WARDEN}), accounts.NO_PASSWORD, phone=phone, must_change=True
    )
    code = codes.mint()
    ends_at = codes.issue(conn, at, account, code)
    if wanted.area:
        rank = conn.execute("SELECT count(*) FROM grid_wardens WHERE area=?", (wanted.area,)).fetchone()[0]
        conn.execute("INSERT INTO grid_wardens VALUES (?,?,?)", (wanted.area, rank, account))
    _decide(conn, at, who, id_, "approved", "", account)
    audit.note(conn, at, who, "account.made", account, roles=[Role.WARDEN], application=id_)
    return Approved(account, login, code, ends_at)


def refuse(conn: sqlite3.Connection, at: int, vault: Vault, who: str, id_: str, wanted: Refuse) -> None:
    """With words. Raises Mistake."""
    _undecided(conn, id_)
    if not wanted.words.strip():
        raise Mistake("请写明理由,以便告知申请人", "say why, so that the applicant can be told", field="words")
    _decide(conn, at, who, id_, "refused", _seal(vault, id_, "answer", wanted.words.strip()[:500]), "")
    audit.note(conn, at, who, "grid.application-refused", id_)


def _undecided(conn: sqlite3.Connection, id_: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM warden_applications WHERE id=?", (id_,)).fetchone()
    if row is None:
        raise missing("申请", "application")
    if row["state"] != "open":
        name = name_of(conn, row["decided_by"])
        raise Mistake(f"{name} 已处理过这个申请", f"{name} has decided this already", 409, code="stale")
    return row


def _decide(conn: sqlite3.Connection, at: int, who: str, id_: str, state: str, answer: str, account: str) -> None:
    conn.execute(
        "UPDATE warden_applications SET state=?, decided_by=?, decided_at=?, answer=?, account=? WHERE id=?",
        (state, who, at, answer, account, id_),
    )


def _opened(conn: sqlite3.Connection, vault: Vault, row: sqlite3.Row) -> Application:
    said = {field: vault.open(row[field], _of(row["id"], field)) for field in ("name", "phone", "words", "answer")}
    return Application(
        row["n"], row["id"], row["source"], row["at"], said["name"], said["phone"], row["where_"], said["words"],
        row["state"], name_of(conn, row["decided_by"]) if row["decided_by"] else "", row["decided_at"], said["answer"],
    )  # fmt: skip


def _seal(vault: Vault, id_: str, field: str, text: str) -> str:
    return vault.seal(text, _of(id_, field))


def _of(id_: str, field: str) -> str:
    return f"warden-application:{id_}:{field}"
