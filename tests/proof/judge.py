"""Holds what devices saw answered against the receiver's own database. Knows nothing of the gateway."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sync.contract import messages
from tests.proof.neighbours import POSITION, SOS, Neighbour, number

_ARRIVED = """
    SELECT s.id, s.lane, e.type, json_extract(e.data, '$.place.lat') FROM events e
    JOIN streams s ON s.id = e.stream JOIN devices d ON d.id = e.device
    WHERE d.device = ? AND json_extract(e.data, '$.place.lat') IS NOT NULL ORDER BY s.id, e.seq"""

TYPES = {POSITION: (messages.POSITION,), SOS: (messages.ALARM, messages.ALARM_UPDATE)}


@dataclass(slots=True)
class Verdict:
    """Counts over all devices. `answered` is what was judged; order is that of a lane of one life of a store."""

    answered: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    invented: int = 0
    presses: int = 0

    def faults(self) -> tuple[int, int, int, int, int]:
        """All zero when every promise was kept."""
        return self.lost, self.doubled, self.disordered, self.invented, self.presses


def judge(office: Path, neighbours: Sequence[Neighbour]) -> Verdict:
    """The whole story of these devices."""
    verdict = Verdict()
    with closing(sqlite3.connect(f"file:{office / 'office.sqlite'}?mode=ro", uri=True)) as conn:
        for neighbour in neighbours:
            _judge(conn, neighbour, verdict)
    return verdict


def _judge(conn: sqlite3.Connection, neighbour: Neighbour, verdict: Verdict) -> None:
    device = neighbour.speech.device
    rows = conn.execute(_ARRIVED, (device,)).fetchall()
    words = list(neighbour.said)
    for what, types in TYPES.items():
        placed = [(stream, number(lat)) for stream, _, kind, lat in rows if kind in types]
        there = [n for _, n in placed]
        counts = Counter(there)
        said = {w.n for w in words if w.what == what}
        answered = {w.n for w in words if w.what == what and w.answered}
        verdict.answered += len(answered)
        verdict.lost += len(answered - counts.keys())
        verdict.doubled += sum(n - 1 for n in counts.values())
        verdict.invented += len(counts.keys() - said)
        verdict.disordered += sum(a[0] == b[0] and a > b for a, b in pairwise(placed))
        if what == SOS:
            told = conn.execute("SELECT coalesce(sum(presses), 0) FROM alarms WHERE device = ?", (device,)).fetchone()
            verdict.presses += abs(int(told[0]) - len(counts))


def arrivals(office: Path, device: str) -> list[tuple[str, int]]:
    """(lane, number) of everything of this device, in the order of its sequences."""
    with closing(sqlite3.connect(f"file:{office / 'office.sqlite'}?mode=ro", uri=True)) as conn:
        return [(lane, number(lat)) for _, lane, _, lat in conn.execute(_ARRIVED, (device,))]


def alarms_of(office: Path, device: str) -> list[str]:
    """Ids of its alarms at the centre."""
    with closing(sqlite3.connect(f"file:{office / 'office.sqlite'}?mode=ro", uri=True)) as conn:
        return [row[0] for row in conn.execute("SELECT id FROM alarms WHERE device = ?", (device,))]


def waiting(gateway: Path) -> int:
    """Rows the gateway still holds: no receipt has reached its disk."""
    with closing(sqlite3.connect(f"file:{gateway / 'linli.db'}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT count(*) FROM outbox").fetchone()[0])
