"""Drafts of imports: kept, confirmed, applied and undone piece by piece. Functions over a writing connection.

    reading -> draft -> applying -> applied -> undoing -> undone
                     -> discarded (by somebody, or after a day)          reading -> failed

A draft changes nothing. Confirming compares the register's version with the draft's; applying compares every row's `v`
once more, so that what somebody edited in between becomes a conflict and not a loss. Every step says in the row what
it did, so that a stop in the middle is gone on with at the next start.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from office.desk.register import book, places
from office.desk.register.csv_table import Bad
from office.desk.register.difference import MOST_BAD, Batch
from office.desk.register.fields import Image
from office.desk.register.subject import Subject, listed

EXPIRES_MS = 24 * 3600 * 1000
PIECE = 60
"""Rows of one transaction: what others wait behind."""


def begin(conn: sqlite3.Connection, at: int, made: str, subject: str, file: str, by: str) -> None:
    """A file was brought."""
    conn.execute(
        """INSERT INTO register_imports(id, subject, file, state, by, made_at, expires_at, version)
           VALUES (?,?,?,'reading',?,?,?,?)""",
        (made, subject, file, by, at, at + EXPIRES_MS, book.version(conn)),
    )
    audit.note(conn, at, by, "register.import.brought", made, subject=subject)


def add(conn: sqlite3.Connection, made: str, batch: Batch, lines: int, total: int) -> None:
    """What some more rows came to."""
    rows = [
        {
            "line": each.line,
            "what": each.what,
            "key": each.key,
            "image": json.dumps(each.image, ensure_ascii=False),
            "before": json.dumps(each.before, ensure_ascii=False) if each.before is not None else None,
            "fields": json.dumps(each.fields),
            "given": json.dumps(each.given),
            "conflict": each.conflict,
            "other": each.other,
            "was": each.was,
        }
        for each in batch.changes
    ]
    conn.execute(
        """INSERT INTO register_import_rows(import, line, what, key, image, before, fields, given, conflict,
                                           other, was)
           SELECT ?, value->>'line', value->>'what', value->>'key', value->>'image', value->>'before',
                  value->>'fields', value->>'given', value->>'conflict', value->>'other', value->>'was'
           FROM json_each(?)""",
        (made, json.dumps(rows, ensure_ascii=False)),
    )
    counts = {what: sum(each.what == what for each in batch.changes) for what in ("new", "changed", "conflict")}
    conn.execute(
        """UPDATE register_imports SET done=done+?, total=?, fresh=fresh+?, changed=changed+?, conflicts=conflicts+?,
                  same=same+? WHERE id=?""",
        (lines, max(total, 0), counts["new"], counts["changed"], counts["conflict"], batch.same, made),
    )
    complain(conn, made, batch.bad)


def complain(conn: sqlite3.Connection, made: str, bad: Sequence[Bad]) -> None:
    """Bad rows: the first are kept word by word, all are counted."""
    if not bad:
        return
    known = json.loads(conn.execute("SELECT bad_rows FROM register_imports WHERE id=?", (made,)).fetchone()[0])
    told = [
        {"line": b.line, "column": b.column, "header": b.header, "zh": b.zh, "en": b.en}
        for b in bad[: MOST_BAD - len(known)]
    ]
    conn.execute(
        "UPDATE register_imports SET bad=bad+?, bad_rows=? WHERE id=?",
        (len(bad), json.dumps(known + told, ensure_ascii=False), made),
    )


def state(conn: sqlite3.Connection, at: int, made: str, now: str, reason: str = "") -> None:
    """It came so far."""
    conn.execute(
        "UPDATE register_imports SET state=?, reason=?, ended_at=?, total=done WHERE id=?", (now, reason, at, made)
    )


def confirm(conn: sqlite3.Connection, at: int, made: str, version: int, by: str) -> None:
    """Somebody wants it. Raises Mistake when it is too late, or the register is not what it was compared with."""
    row = _row(conn, made)
    if row["state"] != "draft":
        raise Mistake("这份导入已经处理过了", f"this import is {row['state']} already", 409, code="state")
    if row["expires_at"] <= at:
        raise Mistake(
            "草稿已过期(保留一天),请重新上传",
            "the draft has expired after a day; bring the file again",
            409,
            code="expired",
        )
    if not version == row["version"] == book.version(conn):
        raise Mistake(
            "比较之后登记又有改动,请重新比较再确认",
            "the register changed since; compare again and confirm then",
            409,
            code="version",
        )
    if conn.execute("SELECT 1 FROM register_imports WHERE state IN ('applying', 'undoing')").fetchone():
        raise Mistake("另一份导入正在进行,请稍后", "another import is under way; wait for it", 409, code="busy")
    conn.execute(
        "UPDATE register_imports SET state='applying', confirmed_by=?, confirmed_at=?, done=0, total=? WHERE id=?",
        (by, at, row["fresh"] + row["changed"] + row["conflicts"], made),
    )
    counts = {name: row[name] for name in ("fresh", "changed", "same", "conflicts", "bad")}
    audit.note(conn, at, by, "register.import.confirmed", made, subject=row["subject"], **counts)


def apply_piece(conn: sqlite3.Connection, at: int, made: str, subject: Subject) -> bool:
    """Some more rows; whether there are any left."""
    rows = conn.execute(
        """SELECT * FROM register_import_rows WHERE import=? AND became IS NULL ORDER BY line LIMIT ?""", (made, PIECE)
    ).fetchall()
    current = subject.current(conn, [row["key"] for row in rows])
    for row in rows:
        now = current.get(row["key"])
        if row["conflict"] == "twice":  # the first of the two may have been written a moment ago
            now = subject.current(conn, [row["key"]]).get(row["key"])
        if row["what"] == "conflict" or (now.v if now else 0) != row["was"]:
            became = 0
            one = Collision(
                subject=subject.name,
                kind=row["conflict"] or "edited",
                key=row["key"],
                other=row["other"],
                mine=now.image if now else subject.blank(),
                theirs=json.loads(row["image"]),
                origin=made,
                line=row["line"],
                given=json.loads(row["given"]),
            )
            add_conflict(conn, at, one)
        else:
            became = subject.put(conn, at, row["key"], json.loads(row["image"]), made)
        conn.execute("UPDATE register_import_rows SET became=? WHERE import=? AND line=?", (became, made, row["line"]))
    conn.execute("UPDATE register_imports SET done=done+? WHERE id=?", (len(rows), made))
    if len(rows) == PIECE:
        return True
    conn.execute("UPDATE register_imports SET state='applied', ended_at=? WHERE id=?", (at, made))
    conn.execute(
        "DELETE FROM register_import_rows WHERE import IN (SELECT id FROM register_imports WHERE confirmed_at<"
        "(SELECT confirmed_at FROM register_imports WHERE id=?))",
        (made,),
    )
    book.moved_on(conn)
    return False


def undo(conn: sqlite3.Connection, at: int, made: str, by: str) -> None:
    """Somebody wants it back as it was. Raises Mistake unless it is the last one that was confirmed."""
    row = _row(conn, made)
    last = conn.execute(
        "SELECT id FROM register_imports WHERE confirmed_at IS NOT NULL ORDER BY confirmed_at DESC, id DESC"
    ).fetchone()
    if row["state"] != "applied" or last["id"] != made:
        raise Mistake(
            "只能撤销最近一次已完成的导入", "only the last import that was completed can be undone", 409, code="state"
        )
    conn.execute("UPDATE register_imports SET state='undoing', done=0, skipped=0 WHERE id=?", (made,))
    conn.execute(
        """UPDATE register_conflicts SET settled_at=?, settled_by=?, how='withdrawn'
           WHERE origin=? AND settled_at IS NULL""",
        (at, by, made),
    )
    audit.note(conn, at, by, "register.import.undone", made, subject=row["subject"])


def undo_piece(conn: sqlite3.Connection, at: int, made: str, subject: Subject) -> bool:
    """Some more rows back, last first; what was edited since stays and is counted. Whether there are any left."""
    rows = conn.execute(
        "SELECT * FROM register_import_rows WHERE import=? ORDER BY line DESC LIMIT ?", (made, PIECE)
    ).fetchall()
    current = subject.current(conn, [row["key"] for row in rows])
    skipped = 0
    for row in rows:
        now = current.get(row["key"])
        if row["became"] and now and now.v == row["became"]:
            if row["before"] is None:
                subject.remove(conn, row["key"])
            else:
                subject.put(conn, at, row["key"], json.loads(row["before"]))
        else:
            skipped += bool(row["became"])
        conn.execute("DELETE FROM register_import_rows WHERE import=? AND line=?", (made, row["line"]))
    conn.execute("UPDATE register_imports SET done=done+?, skipped=skipped+? WHERE id=?", (len(rows), skipped, made))
    if len(rows) == PIECE:
        return True
    _clear_up(conn, made)
    conn.execute("UPDATE register_imports SET state='undone', ended_at=? WHERE id=?", (at, made))
    book.moved_on(conn)
    return False


def discard(conn: sqlite3.Connection, at: int, made: str, by: str) -> None:
    """A draft nobody wants."""
    row = _row(conn, made)
    if row["state"] not in ("draft", "failed"):
        raise Mistake("这份导入已经处理过了", f"this import is {row['state']} already", 409, code="state")
    conn.execute("UPDATE register_imports SET state='discarded', ended_at=? WHERE id=?", (at, made))
    conn.execute("DELETE FROM register_import_rows WHERE import=?", (made,))
    audit.note(conn, at, by, "register.import.discarded", made)


def expire(conn: sqlite3.Connection, at: int) -> None:
    """Drafts of yesterday hold people's data for nothing."""
    old = [
        r["id"] for r in conn.execute("SELECT id FROM register_imports WHERE state='draft' AND expires_at<=?", (at,))
    ]
    if old:
        conn.execute(
            "DELETE FROM register_import_rows WHERE import IN (SELECT value FROM json_each(?))", (listed(old),)
        )
        conn.execute(
            "UPDATE register_imports SET state='discarded', ended_at=?, reason='expired'"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (at, listed(old)),
        )


