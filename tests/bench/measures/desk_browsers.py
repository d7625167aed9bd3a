"""What people do with the page, in real Chromium: two race for one alarm, a warden reports without a line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from office.desk.people.roles import Role
from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile
from tests.bench.rig import RigError
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.offline import REPORTS, Outcome, killed_while_sending, three_reports
from tests.office.desk.races import Race, race_in_browsers

NAMES = ("值班一号", "值班二号")
APART_MS = 5.0


def races(bench: Bench) -> Values:
    """Two windows with the board open, both click within five milliseconds; other rounds do not count."""
    wanted = 20 if bench.quick else 200
    with bench.directory() as directory:
        ended = asyncio.run(_races(House(directory), wanted))
    close = [one for one in ended if one.apart_ms <= APART_MS]
    if len(close) < wanted:
        raise RigError(f"only {len(close)} of {len(ended)} rounds were clicked within {APART_MS} ms")
    wrong = [one for one in close if one.winners != 1 or not one.named_right]
    return {
        "desk.races_wrong": len(wrong),
        "desk.races_marks": sum(one.marks for one in close),
        "desk.races_told_max": max(one.told_ms for one in close),
        "desk.races_told_p50": quantile([one.told_ms for one in close], 0.5),
    }


async def _races(house: House, wanted: int) -> list[Race]:
    """Until so many were close enough, at most twice as many."""
    ended: list[Race] = []
    async with house, chromium() as browser:
        pages = []
        for n, name in enumerate(NAMES):
            login = f"duty-{n}"
            await house.signed_in(Role.DUTY, login=login, name=name)
            page = await signed_in(await person(browser), house.base, login, PASSWORD)
            await page.goto(f"{house.base}/#/alarms")
            pages.append(page)
        while len(ended) < 2 * wanted and sum(one.apart_ms <= APART_MS for one in ended) < wanted:
            ended += await race_in_browsers(house, pages, NAMES, 5)
    return ended


async def _play(story: Callable[[House, Path], Awaitable[Outcome]], directory: Path) -> Outcome:
    async with House(directory) as house:
        return await story(house, directory)


def offline(bench: Bench) -> Values:
    """Three reports with photos, the browser killed while they wait, and once more while the desk takes the first."""
    outcomes = []
    for story in (three_reports, killed_while_sending):
        with bench.directory() as directory:
            outcomes.append(asyncio.run(_play(story, directory)))
    bench.say(f"{outcomes}")
    return {
        "desk.offline_cases_off": sum(abs(one.cases - REPORTS) for one in outcomes),
        "desk.offline_exact": sum(one.exact for one in outcomes),
    }
