"""The times of the escalation, as the office set them."""

from __future__ import annotations

import sqlite3

from office.desk.alarms.escalation import Times
from office.desk.mistake import Mistake

LEAST_S, MOST_S = 5, 24 * 3600


def times(conn: sqlite3.Connection) -> Times:
    """As set; what was not set is as shipped. A name of another version is left alone."""
    known = set(Times.__struct_fields__)
    return Times(**{r["name"]: r["value"] for r in conn.execute("SELECT * FROM alarm_settings") if r["name"] in known})


def check(wanted: Times) -> None:
    """Raises Mistake beside the field."""
    for name in Times.__struct_fields__:
        if not LEAST_S <= getattr(wanted, name) <= MOST_S:
            raise Mistake("请填 5 到 86400 秒", "5 to 86400 seconds", 422, name)
    for first, second in (("next_s", "everyone_s"), ("trouble_next_s", "trouble_everyone_s")):
        if getattr(wanted, first) >= getattr(wanted, second):
            raise Mistake("必须比“呼叫下一位”晚", "must come after the next person", 422, second)


def keep(conn: sqlite3.Connection, wanted: Times) -> None:
    """From now on these."""
    conn.executemany(
        "INSERT INTO alarm_settings VALUES (?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
        [(name, getattr(wanted, name)) for name in Times.__struct_fields__],
    )
