"""The outbox in SQL: append, read, forget on receipt, give up on purpose. Plain functions over a connection.

Everything here runs inside a transaction of the storage thread, except `read`, which readers use.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from sync.contract.envelope import Struct, with_place
from sync.contract.lanes import Lane
from sync.contract.messages import LOSS, Range
from sync.store.rows import rows_at_once


class Entry(Struct, frozen=True):
    """One event on its way to the outbox.

    `body` is an encoded `Unsequenced`. `key` makes a repeat known, `alarm` says in which ring. `also` writes
    what must be true together with the event (its alarm's stage, a device's levels); it gets the sequence.
    """

    lane: Lane
    body: bytes
    key: int | None = None
    alarm: bool = False
    also: Callable[[sqlite3.Connection, int], None] | None = None


class Track(Struct, frozen=True):
    """Where one lane of one epoch stands: `receipted` and everything before it is the centre's."""

    era: int
    epoch: str
    lane: Lane
    next: int
    receipted: int


class Row(Struct, frozen=True):
    """One waiting event: its sequence and its complete CloudEvent."""

    seq: int
    body: bytes


def open_era(conn: sqlite3.Connection, epoch: str) -> int:
    """The newest era, made with this epoch when the file is new."""
    row = conn.execute("SELECT max(era) FROM era").fetchone()
    if row[0] is not None:
        return int(row[0])
    era = conn.execute("INSERT INTO era (epoch) VALUES (?)", (epoch,)).lastrowid
    assert era is not None
    conn.executemany("INSERT INTO lane (era, lane) VALUES (?, ?)", [(era, int(lane)) for lane in Lane])
    return era


def tracks(conn: sqlite3.Connection) -> list[Track]:
    """Every lane of every epoch that still has rows, and the current epoch's lanes; oldest epoch first."""
    rows = conn.execute(
        """SELECT l.era, e.epoch, l.lane, l.next, l.receipted FROM lane l JOIN era e USING (era)
           WHERE l.era = (SELECT max(era) FROM era)
              OR EXISTS (SELECT 1 FROM outbox o WHERE o.era = l.era AND o.lane = l.lane)
           ORDER BY l.era, l.lane"""
    )
    return [Track(era, epoch, Lane(lane), n, receipted) for era, epoch, lane, n, receipted in rows]


def append(conn: sqlite3.Connection, era: int, epoch: str, entries: Sequence[Entry]) -> dict[Lane, int]:
    """Give every entry its place and write it; the newest sequence of each lane that got one."""
    following = {Lane(r[0]): int(r[1]) for r in conn.execute("SELECT lane, next FROM lane WHERE era = ?", (era,))}
    before = dict(following)
    rows, keys = [], []
    for entry in entries:
        lane, seq = entry.lane, following[entry.lane]
        following[lane] = seq + 1
        rows.append((era, int(lane), seq, with_place(entry.body, epoch, lane.label, seq)))
        if entry.key is not None:
            keys.append((entry.key, entry.alarm))
        if entry.also is not None:
            entry.also(conn, seq)
    rows_at_once(conn, "INSERT INTO outbox (era, lane, seq, body) VALUES ", rows)
    rows_at_once(conn, "INSERT INTO seen (key, alarm) VALUES ", keys)
    moved = {lane: n - 1 for lane, n in following.items() if n != before[lane]}
    conn.executemany(
        "UPDATE lane SET next = ? WHERE era = ? AND lane = ?", [(n + 1, era, int(lane)) for lane, n in moved.items()]
    )
    return moved


def read(conn: sqlite3.Connection, track: Track, after: int, limit: int, max_bytes: int) -> list[Row]:
    """Waiting rows of a lane beyond `after`, oldest first, at most `limit` and about `max_bytes` (at least one)."""
    rows: list[Row] = []
    size = 0
    for seq, body in conn.execute(
        "SELECT seq, body FROM outbox WHERE era = ? AND lane = ? AND seq > ? ORDER BY seq LIMIT ?",
        (track.era, int(track.lane), after, limit),
    ):
        size += len(body)
        if rows and size > max_bytes:
            break
        rows.append(Row(seq, body))
    return rows


