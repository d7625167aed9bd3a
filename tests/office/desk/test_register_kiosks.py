"""Poles of the register reach what the receiver brings to every kiosk."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from office.desk.register import kiosk_poles
from tests.office.desk import elders
from tests.office.desk.house import SOON_S, House


def test_a_pole_of_the_register_becomes_content_for_every_kiosk_and_no_person_is_in_it(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_poles, "LOOK_S", 0.05)

    async def story() -> None:
        async with House(short_tmp) as house:
            await elders.move_in(house)
            async with asyncio.timeout(SOON_S):
                while True:
                    content = await house.desk.look(partial(_content, data=short_tmp / "data"))
                    if content is not None:
                        break
                    await asyncio.sleep(0.02)
            assert elders.POLE in content
            assert elders.NAME not in content

    asyncio.run(story())


def _content(conn: sqlite3.Connection, data: Path) -> str | None:
    """What the receiver has for kiosks, once there is a pole in it."""
    if not conn.execute("SELECT 1 FROM register_published WHERE name='poles' AND count>0").fetchone():
        return None
    row = conn.execute("SELECT manifest FROM centre.contents WHERE name='poles'").fetchone()
    (file,) = json.loads(row["manifest"])["files"]
    return next(data.rglob(f"*{file['sha256']}*")).read_text(encoding="utf-8")
