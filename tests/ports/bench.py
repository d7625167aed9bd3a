"""What the tests of several ports share: polling with a bound, and time that moves when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from drivers.model import Instant

START = datetime(2025, 11, 20, 8, 0, tzinfo=UTC)
BOUND_S = 40.0


@dataclass
class HandClock:
    now_s: float = 0.0

    def __call__(self) -> Instant:
        return Instant(START + timedelta(seconds=self.now_s), self.now_s)


async def until(condition: Callable[[], object]) -> None:
    """Poll; a test that would hang fails instead."""
    async with asyncio.timeout(BOUND_S):
        while not condition():  # noqa: ASYNC110 - the other end of a socket tells nobody
            await asyncio.sleep(0.002)