def forget(conn: sqlite3.Connection, era: int, lane: Lane, n: int) -> int:
    """The centre has 1..n on disk: delete them and note the watermark; the number of rows deleted."""
    gone = conn.execute("DELETE FROM outbox WHERE era = ? AND lane = ? AND seq <= ?", (era, int(lane), n)).rowcount
    conn.execute("UPDATE lane SET receipted = max(receipted, ?) WHERE era = ? AND lane = ?", (n, era, int(lane)))
    return gone


def give_up(conn: sqlite3.Connection, era: int, lane: Lane, sequences: Iterable[int]) -> list[Range]:
    """Delete these rows on purpose; the ranges to list in the loss event of the same transaction."""
    ranges: list[Range] = []
    for seq in sorted(sequences):
        if not conn.execute(
            "DELETE FROM outbox WHERE era = ? AND lane = ? AND seq = ?", (era, int(lane), seq)
        ).rowcount:
            continue
        if ranges and ranges[-1].last == seq - 1:
            ranges[-1] = Range(lane.label, ranges[-1].first, seq)
        else:
            ranges.append(Range(lane.label, seq, seq))
    return ranges


def holes(conn: sqlite3.Connection) -> list[tuple[str, list[Range]]]:
    """By epoch, what of an older life of the file is neither here nor receipted: nobody could read it any more."""
    found: dict[str, list[Range]] = {}
    for era, epoch, lane, following, receipted in conn.execute(
        """SELECT l.era, e.epoch, l.lane, l.next, l.receipted FROM lane l JOIN era e USING (era)
           WHERE l.era < (SELECT max(era) FROM era) ORDER BY l.era, l.lane"""
    ).fetchall():
        expected = receipted + 1
        here = conn.execute("SELECT seq FROM outbox WHERE era = ? AND lane = ? ORDER BY seq", (era, lane))
        for (seq,) in chain(here, [(following,)]):
            if seq > expected:
                found.setdefault(epoch, []).append(Range(Lane(lane).label, expected, seq - 1))
            expected = max(expected, seq + 1)
    return list(found.items())


def epoch_of(conn: sqlite3.Connection, era: int) -> str:
    """The name of an era on the wire."""
    return str(conn.execute("SELECT epoch FROM era WHERE era = ?", (era,)).fetchone()[0])


def oldest(conn: sqlite3.Connection, lane: Lane, limit: int) -> list[tuple[int, int]]:
    """(era, sequence) of the oldest rows of a lane, oldest epoch first; never one that tells a loss itself."""
    found: list[tuple[int, int]] = []
    for (era,) in conn.execute("SELECT era FROM era ORDER BY era").fetchall():
        rows = conn.execute(
            "SELECT era, seq FROM outbox WHERE era = ? AND lane = ? AND instr(body, ?) = 0 ORDER BY seq LIMIT ?",
            (era, int(lane), LOSS.encode(), limit - len(found)),
        )
        found += [(int(e), int(seq)) for e, seq in rows]
    return found


def waiting(conn: sqlite3.Connection) -> dict[Lane, tuple[int, int]]:
    """Rows and bytes that wait, by lane."""
    found = {
        Lane(lane): (int(count), int(size))
        for lane, count, size in conn.execute("SELECT lane, count(*), sum(length(body)) FROM outbox GROUP BY lane")
    }
    return {lane: found.get(lane, (0, 0)) for lane in Lane}


def seen(conn: sqlite3.Connection) -> list[tuple[int, bool]]:
    """The keys by which repeats are known, oldest first."""
    return [(int(key), bool(alarm)) for key, alarm in conn.execute("SELECT key, alarm FROM seen ORDER BY n")]


def trim_seen(conn: sqlite3.Connection, alarms: int, others: int) -> None:
    """Keep the newest keys of each kind."""
    for alarm, keep in ((1, alarms), (0, others)):
        conn.execute(
            """DELETE FROM seen WHERE alarm = ? AND n <=
               coalesce((SELECT n FROM seen WHERE alarm = ? ORDER BY n DESC LIMIT 1 OFFSET ?), 0)""",
            (alarm, alarm, keep),
        )


def recall(conn: sqlite3.Connection, key: str, default: str = "") -> str:
    """A value of the `meta` table."""
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else str(row[0])


def note(conn: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a value in the `meta` table."""
    conn.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
