"""The drafts: functions over a connection, each change with its note."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from office.desk.content.kinds import KINDS, MOST, Kind, media_of
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from sync.contract.envelope import Struct, decode, encode


class Draft(Struct, frozen=True):
    """One item as it stands. `v` rises with every change; whoever changes it says which one was looked at."""

    id: str
    v: int
    changed_at: int
    item: Any


def listed(conn: sqlite3.Connection, kind: Kind, text: str, after: int, limit: int) -> list[tuple[int, Draft]]:
    """In the order of the screen, after place `after`; with `text` in it."""
    rows = conn.execute(
        """SELECT place, id, v, changed_at, body FROM content_items
           WHERE kind=? AND place>? AND (?3='' OR instr(body, ?3)) ORDER BY place, id LIMIT ?""",
        (kind.name, after, text, limit),
    )
    return [(row["place"], Draft(row["id"], row["v"], row["changed_at"], json.loads(row["body"]))) for row in rows]


def every(conn: sqlite3.Connection, kind: Kind) -> list[Any]:
    """All of them as their shape, in the order of the screen."""
    rows = conn.execute("SELECT body FROM content_items WHERE kind=? ORDER BY place, id", (kind.name,))
    return [decode(row["body"].encode(), kind.shape) for row in rows]


def one(conn: sqlite3.Connection, kind: Kind, item_id: str) -> Draft:
    """Raises Mistake."""
    row = conn.execute("SELECT * FROM content_items WHERE kind=? AND id=?", (kind.name, item_id)).fetchone()
    if row is None:
        raise missing("内容", "content")
    return Draft(row["id"], row["v"], row["changed_at"], json.loads(row["body"]))


def put(conn: sqlite3.Connection, at: int, actor: str, kind: Kind, item: Any, v: int) -> int:
    """Its new version. `v` 0 makes a new one, at the end. Raises Mistake when somebody else was faster."""
    _media_is_there(conn, item)
    body = encode(item).decode()
    row = conn.execute("SELECT v FROM content_items WHERE kind=? AND id=?", (kind.name, item.id)).fetchone()
    if (row["v"] if row else 0) != v:
        raise Mistake("别人刚刚改过,请重新打开", "somebody has changed it meanwhile; open it again", 409)
    if row is None:
        count, last = conn.execute(
            "SELECT count(*), coalesce(max(place), 0) FROM content_items WHERE kind=?", (kind.name,)
        ).fetchone()
        if count >= MOST:
            raise Mistake(f"最多 {MOST} 条", f"at most {MOST} items", 409)
        conn.execute(
            "INSERT INTO content_items VALUES (?,?,?,?,1,?,?)", (kind.name, item.id, body, last + 1, at, actor)
        )
    else:
        conn.execute(
            "UPDATE content_items SET body=?, v=v+1, changed_at=?, changed_by=? WHERE kind=? AND id=?",
            (body, at, actor, kind.name, item.id),
        )
    audit.note(conn, at, actor, "content.changed" if v else "content.made", f"{kind.name}/{item.id}", v=v + 1)
    return v + 1


def remove(conn: sqlite3.Connection, at: int, actor: str, kind: Kind, item_id: str, v: int) -> None:
    """Gone from the next version on. Raises Mistake."""
    gone = conn.execute("DELETE FROM content_items WHERE kind=? AND id=? AND v=?", (kind.name, item_id, v)).rowcount
    if not gone:
        one(conn, kind, item_id)
        raise Mistake("别人刚刚改过,请重新打开", "somebody has changed it meanwhile; open it again", 409)
    audit.note(conn, at, actor, "content.removed", f"{kind.name}/{item_id}", v=v)


def order(conn: sqlite3.Connection, at: int, actor: str, kind: Kind, ids: Sequence[str]) -> None:
    """These first, in this order; the others behind them as they were."""
    known = [
        row["id"] for row in conn.execute("SELECT id FROM content_items WHERE kind=? ORDER BY place, id", (kind.name,))
    ]
    if len(set(ids)) != len(ids) or not set(ids) <= set(known):
        raise Mistake("列表已变,请重新打开", "the list has changed; open it again", 409)
    wanted = [*ids, *(item_id for item_id in known if item_id not in set(ids))]
    conn.executemany(
        "UPDATE content_items SET place=? WHERE kind=? AND id=?",
        [(place, kind.name, item_id) for place, item_id in enumerate(wanted, 1)],
    )
    audit.note(conn, at, actor, "content.ordered", kind.name, count=len(ids))


def named_media(conn: sqlite3.Connection) -> set[str]:
    """Every media file a draft names."""
    return {name for kind in KINDS.values() for item in every(conn, kind) for name in media_of(item)}


def _media_is_there(conn: sqlite3.Connection, item: object) -> None:
    for name in media_of(item):
        if conn.execute("SELECT 1 FROM content_media WHERE name=?", (name,)).fetchone() is None:
            raise Mistake(f"没有这个文件:{name[:80]}", f"no such file: {name[:80]}", field="media")
