"""What a resident submits at a kiosk: kept once, however often the screen sends it.

The note of a key shares the transaction with its event, so the same key gets the same answer also after a crash. So
do the files that belong to it: what was said to be taken goes up whole, photo and voice with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from drivers.model import Instant
from edge import blob_waiting
from edge.blob_waiting import Waiting
from edge.mapper import Mapper
from sync.contract import messages
from sync.contract.envelope import Struct, decode, encode
from sync.contract.kiosk import Submission
from sync.contract.lanes import Lane
from sync.store import Entry, Store

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0042-submissions",
        """
        CREATE TABLE submission (
            n INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL,
            id TEXT NOT NULL, at TEXT NOT NULL
        );
        """,
    ),
]

KEPT = 20_000
"""Keys beyond these are forgotten: nobody sends again what was answered weeks ago."""

SOURCE = "kiosk"


class Submitted(Struct, frozen=True):
    """The answer: the id under which it goes up and can be followed."""

    id: str
    at: datetime


class KeyReused(ValueError):  # noqa: N818 - reads as what it is
    """The same key came with something else."""


class _Named(Struct, frozen=True):
    id: str


@dataclass(frozen=True, slots=True)
class _UnderWay:
    digest: str
    files: list[str]
    answer: asyncio.Future[Submitted]


class Submissions:
    """Keeps submissions. On the loop only. `has_file` and `carry` are of the files of this gateway."""

    def __init__(self, store: Store, mapper: Mapper, clock: Callable[[], Instant]) -> None:
        self.has_file: Callable[[str], bool] = lambda _sha256: False
        self.carry: Callable[[list[Waiting]], None] = lambda _waiting: None
        self._store, self._mapper, self._clock = store, mapper, clock
        self._under_way: dict[str, _UnderWay] = {}

    async def submit(self, submission: Submission, key: str) -> Submitted:
        """On disk when this returns. Raises KeyReused, and StoreError when the disk does not take it."""
        digest = hashlib.sha256(encode(submission)).hexdigest()
        if (one := self._under_way.get(key)) is not None:
            _same(one.digest, digest)
            return await asyncio.shield(one.answer)
        if (kept := self._kept(key)) is not None:
            _same(kept[0], digest)
            return kept[1]
        one = self._under_way[key] = _UnderWay(digest, submission.blobs, asyncio.get_running_loop().create_future())
        self._keep(submission, key, one)
        return await asyncio.shield(one.answer)

    def files(self) -> list[str]:
        """Named by what is on its way to the disk: they must stay."""
        return [name for one in self._under_way.values() for name in one.files]

    def _keep(self, submission: Submission, key: str, one: _UnderWay) -> None:
        at = self._clock()
        body = self._mapper.plain(messages.SUBMISSION, submission, at, device=SOURCE)
        made = Submitted(decode(body, _Named).id, at.utc)
        waiting: list[Waiting] = []

        def note(conn: sqlite3.Connection, _seq: int) -> None:
            waiting[:] = [
                Waiting(blob_waiting.add(conn, sha256, at.utc, None, None), sha256, at.utc)
                for sha256 in dict.fromkeys(submission.blobs)
                if self.has_file(sha256)
            ]
            row = (key, one.digest, made.id, made.at.isoformat())
            n = conn.execute("INSERT INTO submission (key, digest, id, at) VALUES (?, ?, ?, ?)", row).lastrowid
            conn.execute("DELETE FROM submission WHERE n <= ?", ((n or 0) - KEPT,))

        def done(error: BaseException | None) -> None:
            if error is None:
                self.carry(waiting)
                one.answer.set_result(made)
            else:
                one.answer.set_exception(error)
                one.answer.exception()  # whoever asked may have gone
            del self._under_way[key]  # last: its files are guarded without a gap

        self._store.append([Entry(Lane.STATE, body, also=note)], done)

    def _kept(self, key: str) -> tuple[str, Submitted] | None:
        with closing(self._store.reader()) as conn:
            row = conn.execute("SELECT digest, id, at FROM submission WHERE key = ?", (key,)).fetchone()
        return None if row is None else (row[0], Submitted(row[1], datetime.fromisoformat(row[2])))


def _same(known: str, digest: str) -> None:
    if known != digest:
        raise KeyReused("this key was used for another submission")
