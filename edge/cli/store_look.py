"""What the event store tells while no gateway runs: read-only, and nothing is created, repaired or locked."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

LANES = ("alarm", "state", "bulk")

_COUNTS = (
    ("open_alarms", "SELECT count(*) FROM alarm WHERE stage < 5"),
    ("devices", "SELECT count(*) FROM devices"),
    ("unknown", "SELECT count(*) FROM unknown_devices"),
    ("lost", "SELECT coalesce(sum(count), 0) FROM loss"),
)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection. Raises sqlite3.Error, and FileNotFoundError when there is no store."""
    if not path.exists():
        raise FileNotFoundError(path)
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2.0)) as conn:
        yield conn


def look(path: Path) -> dict[str, Any]:
    """What waits, and counts; `error` when it cannot be read."""
    found: dict[str, Any] = {"path": str(path)}
    try:
        with reading(path) as conn:
            found["lanes"] = [_lane(conn, number, name) for number, name in enumerate(LANES)]
            found |= _counts(conn)
    except FileNotFoundError:
        found["error"] = "there is none"
    except (sqlite3.Error, OSError) as error:
        found["error"] = f"cannot be read: {error}"
    return found


def _lane(conn: sqlite3.Connection, number: int, name: str) -> dict[str, Any]:
    (waiting,) = conn.execute("SELECT count(*) FROM outbox WHERE lane = ?", (number,)).fetchone()
    row = conn.execute("SELECT body FROM outbox WHERE lane = ? ORDER BY era, seq LIMIT 1", (number,)).fetchone()
    return {"lane": name, "waiting": waiting, "oldest": _time(row[0]) if row else None}


def _time(body: bytes) -> str | None:
    try:
        found = json.loads(body).get("time")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _counts(conn: sqlite3.Connection) -> dict[str, int]:
    found = {}
    for name, query in _COUNTS:
        try:
            (found[name],) = conn.execute(query).fetchone()
        except sqlite3.OperationalError:  # a store that never had such a table
            continue
    return found
