"""Finding rows by words said: rare words decide, common ones only order. Bounded however common the words are.

First everything that has all the words; when nothing has, whatever has some of the rarest. A question of nothing but
common words is answered with the first rows that fit, unranked.
"""

from __future__ import annotations

import sqlite3

from office.desk.register import words

RANKED = 6000
"""Rows that are put in order for one answer: about 15 ms here."""


def rows(conn: sqlite3.Connection, index: str, text: str, limit: int) -> list[int]:
    """Row ids of that index, best first."""
    tokens = words.question(text)
    if not tokens:
        return []
    if tokens[0].endswith("*"):
        return _match(conn, index, f'"{tokens[0][:-1]}" *', limit, ranked=True)
    counts = _counts(conn, index, tokens)
    if not counts:
        return []
    known = sorted(counts, key=counts.__getitem__)
    ranked = counts[known[0]] <= RANKED
    found = _match(conn, index, " AND ".join(map(_quoted, known)), limit, ranked=ranked)
    if found or len(known) == 1:
        return found
    some: list[str] = []
    weight = 0
    for token in known:
        weight += counts[token]
        if some and weight > RANKED:
            break
        some.append(token)
    return _match(conn, index, " OR ".join(map(_quoted, some)), limit, ranked=ranked)


def _counts(conn: sqlite3.Connection, index: str, tokens: list[str]) -> dict[str, int]:
    marks = ",".join("?" * len(tokens))
    found = conn.execute(f"SELECT term, doc FROM {index}_terms WHERE term IN ({marks})", tokens)  # noqa: S608
    return {row[0]: row[1] for row in found}


def _match(conn: sqlite3.Connection, index: str, query: str, limit: int, *, ranked: bool) -> list[int]:
    order = f"ORDER BY bm25({index}), rowid" if ranked else ""
    found = conn.execute(
        f"SELECT rowid FROM {index} WHERE {index} MATCH ? {order} LIMIT ?",  # noqa: S608 - names of ours
        (query, limit),
    )
    return [row[0] for row in found]


def _quoted(token: str) -> str:
    return f'"{token}"'
