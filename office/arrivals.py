"""What has arrived of each lane: watermark, ranges above it, what is missing, what was given up.

Functions over a connection, inside a transaction. Nothing is remembered between transactions but ids that never
change, because several receivers may share one database, and its watermark is the only one.

    watermark          arrived ranges          top
    1 ........... 40   [ missing ]  46 .. 50   [ missing ]  61
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sync.contract.messages import Receipt

Span = tuple[int, int]
"""Sequences first..last, both included."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One lane of one epoch of one gateway, as it stands in this transaction."""

    id: int
    epoch: str
    lane: str
    watermark: int
    top: int

    @property
    def receipt(self) -> Receipt:
        """What may be said of it once this transaction is committed."""
        return Receipt(self.epoch, self.lane, self.watermark)


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequences that have not come while later ones have, and since when that is known."""

    gateway: str
    epoch: str
    lane: str
    first: int
    last: int
    since: int


def stream_of(conn: sqlite3.Connection, gateway: str, epoch: str, lane: str, at: int) -> Stream:
    """The stream of that name; made when it is new. A new epoch starts at 1 and the old one is kept."""
    query = "SELECT id, epoch, lane, watermark, top FROM streams WHERE gateway=? AND epoch=? AND lane=?"
    row = conn.execute(query, (gateway, epoch, lane)).fetchone()
    if row is None:
        conn.execute(
            "INSERT INTO streams(gateway, epoch, lane, first_at) VALUES (?,?,?,?)",
            (gateway, epoch, lane, at),
        )
        row = conn.execute(query, (gateway, epoch, lane)).fetchone()
    return Stream(*row)


def spans_of(sequences: Sequence[int]) -> Iterator[Span]:
    """Sequences as spans. A batch is usually one: that costs one comparison."""
    if not sequences:
        return
    first, last = sequences[0], sequences[-1]
    if last - first + 1 == len(sequences) and list(sequences) == list(range(first, last + 1)):
        yield first, last
        return
    ordered = sorted(set(sequences))
    start = previous = ordered[0]
    for n in ordered[1:]:
        if n != previous + 1:
            yield start, previous
            start = n
        previous = n
    yield start, previous


def arrive(conn: sqlite3.Connection, stream: Stream, spans: Iterable[Span], at: int) -> Stream:
    """These sequences count as arrived; the stream as it stands afterwards."""
    watermark, top = stream.watermark, stream.top
    for first, last in spans:
        if first > watermark + 1:
            _keep_above(conn, stream.id, first, last, at)
        elif last > watermark:
            watermark = last if top <= watermark else _absorb(conn, stream.id, last)
        top = max(top, last)
    if (watermark, top) != (stream.watermark, stream.top):
        conn.execute("UPDATE streams SET watermark=?, top=? WHERE id=?", (watermark, top, stream.id))
    return Stream(stream.id, stream.epoch, stream.lane, watermark, top)


def lose(conn: sqlite3.Connection, stream: Stream, span: Span, reason: str, said_by: str, at: int) -> Stream:
    """Note that these sequences were given up on purpose; they count as arrived."""
    conn.execute(
        "INSERT OR IGNORE INTO losses(stream, first, last, reason, said_by, at) VALUES (?,?,?,?,?,?)",
        (stream.id, *span, reason, said_by, at),
    )
    return arrive(conn, stream, [span], at)


def missing_below(conn: sqlite3.Connection, stream: Stream, n: int) -> list[Span]:
    """What of 1..n has not arrived."""
    missing, expected = [], stream.watermark + 1
    for first, last in conn.execute("SELECT first, last FROM arrived WHERE stream=? ORDER BY first", (stream.id,)):
        if first > n:
            break
        missing.append((expected, first - 1))
        expected = last + 1
    return [*missing, (expected, n)] if expected <= n else missing


def gaps(conn: sqlite3.Connection, gateway: str | None = None, limit: int = 1000) -> list[Gap]:
    """What is missing, of one gateway or of all, longest known first."""
    query = """
        SELECT gateway, epoch, lane, before + 1, first - 1, at FROM (
            SELECT s.gateway, s.epoch, s.lane, a.first, a.at,
                   coalesce(lag(a.last) OVER (PARTITION BY a.stream ORDER BY a.first), s.watermark) AS before
            FROM arrived a JOIN streams s ON s.id = a.stream WHERE ?1 IS NULL OR s.gateway = ?1
        ) ORDER BY at LIMIT ?2"""
    return [Gap(*row) for row in conn.execute(query, (gateway, limit))]


def receipts(conn: sqlite3.Connection, gateway: str, epoch: str) -> list[Receipt]:
    """The watermark of every lane of that epoch."""
    query = "SELECT epoch, lane, watermark FROM streams WHERE gateway=? AND epoch=?"
    return [Receipt(*row) for row in conn.execute(query, (gateway, epoch))]


def _absorb(conn: sqlite3.Connection, stream: int, watermark: int) -> int:
    """Move the watermark over the ranges it now touches."""
    query = "SELECT first, last FROM arrived WHERE stream=? ORDER BY first"
    for first, last in conn.execute(query, (stream,)).fetchall():
        if first > watermark + 1:
            break
        watermark = max(watermark, last)
    conn.execute("DELETE FROM arrived WHERE stream=? AND first<=?", (stream, watermark))
    return watermark


def _keep_above(conn: sqlite3.Connection, stream: int, first: int, last: int, at: int) -> None:
    """Add a range above the watermark, joined with those it touches; the oldest time is kept."""
    touching = conn.execute(
        """SELECT first, last, at FROM arrived WHERE stream=?1 AND last>=?2-1 AND first<=?3+1 AND first>=coalesce(
            (SELECT max(first) FROM arrived WHERE stream=?1 AND first<=?2), ?2)""",
        (stream, first, last),
    ).fetchall()
    for old_first, old_last, old_at in touching:
        conn.execute("DELETE FROM arrived WHERE stream=? AND first=?", (stream, old_first))
        first, last, at = min(first, old_first), max(last, old_last), min(at, old_at)
    conn.execute("INSERT INTO arrived(stream, first, last, at) VALUES (?,?,?,?)", (stream, first, last, at))
