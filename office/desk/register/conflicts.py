"""Settling what collided: keep mine, take theirs, or keep both; by whom stays on record. Over a writing connection."""

from __future__ import annotations

import json
import sqlite3

from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.register import book
from office.desk.register.fields import Image
from office.desk.register.imports import Collision, add_conflict
from office.desk.register.subject import Clash, Seen, Subject


def settle(conn: sqlite3.Connection, subject: Subject, at: int, n: int, how: str, by: str) -> None:
    """Raises Mistake when somebody settled it before, or it cannot be settled so."""
    row = conn.execute("SELECT * FROM register_conflicts WHERE n=?", (n,)).fetchone()
    if row is None:
        raise missing("冲突", "conflict")
    if row["settled_at"] is not None:
        raise Mistake("这条冲突已由别人处理", "somebody has settled this already", 409, code="settled")
    if how not in subject.hows(row["kind"]):
        raise Mistake(
            "这条冲突不能这样处理", f"this one is settled by {', '.join(subject.hows(row['kind']))}", 400, "how"
        )
    conn.execute("UPDATE register_conflicts SET settled_at=?, settled_by=?, how=? WHERE n=?", (at, by, how, n))
    audit.note(
        conn, at, by, "register.conflict.settled", str(n), kind=row["kind"], how=how, key=row["key"], other=row["other"]
    )
    clash = Clash(row["kind"], row["other"], tuple(json.loads(row["given"])))
    left = subject.settle(conn, at, clash, row["key"], json.loads(row["theirs"]), how)
    if left is not None:
        _write(conn, subject, at, row, *left)
    book.moved_on(conn)


def _write(conn: sqlite3.Connection, subject: Subject, at: int, row: sqlite3.Row, key: str, image: Image) -> None:
    """Unless it collides with something else too: then that is the next to be settled."""
    now = subject.current(conn, [key]).get(key)
    past = {*row["past"].split(","), row["kind"]}
    next_one = [clash for clash in subject.clashes(conn, [(key, image, now)], Seen())[0] if clash.kind not in past]
    if not next_one:
        subject.put(conn, at, key, image, "gateway" if row["origin"] == "gateway" else "")
        return
    clash = next_one[0]
    one = Collision(
        subject=subject.name,
        kind=clash.kind,
        key=key,
        other=clash.other,
        mine=now.image if now else subject.blank(),
        theirs=image,
        origin=row["origin"],
        line=row["line"],
        given=json.loads(row["given"]),
        past=",".join(sorted(past - {""})),
    )
    add_conflict(conn, at, one)
