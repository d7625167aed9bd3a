"""People as rows that are imported and edited: who they are, in which household, where; notes and contacts sealed."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping, Sequence

from office.desk.register import fields, places, words
from office.desk.register.fields import Field, Image, Value, Wrong
from office.desk.register.subject import Clash, Current, Row, Seen, Subject, listed

_ENTRY = re.compile(r"[;；\n]+")
_PHONE = re.compile(r"\+?[\d-]{5,20}")
MOST_CONTACTS = 8


def contacts(text: str) -> Value:
    """`女儿 张某 13800000000；邻居 李某 01050000000`: relation, name, phone. As JSON."""
    found = []
    for entry in _ENTRY.split(text):
        parts = entry.replace("\u3000", " ").replace(",", " ").replace("，", " ").split()
        if not parts:
            continue
        if not _PHONE.fullmatch(parts[-1]):
            raise Wrong(
                f"联系人“{entry.strip()[:30]}”应写成“关系 姓名 电话”,几位之间用分号",
                f"contact {entry.strip()[:30]!r} is written `relation name phone`, with semicolons between them",
            )
        name = parts[-2] if len(parts) > 1 else ""
        found.append({"name": name, "phone": str(fields.phone(parts[-1])), "relation": " ".join(parts[:-2])})
    if len(found) > MOST_CONTACTS:
        raise Wrong(f"最多 {MOST_CONTACTS} 位联系人", f"at most {MOST_CONTACTS} contacts")
    return json.dumps(found, ensure_ascii=False) if found else ""


FIELDS = (
    Field("resident", "居民编号", fields.reference, also=("编号", "ref")),
    Field("name", "姓名", fields.words(60), must=True),
    Field("born", "出生年", fields.year, None, ("出生年份", "出生日期", "birth")),
    Field("phone", "电话", fields.phone, also=("手机", "联系电话", "手机号")),
    Field("tags", "标签", fields.tags, also=("类别", "人员类别")),
    Field("household", "户号", fields.reference, also=("户", "家庭编号")),
    *fields.PLACE,
    Field("notes", "备注", fields.words(4000), also=("病史", "医疗备注"), sealed=True),
    Field("contacts", "联系人", contacts, also=("紧急联系人", "家属"), sealed=True),
)


class Persons(Subject):
    """See `Subject`. The key is the reference; who comes without one is known by name with birth, phone or room."""

    name = "persons"
    fields = {field.name: field for field in FIELDS}
    key_fields = ("resident",)

    def key(self, image: Image) -> str:
        """See `Subject`."""
        return str(image.get("resident") or "")

    def current(self, conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Current]:
        """See `Subject`."""
        rows = conn.execute(_BY_REF, (listed(keys),))
        return {row["ref"]: Current(_image(row), row["v"]) for row in rows}

    def name_rows(self, conn: sqlite3.Connection, images: Sequence[Image], seen: Seen) -> Sequence[Image]:
        """See `Subject`."""
        nameless = [image for image in images if not image.get("resident") and image.get("name")]
        known = self._by_name(conn, nameless) if nameless else {}
        for image in nameless:
            who = (image["name"], image.get("born"), image.get("phone"), places.path_of(image))
            same = [one for one in known.get(str(image["name"]), []) if _same(one, image)]
            found = str(same[0]["resident"]) if len(same) == 1 else seen.names.get(who)
            if not (found or image.get("born") or image.get("phone") or image.get("room")):
                continue  # a name alone is nobody: it could not be known again
            image["resident"] = seen.names[who] = found or f"r-{secrets.token_hex(6)}"
        return images

    def _by_name(self, conn: sqlite3.Connection, images: Sequence[Image]) -> dict[str, list[Image]]:
        names = listed(sorted({str(image["name"]) for image in images}))
        known: dict[str, list[Image]] = {}
        for row in conn.execute(_NAMED, (names,)):
            known.setdefault(row["name"], []).append(_image(row))
        return known

    def merged(self, before: Image | None, given: Image) -> Image:
        """Who gets another room without a household leaves the old one; who changes household goes where it lives."""
        image = super().merged(before, given)
        if before is None:
            return image
        moved = places.path_of(image) != places.path_of(before)
        if moved and "household" not in given:
            image["household"] = ""
        if image["household"] != before["household"] and not any(level in given for level in fields.LEVELS):
            image.update(dict.fromkeys(fields.LEVELS, ""))
        return image

    def put(self, conn: sqlite3.Connection, at: int, key: str, image: Image, origin: str = "") -> int:
        """See `Subject`."""
        household = _household(conn, at, image, origin)
        row = conn.execute(
            """INSERT INTO persons(ref, name, born, phone, tags, household, notes, contacts, changed_at)
               VALUES (?,?,?,?,?,?,?,?,?)
               ON CONFLICT(ref) DO UPDATE SET name=excluded.name, born=excluded.born, phone=excluded.phone,
                   tags=excluded.tags, household=excluded.household, notes=excluded.notes,
                   contacts=excluded.contacts, erased_at=NULL, v=v+1, changed_at=excluded.changed_at
               RETURNING n, v""",
            (
                key,
                *(image[name] for name in ("name", "born", "phone", "tags")),
                household,
                image["notes"],
                image["contacts"],
                at,
            ),
        ).fetchone()
        reindex(conn, row["n"], key, image)
        return int(row["v"])

    def remove(self, conn: sqlite3.Connection, key: str) -> None:
        """See `Subject`."""
        row = conn.execute("DELETE FROM persons WHERE ref=? RETURNING n", (key,)).fetchone()
        if row:
            conn.execute("DELETE FROM found_persons WHERE rowid=?", (row["n"],))

    def clashes(self, conn: sqlite3.Connection, rows: Sequence[Row], seen: Seen) -> list[list[Clash]]:
        """One reference for two people, one phone in two homes, two households in one room."""
        phones, rooms = _phones(conn, rows), _rooms(conn, rows)
        return [[*_ref_clash(row), *_phone_clash(row, phones, seen), *_room_clash(row, rooms, seen)] for row in rows]

    def hows(self, _kind: str) -> tuple[str, ...]:
        """People can share a phone and a room; two with one reference get two."""
        return ("mine", "theirs", "both") if _kind in ("phone", "room", "ref", "twice") else ("mine", "theirs")

    def settle(
        self, conn: sqlite3.Connection, at: int, clash: Clash, key: str, image: Image, how: str
    ) -> tuple[str, Image] | None:
        """See `Subject`. About a phone or a room the person is written in any case; the choice is whose it is."""
        if clash.kind == "phone":
            if how == "mine":
                now = self.current(conn, [key]).get(key)
                return key, {**image, "phone": now.image["phone"] if now else ""}
            if how == "theirs":
                conn.execute("UPDATE persons SET phone='', v=v+1, changed_at=? WHERE ref=?", (at, clash.other))
                _reindex_ref(conn, clash.other)
            return key, image
        if clash.kind == "room":
            if how == "mine":
                return key, {**image, "household": clash.other}
            if how == "theirs":
                conn.execute("UPDATE households SET place='', v=v+1, changed_at=? WHERE ref=?", (at, clash.other))
            return key, image
        if how == "both":
            said = {name: image[name] for name in clash.given} if clash.given else image
            return self._under_new_ref(key, {**self.blank(), **said})
        return super().settle(conn, at, clash, key, image, how)

    def _under_new_ref(self, key: str, image: Image) -> tuple[str, Image]:
        ref = f"r-{secrets.token_hex(6)}"
        image = {**image, "resident": ref}
        for name in ("notes", "contacts"):
            plain = self.vault.open(str(image[name]), f"person:{key}:{name}")
            image[name] = self.vault.seal(plain, f"person:{ref}:{name}")
        return ref, image


def reindex(conn: sqlite3.Connection, n: int, ref: str, image: Mapping[str, Value]) -> None:
    """Found by name, reference, phone, tags and address."""
    conn.execute("DELETE FROM found_persons WHERE rowid=?", (n,))
    said = [ref, *(str(image[name] or "") for name in ("name", "phone", "tags", *fields.LEVELS))]
    conn.execute("INSERT INTO found_persons(rowid, words) VALUES (?,?)", (n, words.index(*said)))


def _reindex_ref(conn: sqlite3.Connection, ref: str) -> None:
    row = conn.execute(_BY_REF, (listed([ref]),)).fetchone()
    if row:
        reindex(conn, row["n"], ref, _image(row))


def _household(conn: sqlite3.Connection, at: int, image: Image, origin: str) -> str:
    """The household's reference, made or moved as the image says; without a number the one that lives in the room."""
    place, ref = places.ensure(conn, at, image, origin), str(image["household"])
    if not ref:
        if not place:
            return ""
        there = conn.execute("SELECT ref FROM households WHERE place=? LIMIT 2", (place,)).fetchall()
        if len(there) == 1:
            return str(there[0]["ref"])
        ref = f"h-{secrets.token_hex(5)}"
    conn.execute(
        """INSERT INTO households(ref, place, origin, changed_at) VALUES (?1,?2,?3,?4)
           ON CONFLICT(ref) DO UPDATE SET place=?2, v=v+1, changed_at=?4 WHERE ?2<>'' AND place<>?2""",
        (ref, place, origin, at),
    )
    return ref


