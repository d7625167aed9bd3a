"""The tables of exports, and of who is told of what happens."""

from __future__ import annotations

EXPORTS = """
CREATE TABLE exports(                     -- tables that were written, or are being written
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    account TEXT NOT NULL, at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('waiting', 'ready', 'failed', 'gone')),
    rows INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX exports_by_time ON exports(at);
"""

STREAMS = """
CREATE TABLE streams_out(                 -- other systems that are told what happens
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL, -- sealed
    alarms INTEGER NOT NULL, cases INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1,
    alarm_news INTEGER NOT NULL, case_step INTEGER NOT NULL, -- told up to here
    tries INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, fault TEXT NOT NULL DEFAULT '',
    told_at INTEGER, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
