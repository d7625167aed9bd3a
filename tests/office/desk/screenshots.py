"""Pictures of every page, taken from the running demo: `python -m tests.office.desk.screenshots docs/desk/ [NAME…]`.

The demo's own programs, its example office and neighbourhood; a press, a taken alarm, an order, a configuration and a
look through a camera happen as people do them. Pictures are 1366x768 or a phone's 390x844, with a palette.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page
from playwright.async_api import Error as BrowserError

from edge.demo.neighbourhood import Size
from edge.demo.theatre import PASSWORD, Theatre
from sync.contract.envelope import decode, encode
from sync.contract.kiosk import Manifest
from sync.contract.screen_care import ScreenState
from sync.unix_http import Unreachable, ask
from tests.office.desk import call_shots
from tests.office.desk.browser import FAKES, chromium, person, signed_in
from tests.office.desk.call_shots import Caller

COLOURS = 128
_RARE = Image.Quantize.MAXCOVERAGE
"""Keeps the red of a single mark on a page of grey."""

BEIJING = timezone(timedelta(hours=8))
SETTLE_MS = 900
Act = Callable[[Page], Awaitable[object]]
"""What it gives back is the address that a later picture names as `@` and this one's name."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. `login`: an account, or the clerk who is planned now (on-duty), or the other one (clerk).

    `act` makes the page show something; `where` is a hash, or a path that begins with /.
    """

    name: str
    login: str
    where: str
    wait: str = "main h1, main h2"
    act: Act | None = None
    phone: bool = False


async def _sleep(page: Page) -> None:
    await page.wait_for_timeout(SETTLE_MS)


async def _first_alarm(page: Page) -> None:
    await page.click(".alarm .what")
    await page.wait_for_selector(".alarm-head")


async def _take(page: Page) -> None:
    await _first_alarm(page)
    await page.click(".alarm-head ~ .actions button.main, .actions.do button.main")
    await _sleep(page)


async def _send(page: Page) -> str:
    """Ask a neighbour to go there; the link they get."""
    await _first_alarm(page)
    await page.click("button:has-text('派人去')")
    await page.select_option("dialog select", "")
    await page.fill("dialog input[name=name]", "楼下邻居")
    await page.fill("dialog input[name=phone]", "00000000099")
    await page.click("dialog button.main")
    await page.wait_for_selector("#errand-link")
    return await page.input_value("#errand-link")


async def _first_case(page: Page) -> None:
    await page.click("main table a[href*='#/cases/']")
    await _sleep(page)


async def _on_duty(page: Page) -> None:
    """This page stays open and is on duty while the others are taken."""
    await page.click("button:has-text('开始值班')")
    await page.click("button:has-text('我听到了')")
    await _sleep(page)


async def _order(page: Page) -> None:
    await page.click("text=对它说话")
    await page.fill("dialog textarea, dialog input", "社区医生已经出发,三分钟到")


async def _config(page: Page) -> None:
    await page.wait_for_selector("#cfg-text")
    await page.fill("#cfg-text", "intervals:\n  state_s: 30\n")
    await page.click("button:has-text('下发')")
    await page.fill("dialog input", "夜间加快上报")
    await page.click("dialog button.main")
    await page.wait_for_selector("text=已生效", timeout=20_000)
    await page.fill("#cfg-text", "intervals:\n  state_s: 20\nalarms:\n  escalate_after_s: 15\n")
    await page.click("text=检查并对比")
    await page.locator("table.diff").scroll_into_view_if_needed()


async def _reach(page: Page) -> None:
    await page.locator("main h2:text-is('信息机')").scroll_into_view_if_needed()
    await page.mouse.wheel(0, 600)


async def _opened(page: Page) -> None:
    await page.click("main details summary")
    await page.locator("main details table").scroll_into_view_if_needed()


async def _look(page: Page) -> None:
    await page.click("text=查看摄像头")
    await page.fill("dialog textarea", "老人按了报警,没有应答,查看楼道")
    await page.click("dialog button.main")
    await page.wait_for_selector("img.look", timeout=30_000)


async def _tab(page: Page) -> None:
    tabs = page.locator("main [role=tab], main .tabs a, main .tabs button")
    if await tabs.count() > 1:
        await tabs.nth(1).click()
        await _sleep(page)


SHOTS: Sequence[Shot] = (
    Shot("sign-in", "", "", "#login"),
    Shot("unattended", "clerk", "duty"),
    Shot("on-duty", "on-duty", "duty", "main", _on_duty),
    Shot("home", "clerk", ""),
    Shot("duty", "clerk", "duty"),
    Shot("alarms", "clerk", "alarms", ".alarm"),
    Shot("alarm", "clerk", "alarms", ".alarm", _first_alarm),
    Shot("alarm-taken", "clerk", "alarms", ".alarm", _take),
    Shot("duty-plan", "clerk", "duty-plan"),
    Shot("handover", "clerk", "handover"),
    Shot("weekly", "clerk", "weekly"),
    Shot("drill", "admin", "drill"),
    Shot("calls", "clerk", "calls", "main table", call_shots.takes),
    Shot("call-rings", "clerk", "", act=call_shots.rings),
    Shot("call", "clerk", "calls", act=call_shots.talks),
    Shot("call-paper", "clerk", "calls", act=call_shots.paper),
    Shot("call-ended", "clerk", "calls", act=call_shots.ended),
    Shot("call-backs", "clerk", "call-backs", act=call_shots.wishes),
    Shot("call-figures", "inspector", "call-figures"),
    Shot("departments", "admin", "departments", "main table"),
    Shot("departments-kiosk", "admin", "departments", "main table", call_shots.preview),
    Shot("content", "admin", "content/guides", "main table"),
    Shot("content-reach", "admin", "content/guides", "main h2:text-is('信息机')", _reach),
    Shot("emergency", "admin", "emergency"),
    Shot("neighbours", "admin", "neighbours"),
    Shot("bookings", "clerk", "bookings"),
    Shot("cases", "clerk", "cases", "main table, main li"),
    Shot("case", "clerk", "cases", "main table a[href*='#/cases/']", _first_case),
    Shot("case-new", "clerk", "cases/new", "main textarea"),
    Shot("case-figures", "clerk", "case-figures"),
    Shot("grid", "admin", "grid"),
    Shot("settings", "admin", "settings"),
    Shot("search", "clerk", "search/演示老人0", "main a[href*=register]"),
    Shot("register", "admin", "register", act=_sleep),
    Shot("register-places", "admin", "register", act=_tab),
    Shot("devices", "clerk", "devices", "main table"),
    Shot("device", "clerk", "devices/gw-demo/watch-100", "main dl"),
    Shot("order", "clerk", "devices/gw-demo/jt808-100", "main dl", _order),
    Shot("gateways", "clerk", "gateways", "main table"),
    Shot("gateway", "clerk", "gateways/gw-demo", "main dl"),
    Shot("gateway-screen", "clerk", "gateways/gw-demo", "main details", _opened),
    Shot("configuration", "admin", "gateways/gw-demo/config", "#cfg-text", _config),
    Shot("map", "clerk", "map", "svg.map .mark"),
    Shot("look", "clerk", "gateways/gw-demo", "main dl", _look),
    Shot("looks", "inspector", "looks", "main table"),
    Shot("month", "inspector", "month"),
    Shot("exports", "admin", "exports"),
    Shot("accounts", "admin", "accounts", "main table, main li"),
    Shot("audit", "inspector", "audit"),
    Shot("me", "clerk", "me"),
    Shot("phone-alarms", "clerk", "alarms", ".alarm", phone=True),
    Shot("phone-devices", "clerk", "devices", "main table", phone=True),
    Shot("phone-map", "clerk", "map", "svg.map .mark", phone=True),
    Shot("phone-round", "warden", "/round", "h1, h2, button", phone=True),
    Shot("errand", "clerk", "alarms", ".alarm", _send),
    Shot("phone-help", "", "@errand", "h1", phone=True),
    Shot("phone-case", "", "/p/case", "h1", phone=True),
    Shot("phone-gongshi", "", "/p/gongshi", "h1", phone=True),
    Shot("phone-warden", "", "/p/warden", "h1", phone=True),
)


async def _day(theatre: Theatre) -> None:
    """The neighbourhood goes about its day."""
    hood = theatre.neighbourhood
    while True:
        hood.something()
        await asyncio.sleep(hood.dice.uniform(0.1, 0.4))


async def take(folder: Path, shots: Sequence[Shot] = SHOTS) -> list[str]:
    """These; the names of those that could not be taken, with why."""
    with tempfile.TemporaryDirectory(prefix="linli-shots-", dir="/tmp") as directory:
        theatre = Theatre(Path(directory), Size(dies=False), 3, lambda: datetime.now(UTC), desk=True)
        async with theatre, chromium(*FAKES) as browser, Caller(theatre.stage.api_socket, Path(directory)):
            theatre.neighbourhood.door.stand()
            await theatre.desk_opened()
            day = asyncio.gather(_day(theatre), _screen(theatre))
            await asyncio.sleep(8)
            theatre.neighbourhood.wired_sos()
            await asyncio.sleep(3)
            try:
                return await _all(folder, browser, theatre.desk_url.rstrip("/"), shots)
            finally:
                day.cancel()
                await asyncio.gather(day, return_exceptions=True)


async def _screen(theatre: Theatre) -> None:
    """The gateway is a kiosk's, and tells of its screen as the screen would."""
    opened = {"departments": 21, "guides": 34, "guide": 29, "report": 12, "call": 9, "merchants": 8, "lesson": 5}
    at = time.monotonic()
    while True:
        version = await asyncio.to_thread(_published, theatre.centre)
        said = ScreenState(
            page="home", content=version, version="0.1.0", memory_mb=212, up_s=93_600 + int(time.monotonic() - at),
            opened=opened,
        )  # fmt: skip
        with suppress(Unreachable):
            kind = {"Content-Type": "application/json"}
            await asyncio.to_thread(ask, theatre.stage.api_socket, "PUT", "/v1/screen", encode(said), kind)
        await asyncio.sleep(2)


