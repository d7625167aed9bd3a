"""Somebody in the register with a button at home, a neighbour, and a pole before the house."""

from __future__ import annotations

import json
import sqlite3

from tests.office.desk.house import House

NAME, PLACE, POLE = "王淑珍", "团结湖北里 3号楼 2单元 501", "BJ-0417"
NOTES = "高血压,青霉素过敏"
_HOME = (("c", "", "community", "团结湖北里"), ("b", "c", "building", "3号楼"), ("u", "b", "unit", "2单元"))


async def move_in(house: House, device: str = "button-1", gateway: str = "gw-1") -> None:
    """They live there, and the device is theirs."""
    vault, at = house.desk.vault, house.desk.now()
    contacts = json.dumps([{"name": "王强", "phone": "13800000001", "relation": "儿子"}], ensure_ascii=False)

    def keep(conn: sqlite3.Connection) -> None:
        rooms = (("r1", "u", "room", "501"), ("r2", "u", "room", "502"))
        words = ""
        for id_, parent, kind, name in (*_HOME, *rooms):
            words = f"团结湖北里 3号楼 2单元 {name}" if kind == "room" else name
            conn.execute(
                "INSERT INTO places(id, parent, kind, name, path, words, changed_at) VALUES (?,?,?,?,?,?,?)",
                (id_, parent, kind, name, id_, words, at),
            )
        conn.execute(
            "INSERT INTO poles(number, words, lat, lon, wlat, wlon, changed_at) VALUES (?,?,?,?,?,?,?)",
            (POLE, "3号楼东侧,小卖部门口", 39.926, 116.466, 39.926, 116.466, at),
        )
        conn.execute("UPDATE places SET pole=? WHERE id='b'", (POLE,))
        people = (
            ("p1", NAME, 1941, "13800000000", "独居、腿脚不便", "h1"),
            ("p2", "李大姐", 1960, "13800000002", "", "h2"),
        )
        for household, room in (("h1", "r1"), ("h2", "r2")):
            conn.execute("INSERT INTO households(ref, place, changed_at) VALUES (?,?,?)", (household, room, at))
        for ref, name, born, phone, tags, household in people:
            sealed = [
                vault.seal(text, f"person:{ref}:{what}") if ref == "p1" else ""
                for what, text in (("notes", NOTES), ("contacts", contacts))
            ]
            conn.execute(
                """INSERT INTO persons(ref, name, born, phone, tags, household, notes, contacts, changed_at)
                   VALUES (?,?,?,?,?,?,?,?,?)""",
                (ref, name, born, phone, tags, household, *sealed, at),
            )
        conn.execute(
            """INSERT INTO devices_at(gateway, device, person, household, place, source, changed_at)
               VALUES (?,?,?,?,?,?,?)""",
            (gateway, device, "p1", "h1", "r1", "desk", at),
        )

    await house.desk.change(keep)
