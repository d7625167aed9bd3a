"""The page's shell in a real browser: for eyes, keyboards and screen readers, and honest when the line is gone."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self

import pytest
from axe_playwright_python.base import AXE_FILE_PATH  # type: ignore[import-untyped]
from playwright.async_api import Page

from office.desk.people import factor
from office.desk.people.roles import Role, permissions
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House

STILL_MS = 80
SIZES = ((1366, 768), (390, 844))
"""A phone shows each page once; the desk as every role sees it, where it differs from what others were shown."""

EVERY_PAGE = "import('/page/pages.js').then((m) => m.pages.map((page) => [page.path, page.may || '']))"
KINDS = """() => [...document.body.querySelectorAll('*')].map((one) => one.tagName + one.className
    + ['type', 'role', 'aria-label', 'aria-current', 'disabled', 'name'].map((name) => one.getAttribute(name) || ''))"""
AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map((one) =>
    `${one.id} (${one.impact}): ${one.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(' | ')}`)"""


async def settled(page: Page) -> None:
    """Nothing has been drawn for a moment, and no answer is awaited."""
    await page.wait_for_function(
        """(still) => { const now = performance.now(), seen = performance.getEntriesByType('resource').length;
            if (window.seenBefore !== seen || document.querySelector('main .empty[role=status]')) {
                window.seenBefore = seen; window.seenAt = now; return false; }
            return now - window.seenAt > still; }""",
        arg=STILL_MS,
        timeout=10_000,
    )


async def new_on(page: Page, path: str, seen: set[str]) -> bool:
    """Whether something stands there that no role before was shown: by element, classes and what it says of itself."""
    shown = {f"{path} {one}" for one in await page.evaluate(KINDS)}
    fresh = not shown <= seen
    seen |= shown
    return fresh


async def violations(page: Page) -> list[str]:
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(AXE)
    return found


@pytest.mark.parametrize("roles", [2, pytest.param(len(Role), marks=pytest.mark.slow)])
def test_every_page_is_accessible_as_every_role_sees_it_on_the_desk_and_on_a_phone(short_tmp: Path, roles: int) -> None:
    """Those who may most come first; two of them see nearly every page, and `make proof` asks all."""

    async def story() -> tuple[list[str], set[str]]:
        found: list[str] = []
        seen: set[str] = set()
        shown: set[str] = set()
        async with House(short_tmp) as house, chromium() as browser:
            await house.press()
            for role in Role:
                await house.signed_in(role, login=role)
            for role in sorted(Role, key=lambda role: -len(permissions(frozenset({role}))))[:roles]:
                context = await person(browser)
                page = await signed_in(context, house.base, role, PASSWORD)
                await page.emulate_media(reduced_motion="reduce")
                await page.evaluate("() => performance.setResourceTimingBufferSize(100000)")
                may = permissions(frozenset({role}))
                for path, needed in await page.evaluate(EVERY_PAGE):
                    if needed and needed not in may:
                        continue
                    await page.evaluate("(path) => { location.hash = `#/${path}`; }", path)
                    for width, height in SIZES if path not in seen else SIZES[:1]:
                        await page.set_viewport_size({"width": width, "height": height})
                        await settled(page)
                        if not await new_on(page, f"{path} {width}", shown):
                            continue
                        found += [f"{role} at #/{path}, {width} wide: {one}" for one in await violations(page)]
                    seen.add(path)
                await context.close()
        return found, seen

    found, seen = asyncio.run(story())
    assert len(seen) > 10
    assert not found, "\n".join(found)


def test_the_page_is_worked_without_a_mouse(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.ADMINISTRATOR, login="admin", name="管理员")
            page = await (await person(browser)).new_page()
            await page.goto(house.base)
            await page.wait_for_selector("#login:focus")
            await page.keyboard.type("admin")
            await page.keyboard.press("Tab")
            await page.keyboard.type(PASSWORD)
            await page.keyboard.press("Enter")
            await page.wait_for_selector("header.top")
            await page.evaluate("() => { location.hash = '#/accounts'; }")
            await page.wait_for_selector("tbody tr")
            await page.evaluate("() => document.activeElement.blur()")
            await page.keyboard.press("Tab")
            assert await page.evaluate("() => document.activeElement.className") == "skip"
            await page.keyboard.press("Enter")
            assert await page.evaluate("() => document.activeElement.id") == "main"
            for _ in range(2):
                await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.wait_for_selector("dialog[open]")
            for _ in range(25):  # the keyboard stays inside
                await page.keyboard.press("Tab")
                inside = "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
                assert await page.evaluate(inside)
            await page.keyboard.press("Escape")
            await page.wait_for_selector("dialog", state="detached")
            assert await page.evaluate("() => document.activeElement.matches('main button.main')")

    asyncio.run(story())


