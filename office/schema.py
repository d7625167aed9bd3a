"""The tables of the centre, as steps that are applied once each, in order.

Times are milliseconds since 1970 UTC. JSON is kept as text, so that SQL can look into it. Everything that could be
derived is derived: a device's last word is its newest event, an alarm's count of updates the number of its rows.
"""

from __future__ import annotations

Migration = tuple[str, str]

_ARRIVALS = """
CREATE TABLE streams(                     -- one lane of one life of one gateway's store
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL, epoch TEXT NOT NULL, lane TEXT NOT NULL,
    watermark INTEGER NOT NULL DEFAULT 0, -- all of 1..watermark have arrived
    top INTEGER NOT NULL DEFAULT 0,       -- the largest that has
    first_at INTEGER NOT NULL,
    UNIQUE(gateway, epoch, lane)
) STRICT;
CREATE TABLE arrived(                     -- what has arrived above the watermark: disjoint, never touching
    stream INTEGER NOT NULL REFERENCES streams(id), first INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(stream, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE losses(                      -- given up on purpose; counts as arrived
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    stream INTEGER NOT NULL REFERENCES streams(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
    reason TEXT NOT NULL, said_by TEXT NOT NULL, at INTEGER NOT NULL,
    UNIQUE(stream, first, last, said_by)
) STRICT;
CREATE TABLE devices(
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL, source TEXT NOT NULL,
    device TEXT NOT NULL DEFAULT '', profile TEXT NOT NULL DEFAULT '', registered INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER NOT NULL,
    UNIQUE(gateway, source)
) STRICT;
CREATE TABLE events(
    n INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of arrival, for paging and for whoever follows live
    stream INTEGER NOT NULL REFERENCES streams(id), seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    device INTEGER NOT NULL REFERENCES devices(id),
    type TEXT NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
    subject TEXT, clock TEXT NOT NULL, boot INTEGER NOT NULL, mono INTEGER NOT NULL,
    data TEXT NOT NULL,
    UNIQUE(stream, seq)
) STRICT;
CREATE INDEX events_of_device ON events(device);
CREATE TABLE quarantine(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
    place TEXT NOT NULL,                  -- epoch/lane/sequence as far as it could be read
    digest TEXT NOT NULL, size INTEGER NOT NULL, payload BLOB NOT NULL,
    at INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1, last_at INTEGER NOT NULL,
    UNIQUE(gateway, digest)               -- the same message sent again is counted, not kept again
) STRICT;
"""

_ALARMS = """
CREATE TABLE alarms(
    id TEXT PRIMARY KEY,                  -- the id of the event that raised it
    origin TEXT NOT NULL CHECK(origin IN ('gateway', 'centre')),
    gateway TEXT NOT NULL, device TEXT NOT NULL, cause TEXT NOT NULL, severity TEXT NOT NULL DEFAULT '',
    stage INTEGER NOT NULL, echoed INTEGER NOT NULL DEFAULT 0, -- how far the gateway said it knows
    test INTEGER NOT NULL DEFAULT 0, presses INTEGER NOT NULL DEFAULT 1,
    raised_at INTEGER NOT NULL, clock TEXT NOT NULL, received_at INTEGER NOT NULL,
    acknowledged_at INTEGER, acknowledged_by TEXT, on_the_way_at INTEGER,
    closed_at INTEGER, closed_by TEXT, reason TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT '{}'
) STRICT, WITHOUT ROWID;
CREATE INDEX alarms_by_time ON alarms(received_at, id);
CREATE INDEX alarms_open ON alarms(received_at, id) WHERE stage<5;
CREATE INDEX alarms_of_device ON alarms(gateway, device, received_at);
CREATE TABLE alarm_updates(
    id TEXT PRIMARY KEY, alarm TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX updates_of_alarm ON alarm_updates(alarm);
CREATE TABLE alarm_steps(                 -- what people did; never changed, never deleted
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm TEXT NOT NULL REFERENCES alarms(id), step TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
    text TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX steps_of_alarm ON alarm_steps(alarm);
"""

