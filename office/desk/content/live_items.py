"""The items of the published version, as kiosks have them. Functions over a connection of the desk's file."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from sync.contract.envelope import decode
from sync.contract.kiosk import ContentFile

T = TypeVar("T")


def of(conn: sqlite3.Connection, file: str, shape: type[T]) -> list[T]:
    """One file's items; none before the first version."""
    row = conn.execute("SELECT files FROM content_versions ORDER BY n DESC LIMIT 1").fetchone()
    files = decode(row["files"].encode(), list[ContentFile]) if row else []
    sha256 = next((each.sha256 for each in files if each.name == file), "")
    text = conn.execute("SELECT content FROM content_texts WHERE sha256=?", (sha256,)).fetchone()
    return decode(bytes(text["content"]), list[shape]) if text else []  # type: ignore[valid-type]
