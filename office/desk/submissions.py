"""What residents send off at kiosks, read once from the receiver's file in the order of arrival, each for its subject.

A subject says which kinds are its own (`take`). Mark and effect share a transaction, so a stop at any moment neither
loses nor doubles one; what cannot be used is noted by its id and does not stand in the way of the next. `notes` are
other events that a subject waits for, by their type.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.part import Part
from office.desk.told import part, told
from sync.contract.messages import SUBMISSION

log = logging.getLogger("linli.office.desk")

WINDOW, AT_ONCE = 20_000, 100
"""Events looked through at a time (only their types are read), and taken in one transaction."""
LOOK_S = 0.1
"""Somebody stands at a kiosk and waits for the answer to a booking."""
MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission, or another event. `form` is what a kiosk wrote, nothing in it checked."""

    id: str
    kind: str
    gateway: str
    form: dict[str, Any]
    blobs: list[str] = field(default_factory=list)
    resident: str = ""

    def text(self, name: str, most: int = MOST_TEXT) -> str:
        """A field as text; empty when it is missing or no text."""
        value = self.form.get(name)
        return str(value).strip()[:most] if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def number(self, name: str, low: int, high: int) -> int | None:
        """A whole number between these; None when it is none."""
        value = self.form.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None


Taker = Callable[[sqlite3.Connection, int, Sent], None]
"""Called in the transaction with the time in milliseconds. Raises ValueError for what cannot be used."""


class Submissions(Part):
    """`take` says whose a kind is; `after` is called on the loop when one of that kind came."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._takers: dict[tuple[str, str], Taker] = {}
        self._after: dict[str, list[Callable[[], None]]] = {}
        self._types: dict[str, str] = {}

    def take(self, kind: str, taker: Taker, after: Callable[[], None] | None = None, *, about: str = "") -> None:
        """Submissions of that kind are that subject's; with `about`, those that have this field in their form."""
        name = (kind, about)
        assert name not in self._takers, f"two subjects want {kind}"
        self._takers[name] = taker
        self._after.setdefault(kind, []).extend([after] if after else [])

    def note(self, event_type: str, taker: Taker, after: Callable[[], None] | None = None) -> None:
        """Events of another type; `Sent.form` is their data, `Sent.kind` their type."""
        self._types[event_type] = event_type
        self.take(event_type, taker, after)

    async def run(self) -> None:
        """Follow until cancelled."""
        lost = False
        while True:
            try:
                await self.catch_up()
                lost = False
            except StoreError as reason:
                if not lost:
                    log.warning("what kiosks sent waits: %s", reason)
                lost = True
            await asyncio.sleep(LOOK_S)

    async def catch_up(self) -> int:
        """Take everything that has arrived; how many there were."""
        taken = 0
        while True:
            types = [SUBMISSION, *self._types]
            after, last, found = await self.desk.look(partial(_news, types=types))
            if last == after:
                return taken
            kinds = await self.desk.change(partial(self._take, at=self.desk.now(), after=after, last=last, found=found))
            taken += len(found)
            for kind in kinds:
                for tell in self._after.get(kind, ()):
                    tell()

    def _take(self, conn: sqlite3.Connection, at: int, after: int, last: int, found: list[sqlite3.Row]) -> set[str]:
        if _mark(conn) != after:
            return set()
        kinds = set()
        for row in found:
            sent = _sent(row)
            taker = self._taker(sent)
            if taker is None:
                continue
            kinds.add(sent.kind)
            conn.execute("SAVEPOINT one")
            try:
                taker(conn, at, sent)
            except sqlite3.OperationalError:
                raise  # a disk that is full: all of it again
            except Exception as reason:  # noqa: BLE001 - whatever a kiosk may send: the next ones wait behind it
                conn.execute("ROLLBACK TO one")
                log.warning("%s of a kiosk cannot be used (%s): %s", sent.kind, sent.id, type(reason).__name__)
            conn.execute("RELEASE one")
        conn.execute("INSERT OR REPLACE INTO submissions_followed VALUES (1, ?)", (last,))
        return kinds

    def _taker(self, sent: Sent) -> Taker | None:
        """Whoever wants it for what it is about, else for its kind."""
        named = (taker for (kind, about), taker in self._takers.items() if kind == sent.kind and about in sent.form)
        return next(named, None) or self._takers.get((sent.kind, ""))


def _sent(row: sqlite3.Row) -> Sent:
    data = told(row["data"])
    if row["type"] != SUBMISSION:
        return Sent(row["id"], row["type"], row["gateway"], data)
    blobs = data.get("blobs")
    named = [str(blob) for blob in blobs if blob] if isinstance(blobs, list) else []
    form, kind, resident = part(data, "form"), str(data.get("kind") or ""), str(data.get("resident") or "")
    if not form and data.get("form"):
        form = {"words": str(data["form"])}  # what was said is kept, whatever shape it has
    return Sent(row["id"], kind, row["gateway"], form, named, resident)


def _mark(conn: sqlite3.Connection) -> int:
    row = conn.execute("SELECT after FROM submissions_followed").fetchone()
    return int(row["after"]) if row else 0


def _news(conn: sqlite3.Connection, types: list[str]) -> tuple[int, int, list[sqlite3.Row]]:
    """The mark, where the next one stands, and what came between."""
    after = _mark(conn)
    newest = int(conn.execute("SELECT coalesce(max(n), 0) FROM centre.events").fetchone()[0])
    first = 0 if newest < after else after  # the receiver's file is another one; what came is known by its id
    last = min(newest, first + WINDOW)
    marks = ",".join("?" * len(types))
    found = conn.execute(
        f"""SELECT e.n, e.id, e.type, e.data, d.gateway FROM centre.events e JOIN centre.devices d ON d.id=e.device
            WHERE e.n>? AND e.n<=? AND e.type IN ({marks}) ORDER BY e.n LIMIT ?""",  # noqa: S608 - question marks
        (first, last, *types, AT_ONCE),
    ).fetchall()
    return after, (found[-1]["n"] if len(found) == AT_ONCE else last), found
