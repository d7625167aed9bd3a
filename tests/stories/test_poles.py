"""A pole entered at the desk stands in every kiosk's list, although the desk was killed right after it said yes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from edge.api.client import Client as Local
from edge.demo.stage import Stage
from tests.office.desk.house import Client
from tests.office.ends import eventually
from tests.stories.street import ELDER, PASSWORD

pytestmark = pytest.mark.e2e

POLE = {"number": "TJH-9001", "words": "北里3号楼东侧路灯杆", "nearby": "小卖部门口"}


def test_a_pole_entered_at_the_desk_reaches_the_list_a_kiosk_reads(short_tmp: Path) -> None:
    async def story() -> None:
        with Stage(short_tmp / "s", [], config={"kiosk": {}}, desk=True) as stage:
            await asyncio.gather(asyncio.to_thread(stage.open_desk, PASSWORD, []), asyncio.to_thread(stage.start))
            await _entered(stage)
            stage.desk.kill()
            await asyncio.to_thread(stage.start_desk)
            kiosk = Local(stage.api_socket)
            said = await eventually(lambda: asyncio.to_thread(_poles, kiosk), "the pole at the kiosk")
            assert POLE.items() <= next(pole for pole in said["poles"] if pole["number"] == POLE["number"]).items()
            assert kiosk.get("content/poles")["version"] == said["version"]
            assert ELDER not in json.dumps(said, ensure_ascii=False)

    asyncio.run(story())


async def _entered(stage: Stage) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        admin = await Client(http, f"https://127.0.0.1:{stage.desk_port}").sign_in("admin", PASSWORD)
        await admin.post("/v1/register/rows/poles", {"fields": POLE})


def _poles(kiosk: Local) -> dict[str, list[dict[str, str]]] | None:
    """The file in force, once the pole is in it."""
    if not any(content["name"] == "poles" and content["version"] for content in kiosk.get("content")["contents"]):
        return None
    raw = kiosk.content("content/poles/file", file="poles.json").decode()
    return json.loads(raw) if POLE["number"] in raw else None