def interrupted(conn: sqlite3.Connection, at: int) -> list[str]:
    """At start: what was being read is lost with the file, what was being applied or undone is to be gone on with."""
    conn.execute(
        "UPDATE register_imports SET state='failed', reason='stopped', ended_at=? WHERE state='reading'", (at,)
    )
    conn.execute(
        "DELETE FROM register_import_rows WHERE import IN (SELECT id FROM register_imports WHERE state='failed')"
    )
    return [row["id"] for row in conn.execute("SELECT id FROM register_imports WHERE state IN ('applying', 'undoing')")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two images that a person must choose between. `given` names what their side itself said."""

    subject: str
    kind: str
    key: str
    mine: Image
    theirs: Image
    origin: str
    other: str = ""
    line: int = 0
    given: Sequence[str] = ()
    past: str = ""


def add_conflict(conn: sqlite3.Connection, at: int, one: Collision) -> None:
    """One more to be settled."""
    images = (json.dumps(image, ensure_ascii=False) for image in (one.mine, one.theirs))
    conn.execute(
        """INSERT INTO register_conflicts(subject, kind, key, other, mine, theirs, origin, line, at, given, past)
           VALUES (?,?,?,?,?,?,?,?,?,?,?)""",
        (
            one.subject,
            one.kind,
            one.key,
            one.other,
            *images,
            one.origin,
            one.line,
            at,
            json.dumps([*one.given]),
            one.past,
        ),
    )


def _row(conn: sqlite3.Connection, made: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM register_imports WHERE id=?", (made,)).fetchone()
    if row is None:
        raise missing("导入", "import")
    return row


def _clear_up(conn: sqlite3.Connection, made: str) -> None:
    """Households and places that the import had made and in which nobody is."""
    conn.execute(
        "DELETE FROM households WHERE origin=? AND NOT EXISTS (SELECT 1 FROM persons WHERE household=households.ref)",
        (made,),
    )
    deepest_first = "SELECT id FROM places WHERE origin=? ORDER BY length(path) DESC, n DESC"
    for row in conn.execute(deepest_first, (made,)).fetchall():
        places.remove(conn, row["id"])
