"""What every part of the desk is given: its own file, a look into the receiver's, a clock, and the live pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from office.config import Config, DeskDoor
from office.database import Database, make_ready
from office.desk.alone import Alone
from office.desk.centre import Centre
from office.desk.live import Hub
from office.desk.people.vault import Vault, prove, read_key
from office.desk.schema import MIGRATIONS
from office.schema import MIGRATIONS as CENTRE_MIGRATIONS

T = TypeVar("T")

READERS = 3
"""A report, a list and the alarm board at the same time."""


class Desk:
    """Opened and closed by the program; parts keep a reference. `clock` gives seconds since 1970 UTC.

    Making it raises WrongKey when the key's file is no key.
    """

    def __init__(
        self, config: Config, door: DeskDoor, clock: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self.config, self.door, self.monotonic = config, door, monotonic
        self.centre = Centre(Path(config.socket))
        self.centre_file = config.database
        self.vault = Vault(read_key(Path(door.key)))
        self.live = Hub()
        self.alone = Alone(config.desk_database)
        self.centre_was: tuple[int, int] | None = None
        """Which file the readers opened."""
        self.parts: dict[type, object] = {}
        self._clock = clock
        self._db = Database(config.desk_database, readers=READERS, beside={"centre": config.database})

    async def open(self) -> None:
        """Make or open both files; raises StoreError, and WrongKey when the sealed fields could not be read."""
        self._make_folder()
        make_ready(self.centre_file, CENTRE_MIGRATIONS)
        self.centre_was = self.centre_is()
        self._db.open(MIGRATIONS)
        await self.change(lambda conn: prove(conn, self.vault))

    def centre_is(self) -> tuple[int, int] | None:
        """What tells the receiver's file from another of the same name; None while there is none."""
        try:
            there = self.centre_file.stat()
        except OSError:
            return None
        return there.st_dev, there.st_ino

    def _make_folder(self) -> None:
        self.centre_file.parent.mkdir(parents=True, exist_ok=True)

    async def close(self) -> None:
        """Finish what is waiting."""
        await self._db.close()

    def part(self, kind: type[T]) -> T:
        """The part of that kind, for its neighbours. Every part is there once the first of them runs."""
        return cast("T", self.parts[kind])

    def now(self) -> int:
        """Milliseconds, as the tables keep them."""
        return int(self._clock() * 1000)

    async def look(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query on what is committed; the receiver's tables are there under `centre.`."""
        return await self._db.read(query)

    async def change(self, work: Callable[[sqlite3.Connection], T], *, long: bool = False) -> T:
        """Run `work` in a transaction of the desk's file; it is on disk when this returns. Work must be repeatable.

        `long` lets everything else go first: imports, erasures.
        """
        return await self._db.write(work, urgent=not long)
