"""The tables of content."""

from __future__ import annotations

CONTENT = """
CREATE TABLE content_items(               -- the drafts
    kind TEXT NOT NULL, id TEXT NOT NULL,
    body TEXT NOT NULL,                   -- JSON of the kind's shape in sync/contract/services.py
    place INTEGER NOT NULL,               -- order on the screen
    v INTEGER NOT NULL DEFAULT 1, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
    PRIMARY KEY(kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX content_order ON content_items(kind, place, id);
CREATE TABLE content_media(
    name TEXT PRIMARY KEY,                -- as items and kiosks name it
    sha256 TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL,
    made_at INTEGER NOT NULL, made_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE content_texts(               -- the JSON files of versions
    sha256 TEXT PRIMARY KEY, content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE content_versions(
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    version TEXT NOT NULL,                -- hash of its files
    files TEXT NOT NULL,                  -- JSON list of ContentFile
    note TEXT NOT NULL, made_at INTEGER NOT NULL, made_by TEXT NOT NULL,
    told_at INTEGER                       -- when the receiver had it
) STRICT;
CREATE TABLE emergencies(
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL, text TEXT NOT NULL, minutes INTEGER NOT NULL,
    made_at INTEGER NOT NULL, made_by TEXT NOT NULL,
    released_at INTEGER, released_by TEXT NOT NULL DEFAULT '', ends_at INTEGER,
    withdrawn_at INTEGER, withdrawn_by TEXT NOT NULL DEFAULT '',
    told INTEGER NOT NULL DEFAULT 0,      -- gateways
    owed TEXT NOT NULL DEFAULT ''         -- 'notice' or 'withdrawal': not yet with the receiver
) STRICT, WITHOUT ROWID;
CREATE TABLE emergencies_shown(
    id TEXT NOT NULL, gateway TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(id, gateway)
) STRICT, WITHOUT ROWID;
"""
