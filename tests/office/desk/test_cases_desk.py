"""Cases over HTTP: typed in, worked, brought by kiosks and other programs, followed by residents."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from office.desk.cases.part import Cases
from office.desk.people.roles import Role
from sync.contract import case_number
from tests.office.desk.cases_stage import answered, begun, do, eventually
from tests.office.desk.house import House, heard, until


def test_a_call_typed_in_is_listed_worked_and_told_to_open_pages(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            async with lead.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                await asyncio.sleep(0)
                await eventually(lambda: _told(house), "the news are followed")
                number = await begun(lead)
                assert (await heard(socket, "case"))["number"] == number
            listed = (await lead.get("/v1/cases"))["cases"]
            assert [(one["number"], one["step"]) for one in listed] == [(number, "dispatch")]
            await answered(lead, number)
            seen = await lead.get(f"/v1/cases/{number}")
            assert [step["state"] for step in seen["line"]] == ["done", "done", "done", "done", "now"]
            assert (await lead.post(f"/v1/cases/{number}/contact"))["phone"] == "13800138000"
            assert "13800138000" not in json.dumps(seen)

    asyncio.run(story())


async def _told(house: House) -> bool:
    return house.desk.part(Cases)._told >= 0


def test_a_form_sent_twice_is_one_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            assert await begun(lead, key="form-1") == await begun(lead, key="form-1")

    asyncio.run(story())


def test_a_department_reads_and_works_its_own_cases_only(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            city = await house.signed_in(Role.DEPARTMENT, department="city")
            number, other = await begun(lead), await begun(lead, words="楼上噪音", kind="noise")
            await do(lead, number, "dispatch", department="city")
            assert [one["number"] for one in (await city.get("/v1/cases"))["cases"]] == [number]
            assert (await city.get("/v1/cases?text=噪音"))["cases"] == []
            assert (await city.get(f"/v1/cases?text={other}"))["cases"] == []
            assert (await city.ask("GET", f"/v1/cases/{other}")).status == 404
            assert (await city.ask("POST", f"/v1/cases/{other}/contact", {})).status == 404
            assert (await city.get(f"/v1/cases/{number}"))["can"] == ["return", "hand-over", "done", "hold", "note"]

    asyncio.run(story())


def test_words_of_two_signs_are_found(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            lamp, noise = await begun(lead), await begun(lead, words="夜里噪音 A12 号车库", kind="noise")
            for text, number in (("路灯", lamp), ("噪音", noise), ("a12", noise), (case_number.shown(lamp), lamp)):
                found = await lead.get(f"/v1/cases?view=all&text={text}")
                assert [one["number"] for one in found["cases"]] == [number], text
            assert (await lead.get("/v1/cases?text=路灯&kind=noise"))["cases"] == []

    asyncio.run(story())


def test_lists_are_paged_by_key_to_their_end(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            numbers = {await begun(lead, words=f"路灯 {n}") for n in range(7)}
            for view in ("open", "all", "all&text=路灯"):
                seen: list[str] = []
                after = ""
                while True:
                    page = await lead.get(f"/v1/cases?view={view}&limit=3&after={after}")
                    seen += [one["number"] for one in page["cases"]]
                    after = page["next"]
                    if not after:
                        break
                assert (len(seen), set(seen)) == (7, numbers), view
            assert (await lead.ask("GET", "/v1/cases?after=x")).status == 400

    asyncio.run(story())
