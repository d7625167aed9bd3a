"""A neighbourhood to try the desk with: 500 poles, 60 buildings, 240 people; every name says that it is made up.

It has the shape of a real one: pole numbers, directions, shops that people name when they do not know the number,
plates that are gone, elders who live alone. The same every time.
"""

from __future__ import annotations

import sqlite3
from functools import partial

from office.desk.desk import Desk
from office.desk.people import audit
from office.desk.register import book
from office.desk.register.fields import Image
from office.desk.register.subject import Seen, Subject

POLES = 500
COMMUNITIES = ("演示东里社区", "演示西里社区", "演示南里社区", "演示北里社区", "演示中路社区")
BUILDINGS = 12
NEAR = (
    *("菜市场东门", "邮局", "社区医院", "小学正门", "幼儿园", "便民超市", "药店", "公交站", "理发店", "早点铺"),
    *("修车铺", "报刊亭", "公园西门", "垃圾分类站", "快递柜", "老年食堂", "健身角", "自行车棚", "小卖部", "银行"),
)
SIDES = "东南西北"
TAGS = ("独居", "空巢", "失能", "高龄", "独居、失能", "")
PIECE = 100
LAT, LON = 39.9280, 116.4580
"""About the middle of the street office this follows; the poles themselves stand on a made-up lattice."""

_WORK = {"persons": 240, "poles": POLES, "places": len(COMMUNITIES) * BUILDINGS}


async def load_example(desk: Desk) -> dict[str, int]:
    """Bring it into the register; does nothing where a pole is there already. How many rows of each kind."""
    if await desk.look(lambda conn: conn.execute("SELECT 1 FROM poles LIMIT 1").fetchone()):
        return {}
    made = book.subjects(desk.vault)
    for name, rows in (("places", _places()), ("poles", _poles()), ("persons", _persons())):
        for first in range(0, len(rows), PIECE):
            work = partial(_write, at=desk.now(), subject=made[name], rows=rows[first : first + PIECE])
            await desk.change(work, long=True)
    at = desk.now()
    await desk.change(lambda conn: audit.note(conn, at, audit.SYSTEM, "register.example.loaded", "register", **_WORK))
    return dict(_WORK)


def _write(conn: sqlite3.Connection, at: int, subject: Subject, rows: list[Image]) -> None:
    for given in rows:
        image = {**subject.blank(), **given}
        subject.name_rows(conn, [image], Seen())
        key = subject.key(image)
        subject.seal(key, image, None)
        subject.put(conn, at, key, image)
    book.moved_on(conn)


def _poles() -> list[Image]:
    return [
        {
            "number": f"YS-{n:04d}",
            "words": f"{_community(n)[:4]}{n % BUILDINGS + 1}号楼{SIDES[n % 4]}侧",
            "nearby": f"{_shop(n)}{SIDES[n // 4 % 4]}边{5 + n % 40}米，{_shop(n + 3)}对面",
            "kind": ("lamp", "lamp", "power", "post")[n % 4],
            "plate": "missing" if n % 17 == 0 else "broken" if n % 13 == 0 else "ok",
            "lat": round(LAT + (n // 25) * 0.0005, 6),
            "lon": round(LON + (n % 25) * 0.0006, 6),
            "community": _community(n),
        }
        for n in range(1, POLES + 1)
    ]


def _places() -> list[Image]:
    return [
        {
            "community": community,
            "building": f"{building}号楼",
            "aliases": ("老红楼", "塔楼", "筒子楼", "")[building % 4],
            "nearby": f"{NEAR[(c * 5 + building) % len(NEAR)]}{SIDES[building % 4]}侧",
            "pole": f"YS-{c * 100 + building:04d}",
            "lat": round(LAT + c * 0.002, 6),
            "lon": round(LON + building * 0.0012, 6),
        }
        for c, community in enumerate(COMMUNITIES)
        for building in range(1, BUILDINGS + 1)
    ]


def _persons() -> list[Image]:
    return [_person(n) for n in range(1, _WORK["persons"] + 1)]


def _person(n: int) -> Image:
    home = n - 1 if n % 5 == 0 else n  # every fifth shares a flat with the one before
    return {
        "resident": f"resident-{n:03d}",
        "name": f"演示老人{n:02d}",
        "born": 1930 + n % 30,
        "phone": f"000{n:08d}",
        "tags": TAGS[n % len(TAGS)],
        "community": COMMUNITIES[home % len(COMMUNITIES)],
        "building": f"{home // 5 % BUILDINGS + 1}号楼",
        "unit": f"{home // 60 % 3 + 1}单元",
        "room": f"{home // 60 + 1}0{home % 2 + 1}",
        "notes": "演示备注:高血压,门旁有备用钥匙盒" if n % 3 == 0 else "",
        "contacts": f'[{{"name":"演示家属{n:02d}","phone":"001{n:08d}","relation":"家属"}}]',
    }


def _shop(n: int) -> str:
    return NEAR[n * 7 % len(NEAR)]


def _community(n: int) -> str:
    return COMMUNITIES[n // 100 % len(COMMUNITIES)] if n else COMMUNITIES[0]
