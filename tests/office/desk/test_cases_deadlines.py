"""The office's calendar changes: deadlines of open cases are counted anew, and only what waits is moved."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

from office.desk.people.roles import Role
from tests.office.desk.cases_stage import begun, do
from tests.office.desk.house import Client, House


async def _due(clerk: Client, number: str) -> str:
    return str((await clerk.get(f"/v1/cases/{number}"))["due_at"])


def _audit(conn: sqlite3.Connection) -> list[Any]:
    rows = conn.execute("SELECT detail FROM audit WHERE action='case-settings.set' ORDER BY n")
    return [json.loads(row[0]) for row in rows]


def test_a_new_holiday_moves_open_deadlines_and_a_removed_one_moves_them_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            house.later(11 * 3600)  # Tuesday 9:13
            clerk, admin = await house.signed_in(Role.DUTY), await house.signed_in(Role.ADMINISTRATOR)
            open_, held = await begun(clerk), await begun(clerk)
            await do(clerk, open_, "dispatch", department="city")  # 15 hours: Tuesday and Wednesday, into Thursday
            await do(clerk, held, "hold", until="2026-10-20T01:00:00Z")
            before, on_hold = await _due(clerk, open_), await _due(clerk, held)
            days = (await admin.get("/v1/case-settings"))["days"]
            off = [*days, {"day": "2026-09-23", "works": False, "why": "台风"}]
            assert (await admin.put("/v1/case-settings", {"days": off}))["recounted"] == 1
            assert (await _due(clerk, open_)) > before
            assert await _due(clerk, held) == on_hold
            moved = (await clerk.get(f"/v1/cases/{open_}"))["history"][-1]
            assert moved["action"] == "deadline"
            assert (await admin.put("/v1/case-settings", {"days": off}))["recounted"] == 0
            assert (await admin.put("/v1/case-settings", {"days": days}))["recounted"] == 1
            assert await _due(clerk, open_) == before
            notes = await house.desk.look(_audit)
            assert [note.get("deadlines") for note in notes] == [1, 0, 1]

    asyncio.run(story())


def test_without_a_calendar_weekends_are_off_and_the_office_is_told(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            assert (await admin.get("/v1/case-settings"))["years_without"] == []
            house.later(75 * 24 * 3600)  # December: the days of the next year are published
            admin = await house.signed_in(Role.ADMINISTRATOR)
            assert (await admin.get("/v1/case-settings"))["years_without"] == [2027]
            house.later(62 * 24 * 3600)  # Friday, 5 February 2027, 22:13
            admin, clerk = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.DUTY)
            assert (await admin.get("/v1/case-settings"))["years_without"] == [2027]
            number = await begun(clerk)
            assert (await _due(clerk, number)).startswith("2027-02-08T03:00")  # Monday 11:00

    asyncio.run(story())


def test_faults_of_settings_name_their_field(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            limits = (await admin.get("/v1/case-settings"))["limits"]
            for bad, field in (
                ({"kinds": [{"id": "x", "zh": "", "en": "x"}]}, "kinds.x.zh"),
                ({"kinds": [{"id": "x", "zh": "x", "en": "x", "department": "none"}]}, "kinds.x.department"),
                ({"limits": [*limits, {"kind": "noise", "step": "handle", "hours": -1}]}, "limits.noise.handle"),
                ({"days": [{"day": "2026-11-28", "works": False}]}, "days.2026-11-28.day"),
                ({"hours": []}, "hours"),
            ):
                answer = await admin.ask("PUT", "/v1/case-settings", bad)
                assert (answer.status, answer.json["field"]) == (400, field)

    asyncio.run(story())
