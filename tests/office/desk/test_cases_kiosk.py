"""Cases that begin at a kiosk, and what a kiosk is told of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from office.desk.cases.asked import my_case
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from office.questions import Asked
from sync.contract import case_number
from sync.contract.messages import Outcome, Question
from tests.office.desk.cases_stage import begun, count, eventually, sent
from tests.office.desk.house import Client, House


async def submitted(house: House, n: int, **form: object) -> None:
    await sent(house, n, "report", form)


def test_every_report_of_a_kiosk_becomes_exactly_one_case_with_the_number_of_its_slip(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            slip = case_number.mint()
            await submitted(house, 1, number=slip, words="垃圾没人收", kind="rubbish", phone="010-6508 1234")
            await eventually(lambda: _ask(lead, f"/v1/cases?text={slip}"), "the case")
            for n in range(2, 9):
                await submitted(house, n, words=f"第 {n} 次")
            await eventually(lambda: count(house, 8), "all of them")
            seen = await lead.get(f"/v1/cases/{slip}")
            assert (seen["source"], seen["gateway"], seen["step"], seen["has_phone"]) == (
                "kiosk", "kiosk-1", "received", True,
            )  # fmt: skip

    asyncio.run(story())


async def _ask(clerk: Client, path: str) -> Any:
    return (await clerk.get(path))["cases"]


def test_reports_read_again_after_a_crash_begin_nothing_twice(short_tmp: Path) -> None:
    """The mark and the cases are one transaction; and should the mark be lost, the event's id still says it was."""

    async def story() -> None:
        async with House(short_tmp) as house:
            for n in range(1, 6):
                await submitted(house, n, words=f"第 {n} 次")
            await eventually(lambda: count(house, 5), "all of them")
            await house.desk.change(lambda conn: conn.execute("DELETE FROM submissions_followed"))
            await asyncio.gather(*(house.desk.part(Submissions).catch_up() for _ in range(3)))
            assert await count(house, 5)

    asyncio.run(story())


@pytest.mark.parametrize(
    "form", [{"words": 7}, {"number": "000", "phone": "call me"}, {"pole": ["x"]}, {"x" * 5000: 1}]
)
def test_a_report_that_does_not_fit_is_kept_as_words(short_tmp: Path, form: dict[str, object]) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await submitted(house, 1, **form)
            await eventually(lambda: count(house, 1), "the case")

    asyncio.run(story())


def test_a_kiosk_is_told_the_steps_and_locked_after_five_wrong_numbers(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            ask = my_case(house.config.desk_database, lambda: house.clock.now, house.clock)

            async def asked(**arguments: str | int) -> Any:
                return await ask(Asked("kiosk-1", "my-case", Question(id="q", arguments=dict(arguments))))

            found = await asked(number=case_number.shown(number))
            assert (found.outcome, found.result["step"], found.result["dispatch.state"]) == (
                Outcome.DONE, "dispatch", "now",
            )  # fmt: skip
            for _ in range(9):
                assert "核对" in (await asked(number="1234-5678-0")).reason  # a slip of the finger is not counted
            for _ in range(5):
                assert "没有这个编号" in (await asked(number=case_number.mint())).reason
            assert "分钟后再试" in (await asked(number=number)).reason
            house.later(601)
            assert (await asked(number=number)).outcome is Outcome.DONE

    asyncio.run(story())