def _ref_clash(row: Row) -> list[Clash]:
    key, image, now = row
    return [Clash("ref", key)] if now and _another(now.image, image) else []


def _phone_clash(row: Row, phones: Mapping[str, list[Image]], seen: Seen) -> list[Clash]:
    key, image, now = row
    phone = str(image["phone"])
    if not phone or (now and now.image["phone"] == phone):
        return []
    before = seen.phones.setdefault(phone, [])
    others = [one for one in (*phones.get(phone, []), *before) if one["resident"] != key and _elsewhere(one, image)]
    before.append({name: image[name] for name in ("resident", "name", "household", *fields.LEVELS)})
    return [Clash("phone", str(others[0]["resident"]))] if others else []


def _room_clash(row: Row, rooms: Mapping[str, set[str]], seen: Seen) -> list[Clash]:
    _, image, now = row
    household, path = str(image["household"]), places.path_of(image)
    if not (image["room"] and household) or (now and _home(now.image) == _home(image)):
        return []
    before = seen.rooms.setdefault(path, set())
    others = (rooms.get(path, set()) | before) - {household}
    before.add(household)
    return [Clash("room", min(others))] if others else []


def _phones(conn: sqlite3.Connection, rows: Sequence[Row]) -> dict[str, list[Image]]:
    asked = listed([str(image["phone"]) for _, image, _ in rows if image["phone"]])
    found: dict[str, list[Image]] = {}
    for row in conn.execute(_PHONED, (asked,)):
        found.setdefault(row["phone"], []).append(_image(row))
    return found


