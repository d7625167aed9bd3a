"""Hundreds of calls through one engine, every tenth killed in one of three ways: what is left behind.

The page is a peer of ours, the office grants at once: the engine is the program under measurement, as users start it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.call.tidy import AFTER_S
from sync.contract.call import Reason
from sync.contract.call_signals import Bye
from tests.bench.bench import Bench
from tests.bench.call_rig import Screen, load, until
from tests.bench.figure import Values
from tests.bench.process import resident_mb
from tests.call.office import Office
from tests.call.pair import Page

CALLS, QUICK_CALLS = 500, 30
TALK_S = 0.25
WARM_UP, QUICK_WARM_UP = 50, 10
"""The first calls, while allocators, code pages and pools fill: they are told, and not counted as growth."""
GONE_WITHIN_S = 8.0


@dataclass(frozen=True, slots=True)
class Left:
    """What an engine holds between two calls."""

    memory_mb: float
    threads: int
    handles: int


def many(bench: Bench) -> Values:
    """What so many calls grow by once the engine is warm, by a line fitted through what was held after each."""
    with bench.directory() as directory:
        left = asyncio.run(_many(bench, directory))
    settled = left[QUICK_WARM_UP if bench.quick else WARM_UP :]
    memory, error = _growth([one.memory_mb for one in settled], len(left))
    most = max(one.memory_mb for one in settled)
    bench.say(
        f"{len(left)} calls, load {load():.1f}: memory {left[0].memory_mb:.1f} MB after the first,"
        f" {settled[0].memory_mb:.1f} after warm-up,"
    )
    bench.say(
        f"{most:.1f} at most, {left[-1].memory_mb:.1f} at the end;"
        f" standard error of the fitted growth {error:.2f} MB; last {left[-1]}"
    )
    return {
        "call.calls_500_memory": memory,
        "call.calls_500_threads": _growth([one.threads for one in settled], len(left))[0],
        "call.calls_500_handles": _growth([one.handles for one in settled], len(left))[0],
        "call.calls_500_warm_up": round(settled[0].memory_mb - left[0].memory_mb, 1),
        "call.calls_500_resident": left[-1].memory_mb,
    }


def _growth(values: list[float] | list[int], calls: int) -> tuple[float, float]:
    """What the fitted line rises by in so many calls, and its standard error."""
    at = np.arange(len(values), dtype=np.float64)
    (slope, start), residual = np.polyfit(at, np.asarray(values, np.float64), 1), 0.0
    residual = float(np.sum((np.asarray(values) - slope * at - start) ** 2)) / max(1, len(values) - 2)
    error = float(np.sqrt(residual / np.sum((at - at.mean()) ** 2)))
    return round(float(slope) * calls, 3) + 0.0, error * calls


async def _many(bench: Bench, directory: Path) -> list[Left]:
    page = Page()
    office = Office(page.answer)
    await office.open(directory / "api.sock")
    left: list[Left] = []
    ways = (_page_killed, _peer_killed, _line_cut)
    try:
        async with Screen([], directory / "api.sock", directory) as screen:
            await until(lambda: bool(office._ears and office._events), "the engine at its gateway")
            for number in range(QUICK_CALLS if bench.quick else CALLS):
                screen.forget()
                screen.wish("start", department="civil")
                await until(lambda: screen.pictures > 0 and screen.state == "connected", "a picture")
                await asyncio.sleep(TALK_S)
                if number % 10 == 9:
                    await ways[number // 10 % 3](screen, office, page)
                await _ended(screen, page)
                left.append(await _left(screen.pid))
                if number % 50 == 49:
                    bench.say(f"after {number + 1}: {left[-1]}")
    finally:
        await page.close()
        await office.close()
    return left


async def _ended(screen: Screen, page: Page) -> None:
    if screen.state != "ended":
        screen.wish("hang-up")
    await until(lambda: screen.over, "the end")
    await page.close()
    await until(lambda: not screen.seen.get("camera"), "the camera going out")


async def _page_killed(screen: Screen, office: Office, page: Page) -> None:
    """It falls silent without a word; the desk says that it is gone."""
    await page.silence()
    await until(lambda: screen.good == "away", "the word at the kiosk")
    office.say(str(screen.seen["call"]), Bye(n=0, reason=Reason.DESK_GONE))
    await until(lambda: screen.state == "ended", "the end")


async def _peer_killed(screen: Screen, office: Office, page: Page) -> None:
    """The connection is closed from the other end; the call goes on by its next leg."""
    del office
    before, peer = screen.pictures, page.peer
    assert peer is not None
    await peer.close()
    await until(lambda: page.peer is not peer and screen.pictures > before, "the next leg")


async def _line_cut(screen: Screen, office: Office, page: Page) -> None:
    """Neither signals nor media; the resident hangs up into the dark."""
    office.line(up=False)
    await page.silence()
    await until(lambda: screen.good == "away", "the word at the kiosk")
    screen.wish("hang-up")
    await until(lambda: screen.state == "ended", "the end")
    office.line(up=True)


async def _left(pid: int) -> Left:
    """Once the legs are closed and the engine has tidied: when threads and handles fell no more for a moment."""
    await asyncio.sleep(AFTER_S + 0.3)
    end_s = asyncio.get_running_loop().time() + GONE_WITHIN_S
    least, same = _held(pid), 0
    while same < 4 and asyncio.get_running_loop().time() < end_s:
        await asyncio.sleep(0.05)
        now = _held(pid)
        same = same + 1 if now >= least else 0
        least = min(least, now)
    return Left(resident_mb(pid), *least)


def _held(pid: int) -> tuple[int, int]:
    return len(list(Path(f"/proc/{pid}/task").iterdir())), len(list(Path(f"/proc/{pid}/fd").iterdir()))
