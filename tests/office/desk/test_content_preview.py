"""The preview: what an editor sees is what a kiosk will show."""

from __future__ import annotations

import asyncio
import struct
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from office.desk.people.roles import Role
from tests.office.desk.house import Client, House


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def guide(item_id: str, title: str) -> dict[str, Any]:
    cards = {name: {"text": {"zh": "身份证、户口簿"}} for name in ("who", "bring", "where", "how_long", "cost")}
    return {"id": item_id, "title": {"zh": title}, "event": "birth", "department": "family", **cards}


async def editor(house: House, *guides: dict[str, Any]) -> Client:
    client = await house.signed_in(Role.CONTENT)
    for one in guides:
        await client.put(f"/v1/content/guides/{one['id']}", {"v": 0, "item": one})
    return client


def test_a_draft_is_drawn_as_the_kiosk_draws_it_in_size_and_look(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            client = await editor(house, guide("one", "生育登记"), guide("two", "<b>老年卡</b>"))
            first = await client.ask("GET", "/v1/content-preview/guides/one?size=800x1280")
            second = await client.ask("GET", "/v1/content-preview/guides/two?size=800x1280&look=contrast")
            for answer in (first, second):
                assert answer.status == 200
                assert answer.headers["Content-Type"] == "image/png"
                assert struct.unpack(">II", answer.content[16:24]) == (800, 1280)
            assert first.content != second.content

    told(story())


def test_what_cannot_be_previewed_is_said(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            client = await editor(house, guide("one", "生育登记"))
            for path, status in (
                ("guides/other", 404),
                ("polls/one", 404),
                ("dreams/one", 404),
                ("guides/one?size=99999x99999", 400),
                ("guides/one?look=--out", 400),
            ):
                assert (await client.ask("GET", f"/v1/content-preview/{path}")).status == status

    told(story())


def test_an_office_without_the_kiosk_s_renderer_is_told_what_to_install(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = short_tmp / "python"
    stand_in.write_text("#!/bin/sh\necho \"No module named 'PySide6'\" >&2\nexit 3\n")
    stand_in.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stand_in))

    async def story() -> None:
        async with House(short_tmp / "house") as house:
            client = await editor(house, guide("one", "生育登记"))
            answer = await client.ask("GET", "/v1/content-preview/guides/one")
            assert answer.status == 503
            assert "PySide6" in answer.content.decode()

    told(story())
