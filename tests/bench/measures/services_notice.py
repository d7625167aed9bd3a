"""An emergency notice: from the second person's click at the desk to the picture on a kiosk's glass."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp

from edge.demo.stage import Stage
from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile
from tests.bench.rig import RigError
from tests.kiosk.program import ScreenProgram
from tests.office.desk.house import Client

PASSWORD = "seven lamps on a quiet street"
TIMES, QUICK_TIMES = 100, 20
SOON_S = 20.0
ASKED = {"title": "台风橙色预警", "text": "请留在室内,关好门窗", "minutes": 60}


def shown(bench: Bench) -> Values:
    """Real desk, receiver, broker, gateway and screen; the kiosk's own word says when it was drawn."""
    with bench.directory() as directory, Stage(directory, [], desk=True) as stage:
        stage.start_broker()
        stage.start_receiver()
        stage.open_desk(PASSWORD, [])
        stage.start_gateway()
        with ScreenProgram(directory, "--window") as screen:
            screen.boot()
            delays = asyncio.run(_released(stage, QUICK_TIMES if bench.quick else TIMES))
    return {
        "services.notice_shown_p50": quantile(delays, 0.5),
        "services.notice_shown_p95": quantile(delays, 0.95),
    }


async def _released(stage: Stage, times: int) -> list[float]:
    base = f"https://127.0.0.1:{stage.desk_port}"
    jars = [aiohttp.CookieJar(unsafe=True) for _ in range(2)]
    async with aiohttp.ClientSession(cookie_jar=jars[0]) as one, aiohttp.ClientSession(cookie_jar=jars[1]) as two:
        writer = await Client(one, base).sign_in("content", PASSWORD)
        second = await Client(two, base).sign_in("duty1", PASSWORD)
        delays = []
        for n in range(times + 1):
            notice = (await writer.post("/v1/notices", ASKED))["id"]
            began = time.time()
            await second.post(f"/v1/notices/{notice}/release")
            seen = await _until(second, notice, lambda found: found["shown"])
            if n:  # the first one waits for what is begun only once
                delays.append(seen["shown"][0]["at"] / 1000 - began)
            await writer.post(f"/v1/notices/{notice}/withdraw")
            await _until(second, notice, lambda found: found["state"] == "withdrawn")
            await asyncio.sleep(0.3)  # the screen is at rest again, as it is met
    return delays


async def _until(client: Client, notice: str, true: Any) -> dict[str, Any]:
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        listed: list[dict[str, Any]] = await client.get("/v1/notices")
        found = next((one for one in listed if one["id"] == notice), None)
        if found is not None and true(found):
            return found
        await asyncio.sleep(0.02)
    raise RigError(f"the notice was not shown or withdrawn within {SOON_S:g} s")
