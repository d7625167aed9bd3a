"""Versions: all drafts at one moment as files with hashes. A version never changes; going back makes it live anew.

Functions over a connection. The name of a version is the hash of its files, so the same content has the same name.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from office.desk.content import items
from office.desk.content.kinds import KINDS, Kind, media_of
from office.desk.mistake import Mistake, missing
from office.desk.neighbours import dress
from office.desk.people import audit
from sync.contract.envelope import Struct, decode, encode, replaced
from sync.contract.kiosk import ContentFile
from sync.contract.services import GUIDES, PUBLICITY, WARDENS

JSON = "application/json"
MOST_FILES = 1500
"""A manifest of so many files has 210 KB; a gateway takes 256."""
KEPT = 30
"""Versions one can go back to."""

Sign = Callable[[str], str]
"""The signed take-away link of a guide."""

DRESSED: dict[str, Callable[[sqlite3.Connection, int, list[Any]], list[Any]]] = {
    "activities": dress.activities,
    "polls": dress.polls,
}
"""Kinds that say in a version more than in their drafts."""
GENERATED: dict[str, Callable[[sqlite3.Connection, int], object]] = {
    WARDENS: dress.wardens,
    PUBLICITY: dress.publicity,
}
"""Files that come from elsewhere at the desk."""


class Version(Struct, frozen=True):
    """One that was published. `live`: kiosks are told this one. `told_at`: since when the receiver has it."""

    n: int
    version: str
    note: str
    made_at: int
    made_by: str
    files: int
    bytes: int
    live: bool
    told_at: int | None


class Change(Struct, frozen=True):
    """What publishing would change of one kind: ids."""

    kind: str
    added: list[str]
    changed: list[str]
    removed: list[str]


def build(conn: sqlite3.Connection, at: int, sign: Sign) -> tuple[list[ContentFile], dict[str, bytes]]:
    """The files of a version of the drafts, and the bytes of those that are no media. Raises Mistake."""
    texts: dict[str, bytes] = {}
    named: set[str] = set()
    for kind in KINDS.values():
        drafts = _dressed(conn, at, kind, sign)
        texts[kind.file] = encode(drafts)
        named.update(name for item in drafts for name in media_of(item))
    texts |= {file: encode(made(conn, at)) for file, made in GENERATED.items()}
    files = [ContentFile(name, _hash(text), len(text), JSON) for name, text in sorted(texts.items())]
    for name in sorted(named):
        row = conn.execute("SELECT * FROM content_media WHERE name=?", (name,)).fetchone()
        if row is None:
            raise Mistake(f"没有这个文件:{name}", f"no such file: {name}", 409)
        files.append(ContentFile(name, row["sha256"], row["size"], row["type"]))
    if len(files) > MOST_FILES:
        raise Mistake(f"一个版本最多 {MOST_FILES} 个文件", f"a version has at most {MOST_FILES} files", 409)
    return files, texts


def publish(conn: sqlite3.Connection, at: int, actor: str, note: str, sign: Sign) -> int:
    """Its number. The same content as the last version is refused: nothing would change."""
    files, texts = build(conn, at, sign)
    name = _hash(encode(files))[:16]
    last = live(conn)
    if last is not None and last["version"] == name:
        raise Mistake("内容没有变化", "nothing has changed since the last version", 409)
    conn.executemany(
        "INSERT OR IGNORE INTO content_texts VALUES (?,?)", [(_hash(text), text) for text in texts.values()]
    )
    n = _row(conn, at, actor, name, encode(files).decode(), note)
    audit.note(conn, at, actor, "content.published", str(n), version=name, files=len(files))
    _forget_old(conn)
    return n


def again(conn: sqlite3.Connection, at: int, actor: str, n: int) -> int:
    """That version is in force again, as a new row; its number."""
    row = conn.execute("SELECT * FROM content_versions WHERE n=?", (n,)).fetchone()
    if row is None:
        raise missing("版本", "version")
    last = live(conn)
    if last is not None and last["version"] == row["version"]:
        raise Mistake("这个版本正在使用", "this version is in force", 409)
    made = _row(conn, at, actor, row["version"], row["files"], f"↩ {n}")
    audit.note(conn, at, actor, "content.again", str(made), version=row["version"], of=n)
    _forget_old(conn)
    return made


def live(conn: sqlite3.Connection) -> sqlite3.Row | None:
    """The newest row is the one that is in force."""
    row: sqlite3.Row | None = conn.execute("SELECT * FROM content_versions ORDER BY n DESC LIMIT 1").fetchone()
    return row


def listed(conn: sqlite3.Connection) -> list[Version]:
    """Newest first."""
    rows = conn.execute("SELECT * FROM content_versions ORDER BY n DESC LIMIT ?", (KEPT,)).fetchall()
    found = []
    for place, row in enumerate(rows):
        files = files_of(row)
        found.append(
            Version(
                row["n"], row["version"], row["note"], row["made_at"], row["made_by"], len(files),
                sum(file.size for file in files), place == 0, row["told_at"],
            )
        )  # fmt: skip
    return found


def files_of(row: sqlite3.Row) -> list[ContentFile]:
    """Of one version."""
    return decode(row["files"].encode(), list[ContentFile])


def texts_of(conn: sqlite3.Connection, files: list[ContentFile]) -> dict[str, bytes]:
    """Hash to bytes of those that are kept in the table."""
    hashes = json.dumps([file.sha256 for file in files])
    rows = conn.execute(
        "SELECT sha256, content FROM content_texts WHERE sha256 IN (SELECT value FROM json_each(?))", (hashes,)
    )
    return {row["sha256"]: bytes(row["content"]) for row in rows}


def told(conn: sqlite3.Connection, at: int, n: int) -> None:
    """The receiver has it and tells the kiosks."""
    conn.execute("UPDATE content_versions SET told_at=? WHERE n=? AND told_at IS NULL", (at, n))


def difference(conn: sqlite3.Connection, at: int, sign: Sign) -> list[Change]:
    """The drafts against the version in force, kind by kind; kinds without a change are left out."""
    last = live(conn)
    files = {file.name: file.sha256 for file in files_of(last)} if last else {}
    texts = texts_of(conn, files_of(last)) if last else {}
    found = []
    for kind in KINDS.values():
        now = _by_id(json.loads(encode(_dressed(conn, at, kind, sign))))
        before = _by_id(json.loads(texts.get(files.get(kind.file, ""), b"[]")))
        added, removed = sorted(now.keys() - before.keys()), sorted(before.keys() - now.keys())
        changed = sorted(name for name in now.keys() & before.keys() if now[name] != before[name])
        moved = [] if list(now) == list(before) or added or removed else ["*"]
        if added or changed or removed or moved:
            found.append(Change(kind.name, added, changed or moved, removed))
    return found


def kept_media(conn: sqlite3.Connection) -> set[str]:
    """Hashes that a draft or a version one can go back to needs."""
    rows = conn.execute("SELECT files FROM content_versions").fetchall()
    kept = {file.sha256 for row in rows for file in files_of(row)}
    names = items.named_media(conn)
    return kept | {
        row["sha256"] for row in conn.execute("SELECT name, sha256 FROM content_media") if row["name"] in names
    }


def _dressed(conn: sqlite3.Connection, at: int, kind: Kind, sign: Sign) -> list[Any]:
    drafts = items.every(conn, kind)
    if kind.file == GUIDES:
        return [replaced(guide, link=sign(guide.id)) for guide in drafts]
    return DRESSED[kind.name](conn, at, drafts) if kind.name in DRESSED else drafts


def _row(conn: sqlite3.Connection, at: int, actor: str, version: str, files: str, note: str) -> int:
    made = conn.execute(
        "INSERT INTO content_versions(version, files, note, made_at, made_by) VALUES (?,?,?,?,?)",
        (version, files, note, at, actor),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def _forget_old(conn: sqlite3.Connection) -> None:
    conn.execute("DELETE FROM content_versions WHERE n <= (SELECT max(n) FROM content_versions) - ?", (KEPT,))
    used = {file.sha256 for row in conn.execute("SELECT files FROM content_versions") for file in files_of(row)}
    conn.execute(
        "DELETE FROM content_texts WHERE sha256 NOT IN (SELECT value FROM json_each(?))", (json.dumps(sorted(used)),)
    )


def _by_id(values: list[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    return {str(value["id"]): value for value in values}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
