"""What residents send off at kiosks becomes cases: read from the receiver's file, in the order of arrival, each once.

The mark of how far was read is written in the transaction that begins the cases, so a stop at any moment neither loses
nor doubles one; the event's id says so once more (`cases_once`). A report is never turned away: what does not fit is
kept as words.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Any

from office.desk.cases import book, slip_links
from office.desk.cases.desk_doors import plausible
from office.desk.cases.moves import MOST_WORDS
from office.desk.desk import Desk
from office.desk.told import told
from sync.contract.messages import SUBMISSION

log = logging.getLogger("linli.office.cases")

KINDS = frozenset({"report", "complaint", "question", "message"})
"""Submissions that ask the office to do something; a booking is no case."""

WINDOW = 20_000
"""Events looked through at a time: only their types are read."""

AT_ONCE = 100
FOLLOWER = "submissions"


class KioskReports:
    """Follows submissions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def catch_up(self) -> int:
        """Take everything that has arrived; how many submissions were looked at."""
        taken = 0
        while True:
            after, last, found = await self._desk.look(_news)
            if last == after:
                return taken
            await self._desk.change(partial(self._take, after=after, last=last, found=found))
            taken += len(found)

    def _take(self, conn: sqlite3.Connection, after: int, last: int, found: list[sqlite3.Row]) -> None:
        if mark(conn, FOLLOWER) != after:
            return
        for row in found:
            self._begin(conn, row)
        conn.execute("INSERT OR REPLACE INTO case_followers VALUES (?,?)", (FOLLOWER, last))

    def _begin(self, conn: sqlite3.Connection, row: sqlite3.Row) -> None:
        """One that cannot become a case as it is becomes one of its bare words: the next ones wait behind it."""
        conn.execute("SAVEPOINT one")
        try:
            new = read(row)
            if new is not None:
                at = self._desk.now()
                number = book.begin(conn, at, new, self._desk.vault)
                slip_links.keep(conn, at, self._desk.vault, self._desk.door.url, row["id"], number)
        except sqlite3.OperationalError:
            raise  # a disk that is full: all of it again
        except Exception:  # whatever a kiosk may send
            log.exception("the submission %s cannot be read", row["id"])
            conn.execute("ROLLBACK TO one")
            book.begin(conn, self._desk.now(), _bare(row), self._desk.vault)
        conn.execute("RELEASE one")


def _bare(row: sqlite3.Row) -> book.NewCase:
    words = row["data"].encode("utf-8", "replace").decode()[:MOST_WORDS]
    return book.NewCase(
        source=book.Source.KIOSK, source_ref=row["id"], words=words, kind="other", gateway=row["gateway"]
    )


def mark(conn: sqlite3.Connection, name: str) -> int:
    """How far was read."""
    row = conn.execute("SELECT after FROM case_followers WHERE name=?", (name,)).fetchone()
    return int(row["after"]) if row else 0


def read(row: sqlite3.Row) -> book.NewCase | None:
    """A submission as a new case; None when it is none."""
    data = told(row["data"])
    if str(data.get("kind")) not in KINDS:
        return None
    form = data.get("form")
    form = form if isinstance(form, dict) else {"words": str(form)}
    blobs = data.get("blobs")
    phone = _text(form, "phone")
    return book.NewCase(
        source=book.Source.KIOSK,
        source_ref=row["id"],
        number=_text(form, "number"),
        words=_words(form, phone),
        kind=_text(form, "kind") or "other",
        pole=_text(form, "pole"),
        place=_text(form, "place"),
        place_words=_text(form, "place_words", "near"),
        gateway=row["gateway"],
        resident=str(data.get("resident") or ""),
        phone=phone if plausible(phone) else "",
        blobs=[str(blob) for blob in blobs if blob] if isinstance(blobs, list) else [],
    )


def _words(form: Mapping[str, Any], phone: str) -> str:
    """What was said; without words, everything of the form that is not kept elsewhere."""
    words = _text(form, "words", "text")
    elsewhere = {"number", "kind", "pole", "place", "place_words", "near", "phone", "words", "text"}
    rest = {name: value for name, value in form.items() if name not in elsewhere and value not in (None, "", [], {})}
    if phone and not plausible(phone):
        rest["phone"] = phone
    lines = [words, *(f"{name}: {value}" for name, value in rest.items())]
    return "\n".join(line for line in lines if line) or "(没有文字)"


def _text(form: Mapping[str, Any], *names: str) -> str:
    """The first of these that holds something, as text."""
    for name in names:
        value = form.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:MOST_WORDS]
    return ""


def _news(conn: sqlite3.Connection) -> tuple[int, int, list[sqlite3.Row]]:
    """The mark, where the next one stands, and the submissions between."""
    after = mark(conn, FOLLOWER)
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    first = 0 if newest < after else after  # the receiver's file is another one; nothing becomes a case twice
    last = min(newest, first + WINDOW)
    found = conn.execute(
        """SELECT e.n, e.id, e.data, d.gateway FROM centre.events e JOIN centre.devices d ON d.id=e.device
           WHERE e.n>? AND e.n<=? AND e.type=? ORDER BY e.n LIMIT ?""",
        (first, last, SUBMISSION, AT_ONCE),
    ).fetchall()
    return after, (found[-1]["n"] if len(found) == AT_ONCE else last), found
