"""The tables of neighbours."""

from __future__ import annotations

NEIGHBOURS = """
CREATE TABLE signups(
    n INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival
    id TEXT NOT NULL UNIQUE,              -- of the submission
    number TEXT NOT NULL, activity TEXT NOT NULL, people INTEGER NOT NULL,
    phone TEXT NOT NULL,                  -- sealed
    gateway TEXT NOT NULL, at INTEGER NOT NULL, cancelled_at INTEGER
) STRICT;
CREATE INDEX signups_of_activity ON signups(activity, n) WHERE cancelled_at IS NULL;
CREATE TABLE proposals(
    id TEXT PRIMARY KEY,                  -- of the submission
    number TEXT NOT NULL, kind TEXT NOT NULL,
    title TEXT NOT NULL, words TEXT NOT NULL, wish TEXT NOT NULL,
    phone TEXT NOT NULL,                  -- sealed
    gateway TEXT NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'new',    -- new, published, refused
    activity TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL, by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_by_state ON proposals(state, at);
CREATE TABLE votes(
    ballot TEXT PRIMARY KEY,              -- random, of one session
    poll TEXT NOT NULL, answer INTEGER NOT NULL, gateway TEXT NOT NULL, day TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_of_poll ON votes(poll, answer);
"""
