"""`free-slots` and `my-booking` of a kiosk, answered in the receiver's process by looking into the desk's file.

`free-slots` {"calendar", "day" (ISO, empty: all)} -> {"2026-11-24T09:00": free places, ...}, at most `MOST`.
`my-booking` {"number"} -> {"state", "calendar", "starts"}: nothing about a person. Five numbers that are none lock the
kiosk for ten minutes. The kiosk that has just sent one names it by its `id` as well, which nobody can guess: it asks
until the booking is there, and that is no wrong try.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from office.desk.bookings import book, slots
from office.desk.cases.office_time import beijing
from office.desk.cases.tries import Tries
from office.questions import Answerer, Asked
from sync.contract import case_number
from sync.contract.messages import Answer, Outcome, Scalar

T = TypeVar("T")

MOST = 200
BUSY_S = 2.0


def questions(
    desk: Path, monotonic: Callable[[], float] = time.monotonic, clock: Callable[[], float] = time.time
) -> dict[str, Answerer]:
    """Both answerers by their query."""
    tries = Tries(monotonic)

    async def free_slots(asked: Asked) -> Answer:
        calendar, day = (str(asked.question.arguments.get(name) or "") for name in ("calendar", "day"))
        try:
            result = await asyncio.to_thread(_look, desk, partial(_free, calendar=calendar, day=day, now=clock()))
        except sqlite3.Error:
            return _refused(asked, "暂时查不到,请稍后再试或拨打服务热线")
        return _refused(asked, "没有这项预约") if result is None else _done(asked, result)

    async def my_booking(asked: Asked) -> Answer:
        if left := tries.locked_s(asked.gateway):
            return _refused(asked, f"查询次数过多,请 {int(left // 60) + 1} 分钟后再试")
        number = case_number.check(str(asked.question.arguments.get("number", "")))
        sent = str(asked.question.arguments.get("id") or "")
        if number is None:
            return _refused(asked, "编号不对,请核对九位数字")
        query = partial(book.sent, booking=sent) if sent else partial(book.state_of, number=number)
        try:
            row = await asyncio.to_thread(_look, desk, query)
        except sqlite3.Error:
            return _refused(asked, "暂时查不到,请稍后再试或拨打服务热线")
        if row is None and sent:
            return _refused(asked, "还没有收到,请稍等")
        if row is None:
            tries.wrong(asked.gateway)
            return _refused(asked, "没有这个编号的预约,请核对")
        return _done(asked, {name: row[name] for name in ("state", "calendar", "starts")})

    return {"free-slots": free_slots, "my-booking": my_booking}


def _look(desk: Path, query: Callable[[sqlite3.Connection], T]) -> T:
    with closing(sqlite3.connect(f"file:{desk}?mode=ro", uri=True, timeout=BUSY_S)) as conn:
        conn.row_factory = sqlite3.Row
        return query(conn)


def _free(conn: sqlite3.Connection, calendar: str, day: str, now: float) -> dict[str, Scalar] | None:
    known = slots.calendars(conn).get(calendar)
    if known is None:
        return None
    found = slots.free(conn, known, beijing(int(now * 1000)).replace(tzinfo=None))
    return {one.starts: one.free for one in [each for each in found if each.starts.startswith(day)][:MOST]}


def _done(asked: Asked, result: dict[str, Scalar]) -> Answer:
    return Answer(id=asked.question.id, outcome=Outcome.DONE, result=result)


def _refused(asked: Asked, reason: str) -> Answer:
    return Answer(id=asked.question.id, outcome=Outcome.REFUSED, reason=reason)
