"""The tables of duty: who was there, who should be, who was phoned."""

from __future__ import annotations

DUTY = """
CREATE TABLE duty_times(                  -- a person on duty on a page, from the tone they heard to its end
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL, session TEXT NOT NULL,
    resume TEXT NOT NULL,                 -- what the page says when its line broke
    began_at INTEGER NOT NULL, ended_at INTEGER, why TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX duty_times_began ON duty_times(began_at, id);
CREATE INDEX duty_times_resume ON duty_times(resume);
CREATE TABLE unattended(                  -- times when nobody was there, from when the last one had gone
    n INTEGER PRIMARY KEY AUTOINCREMENT, began_at INTEGER NOT NULL, ended_at INTEGER
) STRICT;
CREATE TABLE shifts(                      -- who is planned when
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL, begins_at INTEGER NOT NULL, ends_at INTEGER NOT NULL CHECK(ends_at>begins_at),
    rank INTEGER NOT NULL,                -- in which order they are called, 1 first
    series TEXT NOT NULL,                 -- shifts that were planned in one go
    note TEXT NOT NULL DEFAULT '',
    swapped_from TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX shifts_by_time ON shifts(begins_at, rank, id);
CREATE TABLE outcalls(                    -- each time the desk phoned out
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, reason TEXT NOT NULL, about TEXT NOT NULL, text TEXT NOT NULL,
    numbers TEXT NOT NULL,                -- JSON, sealed: account, name and number of each
    state TEXT NOT NULL DEFAULT 'waiting' CHECK(state IN ('waiting', 'begun', 'done', 'failed', 'unknown')),
    detail TEXT NOT NULL DEFAULT '', ended_at INTEGER,
    UNIQUE(reason, about)                 -- never twice for the same
) STRICT;
CREATE INDEX outcalls_waiting ON outcalls(n) WHERE state IN ('waiting', 'begun');
"""
