"""Figures, 公示 and settings of cases."""

from __future__ import annotations

import asyncio
from pathlib import Path

from office.desk.cases.asked import my_case
from office.desk.people.roles import Role
from office.questions import Asked
from sync.contract import case_number
from sync.contract.messages import Outcome, Question
from tests.office.desk.cases_stage import answered, begun, do
from tests.office.desk.house import House


def test_a_month_in_public_shows_counts_and_approved_words_only(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, anyone = await house.signed_in(Role.DUTY), await house.client()
            number, hidden = await begun(lead, community="团结湖北"), await begun(lead)
            for each in (number, hidden):
                await answered(lead, each)
                await do(lead, each, "end")
            path = f"/v1/cases/{number}/public"
            told = {"title": "路灯修复", "text": "请找王先生 13800138000", "approve": True}
            assert (await lead.ask("PUT", path, told)).status == 400
            assert (await lead.ask("PUT", path, {**told, "text": "3号楼2单元门口"})).status == 400
            await lead.put(path, {**told, "text": "路口路灯已更换"})
            month = await anyone.ask("GET", "/v1/public/gongshi/2026-09")
            assert "max-age" in month.headers["Cache-Control"]
            assert (month.json["ended"], [one["title"] for one in month.json["cases"]]) == (2, ["路灯修复"])
            assert "1380013" not in month.content.decode()
            assert (await anyone.ask("GET", "/v1/public/gongshi/2026-13")).status == 404
            assert (await anyone.get("/v1/public/gongshi/last"))["month"] == "2026-08"

    asyncio.run(story())


def test_figures_count_working_hours_by_step_department_and_kind(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            house.later(11 * 3600)  # Tuesday 9:13
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            await do(lead, number, "dispatch", department="city")
            house.later(2 * 3600)
            await do(lead, number, "done")
            seen = await lead.get("/v1/cases/figures?first=2026-09&last=2026-09")
            handle = next(one for one in seen["steps"] if one["id"] == "handle")
            assert (handle["count"], handle["median_h"], handle["on_time"]) == (1, 2.0, 1.0)
            assert [one["id"] for one in seen["departments"]] == ["city"]
            assert (await lead.ask("GET", "/v1/cases/figures?first=2026-09&last=2026-01")).status == 400

    asyncio.run(story())


def test_settings_are_checked_and_set_whole(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            settings = await admin.get("/v1/case-settings")
            assert len(settings["departments"]) == 9
            kinds = [*settings["kinds"], {"id": "tree", "zh": "树木", "en": "Trees", "department": "city"}]
            changed = await admin.put("/v1/case-settings", {"kinds": kinds})
            assert changed["kinds"][-1]["id"] == "tree"
            for bad in (
                {"kinds": [{"id": "A B", "zh": "x", "en": "x"}]},
                {"limits": [{"step": "handle", "hours": 3}]},
                {"hours": [{"first": 600, "last": 500}]},
            ):
                assert (await admin.ask("PUT", "/v1/case-settings", bad)).status == 400

    asyncio.run(story())


def test_the_receiver_may_look_before_the_desk_ever_ran(tmp_path: Path) -> None:
    async def story() -> None:
        ask = my_case(tmp_path / "none.sqlite", lambda: 0.0)
        said = await ask(Asked("k", "my-case", Question(id="q", arguments={"number": case_number.mint()})))
        assert said.outcome is Outcome.REFUSED

    asyncio.run(story())
