"""What is known of each gateway: its last state, when it was last heard, whether it is silent.

Functions over a connection, and `Hearing`, which measures silence by the monotonic clock: a wall clock that jumps
must not raise two hundred alarms. Each gateway gets the whole time again after a start and after an outage of our
own line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from office import alarms
from sync.contract.envelope import encode
from sync.contract.messages import GatewayState


class Hearing:
    """When each gateway spoke last. Deaf (our own line is down) nobody counts as silent."""

    def __init__(self, silent_after_s: float) -> None:
        self._silent_after_s = silent_after_s
        self._heard: dict[str, float] = {}
        self._deaf = True

    def expect(self, gateways: Iterable[str], now: float) -> None:
        """These exist; they have the whole time from now."""
        for gateway in gateways:
            self._heard.setdefault(gateway, now)

    def heard(self, gateway: str, now: float) -> None:
        """It spoke."""
        self._heard[gateway] = now

    def listening(self, now: float) -> None:
        """Our line is up: everyone has the whole time from now."""
        self._deaf = False
        self._heard = dict.fromkeys(self._heard, now)

    def deaf(self) -> None:
        """Our line is down."""
        self._deaf = True

    def silent(self, now: float) -> list[str]:
        """Who has not spoken for too long."""
        if self._deaf:
            return []
        return [gateway for gateway, at in self._heard.items() if now - at >= self._silent_after_s]


def known(conn: sqlite3.Connection) -> list[str]:
    """The names of all gateways."""
    return [row[0] for row in conn.execute("SELECT gateway FROM gateways")]


def spoke(conn: sqlite3.Connection, heard: Mapping[str, int]) -> None:
    """Keep when they spoke (milliseconds); a silence that was an alarm is over."""
    for gateway, at in heard.items():
        conn.execute(
            """INSERT INTO gateways(gateway, first_at, heard_at) VALUES (?1,?2,?2)
               ON CONFLICT(gateway) DO UPDATE SET heard_at=max(heard_at, excluded.heard_at)""",
            (gateway, at),
        )
        row = conn.execute("SELECT silent_alarm FROM gateways WHERE gateway=?", (gateway,)).fetchone()
        if row["silent_alarm"]:
            alarms.clear_own(conn, row["silent_alarm"], at, "it speaks again")
            conn.execute("UPDATE gateways SET silent_alarm=NULL WHERE gateway=?", (gateway,))


def fell_silent(conn: sqlite3.Connection, gateway: str, at: int) -> None:
    """Raise it once for each silence, also when several receivers see it or a person has closed it."""
    row = conn.execute("SELECT silent_alarm FROM gateways WHERE gateway=?", (gateway,)).fetchone()
    if row is None or row["silent_alarm"]:
        return
    alarm = f"silent-{gateway}-{at}"
    alarms.raise_own(conn, alarm, gateway, alarms.GATEWAY_SILENT, at, "not a word, by any topic")
    conn.execute("UPDATE gateways SET silent_alarm=? WHERE gateway=?", (alarm, gateway))


def keep_state(conn: sqlite3.Connection, gateway: str, state: GatewayState, at: int, *, alive: bool) -> bool:
    """Keep what it says of itself; true when that is a birth: it was not online, or is another run of it.

    A retained copy and a last will (`alive` false) are knowledge about it and not its own word.
    """
    before = conn.execute("SELECT online, epoch, boot FROM gateways WHERE gateway=?", (gateway,)).fetchone()
    conn.execute(
        """INSERT INTO gateways(gateway, online, state, epoch, boot, first_at, heard_at) VALUES (?1,?2,?3,?4,?5,?6,?6)
           ON CONFLICT(gateway) DO UPDATE SET online=excluded.online,
               state=CASE WHEN ?7 THEN excluded.state ELSE state END,
               epoch=CASE WHEN ?4='' THEN epoch ELSE ?4 END, boot=CASE WHEN ?7 THEN ?5 ELSE boot END""",
        (gateway, state.online, encode(state).decode(), state.epoch, state.boot, at, state.online),
    )
    if alive and state.online:
        spoke(conn, {gateway: at})
    if not state.online:
        return False
    return before is None or not before["online"] or (before["epoch"], before["boot"]) != (state.epoch, state.boot)
