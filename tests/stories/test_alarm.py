"""An alarm from an elder's finger to a page that an inspector can check."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.office.desk.house import Client
from tests.stories.street import ELDER, ONE, SOON_S, TWO, Street, closed, on_duty, street

pytestmark = pytest.mark.e2e

OWN = ("disk", "broker", "receipt", "step", "felt")
"""What the gateway says of itself, in the order in which it happens."""

AHEAD_MS = 300
CLICK = """(at) => {
    const button = document.querySelector('li.alarm.open button.main');
    setTimeout(() => button.click(), Math.max(0, at - Date.now()));
}"""
"""Both windows are told of the moment before it comes."""


async def raced(pages: list[Page]) -> tuple[Page, Page]:
    """Both click at the same moment: the winner's window and the loser's."""
    at = await pages[0].evaluate("Date.now()") + AHEAD_MS
    for page in pages:
        await page.evaluate(CLICK, at)
    for page in pages:
        await expect(page.locator("li.alarm.taken")).to_be_visible()
    mine = [await page.locator("li.alarm.taken >> text=您接的").count() for page in pages]
    assert sorted(mine) == [0, 1]
    return (pages[0], pages[1]) if mine[0] else (pages[1], pages[0])


def test_a_press_is_raced_for_answered_at_the_button_closed_and_proved(short_tmp: Path) -> None:
    async def story() -> None:
        async with street(short_tmp) as here:
            pages = [await here.window(login) for login in ("duty1", "duty2")]
            for page in pages:
                await on_duty(page)
                await page.goto(f"{here.base}/#/alarms")
            await here.terminal.press()
            for page in pages:
                await expect(page.locator("li.alarm.open")).to_contain_text(ELDER)
            winner, loser = await raced(pages)
            name = ONE if winner is pages[0] else TWO
            await expect(loser.locator("li.alarm.taken")).to_contain_text(name)
            await expect(loser.locator(".toasts")).to_contain_text(f"{name} 已经先接了")
            await winner.get_by_role("button", name="告诉老人谁来了").click()
            await winner.fill("dialog input[name=text]", "社区医生接到了,三分钟到")
            await winner.click("dialog button.main")
            await here.terminal.reads("社区医生接到了,三分钟到")
            await expect(loser.locator("li.alarm.way")).to_be_visible()
            await closed(winner, "real", "医生到了,老人已送医")
            await expect(loser.locator(".board-list tbody tr").first).to_contain_text("真实求助")
            await proved(here, short_tmp)

    asyncio.run(story())


async def proved(here: Street, folder: Path) -> None:
    """The inspector's page holds, and the gateway itself says what it saw."""
    inspector = await here.asking("inspector")
    alarm = (await here.told("alarms", lambda found: found["alarms"][0]["stage"] == "closed"))["alarms"][0]["id"]
    marks = await own_marks(inspector, alarm)
    answer = await inspector.ask("POST", f"/v1/alarms/{alarm}/proof", {})
    assert answer.status == 200
    page = folder / "proof.html"
    page.write_bytes(answer.content)
    verify = [sys.executable, "-m", "edge.cli", "office", "prove", "--verify", str(page)]
    assert (await asyncio.to_thread(subprocess.run, verify, check=False)).returncode == 0
    assert [marks[name]["clock"] for name in OWN] == ["gateway"] * len(OWN)
    assert [marks[name]["after_ms"] for name in OWN] == sorted(marks[name]["after_ms"] for name in OWN)


async def own_marks(inspector: Client, alarm: str) -> dict[str, dict[str, Any]]:
    """Those of the proof, once the gateway's own word on each has come up."""
    deadline = time.monotonic() + SOON_S
    while True:
        shown = await inspector.get(f"/v1/alarms/{alarm}/proof")
        marks = {mark["name"]: mark for mark in shown["marks"]}
        if all(marks[name].get("after_ms") for name in OWN):
            return marks
        assert time.monotonic() < deadline, [(n, m.get("after_ms"), m.get("note")) for n, m in marks.items()]
        await asyncio.sleep(0.2)
