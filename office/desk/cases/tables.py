"""The tables of cases, in milliseconds.

What people said stands in `cases`, `case_history` and `case_public` alone; telephone numbers stand only sealed.

Lists come from the indexes below: every filter or pair of filters has one, ending in the column a list is paged by.
Search is by FTS5 over single signs (see `wording`).
"""

from __future__ import annotations

from office.desk.cases.defaults import DEFAULTS

_CASES = """
CREATE TABLE cases(
    n INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they came; lists are paged by it
    number TEXT NOT NULL UNIQUE,          -- 9 digits; ours alone
    slip TEXT NOT NULL,                   -- what stands on the resident's slip: differs when two boxes minted the same
    version INTEGER NOT NULL DEFAULT 1,   -- compare and set
    step TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1, -- open: not ended, and not following another
    kind TEXT NOT NULL, department TEXT NOT NULL DEFAULT '', assignee TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL, source_ref TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL, transcript TEXT NOT NULL DEFAULT '',
    pole TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '', place_words TEXT NOT NULL DEFAULT '',
    community TEXT NOT NULL DEFAULT '',   -- all of an address that may be made public
    gateway TEXT NOT NULL DEFAULT '', alarm TEXT NOT NULL DEFAULT '', resident TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',       -- sealed
    begun_at INTEGER NOT NULL, begun_by TEXT NOT NULL DEFAULT '',
    step_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
    held_until INTEGER, held_reason TEXT NOT NULL DEFAULT '', held_left INTEGER,
    leader TEXT NOT NULL DEFAULT '',      -- the number of the case this one follows
    result TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',     -- answered, refused
    answered_at INTEGER, ended_at INTEGER, round INTEGER NOT NULL DEFAULT 1,
    district_number TEXT NOT NULL DEFAULT '', district_due INTEGER
) STRICT;
CREATE UNIQUE INDEX cases_once ON cases(source, source_ref) WHERE source_ref<>'';
CREATE INDEX cases_of_slip ON cases(slip);
CREATE INDEX cases_of_leader ON cases(leader) WHERE leader<>'';
CREATE INDEX cases_of_alarm ON cases(alarm) WHERE alarm<>'';
CREATE INDEX cases_by_department ON cases(department, n);
CREATE INDEX cases_by_kind ON cases(kind, n);
CREATE INDEX cases_by_step ON cases(step, n);
CREATE INDEX cases_by_assignee ON cases(assignee, n);
CREATE INDEX cases_by_department_step ON cases(department, step, n);
CREATE INDEX cases_by_department_kind ON cases(department, kind, n);
CREATE INDEX cases_by_kind_step ON cases(kind, step, n);
CREATE INDEX cases_by_assignee_step ON cases(assignee, step, n);
CREATE INDEX cases_due ON cases(due_at, n) WHERE open=1;
CREATE INDEX cases_due_department ON cases(department, due_at, n) WHERE open=1;
CREATE INDEX cases_due_kind ON cases(kind, due_at, n) WHERE open=1;
CREATE INDEX cases_due_step ON cases(step, due_at, n) WHERE open=1;
CREATE INDEX cases_due_assignee ON cases(assignee, due_at, n) WHERE open=1;
CREATE INDEX cases_district ON cases(n) WHERE source='district';
CREATE INDEX cases_ended ON cases(ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX cases_begun ON cases(begun_at);
CREATE VIRTUAL TABLE case_words USING fts5(words, tags, tokenize='unicode61 remove_diacritics 2');

CREATE TABLE case_history(                -- what was done; never changed, never removed
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    step TEXT NOT NULL,                   -- where the case stood afterwards
    department TEXT NOT NULL DEFAULT '', assignee TEXT NOT NULL DEFAULT '',
    words TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX case_history_of ON case_history(number, n);
CREATE TRIGGER case_history_no_update BEFORE UPDATE ON case_history
BEGIN SELECT RAISE(ABORT, 'the history of a case is never changed'); END;
CREATE TRIGGER case_history_no_delete BEFORE DELETE ON case_history
BEGIN SELECT RAISE(ABORT, 'the history of a case is never changed'); END;

CREATE TABLE case_spans(                  -- one row for each time a case stood in a step, written when it leaves
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL, step TEXT NOT NULL, department TEXT NOT NULL, kind TEXT NOT NULL,
    began_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, worked_ms INTEGER NOT NULL, on_time INTEGER NOT NULL
) STRICT;
CREATE INDEX case_spans_ended ON case_spans(ended_at, step, department, kind, worked_ms, on_time);

CREATE TABLE case_blobs(                  -- files of a kiosk; `state` wait, kept, bad
    number TEXT NOT NULL, blob TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'wait', PRIMARY KEY(number, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_blobs_waiting ON case_blobs(number) WHERE state='wait';
CREATE TABLE case_evaluations(            -- once a round; a round is one answer
    number TEXT NOT NULL, round INTEGER NOT NULL, at INTEGER NOT NULL, stars INTEGER NOT NULL, solved INTEGER NOT NULL,
    words TEXT NOT NULL DEFAULT '', way TEXT NOT NULL,
    PRIMARY KEY(number, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_evaluations_at ON case_evaluations(at);
CREATE TABLE case_reminders(              -- told once for each version of a deadline
    number TEXT NOT NULL, due_at INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(number, due_at, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE case_public(                 -- what of a case may be read by everyone, once approved
    number TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL,
    written_by TEXT NOT NULL, written_at INTEGER NOT NULL,
    approved_by TEXT NOT NULL DEFAULT '', approved_at INTEGER
) STRICT, WITHOUT ROWID;
"""

_WAYS = """
CREATE TABLE case_hooks(                  -- who may bring cases by signed message, and where answers go
    source TEXT PRIMARY KEY, secret TEXT NOT NULL, url TEXT NOT NULL DEFAULT '', active INTEGER NOT NULL DEFAULT 1,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE case_replies(                -- on the way out, until the other side said it has it
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL, made_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL, sent_at INTEGER, given_up_at INTEGER,
    fault TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX case_replies_waiting ON case_replies(next_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX case_replies_of ON case_replies(number);
"""

_SETTINGS = """
CREATE TABLE departments(
    id TEXT PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL,
    scope_zh TEXT NOT NULL DEFAULT '', scope_en TEXT NOT NULL DEFAULT '',
    rank INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE case_kinds(
    id TEXT PRIMARY KEY, zh TEXT NOT NULL, en TEXT NOT NULL, department TEXT NOT NULL DEFAULT '',
    rank INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE case_limits(                 -- working hours; kind '' is for all that have none of their own
    kind TEXT NOT NULL, step TEXT NOT NULL, hours REAL NOT NULL, PRIMARY KEY(kind, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE office_hours(first INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT; -- minutes of the day
CREATE TABLE office_days(                 -- exceptions: 1 works, 0 does not
    day TEXT PRIMARY KEY, works INTEGER NOT NULL, why TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
"""

CASES = _CASES + _WAYS + _SETTINGS + DEFAULTS
