"""The guides that kiosks show now: their titles for the card of a call, and to show one while one talks about it."""

from __future__ import annotations

import sqlite3

from office.desk.content import versions
from sync.contract.departments import Said
from sync.contract.envelope import Struct, decode
from sync.contract.services import GUIDES, Guide


class GuideSeen(Struct, frozen=True):
    """One that a kiosk can be told to show."""

    id: str
    title: Said
    department: str


def shown(conn: sqlite3.Connection) -> list[GuideSeen]:
    """Of the version in force, in the order of the screen."""
    version = versions.live(conn)
    files = [file for file in versions.files_of(version) if file.name == GUIDES] if version is not None else []
    texts = versions.texts_of(conn, files)
    return [
        GuideSeen(guide.id, guide.title, guide.department)
        for file in files
        for guide in decode(texts[file.sha256], list[Guide])
    ]


def title(conn: sqlite3.Connection, guide: str) -> str:
    """In Chinese; the id where no kiosk shows such a guide."""
    return next((one.title.zh for one in shown(conn) if one.id == guide), guide) if guide else ""
