"""What a resident sends off at a kiosk is one case, whatever is killed in between."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import expect

from sync.contract.case_number import mint, shown
from tests.stories.street import Street, street

pytestmark = pytest.mark.e2e

WORDS = "三号楼前的井盖响了一夜"


async def sent_off(here: Street, number: str, key: str) -> str:
    """At the kiosk's screen, which may send it again; the id it got."""
    form = {"number": number, "words": WORDS, "kind": "road", "pole": "YS-0108"}
    send = partial(here.gateway.post, "events", {"kind": "report", "form": form}, key=key)
    return str((await asyncio.to_thread(send))["id"])


def test_a_report_at_the_kiosk_is_one_case_although_receiver_and_desk_are_killed(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            clerk = await here.window("duty1", "cases")
            number, key = mint(), uuid4().hex
            here.stage.receiver.kill()
            first = await sent_off(here, number, key)
            here.stage.desk.kill()
            await expect(clerk.locator(".line.up")).to_have_count(0)
            assert await sent_off(here, number, key) == first
            await asyncio.gather(asyncio.to_thread(here.stage.start_receiver), asyncio.to_thread(here.stage.start_desk))
            case = clerk.locator("tbody tr").filter(has_text=WORDS)
            await expect(case.locator("a.case-number")).to_have_text(shown(number))

            here.stage.receiver.kill()
            here.stage.desk.kill()
            assert await sent_off(here, number, key) == first
            later = mint()
            await sent_off(here, later, uuid4().hex)
            await asyncio.gather(asyncio.to_thread(here.stage.start_receiver), asyncio.to_thread(here.stage.start_desk))
            await expect(case).to_have_count(2)
            numbers = await case.locator("a.case-number").all_inner_texts()
            assert sorted(numbers) == sorted([shown(number), shown(later)])
            await clerk.click(f"a:text-is('{shown(number)}')")
            await expect(clerk.locator("h1 .case-number")).to_have_text(shown(number))
            await expect(clerk.locator(".warn")).to_have_count(0)

    asyncio.run(story())
