"""One sheet, two signatures, and then nobody changes it. And shifts as people plan them."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from office.database import StoreError
from office.desk.alarms.board import Board
from office.desk.duty import shifts
from office.desk.duty.handover import hash_of
from office.desk.duty.shifts import Plan
from office.desk.mistake import Mistake
from office.desk.people.roles import Role
from tests.office.desk.house import PASSWORD, Client, House, until


def test_a_plan_over_midnight_ends_the_next_day() -> None:
    ((begin, end),) = shifts.spans(Plan("a", "2026-03-01", "20:00", "08:00"))
    assert (begin, end - begin) == (1_772_366_400_000, 12 * 3_600_000)


def test_a_pattern_is_planned_on_its_weekdays_only() -> None:
    found = shifts.spans(Plan("a", "2026-03-02", "08:00", "20:00", "2026-03-15", [1, 3, 5]))
    assert len(found) == 6


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (Plan("a", "1.3.2026", "08:00", "20:00"), "first"),
        (Plan("a", "2026-03-02", "8", "20:00"), "begins"),
        (Plan("a", "2026-03-02", "08:00", "25:00"), "ends"),
        (Plan("a", "2026-03-02", "08:00", "20:00", "2026-03-01"), "last"),
        (Plan("a", "2026-03-02", "08:00", "20:00", "2028-03-01"), "last"),
        (Plan("a", "2026-03-02", "08:00", "20:00", weekdays=[9]), "weekdays"),
        (Plan("a", "2026-03-02", "08:00", "20:00", weekdays=[7]), "weekdays"),
        (Plan("a", "2026-03-02", "08:00", "20:00", rank=0), "rank"),
    ],
)
def test_a_plan_that_cannot_be_meant_names_its_field(plan: Plan, field: str) -> None:
    with pytest.raises(Mistake) as mistake:
        shifts.spans(plan)
    assert mistake.value.field == field


def test_shifts_are_planned_swapped_and_taken_away_by_who_leads(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            boss = await house.signed_in(Role.ADMINISTRATOR)
            one, two = await house.signed_in(Role.DUTY, name="一"), await house.signed_in(Role.DUTY, name="二")
            plan = {
                "account": one.me["id"],
                "first": "2026-09-22",
                "last": "2026-09-28",
                "begins": "08:00",
                "ends": "20:00",
            }
            assert (await one.ask("POST", "/v1/duty/shifts", plan)).status == 403
            assert (await boss.post("/v1/duty/shifts", plan))["shifts"] == 7
            again = await boss.ask("POST", "/v1/duty/shifts", plan)
            assert (again.status, again.json["field"]) == (409, "first")
            week = (await boss.get("/v1/duty/shifts"))["shifts"]
            first = week[0]["id"]
            nameless = await boss.ask("POST", f"/v1/duty/shifts/{first}/swap", {"account": two.me["id"], "note": " "})
            assert nameless.json["field"] == "note"
            await boss.post(f"/v1/duty/shifts/{first}/swap", {"account": two.me["id"], "note": "家里有事"})
            swapped = (await one.get("/v1/duty/shifts"))["shifts"][0]
            assert (swapped["name"], swapped["swapped_from"], swapped["note"]) == ("二", one.me["id"], "家里有事")
            assert (await boss.delete(f"/v1/duty/shifts/{week[3]['id']}?following=1"))["shifts"] == 4
            assert len((await boss.get("/v1/duty/shifts"))["shifts"]) == 3
            stranger = await house.signed_in(Role.CONTENT)
            refused = await boss.ask("POST", "/v1/duty/shifts", {**plan, "account": stranger.me["id"]})
            assert refused.json["field"] == "account"

    asyncio.run(story())


async def signed_out(clerk: Client) -> Any:
    return await clerk.post("/v1/handovers", {"password": PASSWORD, "note": "三号楼的门禁坏了"})


def test_who_goes_signs_the_sheet_and_who_comes_takes_it_over(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            old, new = (
                await house.signed_in(Role.DUTY, name="老"),
                await house.signed_in(Role.DUTY, name="新", login="new"),
            )
            alarm = await house.press()
            await until(lambda: _open(house, alarm), "on the board")
            await old.post(f"/v1/alarms/{alarm}/way", {"text": "社区医生三分钟到", "minutes": 3})
            made = await signed_out(old)
            assert [(one["id"], one["keeper"]) for one in made["sheet"]["alarms"]] == [(alarm, "老")]
            assert [one["text"] for one in made["sheet"]["promises"]] == ["社区医生三分钟到"]
            await house.press("button-9")
            taken = await old.post(f"/v1/handovers/{made['id']}/sign", {"login": "new", "password": PASSWORD})
            assert (taken["in_name"], taken["sheet"] == made["sheet"]) == ("新", True)
            row = await house.desk.look(lambda c: dict(c.execute("SELECT * FROM handovers").fetchone()))
            assert row["hash"] == hash_of(row) == taken["hash"]
            late = await new.ask("POST", f"/v1/handovers/{made['id']}/sign", {"login": "new", "password": PASSWORD})
            assert (late.status, late.json["zh"]) == (409, "新已经签收")

    asyncio.run(story())


def test_nobody_signs_for_themselves_twice_or_with_a_wrong_password(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            old = await house.signed_in(Role.DUTY, login="old")
            warden = await house.signed_in(Role.WARDEN, login="warden")
            wrong = await old.ask("POST", "/v1/handovers", {"password": "nonsense"})
            assert (wrong.status, wrong.json["field"]) == (422, "password")
            made = await signed_out(old)
            for login, password in (("old", PASSWORD), ("warden", PASSWORD), ("nobody", PASSWORD), ("old", "x")):
                body = {"login": login, "password": password}
                assert (await old.ask("POST", f"/v1/handovers/{made['id']}/sign", body)).status >= 400
            assert (await warden.ask("GET", f"/v1/handovers/{made['id']}")).status == 403

    asyncio.run(story())


def test_a_signed_sheet_cannot_be_changed_or_removed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            old = await house.signed_in(Role.DUTY)
            await house.signed_in(Role.DUTY, login="new")
            made = await signed_out(old)
            for change in ("UPDATE handovers SET sheet='{}'", "DELETE FROM handovers"):
                await _refused(house, change)
            await old.post(f"/v1/handovers/{made['id']}/sign", {"login": "new", "password": PASSWORD})
            await _refused(house, "UPDATE handovers SET in_note='x'")

    asyncio.run(story())


async def _refused(house: House, change: str) -> None:
    with pytest.raises((StoreError, sqlite3.Error)):
        await house.desk.change(lambda conn: conn.execute(change))


def _open(house: House, alarm: str) -> bool:
    return alarm in house.desk.part(Board).open
