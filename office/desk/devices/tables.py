"""The desk's tables about devices, as three steps.

The receiver's rows stay where they are; here is what can be derived from them and is too dear to derive for a list
(`device_state`, `device_faults`, `pictures`), and what only the desk knows: who gave an order, what a configuration
said, who looked through a camera. Times are milliseconds.
"""

from __future__ import annotations

STATES = """
CREATE TABLE device_cursor(               -- how far the receiver's events have been looked through
    one INTEGER PRIMARY KEY CHECK(one=1), n INTEGER NOT NULL
) STRICT;
INSERT INTO device_cursor VALUES (1, 0);
CREATE TABLE device_state(                -- the last word of each device, and the last of each kind that lasts
    gateway TEXT NOT NULL, device TEXT NOT NULL,
    profile TEXT NOT NULL DEFAULT '', registered INTEGER NOT NULL DEFAULT 0, first_at INTEGER NOT NULL DEFAULT 0,
    n INTEGER NOT NULL DEFAULT 0, type TEXT NOT NULL DEFAULT '', heard_at INTEGER,
    battery REAL, battery_at INTEGER, low_at INTEGER, -- low_at: when it said itself that it is nearly empty
    lat REAL, lon REAL, datum TEXT NOT NULL DEFAULT 'WGS-84', placed_at INTEGER,
    open INTEGER, camera INTEGER NOT NULL DEFAULT 0,
    low INTEGER NOT NULL DEFAULT 0, silent INTEGER NOT NULL DEFAULT 0, faults INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(gateway, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_low ON device_state(gateway, device) WHERE low=1;
CREATE INDEX device_silent ON device_state(gateway, device) WHERE silent=1;
CREATE INDEX device_faulty ON device_state(gateway, device) WHERE faults>0;
CREATE INDEX device_cameras ON device_state(gateway, device) WHERE camera=1;
CREATE TABLE device_faults(               -- what does not work at present; device '': the gateway itself
    gateway TEXT NOT NULL, fault TEXT NOT NULL, device TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY(gateway, fault, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX faults_of_device ON device_faults(gateway, device);
CREATE TABLE pictures(                    -- which event named a picture: whose, and for which alarm
    sha256 TEXT PRIMARY KEY, gateway TEXT NOT NULL, camera TEXT NOT NULL, device TEXT NOT NULL, alarm TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pictures_of_camera ON pictures(gateway, camera, at);
"""

ORDERS = """
CREATE TABLE device_orders(               -- who gave an order; what became of it stands in the receiver's `orders`
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, gateway TEXT NOT NULL, device TEXT NOT NULL, command TEXT NOT NULL,
    account TEXT NOT NULL, at INTEGER NOT NULL, over_at INTEGER, failed TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT ''          -- where the command asks for a reason
) STRICT;
CREATE INDEX orders_of_device ON device_orders(gateway, device, n);
CREATE INDEX orders_waiting ON device_orders(n) WHERE over_at IS NULL;
CREATE TABLE configs(                     -- every configuration that was wished for a gateway, as it was typed
    gateway TEXT NOT NULL, version INTEGER NOT NULL,
    text TEXT NOT NULL, document TEXT NOT NULL, note TEXT NOT NULL, again INTEGER NOT NULL DEFAULT 0, -- of version ...
    account TEXT NOT NULL, at INTEGER NOT NULL,
    given_at INTEGER,                     -- the receiver has it
    judged_at INTEGER, accepted INTEGER, reasons TEXT NOT NULL DEFAULT '[]', -- the gateway's word
    PRIMARY KEY(gateway, version)
) STRICT, WITHOUT ROWID;
"""

LOOKS = """
CREATE TABLE looks(                       -- who looked through which camera and why; only its end is added
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL, account TEXT NOT NULL, -- '': nobody here; `asked_by` says who at the gateway
    asked_by TEXT NOT NULL,
    gateway TEXT NOT NULL, camera TEXT NOT NULL, reason TEXT NOT NULL, about TEXT NOT NULL,
    sha256 TEXT NOT NULL DEFAULT '', way TEXT NOT NULL CHECK(way IN ('kept', 'live', 'gateway')),
    mark TEXT UNIQUE,                     -- the order's id, or the event's
    refused TEXT NOT NULL DEFAULT '', ended_at INTEGER
) STRICT;
CREATE INDEX looks_of_camera ON looks(gateway, camera, n);
CREATE INDEX looks_by ON looks(account, n);
CREATE INDEX looks_about ON looks(about, n);
CREATE INDEX looks_at ON looks(at);
CREATE TRIGGER looks_no_delete BEFORE DELETE ON looks BEGIN SELECT RAISE(ABORT, 'a look stays on record'); END;
CREATE TRIGGER looks_no_change BEFORE UPDATE OF at, account, asked_by, gateway, reason, about, way, mark ON looks
BEGIN SELECT RAISE(ABORT, 'a look stays on record'); END;
CREATE TRIGGER looks_end_once BEFORE UPDATE ON looks WHEN old.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a look stays on record'); END;
"""
