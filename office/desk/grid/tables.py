"""The tables of the grid, in milliseconds. Names and telephone numbers of applicants stand only sealed."""

from __future__ import annotations

GRID = """
CREATE TABLE grid_areas(
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE, note TEXT NOT NULL DEFAULT '',
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE grid_places(                 -- what lies in a place belongs to its area too, unless it has one of its own
    place TEXT PRIMARY KEY, area TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX grid_places_of ON grid_places(area);
CREATE TABLE grid_wardens(                -- the first by rank is asked first
    area TEXT NOT NULL, rank INTEGER NOT NULL, account TEXT NOT NULL,
    PRIMARY KEY(area, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX grid_areas_of ON grid_wardens(account);
CREATE TABLE grid_away(                   -- from..until somebody else stands in
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, substitute TEXT NOT NULL DEFAULT '',
    from_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
    made_by TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX grid_away_of ON grid_away(account, until_at);
CREATE TABLE warden_applications(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,              -- made by the page or the kiosk: the same sent again is one
    source TEXT NOT NULL CHECK(source IN ('page', 'kiosk')), at INTEGER NOT NULL,
    name TEXT NOT NULL, phone TEXT NOT NULL, words TEXT NOT NULL, -- sealed of warden-application:ID:FIELD
    where_ TEXT NOT NULL DEFAULT '',      -- the community they named
    state TEXT NOT NULL DEFAULT 'open' CHECK(state IN ('open', 'approved', 'refused')),
    decided_by TEXT NOT NULL DEFAULT '', decided_at INTEGER,
    answer TEXT NOT NULL DEFAULT '',      -- sealed too
    account TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX warden_applications_open ON warden_applications(n) WHERE state='open';
CREATE TABLE round_sent(                  -- what a phone sent and was answered: the same again gets the same
    account TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY(account, id)
) STRICT, WITHOUT ROWID;
"""

DEPARTMENTS = """
ALTER TABLE grid_areas ADD COLUMN department TEXT NOT NULL DEFAULT ''; -- who answers at a kiosk for the warden
"""
