"""From one tap to two faces: through gateway, broker, receiver and desk to a Chromium that answers at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.bench import Bench
from tests.bench.call_rig import Whole, load
from tests.bench.figure import Values, quantile

CALLS, QUICK_CALLS = 30, 20
WAY_S = 0.05
"""One way over the kiosk's line, signals and media: 100 ms there and back."""
TALK_S, APART_S = 0.4, 2.4
"""The desk takes at most 20 calls a minute of one kiosk."""


def direct(bench: Bench) -> Values:
    """On one network, without any relay configured."""
    took = _dialled(bench)
    return {"call.connect_direct_p50": quantile(took, 0.5), "call.connect_direct_p95": quantile(took, 0.95)}


def relayed(bench: Bench) -> Values:
    """By the relay alone, its credentials made for each call; the kiosk's line takes 100 ms there and back."""
    took = _dialled(bench, relay_only=True)
    return {"call.connect_relay_p50": quantile(took, 0.5), "call.connect_relay_p95": quantile(took, 0.95)}


def dead_turn(bench: Bench) -> Values:
    """The configured relay answers nothing. The engine is new for each call: it remembers which relays are dead."""
    took = _dialled(bench, dead_turn=True)
    return {"call.connect_dead_turn_p50": quantile(took, 0.5), "call.connect_dead_turn_p95": quantile(took, 0.95)}


def _dialled(bench: Bench, *, relay_only: bool = False, dead_turn: bool = False) -> list[float]:
    with bench.directory() as directory:
        return asyncio.run(_calls(bench, directory, relay_only=relay_only, dead_turn=dead_turn))


async def _calls(bench: Bench, directory: Path, *, relay_only: bool, dead_turn: bool) -> list[float]:
    took: list[float] = []
    async with Whole(directory, relay_only=relay_only, dead_turn=dead_turn) as whole:
        if relay_only:
            whole.kiosk.bad(delay_s=WAY_S)
        for _ in range(QUICK_CALLS if bench.quick else CALLS):
            if dead_turn:
                await whole.new_engine()
            took.append(await whole.dial())
            await asyncio.sleep(TALK_S)
            await whole.hang_up()
            await asyncio.sleep(APART_S)
    bench.say(f"load {load():.1f}; {' '.join(f'{one:.2f}' for one in took)} s")
    return took