_DOWN = """
CREATE TABLE gateways(
    gateway TEXT PRIMARY KEY,
    online INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT '{}',
    epoch TEXT NOT NULL DEFAULT '', boot INTEGER NOT NULL DEFAULT 0,
    first_at INTEGER NOT NULL, heard_at INTEGER NOT NULL, silent_alarm TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE sendings(                    -- on the way down until a broker has it (PUBACK 0x00)
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL, -- the alarm or order
    topic TEXT NOT NULL, payload BLOB NOT NULL, response_topic TEXT,
    made_at INTEGER NOT NULL, expires_at INTEGER, confirmed_at INTEGER
) STRICT;
CREATE INDEX sendings_pending ON sendings(n) WHERE confirmed_at IS NULL;
CREATE INDEX sendings_about ON sendings(about);
CREATE TABLE orders(
    id TEXT PRIMARY KEY,
    gateway TEXT NOT NULL, command TEXT NOT NULL, device TEXT NOT NULL, arguments TEXT NOT NULL, by TEXT NOT NULL,
    made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    outcome TEXT, reason TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '{}', answered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_open ON orders(expires_at) WHERE outcome IS NULL;
CREATE TABLE presence(
    department TEXT PRIMARY KEY, there INTEGER NOT NULL, waiting INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_BLOBS = """
CREATE TABLE blobs(
    sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_holders(                -- who uploaded it whole and may read it; '*' is everyone
    sha256 TEXT NOT NULL REFERENCES blobs(sha256), gateway TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(sha256, gateway)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_of_gateway ON blob_holders(gateway);
CREATE TABLE blob_waits(                  -- an event names it, and it is not here
    sha256 TEXT NOT NULL, event TEXT NOT NULL, gateway TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(sha256, event)
) STRICT, WITHOUT ROWID;
"""

_NEWS = """
CREATE TABLE alarm_news(                  -- one row an alarm: `n` grows with its last change, for whoever follows live
    n INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO alarm_news(alarm) SELECT id FROM alarms ORDER BY received_at, id;
CREATE TRIGGER alarm_raised AFTER INSERT ON alarms BEGIN
    INSERT OR REPLACE INTO alarm_news(alarm) VALUES (new.id);
END;
CREATE TRIGGER alarm_changed AFTER UPDATE ON alarms BEGIN
    INSERT OR REPLACE INTO alarm_news(alarm) VALUES (new.id);
END;
ALTER TABLE alarm_steps ADD COLUMN actor TEXT NOT NULL DEFAULT ''; -- which account, where `by` says only the role
"""

# Inside a trigger `OR REPLACE` gives way to the conflict clause of the statement that fired it (an upsert aborts then).
_NEWS_ANEW = """
DROP TRIGGER alarm_raised;
DROP TRIGGER alarm_changed;
CREATE TRIGGER alarm_raised AFTER INSERT ON alarms BEGIN
    DELETE FROM alarm_news WHERE alarm=new.id;
    INSERT INTO alarm_news(alarm) VALUES (new.id);
END;
CREATE TRIGGER alarm_changed AFTER UPDATE ON alarms BEGIN
    DELETE FROM alarm_news WHERE alarm=new.id;
    INSERT INTO alarm_news(alarm) VALUES (new.id);
END;
"""

_LEASES = """
ALTER TABLE presence ADD COLUMN until INTEGER; -- when the word is no longer true, unless it is said again
"""

_ALARM_LISTS = """
CREATE INDEX alarms_closed ON alarms(closed_at, id) WHERE stage=5; -- the last closed first, page by page
"""

_DEPARTMENTS = """
ALTER TABLE presence ADD COLUMN free INTEGER NOT NULL DEFAULT 0;  -- of those who are there, in no call
ALTER TABLE presence ADD COLUMN wait_s REAL;                      -- expected wait; NULL: unknown
ALTER TABLE presence ADD COLUMN open INTEGER NOT NULL DEFAULT 1;  -- by its opening hours
ALTER TABLE presence ADD COLUMN opens_at TEXT NOT NULL DEFAULT '';
"""

_CONTENTS = """
CREATE TABLE contents(                    -- what every kiosk shall have, retained on content/<name>
    name TEXT PRIMARY KEY,
    manifest TEXT NOT NULL,               -- JSON; empty: ended
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS: list[Migration] = [
    ("001 arrivals", _ARRIVALS),
    ("002 alarms", _ALARMS),
    ("003 down", _DOWN),
    ("004 blobs", _BLOBS),
    ("005 alarm news", _NEWS),
    ("006 alarm news anew", _NEWS_ANEW),
    ("007 presence leases", _LEASES),
    ("008 alarm lists", _ALARM_LISTS),
    ("009 contents", _CONTENTS),
    ("010 presence of departments", _DEPARTMENTS),
]
