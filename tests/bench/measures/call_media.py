"""Pictures and sound of one call, both ways at 640 by 480 and 25 a second: how late they are, what they cost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench
from tests.bench.call_line import OnLine
from tests.bench.call_rig import load
from tests.bench.figure import Unmeasured, Values
from tests.bench.process import cpu_s

SETTLE_S = 10.0
MEASURE_S, QUICK_MEASURE_S = 40.0, 15.0


def delays(bench: Bench) -> Values:
    """On a good line. A picture counts when the kiosk's screen can take it, and when the page has painted it."""
    with bench.directory() as directory:
        return asyncio.run(_delays(bench, directory))


async def _delays(bench: Bench, directory: Path) -> Values:
    async with OnLine(directory) as line:
        await asyncio.sleep(SETTLE_S)
        await line.begin()
        for_s = QUICK_MEASURE_S if bench.quick else MEASURE_S
        spent_s = cpu_s(line.screen.pid)
        await asyncio.sleep(for_s)
        cpu = 100 * (cpu_s(line.screen.pid) - spent_s) / for_s
        shown = [age for _, age in line.pictures_ms if age >= 0]
        painted, heard = await line.page_delays()
        stats = await line.page.stats()
        told = await line.finished()
    played = told["delays_ms"]
    if not (shown and painted and heard and played):
        return {"call.picture_delay_p50": Unmeasured(f"{len(shown)} {len(painted)} {len(heard)} {len(played)}")}
    ways = {"to kiosk": (median(shown), median(played)), "to office": (median(painted), median(heard))}
    bench.say(
        f"load {load():.1f}; {len(shown) / for_s:.1f} pictures/s at the kiosk, the page sends {stats['width']} wide"
    )
    for way, (picture, sound) in ways.items():
        bench.say(f"{way}: picture {picture:.0f} ms, sound {sound:.0f} ms")
    return {
        "call.picture_delay_p50": max(picture for picture, _ in ways.values()),
        "call.sound_delay": max(sound for _, sound in ways.values()),
        "call.lips": max(abs(picture - sound) for picture, sound in ways.values()),
        "call.pictures_per_s": len(shown) / for_s,
        "call.engine_cpu": cpu,
    }
