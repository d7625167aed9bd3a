"""Brings the example content to a desk and publishes it, so that a kiosk has something worth looking at."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from office.desk import example_content
from office.desk.content import items, media, versions
from office.desk.content.kinds import kind_of, read
from office.desk.content.media import Media, MediaFolder
from office.desk.desk import Desk
from office.desk.duty.shifts import BEIJING
from office.desk.takeaway import links

NOTE = "演示内容"


async def bring(desk: Desk, folder: MediaFolder, actor: str) -> int:
    """The number of the version."""
    kept = {name: await folder.take(_whole(sound)) for name, sound in example_content.sounds().items()}
    return await desk.change(partial(_publish, desk=desk, at=desk.now(), actor=actor, kept=kept), long=True)


def _publish(conn: sqlite3.Connection, desk: Desk, at: int, actor: str, kept: dict[str, tuple[str, Media]]) -> int:
    for sha256, sound in kept.values():
        media.keep(conn, at, actor, sha256, sound)
    today = datetime.fromtimestamp(at / 1000, BEIJING).date()
    names = {name: sound.name for name, (_, sound) in kept.items()}
    for kind, drafts in example_content.items(today, names).items():
        for draft in drafts:
            items.put(conn, at, actor, kind_of(kind), read(kind_of(kind), draft["id"], draft), 0)
    return versions.publish(
        conn, at, actor, NOTE, lambda guide: links.link(desk.vault, desk.door.url, links.GUIDE, guide)
    )


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
