"""A store that is full gives up the least first, tells it in the same transaction, and never an alarm."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from sync.contract import messages
from sync.contract.envelope import replaced
from sync.contract.lanes import Lane
from tests.edge.house import House
from tests.sync.stage import entry, put, rows


def test_over_the_quota_bulk_goes_first_then_state_and_alarms_never(tmp_path: Path) -> None:
    async def main() -> None:
        house = House(tmp_path, night=False)
        await house.start()
        gateway = house.gateway
        storage = replaced(gateway.config.storage, max_bulk_events=100)
        gateway.config = replaced(gateway.config, storage=storage)
        await put(gateway.store, *(entry(n, lane) for lane in Lane for n in range(150)))
        await gateway.upkeep.thin()
        assert [r.seq for r in rows(gateway.store, Lane.BULK)] == list(range(52, 151))
        assert len(rows(gateway.store, Lane.STATE)) <= 102
        assert len(rows(gateway.store, Lane.ALARM)) == 150
        losses = [json.loads(r.body) for r in rows(gateway.store, Lane.STATE) if messages.LOSS.encode() in r.body]
        told = {span["lane"]: (span["first"], span["last"]) for e in losses for span in e["data"]["ranges"]}
        assert told["bulk"] == (1, 51)
        await house.stop()

    asyncio.run(main())


def test_bytes_beyond_the_bound_cost_bulk_before_state(tmp_path: Path) -> None:
    async def main() -> None:
        house = House(tmp_path, night=False)
        await house.start()
        gateway = house.gateway
        gateway.config = replaced(gateway.config, storage=replaced(gateway.config.storage, max_mb=0))
        await put(gateway.store, *(entry(n, Lane.BULK) for n in range(20)), *(entry(n, Lane.ALARM) for n in range(5)))
        await gateway.upkeep.thin()
        assert rows(gateway.store, Lane.BULK) == []
        assert len(rows(gateway.store, Lane.ALARM)) == 5
        await house.stop()

    asyncio.run(main())
