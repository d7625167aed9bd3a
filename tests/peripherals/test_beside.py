"""Printer and reader through the local API, as the screen uses them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from edge.config_shape import PeripheralsConfig
from sync.unix_http import Stream
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import until

SLIP = {"lines": [{"text": "编号 4821-0937-6", "size": "big", "centred": True}], "qr": "482109376"}


def story(folder: Path, tell: Callable[[Box], Awaitable[None]], **more: Any) -> None:
    async def run() -> None:
        async with at_the_socket(folder, **more) as box:
            await tell(box)

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_slip_is_printed_and_without_paper_the_screen_is_told(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.get("peripherals"))["printer"] == ""
        await box.send("POST", "print", SLIP)
        folder = Path(box.way.gateway.config.gateway.data) / "slips"
        (slip,) = folder.glob("slip-*.json")
        assert json.loads(slip.read_text(encoding="utf-8"))["lines"][0]["text"] == "编号 4821-0937-6"
        (folder / "paper").touch()
        refused = await box.declined("POST", "print", SLIP)
        assert (refused.status, refused.code) == (503, "paper")
        assert (await box.get("peripherals"))["printer"] == "paper"

    story(short_tmp, tell, peripherals=PeripheralsConfig(printer="fake"))


def test_a_box_without_a_printer_says_so_and_a_bad_slip_is_no_slip(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("POST", "print", SLIP)).code == "none"
        assert (await box.declined("POST", "print", {"lines": []})).status == 422
        assert (await box.declined("POST", "print", {"lines": [{"text": 7}]})).status == 400

    story(short_tmp, tell)


def test_a_code_reaches_whoever_listens_and_is_kept_nowhere(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        def listen(heard: list[bytes]) -> None:
            with Stream(box.socket, "/v1/scans") as stream:
                for line in stream.lines():
                    heard.append(line)
                    if line:
                        return

        heard: list[bytes] = []
        listening = asyncio.create_task(asyncio.to_thread(listen, heard))
        beside = box.way.gateway.local.beside
        await until(lambda: len(beside.scans) > 0, "somebody listens")
        beside.scanned("482109376")
        await listening
        assert json.loads(heard[-1]) == {"code": "482109376"}
        happened = await box.get("status")
        assert "482109376" not in json.dumps(happened)

    story(short_tmp, tell)


@pytest.mark.parametrize("what", ["print", "scans"])
def test_the_description_names_them(short_tmp: Path, what: str) -> None:
    async def tell(box: Box) -> None:
        assert f"/v1/{what}" in (await box.get("openapi.json"))["paths"]

    story(short_tmp, tell)
