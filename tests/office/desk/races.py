"""Races of two people for one alarm: one winner each, the loser reads the winner's name and leaves no mark.

`race` clicks over the desk's routes, `race_in_browsers` with two Chromium windows whose board is open.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from sync.contract.alarm import Step
from tests.office.desk.house import Client, House

AHEAD_MS = 150
"""Both windows are told of the moment to click before it comes."""


@dataclass(frozen=True, slots=True)
class Race:
    """How one ended. `told_ms`: from the loser's click until the winner's name can be read there."""

    winners: int
    named_right: bool
    marks: int
    """Rows of the alarm's steps, of its notes and of the audit log that name the loser."""
    steps: int
    told_ms: float
    apart_ms: float = 0.0
    """Between the two clicks."""


async def race(house: House, one: Client, other: Client, rounds: int) -> list[Race]:
    """So many alarms, each clicked by both at the same moment, over the desk's own routes."""
    return [await _round(house, one, other, n) for n in range(rounds)]


async def race_in_browsers(house: House, pages: Sequence[Page], names: Sequence[str], rounds: int) -> list[Race]:
    """The same in two windows with the board open, of clerks with these names."""
    return [await _browser_round(house, pages, names, n) for n in range(rounds)]


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
    marks, steps = await _marks(house, alarm, loser.me["name"])
    return Race(len(won), answer["name"] == won[0].me["name"], marks, steps, ms)


async def _browser_round(house: House, pages: Sequence[Page], names: Sequence[str], n: int) -> Race:
    alarm = await house.press(f"race-{n}")
    for page in pages:
        await page.wait_for_selector(f'li[data-alarm="{alarm}"] button.main')
    told = {"alarm": alarm, "at": time.time() * 1000 + AHEAD_MS}
    ended: list[dict[str, Any]] = await asyncio.gather(*(page.evaluate(_CLICK, told) for page in pages))
    won = [name for name, end in zip(names, ended, strict=True) if "您接的" in end["text"]]
    loser, end = next((name, end) for name, end in zip(names, ended, strict=True) if name not in won)
    marks, steps = await _marks(house, alarm, loser)
    await house.desk.centre.step(alarm, Step.CLOSE, "duty", "", reason="test")
    apart = abs(ended[0]["clicked"] - ended[1]["clicked"])
    named = won[0] in end["text"] if won else False
    return Race(len(won), named, marks, steps, end["read"] - end["clicked"], apart)


async def _marks(house: House, alarm: str, name: str) -> tuple[int, int]:
    def count(conn: sqlite3.Connection) -> tuple[int, int]:
        row = conn.execute(
            """WITH loser(id) AS (SELECT id FROM accounts WHERE name=?2)
               SELECT (SELECT count(*) FROM centre.alarm_steps JOIN loser ON actor=loser.id WHERE alarm=?1)
                    + (SELECT count(*) FROM audit JOIN loser ON actor=loser.id WHERE about=?1)
                    + (SELECT count(*) FROM alarm_notes WHERE alarm=?1),
                      (SELECT count(*) FROM centre.alarm_steps WHERE alarm=?1)""",
            (alarm, name),
        ).fetchone()
        return row[0], row[1]

    return await house.desk.look(count)


_CLICK = """async ({alarm, at}) => {
    const now = () => performance.timeOrigin + performance.now();
    const row = () => document.querySelector(`li[data-alarm="${alarm}"]`);
    await new Promise((done) => setTimeout(done, Math.max(0, at - now() - 8)));
    while (now() < at) { /* timers are no better than a few milliseconds */ }
    const button = row().querySelector('button.main');
    const clicked = button ? now() : 0; // a machine that was too busy to click in time did not race
    if (button) button.click();
    const read = await new Promise((done) => {
        const look = () => { if (row() && row().classList.contains('taken')) { seen.disconnect(); done(now()); } };
        const seen = new MutationObserver(look);
        seen.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
        look();
    });
    return {clicked, read, text: row().innerText};
}"""
