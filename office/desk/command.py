"""`linli office desk`, `key` and `account`: start the desk, make its key, and its first accounts."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import logging
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from office import config
from office.database import Database, StoreError
from office.desk import program
from office.desk.people import accounts, audit, passwords
from office.desk.people.roles import Role
from office.desk.people.vault import WrongKey, new_key
from office.desk.schema import MIGRATIONS

T = TypeVar("T")
Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]

MIN_PASSWORD = 10


def add_to(add: Add) -> None:
    """These commands, into the parser of `linli office`."""
    add("desk", _desk, "serve the office's web page, until stopped").add_argument("--verbose", action="store_true")
    add("key", _key, "print a new key for sealed fields; keep a copy where the database is not")
    account = add("account", _account, "make an account; the password is asked, or read from standard input")
    account.add_argument("login")
    account.add_argument("--name", required=True)
    account.add_argument("--role", action="append", required=True, choices=[*Role], help="repeat for several")
    account.add_argument("--department", default="")


def _desk(arguments: argparse.Namespace) -> int:
    level = logging.DEBUG if arguments.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    loaded = config.load(arguments.config)
    if loaded.desk is None:
        raise StoreError(f"{arguments.config} has no section `desk`; office/office.example.yaml shows one")
    try:
        asyncio.run(program.run(loaded, loaded.desk))
    except WrongKey as error:
        raise StoreError(str(error)) from None
    return 0


def _key(_: argparse.Namespace) -> int:
    print(new_key())
    return 0


def _account(arguments: argparse.Namespace) -> int:
    password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD:
        print(f"linli office: a password has at least {MIN_PASSWORD} characters", file=sys.stderr)
        return 1
    hash_, at = passwords.hashed(password), int(time.time() * 1000)
    roles = frozenset(Role(role) for role in arguments.role)

    def make(conn: sqlite3.Connection) -> str:
        made = accounts.add(conn, at, arguments.login, arguments.name, roles, hash_, arguments.department)
        audit.note(conn, at, audit.SYSTEM, "account.made", made, roles=sorted(roles))
        return made

    try:
        made = asyncio.run(_change(config.load(arguments.config).desk_database, make))
    except StoreError as error:
        if not isinstance(error.__cause__, sqlite3.IntegrityError):
            raise
        print(f"linli office: there is an account {arguments.login!r} already", file=sys.stderr)
        return 1
    print(made)
    return 0


async def _change(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(path)
    database.open(MIGRATIONS)
    try:
        return await database.write(work)
    finally:
        await database.close()
