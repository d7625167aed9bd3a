"""What a damaged store could not give back is told, once, so that the centre does not wait for it for ever."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from edge import config_shape as shape
from edge.gateway import Gateway
from sync.contract import messages
from sync.contract.lanes import Lane
from sync.store import Entry
from tests.edge.way_down import PROFILES, configured, until

EVENTS = 2000
BODY = b'{"id":"%d","data":"' + b"x" * 300 + b'"}'


async def started(folder: Path) -> tuple[Gateway, asyncio.Task[int]]:
    gateway = Gateway(configured(folder, api=shape.Api(socket=str(folder / "api"))), PROFILES)
    gateway.start()
    running = asyncio.create_task(gateway.run())
    await until((folder / "api").exists, "serves")
    await gateway.store.transact(lambda _conn: None)
    return gateway, running


async def stopped(gateway: Gateway, running: asyncio.Task[int]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await gateway.stop()


def told(gateway: Gateway) -> list[dict[str, Any]]:
    conn = gateway.store.reader()
    try:
        bodies = [json.loads(body) for (body,) in conn.execute("SELECT body FROM outbox WHERE lane = 1")]
    finally:
        conn.close()
    return [body["data"] for body in bodies if body["type"] == messages.LOSS]


def damage(path: Path) -> None:
    """One page in the middle, as a dying card gives it back."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(content)


def test_what_could_not_be_salvaged_is_told_as_a_loss_and_only_once(short_tmp: Path) -> None:
    async def body() -> None:
        gateway, running = await started(short_tmp)
        first = gateway.store.epoch
        gateway.store.append([Entry(Lane.BULK, BODY % n) for n in range(EVENTS)], None)
        await stopped(gateway, running)
        damage(short_tmp / "linli.db")
        for _ in range(2):
            gateway, running = await started(short_tmp)
            (loss,) = told(gateway)
            lost = sum(r["last"] - r["first"] + 1 for r in loss["ranges"])
            count, _size = gateway.store.waiting[Lane.BULK]
            assert loss["epoch"] == first
            assert {r["lane"] for r in loss["ranges"]} == {"bulk"}
            assert lost == loss["count"] == EVENTS - count > 0
            await stopped(gateway, running)

    asyncio.run(body())
