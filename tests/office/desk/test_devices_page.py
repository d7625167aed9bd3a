"""The pages about devices in a real browser: live, by keyboard, and no picture without its reason."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from office.desk.people.roles import Role
from sync.contract.envelope import batch
from sync.contract.messages import MOTION, DeviceEvent, Outcome, Place
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.test_devices import eventually, said, status
from tests.office.desk.test_devices_looks import answered, looks, picture
from tests.office.sending import event

PIXEL = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc0000b080001000101011100ffc40014000100000000000000"
    "00000000000000000003ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9"
)
"""One grey point, as JPEG."""
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63680000008200"
    "8177cd72b60000000049454e44ae426082"
)
"""The same as PNG."""


def walker(n: int, name: str, lat: float) -> bytes:
    place = Place(valid=True, lat=lat, lon=116.46)
    return event(n, device=name, data=DeviceEvent(device=name, profile="gt06", place=place))


@pytest.mark.e2e
def test_a_clerk_sees_a_device_change_orders_it_and_reads_the_answer(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="duty")
            await house.arrive(
                "gw-1", "events", batch([status(1, "watch-1", batteryLevel=80), walker(2, "gt06-1", 39.93)])
            )
            await said(house, devices=2)
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/devices")
            await page.wait_for_selector("text=80 %")
            await accessible(page)
            await house.arrive("gw-1", "events", status(3, "watch-1", batteryLevel=12))
            await page.wait_for_selector("text=12 %")
            await page.focus("a[href$='watch-1']")
            await page.keyboard.press("Enter")
            await page.wait_for_selector("h1:has-text('watch-1')")
            await page.click("text=设置上报间隔")
            await page.fill("dialog input", "0")
            await page.keyboard.press("Enter")
            await page.wait_for_selector("dialog .field-bad")
            await page.fill("dialog input", "600")
            await page.keyboard.press("Enter")
            await page.wait_for_selector("text=待发送")
            rows = await house.desk.look(lambda conn: conn.execute("SELECT id FROM device_orders").fetchall())
            await answered(house, rows[0]["id"], Outcome.REFUSED)
            await page.wait_for_selector("text=the lens is covered")
            await accessible(page)
            await page.goto(f"{house.base}/#/map")
            await page.wait_for_selector("svg.map .mark")
            await accessible(page)

    asyncio.run(story())


@pytest.mark.e2e
def test_a_kiosks_screen_is_seen_pictured_and_its_use_counted(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="duty")
            await said(
                house, screen={"page": "home", "content": "v1", "up_s": 7200, "memory_mb": 210, "opened.guides": 7}
            )
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/gateways/gw-1")
            await page.click("summary:has-text('各页打开次数')")
            await page.wait_for_selector("tr:has-text('办事指南') >> text=7")
            await accessible(page)
            await page.click("text=信息机屏幕 >> nth=-1")
            await page.select_option("dialog select", "screenshot")
            await page.click("dialog button.main")
            await page.wait_for_selector("td >> text=信息机屏幕")
            rows = await house.desk.look(lambda conn: conn.execute("SELECT id FROM device_orders").fetchall())
            await answered(house, rows[0]["id"], Outcome.DONE, picture=await picture(house, POINT))
            await page.click("button:text-is('查看截图')")
            shown = page.locator("dialog img")
            await shown.wait_for()
            await page.wait_for_function("document.querySelector('dialog img').naturalWidth === 1")
            await accessible(page)

    asyncio.run(story())


@pytest.mark.e2e
def test_a_configuration_is_edited_compared_and_gone_back_to(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.ADMINISTRATOR, login="boss")
            await said(house, devices=2)
            page = await signed_in(await person(browser), house.base, "boss", PASSWORD)
            await page.goto(f"{house.base}/#/gateways/gw-1/config")
            await page.wait_for_selector("#cfg-text")
            await page.fill("#cfg-text", "intervals:\n  state_s: 6000\n")
            await page.click("text=检查并对比")
            await page.wait_for_selector(".remarks >> text=第 2 行")
            for seconds in ("30", "20"):
                await page.fill("#cfg-text", f"intervals:\n  state_s: {seconds}\n")
                await page.click("button:has-text('下发')")
                await page.click("dialog button.main")
                await page.wait_for_selector(f"td:has-text('第 {1 if seconds == '30' else 2} 版')")
            await page.fill("#cfg-text", "intervals:\n  state_s: 15\n")
            await page.click("text=检查并对比")
            await page.wait_for_selector("table.diff .changed >> text=state_s: 20")
            await accessible(page)
            await page.click("tr:has-text('第 1 版') >> text=恢复此版本")
            await page.click("dialog button.main")
            await page.wait_for_selector("text=恢复自第 1 版")

    asyncio.run(story())


@pytest.mark.e2e
def test_a_camera_is_looked_through_only_after_saying_why_and_the_inspector_reads_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            await house.signed_in(Role.AUDITOR, login="inspector")
            seen = event(1, kind=MOTION, device="corridor", data=DeviceEvent(device="corridor", profile="camera"))
            await house.arrive("gw-1", "events", seen)
            await said(house, devices=1)
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/devices/gw-1/corridor")
            await page.click("text=查看现场")
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog .field-bad")
            assert await looks(house) == []
            await page.fill("dialog textarea", "老人按了报警,没有应答")
            await page.click("dialog button.main")
            await page.wait_for_selector("text=已请网关拍照")
            (look,) = await looks(house)
            name = await picture(house, PIXEL)
            assert name == hashlib.sha256(PIXEL).hexdigest()
            await answered(house, look["mark"], Outcome.DONE, camera="corridor", picture=name)
            wide = "(document.querySelector('img.look') || {}).naturalWidth"
            await eventually(lambda: page.evaluate(wide), lambda width: width == 1)
            await accessible(page)
            other = await signed_in(await person(browser, phone=True), house.base, "inspector", PASSWORD)
            await other.goto(f"{house.base}/#/looks")
            await other.wait_for_selector("td:has-text('老人按了报警,没有应答')")
            assert await other.locator("td:has-text('值班一号')").count() == 1
            assert await other.evaluate("document.documentElement.scrollWidth") <= 390
            await accessible(other)

    asyncio.run(story())
