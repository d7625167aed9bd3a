"""In a real browser: a kiosk's voice note is heard and typed up, its picture opens, a clerk adds one more."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

from office.desk.people.roles import Role
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.desk.test_cases_files import _kept, _report
from tests.office.desk.test_devices_looks import picture
from tests.office.desk.test_files import photo, wav

pytestmark = pytest.mark.e2e

PLAYED = """async (audio) => {
  audio.muted = true;
  audio.currentTime = 2;
  await new Promise((done) => audio.addEventListener('seeked', done, {once: true}));
  const from = audio.currentTime;
  await audio.play();
  await new Promise((done) => audio.addEventListener('timeupdate', done, {once: true}));
  audio.pause();
  return [audio.duration, from];
}"""


async def _typed_up(page: Page) -> None:
    await page.click("button:text-is('录音转文字')")
    assert await page.locator("dialog audio").count() == 1
    await page.fill("dialog textarea[name=transcript]", "三号楼门口的路灯不亮了")
    await page.click("dialog button.main")
    await page.wait_for_selector("dialog", state="detached")
    await page.wait_for_selector("p.hint:has-text('值班一号 记录于')")
    await page.wait_for_selector("p.case-said:text-is('三号楼门口的路灯不亮了')")


def test_a_voice_note_is_heard_and_typed_up_and_pictures_are_added_and_opened(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            clerk = await house.signed_in(Role.DUTY, login="duty", name="值班一号")
            await picture(house, photo(200, 120), "kiosk-1")
            await picture(house, wav(4), "kiosk-1")
            await house.arrive("kiosk-1", "events", _report(1, photo(200, 120), wav(4)))
            case = await _kept(clerk, 2)
            page = await signed_in(await person(browser), house.base, "duty", PASSWORD)
            await page.goto(f"{house.base}/#/cases/{case['number']}")
            sound = page.locator(".shots audio")
            await sound.wait_for()
            length, began = await sound.evaluate(PLAYED)
            assert (length, began) == (pytest.approx(4, abs=0.1), pytest.approx(2, abs=0.1))
            await _typed_up(page)
            await page.set_input_files(
                "#case-file",
                {"name": "a.png", "mimeType": "image/png", "buffer": photo(300, 300, "blue", kind="PNG")},
            )
            await page.locator(".shots img").nth(1).wait_for()
            await page.locator(".shots a").last.click()
            opened = page.locator("dialog img.look")
            await opened.wait_for()
            assert await opened.evaluate("(image) => image.decode().then(() => image.naturalWidth)") in (200, 300)
            await page.keyboard.press("Escape")
            await page.set_input_files(
                "#case-file", {"name": "b.png", "mimeType": "image/png", "buffer": b"this is no picture"}
            )
            await page.wait_for_selector(".toasts .bad")
            await page.wait_for_selector(".toasts .bad", state="detached")
            found = (await Axe().run(page)).response["violations"]
            assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
            seen = await clerk.get(f"/v1/cases/{case['number']}")
            assert (len(seen["files"]), seen["transcript"]) == (3, "三号楼门口的路灯不亮了")

    asyncio.run(story())