def _published(centre: Path) -> str:
    """The version that the receiver tells kiosks."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{centre}?mode=ro", uri=True)) as conn:
        row = conn.execute("SELECT manifest FROM contents WHERE name='services'").fetchone()
        return decode(row[0].encode(), Manifest).version if row and row[0] else ""
    return ""


async def _all(folder: Path, browser: Browser, base: str, shots: Sequence[Shot]) -> list[str]:
    pages: dict[tuple[str, bool], Page] = {}
    planned = 8 <= datetime.now(BEIJING).hour < 20  # as the example office plans its shifts
    clerks = {"on-duty": "duty1", "clerk": "duty2"} if planned else {"on-duty": "duty2", "clerk": "duty1"}
    failed: list[str] = []
    links: dict[str, str] = {}
    for shot in shots:
        key = (login := clerks.get(shot.login, shot.login), shot.phone)
        try:
            if key not in pages:
                context = await person(browser, phone=shot.phone)
                pages[key] = await (signed_in(context, base, login, PASSWORD) if login else context.new_page())
            where = links[shot.where[1:]] if shot.where.startswith("@") else _address(base, shot.where)
            links[shot.name] = str(await _shoot(pages[key], where, shot, folder))
        except (BrowserError, AssertionError, KeyError) as error:
            failed.append(f"{shot.name}: {str(error).splitlines()[0]}")
            pages.pop(key, None)
    return failed


def _address(base: str, where: str) -> str:
    return base + (where if where.startswith("/") else f"/#/{where}")


async def _shoot(page: Page, where: str, shot: Shot, folder: Path) -> object:
    await page.goto("about:blank")  # or a dialog of the picture before would stay
    await page.goto(where)
    await page.wait_for_selector(shot.wait, timeout=15_000)
    await _sleep(page)
    said = None
    if shot.act is not None:
        said = await shot.act(page)
        await page.wait_for_timeout(300)
    (folder / f"{shot.name}.png").write_bytes(small(await page.screenshot(animations="disabled")))
    return said


def small(png: bytes) -> bytes:
    """The same picture with a palette: a third of the size, and text stays sharp."""
    picture = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, _RARE, dither=Image.Dither.NONE)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """The entry point."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random.seed(3)
    shots = [shot for shot in SHOTS if not sys.argv[2:] or shot.name in sys.argv[2:]]
    failed = asyncio.run(take(folder, shots))
    size = sum(path.stat().st_size for path in folder.glob("*.png"))
    sys.stdout.write(
        f"{len(shots) - len(failed)} pictures, {size / 1e6:.2f} MB\n" + "".join(f"{one}\n" for one in failed)
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
