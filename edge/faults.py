"""What does not work at present. Each fault goes up when it begins and when it ends, once each, also over a restart.

The event and the row that remembers it are one transaction. After a restart the program judges anew: what it finds
broken stays as it was told, and what it cannot find broken is cleared by `reconsider`. A silent device is the
exception: it is silent until it speaks.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable

from drivers.model import Instant
from edge.mapper import Mapper
from sync.contract.envelope import ContractError, decode, encode
from sync.contract.lanes import Lane
from sync.contract.messages import Fault
from sync.store import Entry, Store

log = logging.getLogger("linli.faults")

MIGRATIONS: list[tuple[str, str]] = [
    ("0020-faults", "CREATE TABLE fault (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;"),
]

MAX_DEVICES = 500
"""Named in one fault; a port with more says how many."""


class Faults:
    """By name. `now` is the gateway's clock."""

    def __init__(self, store: Store, mapper: Mapper, now: Callable[[], Instant]) -> None:
        self.active: dict[str, Fault] = {}
        self._from_before: set[str] = set()
        self._store, self._mapper, self._now = store, mapper, now
        self._unsaid: dict[str, Fault] = {}
        self.on_change: Callable[[Fault], None] = lambda _fault: None

    def recall(self, before: Iterable[Fault]) -> None:
        """What was active when the last run ended."""
        for fault in before:
            self.active.setdefault(fault.fault, fault)
            self._from_before.add(fault.fault)

    def set(self, name: str, *, active: bool, reason: str = "", devices: Iterable[str] = ()) -> bool:
        """It does not work, or works (again); whether that is news."""
        self._from_before.discard(name)
        if active == (name in self.active):
            return False
        at = self._now()
        named = list(devices)
        if len(named) > MAX_DEVICES:
            reason = f"{reason} ({len(named)} devices)".strip()
        fault = Fault(fault=name, active=active, reason=reason, devices=named[:MAX_DEVICES], since=at.utc)
        if active:
            self.active[name] = fault
            log.error("fault %s: %s", name, reason)
        else:
            del self.active[name]
            log.warning("fault %s is over", name)
        self._say(fault)
        self.on_change(fault)
        return True

    def reconsider(self, *, sparing: tuple[str, ...] = ()) -> None:
        """Clear what was active before the restart and was not found again."""
        for name in list(self._from_before):
            if not name.startswith(sparing):
                self.set(name, active=False, reason="not found again after a restart")

    def retry(self) -> None:
        """Say what no disk took at the time."""
        unsaid, self._unsaid = self._unsaid, {}
        for fault in unsaid.values():
            self._say(fault)

    def _say(self, fault: Fault) -> None:
        def done(error: BaseException | None) -> None:
            if error is not None:
                self._unsaid[fault.fault] = fault

        body = self._mapper.fault(fault, self._now())
        self._store.append([Entry(Lane.STATE, body, also=_remember(fault))], done)


def active_faults(conn: sqlite3.Connection) -> list[Fault]:
    """What was active when this was last written."""
    found = []
    for (body,) in conn.execute("SELECT body FROM fault ORDER BY name"):
        try:
            found.append(decode(body, Fault))
        except ContractError:  # of a newer or older version: it is judged anew
            continue
    return found


def _remember(fault: Fault) -> Callable[[sqlite3.Connection, int], None]:
    def remember(conn: sqlite3.Connection, _seq: int) -> None:
        if fault.active:
            conn.execute("INSERT OR REPLACE INTO fault (name, body) VALUES (?, ?)", (fault.fault, encode(fault)))
        else:
            conn.execute("DELETE FROM fault WHERE name = ?", (fault.fault,))

    return remember
