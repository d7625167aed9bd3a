"""What the desk keeps about alarms. The alarms themselves are the receiver's (`centre.alarms`), people's steps too."""

from __future__ import annotations

BOARD = """
CREATE TABLE alarm_keepers(               -- handed over: the last row has it; none: whoever acknowledged it
    alarm TEXT NOT NULL, n INTEGER NOT NULL, account TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(alarm, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm_notes(                 -- what people wrote; only an erasure may empty the text
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm TEXT NOT NULL, account TEXT NOT NULL, at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK(kind IN ('note', 'close', 'still')), text TEXT NOT NULL
) STRICT;
CREATE INDEX notes_of_alarm ON alarm_notes(alarm, n);
CREATE TRIGGER alarm_notes_no_delete BEFORE DELETE ON alarm_notes
BEGIN SELECT RAISE(ABORT, 'notes are never deleted'); END;
CREATE TRIGGER alarm_notes_no_update BEFORE UPDATE ON alarm_notes
WHEN new.text<>'' OR (new.n, new.alarm, new.account, new.at, new.kind)
  <>(old.n, old.alarm, old.account, old.at, old.kind)
BEGIN SELECT RAISE(ABORT, 'notes are never changed'); END;
CREATE TABLE alarm_promises(              -- who was said to come, and when; the words went down to the elder
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm TEXT NOT NULL, account TEXT NOT NULL, at INTEGER NOT NULL, minutes INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX promises_of_alarm ON alarm_promises(alarm, n);
CREATE TABLE alarm_calls(                 -- each step of the escalation once; `turn` is 0, or what a reminder is about;
                                          -- `outcome` of a phone-out: the alarm under whose name it went out
    alarm TEXT NOT NULL, what TEXT NOT NULL, turn INTEGER NOT NULL,
    account TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL, outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY(alarm, what, turn)
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm_cases(                 -- the case an alarm became
    alarm TEXT PRIMARY KEY, number TEXT NOT NULL, account TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm_settings(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""

ERRANDS = """
CREATE TABLE errands(                     -- somebody was asked to go there
    id TEXT PRIMARY KEY,
    alarm TEXT NOT NULL,
    account TEXT NOT NULL DEFAULT '',     -- a warden's; empty for a neighbour
    name TEXT NOT NULL DEFAULT '',        -- sealed, a neighbour's
    phone TEXT NOT NULL DEFAULT '',       -- sealed, a neighbour's
    token TEXT NOT NULL UNIQUE,           -- SHA-256 of the link's secret
    made_by TEXT NOT NULL, made_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX errands_of_alarm ON errands(alarm, made_at);
CREATE INDEX errands_of_account ON errands(account, made_at) WHERE account<>'';
CREATE TABLE errand_words(                -- what they answered
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    errand TEXT NOT NULL, at INTEGER NOT NULL,
    what TEXT NOT NULL CHECK(what IN ('seen', 'accept', 'arrived', 'found', 'cannot')),
    text TEXT NOT NULL DEFAULT '', picture TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX words_of_errand ON errand_words(errand, n);
"""
