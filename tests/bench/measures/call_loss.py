"""A call over a line that loses packets, both programs real: the engine in one host, Chromium in the other.

How well speech is understood at 20 % is measured in call_sound.py, over a line of arithmetic.
"""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.bench.bench import Bench
from tests.bench.call_line import OnLine
from tests.bench.call_rig import load, until
from tests.bench.figure import Unmeasured, Value, Values
from tests.bench.measures.call_sound import slots
from tests.call.sound_line import Listening

DELAY_S = 0.1
FIVE_S, QUICK_FIVE_S = 60.0, 25.0
SETTLE_S = 5.0
TOLD_WITHIN_S = 20.0


def lossy(bench: Bench) -> Values:
    """5 % and 100 ms in each direction from the first second on; then 20 %, then a good line again."""
    with bench.directory() as directory:
        five = asyncio.run(_five(bench, directory))
    with bench.directory() as directory:
        return {**five, **asyncio.run(_twenty(bench, directory))}


async def _five(bench: Bench, directory: Path) -> Values:
    async with OnLine(directory) as line:
        line.kiosk.bad(delay_s=DELAY_S, loss=0.05)
        await asyncio.sleep(SETTLE_S)
        await line.begin()
        await asyncio.sleep(QUICK_FIVE_S if bench.quick else FIVE_S)
        shown = [at_s for at_s, _ in line.pictures_ms]
        _, heard = await line.page_delays()
        told = await line.finished()
    made = [(str(how), int(samples)) for how, samples in told["made"]]
    real, guessed, gone = slots(made)
    bench.say(
        f"5 %: load {load():.1f}, {len(shown)} pictures at the kiosk, beeps {len(told['delays_ms'])} {len(heard)}"
    )
    return {
        "call.loss5_slots_filled": 100 * (real + guessed) / max(1, real + guessed + gone),
        "call.loss5_gap": Listening(made=made).longest_gap_s() * 1000,
        "call.loss5_sound_delay": _later(told["delays_ms"]),
        "call.loss5_sound_delay_office": _later(heard),
        "call.loss5_picture_back": max((b - a for a, b in pairwise(shown)), default=float("inf")),
    }


def _later(delays_ms: list[float]) -> Value:
    """Than the line itself."""
    return median(delays_ms) - DELAY_S * 1000 if delays_ms else Unmeasured("no beep was heard")


async def _twenty(bench: Bench, directory: Path) -> Values:
    async with OnLine(directory) as line:
        await asyncio.sleep(SETTLE_S)
        bad_s = time.monotonic()
        line.kiosk.bad(delay_s=DELAY_S, loss=0.20)
        await until(lambda: bool(line.screen.seen.get("sound_only")), "sound only, and said", TOLD_WITHIN_S)
        said_s = time.monotonic() - bad_s
        await asyncio.sleep(SETTLE_S)
        line.kiosk.good()
        good_s = time.monotonic()
        await until(lambda: not line.screen.seen.get("sound_only"), "the picture going out again", TOLD_WITHIN_S)
        back_s = time.monotonic() - good_s
    bench.say(f"20 %: load {load():.1f}")
    return {"call.loss20_sound_only_said": said_s, "call.loss20_picture_back": back_s}
