"""Messages that break the contract: kept whole with the reason, so that a person can look and nothing is repeated.

The same message sent again is counted and not kept again. Bounded for each gateway: the oldest go, and it is noted.
"""

from __future__ import annotations

import logging
import sqlite3
from hashlib import sha256

log = logging.getLogger("linli.office.quarantine")

LARGEST_KEPT = 256 * 1024
KEPT_FOR_EACH = 10_000


def isolate(
    conn: sqlite3.Connection, gateway: str, topic: str, payload: bytes, reason: str, at: int, place: str = ""
) -> str:
    """Keep it; returns a digest that is the same whenever the same comes from there again."""
    digest = sha256(b"%b\0%b\0%b" % (gateway.encode(), topic.encode(), payload)).hexdigest()[:32]
    row = conn.execute(
        """INSERT INTO quarantine(gateway, topic, reason, place, digest, size, payload, at, last_at)
           VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?8)
           ON CONFLICT(gateway, digest) DO UPDATE SET times=times+1, last_at=excluded.last_at RETURNING n, times""",
        (gateway, topic, reason[:1000], place, digest, len(payload), payload[:LARGEST_KEPT], at),
    ).fetchone()
    if row["times"] == 1:
        log.warning("%s: a message on %s breaks the contract: %s", gateway, topic, reason[:200])
        if row["n"] % 256 == 0:
            _thin(conn, gateway)
    return digest


def _thin(conn: sqlite3.Connection, gateway: str) -> None:
    gone = conn.execute(
        """DELETE FROM quarantine WHERE gateway=?1 AND n <= (
               SELECT n FROM quarantine WHERE gateway=?1 ORDER BY n DESC LIMIT 1 OFFSET ?2)""",
        (gateway, KEPT_FOR_EACH),
    ).rowcount
    if gone > 0:
        log.warning("%s: %d of the oldest messages in quarantine were dropped", gateway, gone)
