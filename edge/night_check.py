"""The night's own check: a marked event goes the way of an alarm, and the centre's receipt for it must come back.

It travels in the alarm lane, because that is the path it proves; the centre keeps it as an event and raises nothing.

When: once for each night, at the configured time of the machine's zone. A night is known by the date of its check, so
a clock that is set back does not repeat it, and a machine that was off at that time makes up for it soon after its
start. Whatever the clock does, two checks in one run of the program are at least three hours apart; and a date from
the future (the clock was wrong when it was written) does not stop the check for ever.

Outcome: a receipt within a minute is a success. None by then is the fault `path-check`; a receipt that comes later
ends it, because the row stays in the outbox until there is one. Pure; time is an argument.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, time, timedelta, tzinfo

from drivers.model import Instant
from sync.contract.envelope import ContractError, Struct, decode, encode
from sync.contract.messages import PathCheck
from sync.store import outbox

FAULT = "path-check"
WITHIN_S = 60.0
SETTLE_S = 120.0
"""After a start the line has this long to come up before a missed check is made up for."""

APART_S = 3 * 3600.0
KEY = "path-check"


class Kept(Struct, frozen=True):
    """The newest check as it stands in the store, with its event's place in the alarm lane."""

    check: PathCheck
    era: int
    seq: int


class NightCheck:
    """Decides when, and judges how it went."""

    def __init__(self, at: str, started: Instant, kept: Kept | None, zone: tzinfo | None = None) -> None:
        self.check = kept.check if kept else None
        self._era, self._seq = (kept.era, kept.seq) if kept else (0, 0)
        self._time, self._zone = time.fromisoformat(at), zone
        self._settled_s = started.monotonic_s + SETTLE_S
        self._began_s: float | None = started.monotonic_s if self.waiting else None

    @property
    def waiting(self) -> bool:
        """A check is under way and nothing was decided yet."""
        return self.check is not None and self.check.ok is None

    def move(self, at: str) -> None:
        """Another time of the night, from the next night on."""
        self._time = time.fromisoformat(at)

    def due(self, at: Instant) -> str | None:
        """The night that is to be checked now."""
        if self.waiting or at.monotonic_s < self._settled_s:
            return None
        if self._began_s is not None and at.monotonic_s - self._began_s < APART_S:
            return None
        local = at.utc.astimezone(self._zone)
        night = local.date() if local.time() >= self._time else local.date() - timedelta(days=1)
        last = date.fromisoformat(self.check.night) if self.check else None
        if last == night or (last is not None and last - timedelta(days=1) == night):
            return None  # done; or a clock that was set back over its own check
        return night.isoformat()

    def begin(self, night: str, at: Instant) -> Callable[[sqlite3.Connection, int, int], None]:
        """A check begins. What is returned keeps it together with its event, given era and sequence."""
        check = self.check = PathCheck(night=night, at=at.utc)
        self._began_s, self._era, self._seq = at.monotonic_s, 0, 0

        def place(conn: sqlite3.Connection, era: int, seq: int) -> None:
            self._era, self._seq = era, seq
            outbox.note(conn, KEY, encode(Kept(check, era, seq)).decode())

        return place

    def received(self, era: int, n: int, at: Instant) -> bool:
        """The centre has 1..n of the alarm lane; whether that decides (or, late, redeems) the check."""
        check = self.check
        if check is None or check.ok or era != self._era or not 0 < self._seq <= n:
            return False
        took_ms = round((at.monotonic_s - self._began_s) * 1000) if self._began_s is not None else None
        late = check.ok is False
        self.check = PathCheck(
            night=check.night,
            ok=True,
            at=at.utc,
            receipt_ms=took_ms,
            reason="the receipt came late" if late else "",
        )
        return True

    def refused(self, era: int, seq: int, at: Instant) -> bool:
        """The broker will never take it; whether it was this one."""
        if not self.waiting or (era, seq) != (self._era, self._seq):
            return False
        self._fail("the broker refuses it", at)
        self._seq = 0  # a receipt of this sequence would be one for its loss
        return True

    def overdue(self, at: Instant) -> bool:
        """Whether the check has just failed."""
        if not self.waiting or self._began_s is None or at.monotonic_s - self._began_s < WITHIN_S:
            return False
        self._fail(f"no receipt within {WITHIN_S:g} s", at)
        return True

    def keeper(self) -> Callable[[sqlite3.Connection], None]:
        """What writes how it stands."""
        assert self.check is not None
        text = encode(Kept(self.check, self._era, self._seq)).decode()
        return lambda conn: outbox.note(conn, KEY, text)

    def _fail(self, reason: str, at: Instant) -> None:
        assert self.check is not None
        self.check = PathCheck(night=self.check.night, ok=False, at=at.utc, reason=reason)


def recall(conn: sqlite3.Connection) -> Kept | None:
    """The newest check. One that the centre had receipted before the restart is a success."""
    try:
        kept = decode(outbox.recall(conn, KEY).encode(), Kept)
    except ContractError:
        return None
    row = conn.execute("SELECT receipted FROM lane WHERE era = ? AND lane = 0", (kept.era,)).fetchone()
    if not kept.check.ok and row is not None and 0 < kept.seq <= row[0]:
        done = PathCheck(night=kept.check.night, ok=True, at=kept.check.at)
        return Kept(done, kept.era, kept.seq)
    return kept
