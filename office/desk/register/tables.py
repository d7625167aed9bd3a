"""The tables of the register.

`v` counts a row's changes: an import or an undo that finds another `v` than it saw has met somebody's edit, and asks.
Coordinates stand as they were given (`lat`, `lon`, `datum`); `wlat`, `wlon` are the same point in WGS-84, to be
compared. `found_*` are full-text indexes over words cut by `words.index`.
"""

from __future__ import annotations

REGISTER = """
CREATE TABLE register_version(one INTEGER PRIMARY KEY CHECK(one=1), n INTEGER NOT NULL) STRICT;
INSERT INTO register_version VALUES (1, 1);

CREATE TABLE places(                      -- a tree: community, building, unit, room
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    parent TEXT NOT NULL DEFAULT '',      -- id, empty for a community
    kind TEXT NOT NULL CHECK(kind IN ('community', 'building', 'unit', 'room')),
    name TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,            -- kind and name of every level: what makes two places the same
    words TEXT NOT NULL,                  -- as people read it
    aliases TEXT NOT NULL DEFAULT '', nearby TEXT NOT NULL DEFAULT '',
    lat REAL, lon REAL, datum TEXT NOT NULL DEFAULT 'WGS-84', wlat REAL, wlon REAL,
    pole TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT '',      -- the import that made it
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX places_of ON places(parent, n);
CREATE INDEX places_origin ON places(origin) WHERE origin<>'';

CREATE TABLE poles(                       -- 一号定位
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    words TEXT NOT NULL DEFAULT '', nearby TEXT NOT NULL DEFAULT '', aliases TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'lamp' CHECK(kind IN ('lamp', 'power', 'post')),
    plate TEXT NOT NULL DEFAULT 'ok' CHECK(plate IN ('ok', 'broken', 'missing')),
    lat REAL, lon REAL, datum TEXT NOT NULL DEFAULT 'WGS-84', wlat REAL, wlon REAL,
    place TEXT NOT NULL DEFAULT '',       -- the community or building it stands at
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX poles_at ON poles(wlat, wlon);
CREATE INDEX poles_plate ON poles(plate, n) WHERE plate<>'ok';

CREATE TABLE households(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,
    place TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL DEFAULT '',
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX households_at ON households(place);
CREATE INDEX households_origin ON households(origin) WHERE origin<>'';

CREATE TABLE persons(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    ref TEXT NOT NULL UNIQUE,             -- opaque: the `resident` that gateways carry
    name TEXT NOT NULL, born INTEGER, phone TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '',        -- as written, with 、 between
    household TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',       -- sealed of person:REF:notes
    contacts TEXT NOT NULL DEFAULT '',    -- sealed of person:REF:contacts
    erased_at INTEGER,
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX persons_phone ON persons(phone) WHERE phone<>'';
CREATE INDEX persons_household ON persons(household) WHERE household<>'';
CREATE INDEX persons_name ON persons(name);

CREATE TABLE devices_at(                  -- whose a device is, and where
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL, device TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT '', household TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '',
    pole TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL CHECK(source IN ('gateway', 'desk')), -- who said so last; the desk's word stands
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL,
    UNIQUE(gateway, device)
) STRICT;
CREATE INDEX devices_of ON devices_at(person) WHERE person<>'';

CREATE VIRTUAL TABLE found_spots USING fts5(words, tokenize='unicode61');   -- rowid: 2n a pole, 2n+1 a place
CREATE VIRTUAL TABLE found_spots_terms USING fts5vocab(found_spots, 'row');
CREATE VIRTUAL TABLE found_persons USING fts5(words, tokenize='unicode61'); -- rowid: n
CREATE VIRTUAL TABLE found_persons_terms USING fts5vocab(found_persons, 'row');

CREATE TABLE register_imports(
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, file TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('reading', 'draft', 'applying', 'applied', 'undoing', 'undone', 'discarded',
                                        'failed')),
    by TEXT NOT NULL, made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,             -- the register's, when the difference was made
    total INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
    fresh INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, same INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0, bad INTEGER NOT NULL DEFAULT 0,
    bad_rows TEXT NOT NULL DEFAULT '[]',
    confirmed_by TEXT NOT NULL DEFAULT '', confirmed_at INTEGER, ended_at INTEGER,
    reason TEXT NOT NULL DEFAULT '', skipped INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX register_imports_by_time ON register_imports(made_at, id);
CREATE TABLE register_import_rows(                 -- what a draft would change; kept until it can no longer be undone
    import TEXT NOT NULL, line INTEGER NOT NULL,
    what TEXT NOT NULL CHECK(what IN ('new', 'changed', 'conflict')),
    key TEXT NOT NULL,
    image TEXT NOT NULL,                  -- JSON: the row as it would be; notes and contacts sealed
    before TEXT,                          -- JSON: the row as it was
    fields TEXT NOT NULL DEFAULT '[]',    -- JSON: names of what differs
    given TEXT NOT NULL DEFAULT '[]',     -- JSON: names of what the file said
    conflict TEXT NOT NULL DEFAULT '', other TEXT NOT NULL DEFAULT '', -- kind, and whom it collides with
    was INTEGER NOT NULL DEFAULT 0,       -- `v` when the difference was made, 0: not there
    became INTEGER,                       -- `v` after it was applied; empty: not applied
    PRIMARY KEY(import, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX register_import_rows_what ON register_import_rows(import, what, line);
CREATE INDEX register_import_rows_key ON register_import_rows(key);

CREATE TABLE register_conflicts(                   -- to be settled by a person: never silent
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, other TEXT NOT NULL DEFAULT '',
    mine TEXT NOT NULL, theirs TEXT NOT NULL, -- JSON images
    origin TEXT NOT NULL,                 -- an import's id, or 'gateway'
    line INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL,
    given TEXT NOT NULL DEFAULT '[]',     -- JSON: names of what they said; the rest of `theirs` is mine
    past TEXT NOT NULL DEFAULT '',        -- kinds that were settled before for this row
    settled_at INTEGER, settled_by TEXT NOT NULL DEFAULT '', how TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX register_conflicts_open ON register_conflicts(n) WHERE settled_at IS NULL;
CREATE INDEX register_conflicts_key ON register_conflicts(subject, key);

CREATE TABLE register_published(                   -- what kiosks were told last
    name TEXT PRIMARY KEY, version TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
