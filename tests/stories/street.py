"""A street with one elder's button, its gateway and its office: real programs, and people at real Chromium windows.

The programs run on real time. Where the issue speaks of 30 and 60 seconds until the next person and everyone is
called, a story sets 5 and 12 by the desk's own settings. Half a minute without anyone is *unattended*, always: a story
that needs it waits it out while everything else starts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, Page, expect

from edge.api.client import Client as Local
from edge.demo.broker_files import free_ports
from edge.demo.stage import Stage
from office.client import Client as Centre
from tests.office.desk.browser import chromium, hears, person, signed_in
from tests.office.desk.house import Client
from tests.stories.terminal import Terminal

PASSWORD = "seven lamps on a quiet street"
PHONE = "13800000001"
BUTTON = "button-1"
ELDER = "演示老人"
ONE, TWO = "演示值班员一号", "演示值班员二号"
SOON_S = 30.0
SHORT = {"next_s": 5, "everyone_s": 12}
"""Five is the least the settings allow; seven seconds are enough to read who is called next, and to kill the desk."""

expect.set_options(timeout=SOON_S * 1000)


@dataclass
class Street:
    """What a story needs."""

    stage: Stage
    browser: Browser
    terminal: Terminal
    http: aiohttp.ClientSession

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.stage.desk_port}"

    @property
    def gateway(self) -> Local:
        """The gateway's own page asks here."""
        return Local(self.stage.api_socket)

    async def window(self, login: str, page: str = "", *, phone: bool = False) -> Page:
        """Somebody's browser window, signed in, on that page, with its live line."""
        window = await signed_in(await person(self.browser, phone=phone), self.base, login, PASSWORD)
        await window.wait_for_selector(".line.up")
        if page:
            await window.goto(f"{self.base}/#/{page}")
        return window

    async def asking(self, login: str) -> Client:
        """The same person over the desk's routes, for what is a setting and no part of a story."""
        jar = aiohttp.CookieJar(unsafe=True)
        self.http = aiohttp.ClientSession(cookie_jar=jar) if self.http.closed else self.http
        return await Client(self.http, self.base).sign_in(login, PASSWORD)

    async def hurry(self) -> None:
        """The next person and everyone are called after seconds."""
        admin = await self.asking("admin")
        await admin.put("/v1/alarms/settings", {**await admin.get("/v1/alarms/settings"), **SHORT})

    async def planned(self, name: str) -> None:
        """It is this clerk's shift, whatever the clock says: the example office changes at eight, and so does who is
        called first."""
        admin, near_ms = await self.asking("admin"), 3_600_000
        now = int(time.time() * 1000)
        roster = await admin.get(f"/v1/duty/shifts?from={now - near_ms}&to={now + near_ms}")
        (account,) = (clerk["account"] for clerk in roster["clerks"] if clerk["name"] == name)
        for shift in roster["shifts"]:
            if shift["account"] != account:
                await admin.post(f"/v1/duty/shifts/{shift['id']}/swap", {"account": account, "note": "演示"})

    async def told(self, what: str, true: Callable[[Any], object]) -> Any:
        """Ask the gateway until it is so."""
        deadline = time.monotonic() + SOON_S
        while not true(answer := await asyncio.to_thread(self.gateway.get, what)):
            assert time.monotonic() < deadline, f"{what}: {answer}"
            await asyncio.sleep(0.05)
        return answer


@asynccontextmanager
async def street(folder: Path, *browser_arguments: str) -> AsyncIterator[Street]:
    """Everything runs, and the centre has heard the button."""
    (port,) = free_ports(1)
    terminals = {"name": "terminals", "kind": "tcp", "profile": "jt808", "listen": f"127.0.0.1:{port}"}
    async with AsyncExitStack() as stack:
        stage = stack.enter_context(Stage(folder / "s", [terminals], desk=True))
        stack.enter_context(_logs_with_a_failure(stage))
        terminal, http = Terminal(port, PHONE), aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        stack.push_async_callback(http.close)
        _, _, browser = await asyncio.gather(
            asyncio.to_thread(stage.open_desk, PASSWORD, [BUTTON]),
            asyncio.to_thread(stage.start),
            stack.enter_async_context(chromium(*browser_arguments)),
        )
        local, device = Local(stage.api_socket), {"profile": "jt808", "address": PHONE}
        await asyncio.to_thread(local.send, "PUT", f"devices/{BUTTON}", device)
        await stack.enter_async_context(terminal)
        await terminal.rest()
        await asyncio.to_thread(_heard, stage)
        yield Street(stage, browser, terminal, http)


@contextmanager
def _logs_with_a_failure(stage: Stage) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for program in (stage.gateway, stage.receiver, stage.desk):
            error.add_note(f"--- {program.name}\n{program.tail()}")
        raise


def _heard(stage: Stage) -> None:
    centre, deadline = Centre(stage.office_socket), time.monotonic() + SOON_S
    while not any(device["device"] == BUTTON for device in centre.get("devices")):
        assert time.monotonic() < deadline, "the centre has not heard the button"
        time.sleep(0.05)


async def on_duty(page: Page) -> None:
    """As a clerk does it: the button, the tone, and the word that it was heard."""
    await page.goto(page.url.split("#")[0] + "#/duty")
    await page.click(".my-duty button.main")
    await hears(page)
    await page.wait_for_selector(".my-duty.on")


async def closed(page: Page, reason: str, words: str = "") -> None:
    """The opened alarm is closed with its reason."""
    await page.get_by_role("button", name="结束…").click()
    await page.select_option("dialog select", reason)
    if words:
        await page.fill("dialog textarea", words)
    await page.get_by_role("button", name="结束这条警报").click()
    await expect(page.locator("dialog")).to_have_count(0)
