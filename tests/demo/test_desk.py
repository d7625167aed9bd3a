"""The demo's desk with real programs behind it: accounts, people, an order and a configuration down the real path."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.demo.neighbourhood import Size
from edge.demo.theatre import PASSWORD, Theatre
from tests.demo.processes import running_under
from tests.office.desk.house import Client

pytestmark = pytest.mark.e2e

PATIENCE_S = 60.0
GATEWAY = "/v1/gateways/gw-demo"


async def until(ask: Callable[[], Awaitable[Any]], true: Callable[[Any], object]) -> Any:
    async with asyncio.timeout(PATIENCE_S):
        while not true(answer := await ask()):  # noqa: ASYNC110 - what is asked stands behind HTTPS
            await asyncio.sleep(0.2)
    return answer


def test_the_office_of_the_demo_works_with_its_neighbourhood(short_tmp: Path) -> None:
    async def story() -> None:
        size = Size(gt06=2, jt808=1, watches=1, zigbee_doors=1)
        async with (
            Theatre(short_tmp, size, 3, lambda: datetime.now(UTC), desk=True) as theatre,
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
        ):
            theatre.neighbourhood.door.stand()
            await theatre.desk_opened()
            assert len(theatre.people) == 8
            clerk = await Client(http, theatre.desk_url.rstrip("/")).sign_in("duty1", PASSWORD)
            theatre.neighbourhood.wired_sos()
            rows = await until(
                lambda: clerk.get("/v1/devices?text=button-101"), lambda found: found and found[0]["who"]
            )
            assert rows[0]["who"].startswith("演示老人")
            order = await clerk.post(f"{GATEWAY}/orders", {"command": "diagnose"})
            answer = await until(lambda: clerk.get(f"/v1/orders/{order['id']}"), lambda row: row["answered_at"])
            assert answer["stand"] == "done"
            for text, accepted in (("intervals: {state_s: 20}", True), ("outputs: {lamp: 2, buzzer: 2}", False)):
                version = (await clerk.post(f"{GATEWAY}/configs", {"text": text}))["version"]
                given = partial(clerk.get, f"{GATEWAY}/configs/{version}")
                judged = await until(given, lambda row: row["accepted"] is not None)
                assert (judged["accepted"], bool(judged["reasons"]) or accepted) == (accepted, True)
            assert (await clerk.get(f"{GATEWAY}/configs"))["status"]["in_force"] == 1

    asyncio.run(story())
    assert running_under(short_tmp) == []
