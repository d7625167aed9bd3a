"""What a call does when the line is pulled, and when the clerk's browser dies: the same real programs throughout."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path

from tests.bench.bench import Bench
from tests.bench.call_rig import LOOK_S, Whole, load, until
from tests.bench.figure import Unmeasured, Value, Values
from tests.bench.rig import RigError

OUTAGES_S = (5, 20, 45)
BACK_WITHIN_S = 40.0
TALK_S = 3.0
KILLS, QUICK_KILLS = 10, 3
_addresses = itertools.count(20)


def outages(bench: Bench) -> Values:
    """The kiosk's line, signals and media at once; back with the address it had, and back with another."""
    with bench.directory() as directory:
        return asyncio.run(_outages(bench, directory))


async def _outages(bench: Bench, directory: Path) -> Values:
    values: dict[str, Value] = {}
    async with Whole(directory) as whole:
        for seconds in OUTAGES_S:
            backs = []
            for moved in (True,) if bench.quick else (True, False, True, False):
                backs.append(await _outage(whole, seconds, moved=moved))
                kind = "another" if moved else "the same"
                bench.say(f"{seconds} s, {kind} address: back after {backs[-1]:.2f} s; load {load():.1f}")
            values[f"call.outage_{seconds}s_back"] = max(backs)
    return values


async def _outage(whole: Whole, seconds: float, *, moved: bool) -> float:
    """From the line's return until both have a new picture of the other; the call is the same, and who has it."""
    await whole.dial()
    await asyncio.sleep(TALK_S)
    held = (whole.screen.seen["call"], whole.screen.seen["by"])
    whole.kiosk.pull()
    await asyncio.sleep(seconds)
    before = whole.screen.newest
    if moved:
        whole.kiosk.move(f"10.77.9.{next(_addresses)}")
    whole.kiosk.plug()
    plugged_s = time.time()
    here_s = there_s = 0.0
    while not (here_s and there_s):
        if time.time() - plugged_s > BACK_WITHIN_S:
            raise RigError(f"no picture {BACK_WITHIN_S:g} s after {seconds} s without a line: {whole.screen.seen}")
        if not here_s and whole.screen.pictures > before:
            here_s = time.time()
        if not there_s and (face_s := (await whole.clerk())["face"] / 1000) > plugged_s:
            there_s = face_s
        await asyncio.sleep(LOOK_S)
    if (whole.screen.seen["call"], whole.screen.seen["by"]) != held:
        raise RigError("it is another call, or somebody else has it")
    await asyncio.sleep(TALK_S)
    await whole.hang_up()
    await asyncio.sleep(1.0)
    return max(here_s, there_s) - plugged_s


def page_killed(bench: Bench) -> Values:
    """Chromium crashes in the middle of a call: the screen says so and counts, and the call is kept."""
    with bench.directory() as directory:
        said = asyncio.run(_kills(bench, directory))
    bench.say(f"load {load():.1f}; {' '.join(f'{one:.2f}' for one in said)} s")
    return {"call.page_killed_said": max(said) if said else Unmeasured("no call was held")}


async def _kills(bench: Bench, directory: Path) -> list[float]:
    said = []
    async with Whole(directory) as whole:
        for number in range(QUICK_KILLS if bench.quick else KILLS):
            if number:
                await whole.new_page()
            await whole.dial()
            await asyncio.sleep(TALK_S)
            killed_s = time.time()
            await whole.crash()
            await until(lambda: whole.screen.good == "away" or whole.screen.state != "connected", "a word")
            said.append(time.time() - killed_s)
            whole.screen.wish("hang-up")
            await until(lambda: whole.screen.over, "the end")
    return said
