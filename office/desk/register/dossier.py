"""Everything the desk holds about one person: gathered to be given to them, or erased.

Erasing empties what says who it is. What the office must be able to account for stays under the opaque reference: that
there was an alarm and when who came, that there was a case, that somebody looked. Functions over connections; `alarms`
looks at `centre.` too.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.register import book, dossier_work, look, views
from office.desk.register.dossier_work import Rows
from sync.contract.envelope import Struct


class Stays(Struct, frozen=True):
    """What an erasure leaves, how much of it, and why."""

    zh: str
    en: str
    count: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """By section."""

    ref: str
    person: views.PersonView
    secrets: look.Secrets
    sections: Mapping[str, Rows]


def gather(conn: sqlite3.Connection, vault: Vault, ref: str) -> Dossier | None:
    """All of it. Raises WrongKey."""
    view = views.person(conn, ref)
    if view is None:
        return None
    ids = alarms(conn, ref)
    listed = json.dumps(ids)
    sections = {
        "alarms": _rows(conn, _ALARMS, listed),
        "alarm_steps": _rows(conn, _STEPS, listed),
        "alarm_notes": _rows(conn, _NOTES, listed),
        **dossier_work.held(conn, vault, ref, listed),
        "camera_looks": _rows(conn, _LOOKS, listed, ref),
        "audit": _rows(conn, "SELECT at, actor, action, detail FROM audit WHERE about=? ORDER BY n LIMIT 5000", ref),
    }
    return Dossier(ref, view, look.secrets(conn, vault, ref), sections)


def alarms(conn: sqlite3.Connection, ref: str) -> list[str]:
    """Ids of alarms in which the gateway named this resident, or of devices that are theirs now."""
    rows = conn.execute(
        """SELECT id FROM centre.alarms WHERE CASE WHEN json_valid(data) THEN data->>'resident'=?1 END
           UNION SELECT a.id FROM devices_at d JOIN centre.alarms a ON a.gateway=d.gateway AND a.device=d.device
                 WHERE d.person=?1 AND coalesce(CASE WHEN json_valid(a.data) THEN a.data->>'resident' END, ?1)=?1""",
        (ref,),
    )
    return [row["id"] for row in rows]


def erase(conn: sqlite3.Connection, at: int, ref: str, v: int, ids: Sequence[str], reason: str, by: str) -> list[Stays]:
    """Over a writing connection; `ids` are the person's alarms. What stays. Raises Mistake."""
    row = conn.execute("SELECT * FROM persons WHERE ref=?", (ref,)).fetchone()
    if row is None:
        raise missing("居民", "person")
    if row["erased_at"] is not None:
        raise Mistake("这位居民的资料已经删除", "this person's data is erased already", 409, code="erased")
    if row["v"] != v:
        raise Mistake(
            "刚才有人改过这一条,请重新打开", "somebody changed it just now; open it again", 409, code="changed"
        )
    conn.execute("PRAGMA secure_delete=ON")  # what is emptied is overwritten, not only forgotten
    try:
        _empty(conn, at, ref, row["n"], json.dumps([*ids]))
    finally:
        conn.execute("PRAGMA secure_delete=OFF")
    book.moved_on(conn)
    stays = _stays(conn, ref, ids)
    audit.note(conn, at, by, "register.person.erased", ref, letters=len(reason), alarms=len(ids))
    return stays


def _empty(conn: sqlite3.Connection, at: int, ref: str, n: int, ids: str) -> None:
    conn.execute(
        """UPDATE weekly_calls SET note=''
           WHERE (gateway, device) IN (SELECT gateway, device FROM devices_at WHERE person=?)""",
        (ref,),
    )
    conn.execute(
        """UPDATE persons SET name='', born=NULL, phone='', tags='', household='', notes='', contacts='',
                  erased_at=?, changed_at=?, v=v+1 WHERE ref=?""",
        (at, at, ref),
    )
    conn.execute(
        "UPDATE devices_at SET household='', place='', words='', v=v+1, changed_at=? WHERE person=?", (at, ref)
    )
    conn.execute("DELETE FROM found_persons WHERE rowid=?", (n,))
    conn.execute("INSERT INTO found_persons(found_persons) VALUES ('optimize')")  # old words leave the index's pages
    conn.execute(
        "DELETE FROM register_import_rows WHERE key=? OR image->>'resident'=? OR before->>'resident'=?", (ref, ref, ref)
    )
    conn.execute(
        """UPDATE register_conflicts SET mine='{}', theirs='{}', settled_at=coalesce(settled_at, ?), how='erased'
           WHERE subject='persons' AND (key=? OR other=?)""",
        (at, ref, ref),
    )
    dossier_work.empty(conn, ref, ids)


def _stays(conn: sqlite3.Connection, ref: str, ids: Sequence[str]) -> list[Stays]:
    cases, kiosk = conn.execute(
        """SELECT count(*), coalesce(sum(source='kiosk'), 0) FROM cases
           WHERE resident=? OR alarm IN (SELECT value FROM json_each(?))""",
        (ref, json.dumps([*ids])),
    ).fetchone()
    devices = conn.execute("SELECT count(*) FROM devices_at WHERE person=?", (ref,)).fetchone()[0]
    notes = conn.execute("SELECT count(*) FROM audit WHERE about=?", (ref,)).fetchone()[0]
    return [
        Stays(
            "报警记录:只剩编号、时间和处置步骤,用于说明是否有人到场",
            "alarms: reference, times and steps, to account for who came",
            len(ids),
        ),
        Stays(
            "案件:编号、环节、时间、办理记录和答复保留,用于说明如何办理;来件内容、录音文字、电话和附件已删除",
            "cases: number, steps, times, history and answer, to account for what was done; what was said, typed up, "
            "phones and files are gone",
            cases,
        ),
        Stays(
            "设备:仍以居民编号标记,请到网关上改派或拆除",
            "devices: still marked with the reference; give them to somebody else or take them down",
            devices,
        ),
        Stays(
            "信息机原始提交:保存在接收程序的记录里,值班台不能更改",
            "what was sent off at kiosks: in the receiver's own record, which the desk cannot change",
            kiosk,
        ),
        Stays("审计记录:只有编号和操作,按规定不可更改", "audit log: references and actions only, never changed", notes),
        Stays("以前的数据库备份:到保留期满才消失", "backups made before: until they are rotated out", 0),
    ]


def _rows(conn: sqlite3.Connection, query: str, *values: str) -> Rows:
    return [dict(row) for row in conn.execute(query, values)]


_ALARMS = """SELECT id, gateway, device, cause, severity, test, raised_at, received_at, acknowledged_at, on_the_way_at,
closed_at, reason FROM centre.alarms WHERE id IN (SELECT value FROM json_each(?)) ORDER BY received_at"""
_STEPS = """SELECT alarm, step, by, at, text, reason FROM centre.alarm_steps
WHERE alarm IN (SELECT value FROM json_each(?)) ORDER BY n"""
_NOTES = "SELECT alarm, kind, at, text FROM alarm_notes WHERE alarm IN (SELECT value FROM json_each(?)) ORDER BY n"
_LOOKS = """SELECT at, gateway, camera, reason, about, way FROM looks
WHERE about IN (SELECT value FROM json_each(?1)) OR about=?2 ORDER BY n"""
