"""Carries out the escalation: marks each step on disk, phones out, and lets the board say whom an alarm rings at.

Driven by what is open and what time it is, never by what happened a moment ago: after a restart, or a change of duty,
the next round finds the same steps due that were due before, and those that have their mark are not taken again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from office.database import StoreError
from office.desk.alarms import settings
from office.desk.alarms.board import Board
from office.desk.alarms.escalation import Mark, Roster, Times, What, due
from office.desk.alarms.rows import Row
from office.desk.alarms.wording import cause_words
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.duty.drills import Drills
from office.desk.duty.duty import Duty
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said

log = logging.getLogger("linli.office.alarms")

ROUND_S = 0.25
REASON = "alarm"
JUST_S = 5


class Caller(Part):
    """One round every quarter of a second, and at once when something changed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wake = asyncio.Event()
        self._phoned_at = 0
        self.times = Times()

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        path = "/v1/alarms/settings"
        return (
            Door("GET", path, self.shown, Permission.ALARMS_SEE, "Times of the escalation", answers=Times),
            Door("PUT", path, self.set, Permission.SETTINGS_EDIT, "Set them", asks=Times, answers=Times),
        )

    async def shown(self, _: Visit) -> Reply:
        """As they are in force."""
        return said(self.times)

    async def set(self, visit: Visit) -> Reply:
        """For every alarm from now on, the open ones too."""
        wanted = await visit.asked(Times)
        settings.check(wanted)
        at, who = self.desk.now(), visit.who.id

        def keep(conn: sqlite3.Connection) -> None:
            settings.keep(conn, wanted)
            audit.note(
                conn,
                at,
                who,
                "alarm.settings",
                "escalation",
                **{name: getattr(wanted, name) for name in Times.__struct_fields__},
            )

        await self.desk.change(keep)
        self.times = wanted
        self._wake.set()
        return said(wanted)

    async def run(self) -> None:
        """See `Part`."""
        board, duty = self.desk.part(Board), self.desk.part(Duty)
        self.times = await self.desk.look(settings.times)
        await board.ready()
        board.changed.append(lambda _rows: self._wake.set())
        duty.changed.append(self._wake.set)
        while True:
            self._wake.clear()
            try:
                await self._round(board, duty)
            except StoreError as error:
                log.error("a step of the escalation cannot be kept: %s", error)  # noqa: TRY400 - a full disk needs no stack
                await asyncio.sleep(1.0)
            except Exception:  # nothing may end the escalation
                log.exception("a round of the escalation failed")
                await asyncio.sleep(1.0)
            with suppress(TimeoutError):
                async with asyncio.timeout(ROUND_S):  # a clock of the wall: what is due shows by itself
                    await self._wake.wait()

    async def _round(self, board: Board, duty: Duty) -> None:
        if not board.open:
            return
        now, times = self.desk.now(), self.times
        roster = Roster([one.account for one in duty.on_duty()], duty.attended)
        ordered = sorted(board.open.values(), key=lambda row: row.received_at)
        steps = [(row, mark) for row in ordered for mark in due(row.standing, row.marks, roster, now, times)]
        steps, call = await self._phoned(duty, steps, now, times)
        if steps:
            await self.desk.change(partial(_keep, steps=[(row.id, mark) for row, mark in steps], call=call))
            await board.tell(list({row.id: None for row, _ in steps}))

    async def _phoned(
        self, duty: Duty, steps: list[tuple[Row, Mark]], now: int, times: Times
    ) -> tuple[list[tuple[Row, Mark]], str]:
        """Phone out once for all of this round, before the marks say so: the call has its own row, which is unique.

        Gives the steps to mark, and the alarm under whose name the call went out.
        """
        late = [row for row, mark in steps if mark.what is What.PHONE]
        quiet = await self.desk.part(Drills).quiet([row.id for row in late]) if late else set()
        late = [row for row in late if row.id not in quiet]
        phoning = bool(late) and now - self._phoned_at >= times.phone_gap_s * 1000
        if phoning:
            await duty.call_out(REASON, late[0].id, words(self.desk.door.office, late, now))
            self._phoned_at = now
        called = {row.id for row in late} if phoning else set()
        kept = [(row, mark) for row, mark in steps if mark.what is not What.PHONE or row.id in called]
        return kept, late[0].id if phoning else ""


def words(office: str, late: Sequence[Row], now: int) -> str:
    """What is said on the phone: no name and no place, for whoever picks it up."""
    first = late[0]
    cause = cause_words(first.cause)
    minutes, seconds = divmod((now - first.received_at) // 1000, 60)
    waited = f"已{minutes}分{seconds}秒" if minutes else f"已{seconds}秒" if seconds > JUST_S else ",现在"
    others = f",另有{len(late) - 1}条" if len(late) > 1 else ""
    drill = "(演练)" if first.kind == "drill" else ""
    return f"【{office}】{drill}有{cause}{waited}无人接警{others}。请立即打开值班台接警。"


def _keep(conn: sqlite3.Connection, steps: Sequence[tuple[str, Mark]], call: str) -> None:
    conn.executemany(
        "INSERT OR IGNORE INTO alarm_calls(alarm, what, turn, account, at, outcome) VALUES (?,?,?,?,?,?)",
        [(a, m.what, m.turn, m.account, m.at, call if m.what is What.PHONE else "") for a, m in steps],
    )
