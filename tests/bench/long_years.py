"""An office after years: ten million events, a hundred thousand cases and alarms, written in a minute or two.

The events are made by SQLite itself. Everything is spread over the time it pretends to have taken, so that no list
finds its rows side by side.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from office.desk.people import audit
from office.desk.schema import MIGRATIONS as DESK
from office.schema import MIGRATIONS as CENTRE
from tests.office.desk.many_cases import fill

GATEWAYS, DEVICES, ALARMS = 50, 5_000, 20_000
YEAR_MS = 365 * 24 * 3600 * 1000
CHUNK = 500_000


def write_centre(path: Path, events: int, now: int) -> None:
    """The receiver's file."""
    with closing(_opened(path)) as conn:
        _migrate(conn, CENTRE)
        conn.execute("BEGIN")
        conn.execute(
            f"""WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM g WHERE i<{GATEWAYS})
                INSERT INTO streams SELECT i, printf('gw-%03d', i), '0190a1b2-0000-7000-8000-000000000001', 'bulk',
                  {events // GATEWAYS}, {events // GATEWAYS}, {now - YEAR_MS} FROM g"""
        )
        conn.execute(
            f"""INSERT INTO gateways SELECT gateway, 1, '{{}}', epoch, 1, {now - YEAR_MS}, {now}, NULL FROM streams"""
        )
        conn.execute(
            f"""WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM d WHERE i<{DEVICES})
                INSERT INTO devices SELECT i, printf('gw-%03d', i%{GATEWAYS}+1),
                  printf('/linli/gw-%03d/device-%05d', i%{GATEWAYS}+1, i), printf('device-%05d', i), 'gt06', 1,
                  {now - YEAR_MS} FROM d"""
        )
        conn.execute("COMMIT")
        for first in range(1, events + 1, CHUNK):
            _events(conn, first, min(first + CHUNK - 1, events), events, now)
        _alarms(conn, now)
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _events(conn: sqlite3.Connection, first: int, last: int, events: int, now: int) -> None:
    """Every device in turn, so that a device's own events lie far apart."""
    at = f"{now - YEAR_MS}+CAST(i*{YEAR_MS / events:.6f} AS INTEGER)"
    conn.execute("BEGIN")
    conn.execute(
        f"""WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i+1 FROM n WHERE i<{last})
            INSERT INTO events(n, stream, seq, id, device, type, time, received, subject, clock, boot, mono, data)
            SELECT i, i%{DEVICES}%{GATEWAYS}+1, i, printf('0190a1b2-%012x', i), i%{DEVICES}+1,
              CASE i%10 WHEN 0 THEN 'linli.status.v1' ELSE 'linli.position.v1' END, {at}, {at}, NULL, 'trusted', 1, i,
              printf('{{"device":"device-%05d","profile":"gt06","place":{{"valid":true,"lat":39.93,"lon":116.46}},'
                || '"attributes":{{"battery":%d,"satellites":9}}}}', i%{DEVICES}+1, i%100) FROM n"""
    )
    conn.execute("COMMIT")


def _alarms(conn: sqlite3.Connection, now: int) -> None:
    """Closed ones over the year, and fifty that are open."""
    step = YEAR_MS // ALARMS
    conn.execute("BEGIN")
    conn.execute(
        f"""WITH RECURSIVE a(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM a WHERE i<{ALARMS})
            INSERT INTO alarms(id, origin, gateway, device, cause, severity, stage, raised_at, clock, received_at,
              acknowledged_at, acknowledged_by, closed_at, closed_by, reason)
            SELECT printf('alarm-%06d', i), 'gateway', printf('gw-%03d', i%{GATEWAYS}+1),
              printf('device-%05d', i%{DEVICES}+1), 'sos', 'emergency', iif(i>{ALARMS}-50, 3, 5),
              {now - YEAR_MS}+i*{step}, 'trusted', {now - YEAR_MS}+i*{step}+20,
              iif(i>{ALARMS}-50, NULL, {now - YEAR_MS}+i*{step}+20000), iif(i>{ALARMS}-50, NULL, 'duty'),
              iif(i>{ALARMS}-50, NULL, {now - YEAR_MS}+i*{step}+600000), iif(i>{ALARMS}-50, NULL, 'duty'),
              iif(i>{ALARMS}-50, '', iif(i%3, 'real', 'false')) FROM a"""
    )
    conn.execute(
        """INSERT INTO alarm_steps(alarm, step, by, at, reason)
           SELECT id, 'close', 'duty', closed_at, reason FROM alarms WHERE stage=5"""
    )
    conn.execute("COMMIT")


def write_desk(path: Path, cases: int, events: int, now: int, say: Callable[[str], None]) -> None:
    """The desk's file."""
    with closing(_opened(path)) as conn:
        _migrate(conn, DESK)
        conn.execute("BEGIN")
        conn.execute("UPDATE device_cursor SET n=?", (events,))
        conn.execute(
            f"""WITH RECURSIVE d(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM d WHERE i<{DEVICES})
                INSERT INTO device_state(gateway, device, profile, registered, first_at, n, type, heard_at, battery)
                SELECT printf('gw-%03d', i%{GATEWAYS}+1), printf('device-%05d', i), 'gt06', 1, {now - YEAR_MS}, i,
                  'linli.position.v1', {now}, i%100 FROM d"""
        )
        conn.execute("COMMIT")
        say(f"{cases} cases")
        conn.execute("BEGIN")
        fill(conn, cases, now)
        for n in range(cases):
            audit.note(conn, now - YEAR_MS + n, "someone", "case.step", f"case-{n}")
        conn.execute("COMMIT")


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    conn = sqlite3.connect(path, isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("PRAGMA cache_size=-400000")
    return conn


def _migrate(conn: sqlite3.Connection, migrations: list[tuple[str, str]]) -> None:
    conn.execute("CREATE TABLE applied(name TEXT PRIMARY KEY, at TEXT DEFAULT CURRENT_TIMESTAMP)")
    for name, script in migrations:
        conn.executescript(script)
        conn.execute("INSERT INTO applied(name) VALUES (?)", (name,))
