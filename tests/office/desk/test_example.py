"""An example office fills an empty desk on loopback, for trials, and no other."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from office.database import StoreError
from office.desk import example, example_content
from office.desk.people import passwords
from office.desk.people.roles import Role
from tests.office.desk.house import NOW, PASSWORD, House


def test_every_role_can_sign_in_and_devices_belong_to_people(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)

    async def story() -> None:
        house = House(short_tmp)
        hash_ = await asyncio.to_thread(passwords.hashed, PASSWORD)
        made = await example.fill(house.config, house.door, hash_, "gw-1", ["button-1", "watch-1"])
        assert {one.role for one in made} == set(Role)
        with pytest.raises(StoreError, match="accounts already"):
            await example.fill(house.config, house.door, hash_, "gw-1", [])
        async with house:
            clerk = await (await house.client()).sign_in("duty1")
            steps = await house.desk.look(lambda conn: conn.execute("SELECT DISTINCT step FROM cases").fetchall())
            assert len(steps) == 6
            await house.press("button-1")
            card = await house.desk.look(
                lambda conn: conn.execute("SELECT person FROM devices_at WHERE device='button-1'").fetchone()
            )
            assert card["person"] == "resident-001"
            assert (await clerk.get("/v1/map"))["ground"]
            editor = await (await house.client()).sign_in("content")
            (version,) = await editor.get("/v1/content-versions")
            assert version["live"]
            assert await editor.get("/v1/content-versions/draft") == []
            for kind in example_content.KINDS:
                assert len((await editor.get(f"/v1/content/{kind}"))["items"]) >= 2

    asyncio.run(story())
