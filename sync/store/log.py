"""The write-ahead log, and when it is moved into the file: that syncs both, and no alarm may wait for it.

A thread of its own does it, beside the one that commits: when nothing was written for a while, or when the log has
become long; never within two seconds of an alarm, unless it is twice as long. Where the storage thread always has work
the log is never moved whole by another; then that thread moves the rest, which is little.

    frames   0 ............. CHECKPOINT_BYTES ........... WAL_BYTES ............... LONGEST
             never           when nothing happens         when no alarm is near    now

The log begins anew at its start once it was moved whole, and keeps its length: writing over it costs ext4 no journal.
So its length says nothing, but a frame of this round carries the salts of the log's header
(https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

log = logging.getLogger("linli.store")

CHECKPOINT_BYTES = 4 * 1024 * 1024
WAL_BYTES = 4 * CHECKPOINT_BYTES
"""Larger would spare the card little more, and what is in the log is read again at a start after a power cut."""

LONGEST = 4
"""Times WAL_BYTES."""

CALM_S = 1.0
ALARM_NEAR_S = 2.0
LOOK_EVERY_S = 0.25

_HEADER, _FRAME_HEADER = 32, 24
_SALTS, _FRAME_SALTS = 16, 8


def reached(wal: Path, size: int) -> bool:
    """Whether the log has come to about so many bytes since it was last begun anew."""
    with suppress(OSError), wal.open("rb") as file:
        header = file.read(_HEADER)
        page = int.from_bytes(header[8:12], "big")
        if len(header) < _HEADER or not page:
            return False
        frame = max(0, size // (page + _FRAME_HEADER) - 1)
        file.seek(_HEADER + frame * (page + _FRAME_HEADER) + _FRAME_SALTS)
        return file.read(8) == header[_SALTS : _SALTS + 8]
    return False


def move(conn: sqlite3.Connection) -> bool:
    """Move what is there into the file; whether that was all of it. Waits for nobody."""
    try:
        busy, frames, moved = conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error:
        return False  # the rows are safe in the log; the next transaction will report the disk's trouble
    return not busy and frames == moved


class Mover:
    """`worked` is called by the storage thread after each turn; `on_moved` when the log can begin anew."""

    def __init__(self, wal: Path, connect: Callable[[], sqlite3.Connection], on_moved: Callable[[], None]) -> None:
        self._wal, self._connect, self._on_moved = wal, connect, on_moved
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._worked_s = self._alarm_s = float("-inf")
        self._rest = False
        """It was moved; if it did not begin anew with the next transaction, something came meanwhile."""
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Wait for the end of what is under way, in any thread."""
        self._stopped.set()
        self._wake.set()
        self._thread.join()

    def worked(self, conn: sqlite3.Connection, *, alarm: bool) -> None:
        """A transaction is on disk. Moves only what another thread cannot."""
        self._worked_s = monotonic()
        if alarm:
            self._alarm_s = self._worked_s
        if not reached(self._wal, CHECKPOINT_BYTES):
            self._rest = False
        elif (self._rest and self._may()) or reached(self._wal, LONGEST * WAL_BYTES):
            self._rest = False
            move(conn)
        else:
            self._wake.set()

    def _alarm_near(self) -> bool:
        return monotonic() - self._alarm_s < ALARM_NEAR_S

    def _may(self) -> bool:
        """No alarm is near; or there always is one, and the other thread must begin before LONGEST stops them all."""
        return not self._alarm_near() or reached(self._wal, 2 * WAL_BYTES)

    def _due(self) -> bool:
        if monotonic() - self._worked_s >= CALM_S:
            return not self._alarm_near()
        return reached(self._wal, WAL_BYTES) and self._may()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            while not self._stopped.is_set() and not self._due():
                self._stopped.wait(LOOK_EVERY_S)
            if self._stopped.is_set():
                return
            self._wake.clear()
            self._move()

    def _move(self) -> None:
        before_s = self._worked_s
        try:
            with closing(self._connect()) as conn:
                whole = move(conn)
        except sqlite3.Error as error:
            log.info("the log stays where it is: %s", error)
            return
        self._rest = True
        if whole and self._worked_s == before_s:
            self._on_moved()
