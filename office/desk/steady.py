"""Work that goes on: what fails is said with its stack and begun anew, and its neighbours never notice.

A part of the desk meets what gateways, files and people bring. If its fault ended the program, one bad row would take
the board, the alarms and everybody's page with it, and again after each restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

log = logging.getLogger("linli.office.desk")

FIRST_S = 1.0
LONGEST_S = 60.0
CALM_S = 300.0
"""What ran for this long before it failed is begun anew at once, not later each time."""


async def steadily(name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Run `work` until it returns or is cancelled."""
    loop, wait_s = asyncio.get_running_loop(), FIRST_S
    while True:
        began = loop.time()
        try:
            await work()
        except Exception:  # whatever it was: see the module
            log.exception("%s failed and begins anew in %g s", name, wait_s)
        else:
            return
        await asyncio.sleep(wait_s)
        wait_s = FIRST_S if loop.time() - began > CALM_S else min(wait_s * 2, LONGEST_S)


async def each(name: str, work: Callable[[Sequence[str]], Awaitable[object]], many: Sequence[str]) -> None:
    """Give `work` all of them; if that fails, one by one, so that one bad one never hides its neighbours."""
    try:
        await work(many)
    except Exception:  # whatever it was: see the module
        if len(many) <= 1:
            log.exception("%s could not follow %s", name, ", ".join(many))
            return
        for one in many:
            await each(name, work, [one])
