"""Many rows in few statements.

Every step of SQLite gives the interpreter's lock away; beside a busy event loop a thread that inserts row by row
waits for it at every row. One statement of 128 rows waits once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain


def rows_at_once(conn: sqlite3.Connection, insert: str, rows: Sequence[tuple[object, ...]]) -> int:
    """`INSERT ... VALUES ` of many rows; how many were inserted.

    Chunks are powers of two, so that at most eight different statements are prepared and kept.
    """
    if not rows:
        return 0
    one = "(" + ",".join("?" * len(rows[0])) + ")"
    inserted, start, size = 0, 0, 128
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        chunk = rows[start : start + size]
        cursor = conn.execute(insert + ",".join([one] * size), tuple(chain.from_iterable(chunk)))
        inserted += max(cursor.rowcount, 0)
        start += size
    return inserted
