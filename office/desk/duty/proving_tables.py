"""The tables of handing over, of announced presses and of drills."""

from __future__ import annotations

HANDOVERS = """
CREATE TABLE handovers(                   -- 交接班: the sheet as it was when the outgoing clerk signed it
    id TEXT PRIMARY KEY,
    sheet TEXT NOT NULL,                  -- JSON
    out_account TEXT NOT NULL, out_at INTEGER NOT NULL, out_note TEXT NOT NULL DEFAULT '',
    in_account TEXT NOT NULL DEFAULT '', in_at INTEGER, in_note TEXT NOT NULL DEFAULT '',
    hash TEXT NOT NULL DEFAULT ''         -- of all of it, once both have signed
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_by_time ON handovers(out_at, id);
CREATE TRIGGER handovers_signed BEFORE UPDATE ON handovers
WHEN old.in_at IS NOT NULL OR (new.id, new.sheet, new.out_account, new.out_at, new.out_note)
  <>(old.id, old.sheet, old.out_account, old.out_at, old.out_note)
BEGIN SELECT RAISE(ABORT, 'a signed sheet is never changed'); END;
CREATE TRIGGER handovers_kept BEFORE DELETE ON handovers
BEGIN SELECT RAISE(ABORT, 'a sheet is never removed'); END;
"""

PRESSES = """
CREATE TABLE test_windows(                -- announced: who presses in it tests
    id TEXT PRIMARY KEY,
    begins_at INTEGER NOT NULL, ends_at INTEGER NOT NULL CHECK(ends_at>begins_at),
    communities TEXT NOT NULL, devices TEXT NOT NULL, -- JSON lists; a device is 'gateway/device'
    note TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX test_windows_ends ON test_windows(ends_at, id);
CREATE TABLE window_presses(              -- what was judged in a window, and why
    alarm TEXT PRIMARY KEY, window TEXT NOT NULL, at INTEGER NOT NULL, verdict TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX window_presses_of ON window_presses(window, at);
CREATE TABLE weekly_calls(                -- who was called because nothing was pressed
    gateway TEXT NOT NULL, device TEXT NOT NULL, week TEXT NOT NULL, -- 2026-W39
    account TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(gateway, device, week)
) STRICT, WITHOUT ROWID;
"""

DRILLS = """
CREATE TABLE drills(                      -- ordered down the real way; `id` is the order's
    id TEXT PRIMARY KEY,
    gateway TEXT NOT NULL, device TEXT NOT NULL, whole_way INTEGER NOT NULL,
    ordered_by TEXT NOT NULL, ordered_at INTEGER NOT NULL,
    failed TEXT NOT NULL DEFAULT '',      -- why it was never raised
    report TEXT NOT NULL DEFAULT '', ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX drills_by_time ON drills(ordered_at, id);
CREATE INDEX drills_open ON drills(ordered_at) WHERE ended_at IS NULL;
"""
