"""Races of two people for one alarm: one winner each, the loser reads the winner's name and leaves no mark."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from tests.office.desk.house import Client, House


@dataclass(frozen=True, slots=True)
class Race:
    """How one ended. `told_ms`: from the first click to the loser's reading the winner's name."""

    winners: int
    named_right: bool
    marks: int
    """Rows of the alarm's steps and of the audit log that name the loser."""
    steps: int
    told_ms: float


async def race(house: House, one: Client, other: Client, rounds: int) -> list[Race]:
    """So many alarms, each clicked by both at the same moment, over the desk's own routes."""
    return [await _round(house, one, other, n) for n in range(rounds)]


async def _round(house: House, one: Client, other: Client, n: int) -> Race:
    alarm = await house.press(f"race-{n}")
    clicked = time.perf_counter()

    async def click(who: Client) -> tuple[dict[str, object], float]:
        answer: dict[str, object] = await who.post(f"/v1/alarms/{alarm}/take")
        return answer, (time.perf_counter() - clicked) * 1000

    runners = [(one, other), (other, one)][n % 2]
    ended = await asyncio.gather(*(click(who) for who in runners))
    won = [who for who, (answer, _) in zip(runners, ended, strict=True) if answer["changed"]]
    lost = [(who, answer, ms) for who, (answer, ms) in zip(runners, ended, strict=True) if not answer["changed"]]
    loser, answer, ms = lost[0]
    marks, steps = await _marks(house, alarm, loser.me["id"])
    return Race(len(won), answer["name"] == won[0].me["name"], marks, steps, ms)


async def _marks(house: House, alarm: str, account: str) -> tuple[int, int]:
    def count(conn: object) -> tuple[int, int]:
        execute = conn.execute  # type: ignore[attr-defined]
        row = execute(
            """SELECT (SELECT count(*) FROM centre.alarm_steps WHERE alarm=?1 AND actor=?2)
                    + (SELECT count(*) FROM audit WHERE about=?1 AND actor=?2)
                    + (SELECT count(*) FROM alarm_notes WHERE alarm=?1),
                      (SELECT count(*) FROM centre.alarm_steps WHERE alarm=?1)""",
            (alarm, account),
        ).fetchone()
        return row[0], row[1]

    return await house.desk.look(count)
