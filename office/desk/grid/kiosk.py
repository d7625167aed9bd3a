"""Applications made at a kiosk: submissions of kind `warden-application`, read from the receiver's file in order.

The form has `name`, `phone` and, where they were asked, `where` and `words`. A bad one is passed over with a note:
the resident was told at the kiosk that the office calls back, so a person looks at it.
"""

from __future__ import annotations

import logging
import sqlite3
from functools import partial

from office.desk.desk import Desk
from office.desk.grid import applications
from office.desk.grid.applications import Apply
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.people.vault import Vault
from sync.contract.envelope import convert, decode
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION

log = logging.getLogger("linli.office.desk.grid")

KIND = "warden-application"
STRETCH = 5000
"""Rows of the receiver's events looked through at once."""


async def follow(desk: Desk) -> None:
    """Take over what has come since; each once."""
    while True:
        after, top, found = await desk.look(_news)
        if top == after:
            return
        at, vault = desk.now(), desk.vault
        await desk.change(partial(_take, at=at, vault=vault, found=found, top=top))
        if found:
            desk.live.tell("grid", None, may=Permission.GRID_EDIT)


def _news(conn: sqlite3.Connection) -> tuple[int, int, list[tuple[str, str]]]:
    """From where, up to where, and id and data of the applications between."""
    row = conn.execute("SELECT after FROM grid_followed").fetchone()
    after = int(row["after"]) if row else 0
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    first = 0 if newest < after else after  # the receiver's file is another one; each is known by its id
    top = min(newest, first + STRETCH)
    rows = conn.execute(
        """SELECT id, data FROM centre.events
           WHERE n>? AND n<=? AND type=?
             AND CASE WHEN json_valid(data) THEN json_extract(data, '$.kind')=? END ORDER BY n""",
        (first, top, SUBMISSION, KIND),
    )
    return after, top, [(row["id"], row["data"]) for row in rows]


def _take(conn: sqlite3.Connection, at: int, vault: Vault, found: list[tuple[str, str]], top: int) -> None:
    for id_, data in found:
        conn.execute("SAVEPOINT one")
        try:
            form = decode(data.encode(), Submission).form
            applications.apply(conn, at, vault, "kiosk", convert({**form, "id": id_}, Apply))
        except sqlite3.OperationalError:
            raise  # a disk that is full: all of it again
        except Exception as reason:  # noqa: BLE001 - whatever a kiosk may send: the next ones wait behind it
            conn.execute("ROLLBACK TO one")
            log.warning("the warden application %s of a kiosk cannot be used: %s", id_, type(reason).__name__)
            audit.note(conn, at, audit.SYSTEM, "grid.application-unreadable", id_)
        conn.execute("RELEASE one")
    conn.execute("INSERT OR REPLACE INTO grid_followed VALUES (1, ?)", (top,))
