"""A story told over the local API of a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import IMEI

TRACKER = {"id": "tracker-1", "profile": "gt06", "address": IMEI, "building": "3", "room": "201", "resident": "r-17"}


def story(folder: Path, tell: Callable[[Box], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        async with at_the_socket(folder, **more) as box:
            await tell(box)

    asyncio.run(asyncio.wait_for(run(), 30))
