"""What a camera saw becomes a case with one key: filled in, once for each event, its picture behind a recorded look."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from office.desk.people.roles import Role
from sync.contract.messages import FAULT, MOTION, DeviceEvent, Fault
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.test_devices import said
from tests.office.desk.test_devices_looks import looks, picture
from tests.office.desk.test_files import photo
from tests.office.desk.test_register import row
from tests.office.sending import event


async def _seen(house: House) -> str:
    """A motion with a picture, and the camera covered; the picture's name."""
    name = await picture(house, photo(80, 60), "gw-1")
    data = DeviceEvent(device="corridor", profile="camera", picture=name)
    await house.arrive("gw-1", "events", event(1, kind=MOTION, device="corridor", data=data))
    covered = Fault(fault="covered", active=True, reason="画面被遮挡", devices=["corridor"])
    await house.arrive("gw-1", "events", event(2, kind=FAULT, device="corridor", data=covered))
    await said(house, devices=1)
    return name


def test_a_camera_event_is_a_draft_with_its_place_and_begins_one_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, Role.ADMINISTRATOR)
            await row(clerk, "poles", {"number": "A1", "words": "三号楼东侧", "nearby": "邮局"})
            await row(clerk, "devices", {"gateway": "gw-1", "device": "corridor", "pole": "A1"})
            name = await _seen(house)
            listed = await clerk.get("/v1/device/events?gateway=gw-1&device=corridor")
            motion = next(one["n"] for one in listed if one["type"] == MOTION)
            fault = next(one["n"] for one in listed if one["type"] == FAULT)
            draft = await clerk.get(f"/v1/cases/camera?event={motion}&device=corridor")
            assert (draft["device"], draft["picture"], draft["pole"]) == ("corridor", name, "A1")
            assert "画面被遮挡" in (await clerk.get(f"/v1/cases/camera?event={fault}"))["words"]
            body = {"source": "camera", "event": motion, "words": draft["words"], "pole": "A1"}
            first, again = await clerk.post("/v1/cases", body), await clerk.post("/v1/cases", body)
            assert first == again
            case = await clerk.get(f"/v1/cases/{first['number']}")
            assert (case["source"], case["gateway"], case["picture"], case["files"]) == ("camera", "gw-1", name, [])
            nobody = await house.signed_in(Role.INSTALLER)
            assert (await nobody.ask("GET", f"/v1/cases/camera?event={motion}")).status == 403
            assert (await clerk.ask("POST", "/v1/cases", {**body, "event": 999})).status == 404

    asyncio.run(story())


@pytest.mark.e2e
def test_a_clerk_begins_a_case_from_what_a_camera_said(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            await _seen(house)
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/devices/gw-1/corridor")
            await page.locator("a:text-is('登记为案件')").last.click()
            await page.wait_for_selector(".badge:has-text('gw-1 / corridor')")
            assert "摄像头 corridor" in await page.input_value("#n-words")
            await page.press("#n-words", "Control+Enter")
            await page.click("text=打开案件")
            await page.click("button:text-is('查看图片(会记录)')")
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog img.look")
            assert len(await looks(house)) == 1

    asyncio.run(story())
