"""The kiosk of the pictures: the real call engine on the demo's gateway, told what a finger would tell it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Page, expect

from sync.contract.call_screen import MAX_LINE
from sync.unix_http import ask

SOON_S = 20.0
WISHES = (("13800000017", "明天上午九点以后,问养老补贴"), ("13800000042", "下班前,问公租房登记"))
"""Made up."""


class Caller:
    """An async context manager: the engine is there, and hangs up when it ends."""

    def __init__(self, api: Path, folder: Path) -> None:
        self._api, self._socket = api, folder / "call.sock"
        self._process: asyncio.subprocess.Process | None = None
        self._wishes: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self.seen: dict[str, Any] = {}
        """What the engine showed its screen last."""

    async def __aenter__(self) -> Self:
        words = ("--camera", "fake", "--microphone", "fake", "--speaker", "null")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "edge.call", "--api", str(self._api), "--socket", str(self._socket), *words
        )
        deadline = asyncio.get_running_loop().time() + SOON_S
        while not self._socket.exists():
            assert asyncio.get_running_loop().time() < deadline, "the call engine did not start"
            await asyncio.sleep(0.1)
        shown, self._wishes = await asyncio.open_unix_connection(str(self._socket), limit=MAX_LINE)
        self._listening = asyncio.create_task(self._listen(shown))
        _here.append(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        _here.remove(self)
        if self._listening is not None and self._wishes is not None:
            self._listening.cancel()
            self._wishes.close()
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()

    async def _listen(self, shown: asyncio.StreamReader) -> None:
        async for line in shown:
            if line.strip():
                self.seen = json.loads(line)

    def wish(self, kind: str, **more: Any) -> None:
        """One line, as the screen says it."""
        assert self._wishes is not None
        self._wishes.write(json.dumps({"type": kind, **more}).encode() + b"\n")

    async def leave_wishes(self) -> None:
        """Residents who want to be called."""
        for phone, words in WISHES:
            form = {"phone": phone, "department": "general", "wish": words}
            body = json.dumps({"kind": "callback", "form": form}).encode()
            await asyncio.to_thread(ask, self._api, "POST", "/v1/events", body)


_here: list[Caller] = []


async def takes(page: Page) -> None:
    """Takes calls: by the tone, or again after the page was loaded anew."""
    await page.click("main h1")
    if await page.locator(".duty-bars button:has-text('停止接听')").count() == 0:
        await page.wait_for_timeout(800)
    if await page.locator(".duty-bars button:has-text('停止接听')").count() == 0:
        await page.click(".duty-bars button:has-text('开始接听')")
        await page.click("dialog button:has-text('我听到了')")
    await page.wait_for_selector(".duty-bars button:has-text('停止接听')")


async def rings(page: Page) -> None:
    await takes(page)
    _here[-1].wish("hang-up")
    await page.wait_for_timeout(1500)
    _here[-1].wish("start", department="general", guide="pension")
    await page.wait_for_selector("#call-bar .bar")
    await page.wait_for_timeout(1200)


async def talks(page: Page) -> None:
    await rings(page)
    await page.keyboard.press("F9")
    await page.wait_for_selector(".talk")
    await expect(page.get_by_role("button", name="保持")).to_be_enabled(timeout=20_000)
    await page.get_by_role("button", name="请慢慢说").click()
    await page.fill("#note-text", "问养老补贴怎么领,下周带身份证来")
    await page.evaluate("scrollTo(0, 0)")
    await page.wait_for_timeout(1500)


async def paper(page: Page) -> None:
    await talks(page)
    await page.get_by_role("button", name="拍一张纸").click()
    sheet = page.locator(".paper-sheet .ink")
    await sheet.scroll_into_view_if_needed()
    box = await sheet.bounding_box()
    assert box is not None
    await sheet.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.7})
    await page.get_by_role("button", name="方框").click()
    await page.keyboard.press("Enter")
    await sheet.evaluate("(sheet) => sheet.scrollIntoView({block: 'center'})")
    await page.mouse.move(0, 0)


async def ended(page: Page) -> None:
    await talks(page)
    await page.get_by_role("button", name="挂断").click()
    await page.get_by_role("button", name="已解答").click()
    await page.evaluate("scrollTo(0, 0)")


async def wishes(page: Page) -> None:
    await _here[-1].leave_wishes()
    await page.wait_for_selector("tr[data-wish]")


async def preview(page: Page) -> None:
    await page.click("text=预览信息机画面")
