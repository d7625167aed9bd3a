"""Contents: which version of what every kiosk shall have. Kept here, published retained, its files in the blob door.

Functions over a connection. A content that was ended stays as a row without files, so that its end reaches a broker
that was away.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from office.blob_rows import EVERYONE
from sync.contract.envelope import decode, encode
from sync.contract.kiosk import Manifest


@dataclass(frozen=True, slots=True)
class Content:
    """One of them; no manifest: it was ended."""

    name: str
    manifest: Manifest | None
    at: int = 0

    @property
    def payload(self) -> bytes:
        """As it is published."""
        return encode(self.manifest) if self.manifest else b""


def every(conn: sqlite3.Connection) -> list[Content]:
    """All of them by name."""
    rows = conn.execute("SELECT * FROM contents ORDER BY name")
    return [Content(row["name"], _manifest(row["manifest"]), row["at"]) for row in rows]


def missing(conn: sqlite3.Connection, manifest: Manifest) -> list[str]:
    """Names of its files that are not here for every gateway, in the size it says."""
    absent = set(missing_hashes(conn, manifest))
    return [file.name for file in manifest.files if file.sha256 in absent]


def missing_hashes(conn: sqlite3.Connection, manifest: Manifest) -> list[str]:
    """Hashes of these files."""
    found = []
    for file in manifest.files:
        row = conn.execute(
            "SELECT size FROM blobs JOIN blob_holders USING (sha256) WHERE sha256=? AND gateway=?",
            (file.sha256, EVERYONE),
        ).fetchone()
        if row is None or row["size"] != file.size:
            found.append(file.sha256)
    return found


def put(conn: sqlite3.Connection, at: int, name: str, manifest: Manifest | None) -> list[str]:
    """A new version, or the end. Hashes of files that nobody needs any more: their bytes may go."""
    before = conn.execute("SELECT manifest FROM contents WHERE name=?", (name,)).fetchone()
    conn.execute(
        "INSERT OR REPLACE INTO contents VALUES (?,?,?)", (name, encode(manifest).decode() if manifest else "", at)
    )
    old = _manifest(before["manifest"]) if before else None
    used = {file.sha256 for content in every(conn) if content.manifest for file in content.manifest.files}
    dropped = sorted({file.sha256 for file in old.files} - used) if old else []
    asked = json.dumps(dropped)
    conn.execute(
        "DELETE FROM blob_holders WHERE gateway=? AND sha256 IN (SELECT value FROM json_each(?))", (EVERYONE, asked)
    )
    gone = conn.execute(
        """DELETE FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))
           AND NOT EXISTS (SELECT 1 FROM blob_holders WHERE sha256=blobs.sha256) RETURNING sha256""",
        (asked,),
    )
    return [row["sha256"] for row in gone.fetchall()]


def _manifest(text: str) -> Manifest | None:
    return decode(text.encode(), Manifest) if text else None