def test_a_refusal_of_the_server_stands_at_its_field_and_the_keyboard_goes_there(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.ADMINISTRATOR, login="admin")
            page = await signed_in(await person(browser), house.base, "admin", PASSWORD)
            await page.goto(house.base + "/#/accounts")
            await page.click("main button.main")
            await page.fill("dialog input[name=login]", "admin")
            await page.fill("dialog input[name=name]", "<b>王芳</b>")
            await page.check("dialog input[value=duty]")
            await page.click("dialog button.main")
            field = await page.wait_for_selector("dialog input[name=login][aria-invalid=true]:focus")
            assert field is not None
            about = await field.get_attribute("aria-describedby") or ""
            assert "已经有人用了" in await page.inner_text(f"#{about.split()[-1]}")
            assert await page.input_value("dialog input[name=name]") == "<b>王芳</b>", "what was typed stays"
            await page.fill("dialog input[name=login]", "wang")
            await page.click("dialog button.main")
            await page.wait_for_selector("dialog code")
            await page.click("dialog button.main")
            assert "<b>王芳</b>" in await page.inner_text("tbody tr:has(th:text-is('wang'))"), "text is shown as text"

    asyncio.run(story())


def test_a_second_factor_is_set_up_and_used_in_the_browser(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, second_factor="everyone") as house, chromium() as browser:
            await house.signed_in(Role.DUTY, login="li", name="李强")
            context = await person(browser, phone=True)
            page = await context.new_page()
            await page.goto(house.base)
            await page.fill("#login", "li")
            await page.fill("#password", PASSWORD)
            await page.click("button.main")
            secret = (await page.inner_text("code.secret")).replace(" ", "")
            step = int(house.clock.now // factor.STEP_S)
            await page.fill("input[name=code]", factor.code_of(secret, step))
            await page.click("button.main")
            await page.wait_for_selector(".codes")
            assert await page.locator(".codes li").count() == 10
            await page.click("button.main")
            await page.wait_for_selector("header.top")
            await page.click("header button:last-of-type")
            await page.fill("#login", "li")
            await page.fill("#password", PASSWORD)
            await page.click("button.main")
            await page.fill("#code", factor.code_of(secret, step + 1))
            await page.click("button.main")
            await page.wait_for_selector("header.top")

    asyncio.run(story())


def test_a_page_whose_session_was_ended_elsewhere_shows_sign_in_within_seconds(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            clerk = await house.signed_in(Role.DUTY, login="li")
            page = await signed_in(await person(browser), house.base, "li", PASSWORD)
            await page.wait_for_selector(".line.up")
            other = next(row for row in await clerk.get("/v1/me/sessions") if not row["this"])
            await clerk.delete(f"/v1/me/sessions/{other['id']}")
            await page.wait_for_selector("#password", timeout=3000)

    asyncio.run(story())


def test_a_page_says_within_fifteen_seconds_that_the_line_is_gone_and_loads_anew_when_it_is_back(
    short_tmp: Path,
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, chromium() as browser:
            await house.signed_in(Role.ADMINISTRATOR, login="admin")
            page = await signed_in(await person(browser), house.base, "admin", PASSWORD)
            await page.goto(house.base + "/#/accounts")
            await page.wait_for_selector(".line.up")
            await page.wait_for_selector("tbody tr")
            async with SilentLine(house) as line:
                await page.goto(line.base)
                await page.wait_for_selector(".line.up")
                await page.goto(line.base + "/#/accounts")
                await page.wait_for_selector("tbody tr")
                await page.clock.install()
                line.silent = True
                await page.clock.fast_forward(15_000)
                await page.wait_for_selector(".down", timeout=3000)
                await house.signed_in(Role.DUTY, login="zhao")
                line.silent = False
                await page.wait_for_selector(".line.up", timeout=15_000)
                await page.wait_for_selector("th:text-is('zhao')", timeout=5000)
                assert await page.locator(".down").count() == 0

    asyncio.run(story())


class SilentLine:
    """A line to the desk that can fall silent without closing: a pulled cable, a dead server."""

    def __init__(self, house: House) -> None:
        self._house, self.silent = house, False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.silent:
            writer.close()
            return
        desk_reader, desk_writer = await asyncio.open_connection("127.0.0.1", self._house.running.port)
        for source, sink in ((reader, desk_writer), (desk_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while content := await source.read(65536):
                if not self.silent:
                    sink.write(content)
                    await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()
