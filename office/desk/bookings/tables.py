"""The table of bookings."""

from __future__ import annotations

BOOKINGS = """
CREATE TABLE bookings(
    id TEXT PRIMARY KEY,                  -- of the submission
    number TEXT NOT NULL,                 -- on the slip
    calendar TEXT NOT NULL, starts TEXT NOT NULL, -- ISO 8601 without zone, of the office
    phone TEXT NOT NULL,                  -- sealed
    gateway TEXT NOT NULL,
    state TEXT NOT NULL,                  -- confirmed, full, requested, refused, done, missed
    why TEXT NOT NULL DEFAULT '',         -- for the clerk: offline, no-slot, past
    note TEXT NOT NULL DEFAULT '',
    made_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, by TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX bookings_of_slot ON bookings(calendar, starts) WHERE state='confirmed';
CREATE INDEX bookings_of_number ON bookings(number);
CREATE INDEX bookings_by_time ON bookings(made_at, id);
"""
