"""`linli office desk`, `key`, `account` and `audit`: start the desk, make its key and accounts, verify its log."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from office import config
from office.config import Config, DeskDoor
from office.database import Database, StoreError
from office.desk import example, program
from office.desk.mistake import Mistake
from office.desk.people import accounts, audit, codes, guesses, keeping, password_rules, passwords, verify
from office.desk.people.roles import Role
from office.desk.people.vault import Vault, WrongKey, new_key, prove, read_key
from office.desk.schema import MIGRATIONS
from office.web import page_context

T = TypeVar("T")
Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_to(add: Add) -> None:
    """These commands, into the parser of `linli office`."""
    add("desk", _desk, "serve the office's web page, until stopped").add_argument("--verbose", action="store_true")
    add("key", _key, "print a new key for sealed fields; keep a copy where the database is not")
    account = add("account", _account, "make, reset, unlock or list accounts, where no administrator can")
    account.add_argument("action", choices=["add", "reset", "unlock", "list"])
    account.add_argument("login", nargs="?", default="")
    account.add_argument("--name", default="", help="as colleagues read it; for add")
    account.add_argument("--role", action="append", default=[], choices=[*Role], help="repeat for several; for add")
    account.add_argument("--department", default="")
    account.add_argument("--password", action="store_true", help="ask one now instead of giving a set-up code")
    account.add_argument("--factor", action="store_true", help="reset: the phone is lost too")
    example = add("example", _example, "fill an empty desk with an office to try it with; the password is read")
    example.add_argument("--gateway", default="", help="whose devices belong to people of the example")
    example.add_argument("--device", action="append", default=[], help="repeat for several")
    log = add(
        "audit", _audit, "verify: hold the audit log against its chain and its anchors, name the first altered row"
    )
    log.add_argument("action", choices=["verify"])


def faults(loaded: Config) -> Iterator[str]:
    """What would keep the desk from starting, beyond what its configuration shows."""
    door = loaded.desk
    if door is None:
        return
    try:
        page_context(Path(door.tls.cert), Path(door.tls.key))
    except OSError as error:
        yield f"desk.tls: certificate and key do not belong together or cannot be read ({error})"
    try:
        vault = Vault(read_key(Path(door.key)))
        if loaded.desk_database.exists():
            with closing(sqlite3.connect(f"file:{loaded.desk_database}?mode=ro", uri=True)) as conn:
                if conn.execute("SELECT 1 FROM sqlite_schema WHERE name='vault'").fetchone():
                    _proven(conn, vault)
    except (WrongKey, sqlite3.Error) as error:
        yield f"desk.key: {error}"


def _proven(conn: sqlite3.Connection, vault: Vault) -> None:
    if conn.execute("SELECT 1 FROM vault").fetchone():
        prove(conn, vault)


def _desk(arguments: argparse.Namespace) -> int:
    level = logging.DEBUG if arguments.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    loaded, door = _loaded(arguments)
    try:
        asyncio.run(program.run(loaded, door))
    except WrongKey as error:
        raise StoreError(str(error)) from None
    return 0


def _loaded(arguments: argparse.Namespace, *, files: bool = True) -> tuple[Config, DeskDoor]:
    loaded = config.load(arguments.config, files=files, parts=("desk", "calls"))
    if loaded.desk is None:
        raise StoreError(f"{arguments.config} has no section `desk`; office/office.example.yaml shows one")
    return loaded, loaded.desk


def _key(_: argparse.Namespace) -> int:
    print(new_key())
    return 0


def _example(arguments: argparse.Namespace) -> int:
    loaded, door = _loaded(arguments)
    if door.host not in config.LOOPBACK:
        raise StoreError("an example is only for a desk on loopback")
    hash_ = passwords.hashed(_asked(()))
    made = asyncio.run(example.fill(loaded, door, hash_, arguments.gateway, arguments.device))
    lines = [{"login": one.login, "name": one.name, "role": one.role} for one in made]
    print(json.dumps(lines, ensure_ascii=False) if arguments.json else "\n".join(_lines(lines)))
    return 0


# --- accounts


def _account(arguments: argparse.Namespace) -> int:
    loaded = config.load(arguments.config, files=False)
    work = {"add": _add, "reset": _reset, "unlock": _unlock, "list": _list}[arguments.action]
    try:
        _named(arguments)
        said = asyncio.run(_change(loaded.desk_database, work(arguments)))
    except Mistake as mistake:
        print(f"linli office: {mistake}", file=sys.stderr)
        return 1
    print(json.dumps(said, ensure_ascii=False) if arguments.json else "\n".join(_lines(said)))
    return 0


def _named(arguments: argparse.Namespace) -> None:
    if arguments.action != "list" and not accounts.LOGIN.fullmatch(arguments.login):
        raise Mistake("登录名不对", "a login is 2 to 32 small letters, digits, dots or dashes")


Work = Callable[[sqlite3.Connection], object]


def _add(arguments: argparse.Namespace) -> Work:
    at, code = _now(), codes.mint()
    roles = frozenset(Role(role) for role in arguments.role)
    if not roles or not arguments.name.strip():
        raise Mistake("需要姓名和身份", "an account needs --name and --role")
    hash_ = passwords.hashed(_asked((arguments.login, arguments.name))) if arguments.password else accounts.NO_PASSWORD

    def make(conn: sqlite3.Connection) -> object:
        if accounts.by_login(conn, arguments.login) is not None:
            raise Mistake("登录名已存在", f"there is an account {arguments.login!r} already", 409)
        made = accounts.add(
            conn, at, arguments.login, arguments.name, roles, hash_, arguments.department, must_change=True
        )
        audit.note(conn, at, audit.SYSTEM, "account.made", made, roles=sorted(roles))
        if arguments.password:
            return {"account": made, "login": arguments.login}
        return _said(keeping.SetUp(made, arguments.login, code, codes.issue(conn, at, made, code)))

    return make


def _asked(about: Iterable[str]) -> str:
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    password_rules.demand(password, about)
    return password


def _reset(arguments: argparse.Namespace) -> Work:
    at, code = _now(), codes.mint()

    def reset(conn: sqlite3.Connection) -> object:
        account = _known(conn, arguments.login)["id"]
        accounts.disable(conn, at, account, disabled=False)
        return _said(keeping.reset(conn, at, audit.SYSTEM, account, code, factor=arguments.factor))

    return reset


def _unlock(arguments: argparse.Namespace) -> Work:
    at = _now()

    def free(conn: sqlite3.Connection) -> object:
        account = _known(conn, arguments.login)["id"]
        if guesses.clear(conn, guesses.of_login(arguments.login)):
            audit.note(conn, at, audit.SYSTEM, "account.unlocked", account)
        return {"account": account, "login": arguments.login}

    return free


def _list(_: argparse.Namespace) -> Work:
    def every(conn: sqlite3.Connection) -> object:
        rows = conn.execute("SELECT * FROM accounts ORDER BY login")
        return [
            {"login": row["login"], "name": row["name"], "roles": sorted(accounts.roles_of(row)),
             "disabled": bool(row["disabled"]), "factor": bool(row["totp"])}
            for row in rows
        ]  # fmt: skip

    return every


def _known(conn: sqlite3.Connection, login: str) -> sqlite3.Row:
    row = accounts.by_login(conn, login)
    if row is None:
        raise Mistake("没有这个账号", f"there is no account {login!r}", 404)
    return row


def _said(made: keeping.SetUp) -> dict[str, object]:
    until = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(made.until / 1000))
    return {"account": made.account, "login": made.login, "code": made.code, "until": until}


def _lines(said: object) -> list[str]:
    if isinstance(said, list):
        return ["  ".join(str(value) for value in row.values()) for row in said]
    assert isinstance(said, dict)
    if "code" not in said:
        return [str(said["account"])]
    return [
        f"set-up code of {said['login']}: {said['code']}",
        f"to be typed in place of the password until {said['until']}",
    ]


def _now() -> int:
    return int(time.time() * 1000)


async def _change(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path)
    database.open(MIGRATIONS)
    try:
        return await database.write(work)
    finally:
        await database.close()


# --- the audit log


def _audit(arguments: argparse.Namespace) -> int:
    """0: as it was written; 1: not; 2: cannot be read at all."""
    loaded, door = _loaded(arguments, files=False)
    if not loaded.desk_database.exists():
        raise StoreError(f"{loaded.desk_database} is not there")
    tell = partial(print, "rows:", end="\r", file=sys.stderr) if sys.stderr.isatty() else lambda _: None
    try:
        found = verify.verify(loaded.desk_database, Path(door.anchors), tell)
    except sqlite3.Error as error:
        raise StoreError(f"{loaded.desk_database}: {error}") from None
    if arguments.json:
        anchor = {"at": found.anchor.at, "n": found.anchor.n} if found.anchor else None
        value = {
            "whole": found.whole, "rows": found.rows, "anchored": found.anchored, "first": found.first,
            "fault": found.fault, "last_good": found.last_good, "anchor": anchor, "unreadable": [*found.unreadable],
        }  # fmt: skip
        print(json.dumps(value))
    else:
        print(found.text)
    return 0 if found.whole else 1