def _rooms(conn: sqlite3.Connection, rows: Sequence[Row]) -> dict[str, set[str]]:
    asked = listed([places.path_of(image) for _, image, _ in rows if image["room"] and image["household"]])
    found: dict[str, set[str]] = {}
    for row in conn.execute(
        """SELECT l.path, h.ref FROM places l JOIN households h ON h.place=l.id
           WHERE l.path IN (SELECT value FROM json_each(?))""",
        (asked,),
    ):
        found.setdefault(row["path"], set()).add(row["ref"])
    return found


def _elsewhere(one: Mapping[str, Value], image: Image) -> bool:
    """Another name in another home; a family shares its phone."""
    if one["name"] == image["name"]:
        return False
    return not (one["household"] and one["household"] == image["household"]) and not (
        image["room"] and places.path_of(one) == places.path_of(image)
    )


def _another(before: Image, image: Image) -> bool:
    """A name may be corrected and a year too; both at once is another person."""
    return bool(
        before["name"] and before["name"] != image["name"] and before["born"] and before["born"] != image["born"]
    )


def _home(image: Image) -> tuple[Value, ...]:
    return (image["household"], places.path_of(image))


def _same(known: Image, image: Image) -> bool:
    """The same name, and at least one of birth, phone and room the same, and none of them another."""
    pairs = [(known.get(name), image.get(name)) for name in ("born", "phone")]
    pairs.append(
        (places.path_of(known) if known.get("room") else "", places.path_of(image) if image.get("room") else "")
    )
    both = [(a, b) for a, b in pairs if a and b]
    return bool(both) and all(a == b for a, b in both)


def _image(row: sqlite3.Row) -> Image:
    own = {name: row[name] for name in ("name", "born", "phone", "tags", "household", "notes", "contacts")}
    return {"resident": row["ref"], **own, **places.levels_of(row["path"] or "")}


_CURRENT = """
SELECT p.*, l.path FROM persons p LEFT JOIN households h ON h.ref=p.household LEFT JOIN places l ON l.id=h.place
"""
_BY_REF = _CURRENT + "WHERE p.ref IN (SELECT value FROM json_each(?))"  # noqa: S608 - both texts are ours
_NAMED = _CURRENT + "WHERE p.name IN (SELECT value FROM json_each(?)) AND p.erased_at IS NULL"  # noqa: S608 - both texts are ours
_PHONED = _CURRENT + "WHERE p.phone<>'' AND p.phone IN (SELECT value FROM json_each(?))"  # noqa: S608 - both texts are ours
