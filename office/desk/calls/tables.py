"""The desk's tables of calls. Nothing of what was said or shown is in them, and no address."""

from __future__ import annotations

DEPARTMENTS = """
CREATE TABLE call_departments(            -- what a kiosk shows of a department, beside its name and scope
    department TEXT PRIMARY KEY,
    icon TEXT NOT NULL DEFAULT '', hotline TEXT NOT NULL DEFAULT '',
    hours TEXT,                           -- JSON list of {days, opens, closes}; NULL: those of the office; []: always
    closed_on TEXT NOT NULL DEFAULT '[]', -- JSON lists of its own days, beside the calendar of the office
    open_on TEXT NOT NULL DEFAULT '[]',
    most INTEGER NOT NULL DEFAULT 10,     -- so many may wait
    shown INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE department_staff(            -- who answers for which departments
    account TEXT NOT NULL, department TEXT NOT NULL,
    number INTEGER NOT NULL,              -- of the desk, as a resident reads it; never a name
    PRIMARY KEY(account, department), UNIQUE(department, number)
) STRICT, WITHOUT ROWID;
INSERT INTO call_departments(department, icon, hours) VALUES
('general', 'reception', '[]'), ('civil', 'civil', NULL), ('labour', 'labour', NULL), ('housing', 'housing', NULL),
('family', 'family', NULL), ('culture', 'culture', NULL), ('city', 'city', NULL), ('safety', 'safety', NULL),
('order', 'order', NULL);
"""

CALLS = """
CREATE TABLE calls(
    id TEXT PRIMARY KEY,
    gateway TEXT NOT NULL, department TEXT NOT NULL,
    began INTEGER NOT NULL, granted INTEGER, ended INTEGER,
    reason TEXT NOT NULL DEFAULT '', clerk TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'calling',-- for a desk that is started anew
    waited_s REAL, handled_s REAL,
    video INTEGER NOT NULL DEFAULT 1, language TEXT NOT NULL DEFAULT 'zh',
    guide TEXT NOT NULL DEFAULT '', case_number TEXT NOT NULL DEFAULT '', again TEXT NOT NULL DEFAULT '',
    alarm TEXT NOT NULL DEFAULT '', outgoing INTEGER NOT NULL DEFAULT 0, callback TEXT NOT NULL DEFAULT '',
    handed_over INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '',     -- how it went, in one word of its clerk
    sound_only INTEGER NOT NULL DEFAULT 0,
    loss REAL,                            -- mean share of what the kiosk missed
    poor REAL,                            -- share of seconds in which a tenth or more was missing
    sent INTEGER NOT NULL DEFAULT 0,      -- no signal down has a higher number
    heard INTEGER NOT NULL DEFAULT 0      -- number of the last signal up that changed this row
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_began ON calls(began, id);
CREATE INDEX calls_of_gateway ON calls(gateway, began);
CREATE INDEX calls_of_department ON calls(department, began);
CREATE INDEX calls_handled ON calls(department, ended) WHERE handled_s IS NOT NULL;
CREATE INDEX calls_about ON calls(case_number, granted) WHERE case_number!='';
CREATE INDEX calls_living ON calls(id) WHERE ended IS NULL;
CREATE TABLE call_cases(                  -- cases that were begun from a call
    number TEXT PRIMARY KEY, call TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX call_cases_of ON call_cases(call);
"""

JUDGED = """
ALTER TABLE calls ADD COLUMN face TEXT NOT NULL DEFAULT '';   -- what the resident thought of it: good, fair, bad
ALTER TABLE calls ADD COLUMN word TEXT NOT NULL DEFAULT '';   -- and why, in one of the words that a kiosk shows
"""

CALLBACKS = """
CREATE TABLE callbacks(                   -- wishes to be called, left at a kiosk
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source_ref TEXT NOT NULL UNIQUE,      -- the submission; the same again is the same wish
    at INTEGER NOT NULL, department TEXT NOT NULL, gateway TEXT NOT NULL,
    phone TEXT NOT NULL,                  -- sealed, `callback:ID:phone`; empty: erased, or none was left
    tail TEXT NOT NULL,                   -- its last two digits, to tell wishes apart
    wish TEXT NOT NULL,                   -- as chosen at the kiosk, or typed
    language TEXT NOT NULL DEFAULT 'zh',
    state TEXT NOT NULL DEFAULT 'waiting' CHECK(state IN ('waiting', 'taken', 'done')),
    by TEXT NOT NULL DEFAULT '', changed INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    notes TEXT NOT NULL DEFAULT '',       -- sealed, `callback:ID:notes`
    call TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX callbacks_open ON callbacks(n) WHERE state!='done';
"""
