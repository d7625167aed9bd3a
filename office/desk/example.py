"""An office to try the desk with: accounts for every role, the example register, shifts, a grid area, cases, content.

Only into a desk that has no accounts yet, so never into a real one. What it makes says of itself that it is made up.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from office.config import Config, DeskDoor
from office.database import StoreError
from office.desk.calls.rows import KIOSK
from office.desk.cases import book
from office.desk.cases.moves import Move
from office.desk.cases.steps import Action
from office.desk.content import example as content
from office.desk.content.media import MediaFolder
from office.desk.desk import Desk
from office.desk.duty import shifts
from office.desk.duty.shifts import BEIJING, Plan
from office.desk.grid import areas
from office.desk.people import accounts, audit
from office.desk.people.accounts import Person
from office.desk.people.roles import Role
from office.desk.register.example import load_example
from sync.contract.envelope import Struct

HOUR_MS = 3600 * 1000
DAYS = 14


class Made(Struct, frozen=True):
    """An account that was made."""

    login: str
    name: str
    role: str


PEOPLE = (
    ("duty1", "演示值班员一号", Role.DUTY, ""),
    ("duty2", "演示值班员二号", Role.DUTY, ""),
    ("city", "演示城管科科员", Role.DEPARTMENT, "city"),
    ("content", "演示内容编辑", Role.CONTENT, ""),
    ("warden", "演示网格员", Role.WARDEN, ""),
    ("installer", "演示安装维护员", Role.INSTALLER, ""),
    ("inspector", "演示督察员", Role.AUDITOR, ""),
    ("admin", "演示管理员", Role.ADMINISTRATOR, ""),
)

_ACCEPT, _DISPATCH = Move(action=Action.ACCEPT), Move(action=Action.DISPATCH, department="city")
_DONE = Move(action=Action.DONE, words="已到现场处理完毕")
_REPLY = Move(action=Action.REPLY, words="您反映的问题已处理,感谢您的支持")
CASES: tuple[tuple[str, str, str, tuple[Move, ...]], ...] = (
    ("lamp", "YS-0017", "路灯一到晚上就闪,走路看不清", ()),
    ("rubbish", "YS-0042", "垃圾桶满了两天没有清运", (_ACCEPT,)),
    ("road", "YS-0108", "人行道缺了三块砖,轮椅过不去", (_DISPATCH,)),
    ("blocked", "YS-0215", "共享单车堵住无障碍坡道", (_DISPATCH, _DONE)),
    ("lamp", "YS-0303", "楼门口的灯不亮", (_DISPATCH, _DONE, Move(action=Action.VERIFIED))),
    ("rubbish", "YS-0377", "绿地里有装修垃圾", (_DISPATCH, _DONE, Move(action=Action.VERIFIED), _REPLY)),
)
"""Kind, pole, what was said, and what has been done since."""


SHOP = ("YS-0017", "幸福路演示超市")
"""Where the example's kiosk stands, as its own screen says too."""


async def fill(config: Config, door: DeskDoor, password: str, gateway: str, devices: Sequence[str]) -> list[Made]:
    """All of it; `password` is a hash, one for all. The devices of the gateway belong to people of the register."""
    desk = Desk(config, door, time.time, time.monotonic)
    await desk.open()
    try:
        if await desk.look(lambda conn: conn.execute("SELECT 1 FROM accounts LIMIT 1").fetchone()):
            raise StoreError("there are accounts already; an example is only for a desk that nobody uses yet")
        await load_example(desk)
        await desk.change(partial(_office, at=desk.now(), password=password, gateway=gateway, devices=devices))
        editor = await desk.look(lambda conn: conn.execute("SELECT id FROM accounts WHERE login='content'").fetchone())
        await content.bring(desk, MediaFolder(config.desk_database.parent / "desk-media"), editor["id"])
    finally:
        await desk.close()
    return [Made(login, name, role) for login, name, role, _ in PEOPLE]


def _office(conn: sqlite3.Connection, at: int, password: str, gateway: str, devices: Sequence[str]) -> None:
    ids = {
        login: accounts.add(conn, at, login, name, frozenset({role}), password, department)
        for login, name, role, department in PEOPLE
    }
    audit.note(conn, at, audit.SYSTEM, "example.made", "desk", accounts=len(ids), devices=len(devices))
    _shifts(conn, at, ids)
    _area(conn, at, ids)
    _devices(conn, at, gateway, devices)
    _cases(conn, at, ids)


def _shifts(conn: sqlite3.Connection, at: int, ids: dict[str, str]) -> None:
    """By day the first clerk, by night the second."""
    first = datetime.fromtimestamp(at / 1000, BEIJING).date() - timedelta(days=1)
    last = first + timedelta(days=DAYS)
    for login, begins, ends in (("duty1", "08:00", "20:00"), ("duty2", "20:00", "08:00")):
        shifts.add(conn, at, ids["admin"], Plan(ids[login], first.isoformat(), begins, ends, last.isoformat()))


def _area(conn: sqlite3.Connection, at: int, ids: dict[str, str]) -> None:
    places = [row["id"] for row in conn.execute("SELECT id FROM places WHERE parent='' AND kind='community'")]
    wanted = areas.PutArea("演示第一网格", places[:2], [ids["warden"]], "演示用")
    areas.put(conn, at, ids["admin"], "", wanted)


def _devices(conn: sqlite3.Connection, at: int, gateway: str, devices: Sequence[str]) -> None:
    """The first people of the register have them, in the order of both names; the gateway is a kiosk's box as well."""
    if gateway:
        conn.execute(
            """INSERT OR IGNORE INTO devices_at(gateway, device, pole, words, source, changed_at)
               VALUES (?,?,?,?,'desk',?)""",
            (gateway, KIOSK, *SHOP, at),
        )
    people = conn.execute("SELECT ref, household FROM persons ORDER BY n LIMIT ?", (len(devices),)).fetchall()
    for device, row in zip(sorted(devices), people, strict=False):
        conn.execute(
            """INSERT OR IGNORE INTO devices_at(gateway, device, person, household, source, changed_at)
               VALUES (?,?,?,?,'desk',?)""",
            (gateway, device, row["ref"], row["household"], at),
        )


def _cases(conn: sqlite3.Connection, at: int, ids: dict[str, str]) -> None:
    """Begun in the last hours, each a step further than the one before."""
    clerk = Person(ids["duty1"], "duty1", PEOPLE[0][1], frozenset({Role.DUTY}))
    for n, (kind, pole, words, moves) in enumerate(CASES):
        begun = at - (len(CASES) - n) * HOUR_MS // 2
        new = book.NewCase(book.Source.HOTLINE, words, kind, by=ids["duty1"], pole=pole)
        number = book.begin(conn, begun, new)
        for k, move in enumerate(moves, 1):
            version = conn.execute("SELECT version FROM cases WHERE number=?", (number,)).fetchone()["version"]
            book.step(conn, begun + k * HOUR_MS // 12, number, version, move, clerk)
