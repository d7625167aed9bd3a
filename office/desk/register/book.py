"""Writing into the register: one row at a time from a form, with everything checked again where it is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.register.devices import Devices
from office.desk.register.fields import Image
from office.desk.register.persons import Persons
from office.desk.register.poles import Poles
from office.desk.register.spots import Places
from office.desk.register.subject import Clash, Seen, Subject

CLASHES = {
    "phone": ("这个电话已登记在另一位居民名下", "this phone already belongs to somebody else"),
    "room": ("这个房间已登记了另一户", "another household is registered in this room"),
    "ref": ("这个编号已属于另一位居民", "this reference already belongs to somebody else"),
    "pole": ("这个杆号登记在另一个位置", "this pole stands somewhere else in the register"),
    "twice": ("文件中同一编号出现多次,内容不同", "the file has it twice, with different contents"),
    "edited": ("比较之后又有人改过这一行", "somebody changed the row after it was compared"),
    "device": ("网关上报的居民与登记不同", "the gateway names another resident than the register"),
}


def subjects(vault: Vault) -> dict[str, Subject]:
    """One of each kind, by name."""
    return {each.name: each for each in (Persons(vault), Places(vault), Poles(vault), Devices(vault))}


def version(conn: sqlite3.Connection) -> int:
    """The register's: grows with everything people change."""
    return int(conn.execute("SELECT n FROM register_version").fetchone()[0])


def moved_on(conn: sqlite3.Connection) -> None:
    """Something was changed by a person."""
    conn.execute("UPDATE register_version SET n=n+1")


def save(
    conn: sqlite3.Connection,
    subject: Subject,
    at: int,
    actor: str,
    given: Image,
    v: int,
    accepted: Collection[str] = (),
) -> tuple[str, int]:
    """One row from a form; its key and new `v`. `v` 0 is a new row. Raises Mistake: changed meanwhile, or a clash."""
    subject.name_rows(conn, [given], Seen())
    key = subject.key(given)
    now = subject.current(conn, [key]).get(key) if key else None
    if v and now is None:
        raise missing("记录", "row")
    if v != (now.v if now else 0):
        raise Mistake(
            "刚才有人改过这一条,请重新打开后再改", "somebody changed it just now; open it again", 409, code="changed"
        )
    before = now.image if now else None
    image = subject.merged(before, given)
    lacking = subject.lacks(image)
    if lacking or not key:
        name = lacking or subject.key_fields[0]
        raise Mistake(f"请填写{subject.fields[name].zh}", f"{name} must be given", 400, name)
    subject.seal(key, image, before)
    for clash in subject.clashes(conn, [(key, image, now)], Seen())[0]:
        if clash.kind not in accepted:
            raise clashing(clash)
    changed = [name for name in subject.fields if before is None or before[name] != image[name]]
    became = subject.put(conn, at, key, image) if changed else v
    if changed:
        moved_on(conn)
        action = f"register.{subject.name}.{'changed' if now else 'made'}"
        audit.note(conn, at, actor, action, key, fields=changed, accepted=sorted(accepted))
    return key, became


def clashing(clash: Clash) -> Mistake:
    """What collides, with whom. `code` is `clash:KIND`, so that a form can ask whether it is meant."""
    zh, en = CLASHES[clash.kind]
    field = {"phone": "phone", "room": "household", "ref": "name", "pole": "lat"}.get(clash.kind, "")
    return Mistake(f"{zh}({clash.other})", f"{en} ({clash.other})", 409, field, code=f"clash:{clash.kind}")
