"""What goes from the loop to the storage thread, and what comes back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sync.contract.lanes import Lane
from sync.store.outbox import Entry

Write = Callable[[sqlite3.Connection], object]
"""Rows of other tables that must be true together with the events of an append."""

Done = Callable[[BaseException | None], None]
"""Called on the loop when the group is on disk (None), or with the reason why it is not."""

Receipts = dict[tuple[int, Lane], int]
"""By (era, lane): the centre has 1..n."""


MANY_ROWS = 200
"""Deleting so many takes longer than an alarm should wait without need."""


@dataclass(slots=True)
class Append:
    """Events that belong together: stored, and reported, as one."""

    entries: Sequence[Entry]
    done: Done | None
    writes: Sequence[Write] = ()
    failures: int | None = None
    """How many failures were told when it was handed over, if it says nothing without what was handed over before."""

    later: bool = False
    """Nobody waits for it."""

    def weight(self) -> int:
        """What it counts among what is under way."""
        return 0 if self.later else max(1, len(self.entries))

    def asks_nothing(self) -> bool:
        """Whether it needs no room on the disk."""
        return not self.entries and not self.writes and self.failures is None

    def stale(self, failures: int) -> bool:
        """Whether something it relies on has failed since."""
        return self.failures is not None and self.failures < failures

    def urgent(self) -> bool:
        """Whether an alarm is in it."""
        return any(e.lane is Lane.ALARM for e in self.entries)


@dataclass(slots=True)
class Group:
    """What goes to the thread in one piece: events, and receipts to note along with them."""

    appends: list[Append] = field(default_factory=list)
    receipts: Receipts = field(default_factory=dict)
    owed: int = 0
    """About how many rows the receipts free."""


@dataclass(slots=True)
class Call:
    """A function to run in a transaction, and who waits for its result."""

    fn: Callable[[sqlite3.Connection], object]
    result: asyncio.Future[object]


@dataclass(slots=True)
class Job:
    """What one turn of the thread has picked up."""

    appends: list[Append] = field(default_factory=list)
    receipts: Receipts = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    owed: int = 0

    def take(self, item: Group | Call) -> None:
        """Take one more along."""
        if isinstance(item, Call):
            self.calls.append(item)
            return
        self.appends += item.appends
        self.owed += item.owed
        for (era, lane), n in item.receipts.items():
            note(self.receipts, era, lane, n)

    def urgent(self) -> bool:
        """Whether an alarm is in it."""
        return any(a.urgent() for a in self.appends)

    def put_off(self) -> Job | None:
        """Before many rows are deleted, an alarm goes; what comes after it then."""
        if self.owed <= MANY_ROWS or not self.urgent():
            return None
        later = Job([], self.receipts, owed=self.owed)
        self.receipts, self.owed = {}, 0
        return later

    def let_go(self) -> Job:
        """What asks for no room is not refused: a device that cannot log in could not raise an alarm either."""
        nothing = Job([a for a in self.appends if a.asks_nothing()])
        self.appends = [a for a in self.appends if not a.asks_nothing()]
        return nothing


@dataclass(slots=True)
class Outcome:
    """What a turn did, for the loop."""

    moved: dict[Lane, int] = field(default_factory=dict)
    gone: list[tuple[Lane, int]] = field(default_factory=list)
    answers: list[tuple[Call, object, BaseException | None]] = field(default_factory=list)


def note(receipts: Receipts, era: int, lane: Lane, n: int) -> None:
    """The later of what is known and this."""
    receipts[era, lane] = max(n, receipts.get((era, lane), 0))
