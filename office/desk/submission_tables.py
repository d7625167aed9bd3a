"""The table of `submissions`: kept apart, because the desk knows every table before it knows a part."""

from __future__ import annotations

SUBMISSIONS = """
CREATE TABLE submissions_followed(        -- how far the receiver's events have been read
    one INTEGER PRIMARY KEY CHECK(one=1), after INTEGER NOT NULL
) STRICT;
"""
