"""A warden's phone without a line, for tests and for the bench: reports with photos, the browser killed, opened again.

`three_reports` kills it while everything waits; `killed_while_sending` at the moment when the desk has written the
first case and its answer is on the way: a relay in between keeps that answer for itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import BrowserContext, Error, Page, Playwright, async_playwright

from office.desk.files import Files
from office.desk.people.roles import Role
from office.web import page_context
from tests.office.desk.browser import ARGUMENTS, CHROMIUM
from tests.office.desk.house import PASSWORD, SOON_S, House

REPORTS = 3
PHOTOS = 3
LOGIN = "warden-offline"
NARROW = {"width": 360, "height": 740}
SENT = ".job[data-state=sent]"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the desk has at the end. `photos` are those on disk, made anew; `again_s` from opening to the last sent."""

    cases: int
    photos: int
    shown: frozenset[str]
    numbers: frozenset[str]
    again_s: float

    @property
    def exact(self) -> bool:
        """Every report is one case with all its photos, and the phone shows its number."""
        return (self.cases, self.photos, self.shown) == (REPORTS, REPORTS * PHOTOS, self.numbers)


async def three_reports(house: House, folder: Path) -> Outcome:
    """Three reports offline, the browser killed, opened again with a line."""
    async with async_playwright() as playwright:
        phone = Phone(playwright, folder / "profile", house.base)
        await _ready(house, phone)
        await _reports(phone, folder)
        phone.kill()
        return await _again(house, phone)


async def killed_while_sending(house: House, folder: Path) -> Outcome:
    """As `three_reports`; and the desk has the first, but the phone was killed before it read the answer."""
    async with async_playwright() as playwright, relay(house) as between:
        phone = Phone(playwright, folder / "profile", between.base)
        await _ready(house, phone)
        page = await _reports(phone, folder)
        between.keeps_answer_to = b"POST /v1/round/reports"
        await phone.online(page)
        await asyncio.wait_for(between.kept.wait(), SOON_S)
        await _until_cases(house, 1)
        phone.kill()
        between.keeps_answer_to = b""
        return await _again(house, phone)


class Phone:
    """A browser with a profile on disk, that can be killed and opened again."""

    def __init__(self, playwright: Playwright, profile: Path, base: str) -> None:
        self._playwright, self.profile, self.base = playwright, profile, base
        self.context: BrowserContext

    async def open(self, *, offline: bool = False) -> Page:
        """The warden's page. A service worker refuses an unknown certificate unless the whole browser is told."""
        self.context = await self._playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--ignore-certificate-errors"],
            ignore_https_errors=True,
            viewport={"width": NARROW["width"], "height": NARROW["height"]},
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            offline=offline,
        )
        page = self.context.pages[0]
        await page.goto(self.base + "/round")
        return page

    async def sign_in(self, page: Page) -> None:
        """As a person does it; returns when the page would open without a line."""
        await page.fill("#login", LOGIN)
        await page.fill("#password", PASSWORD)
        await page.click("form button.main")
        await page.wait_for_selector("#tab-report")
        await page.wait_for_selector("#login", state="detached")
        await page.evaluate("navigator.serviceWorker.ready")

    async def online(self, page: Page) -> None:
        """The line is back."""
        await self.context.set_offline(False)
        with suppress(Error):  # a page that hears `online` by itself is sending already
            await page.click("#tab-sent", timeout=1000)

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        os.kill(browser_process(self.profile), signal.SIGKILL)

    async def end_killed(self) -> None:
        """Kill it, and wait until it has left its profile."""
        self.kill()
        await _gone(self)


def browser_process(profile: Path) -> int:
    """The one process of the browser that has this profile and is nobody's child process by `--type`."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if f"--user-data-dir={profile}".encode() in words and not any(
                word.startswith(b"--type=") for word in words
            ):
                return int(entry.name)
    raise AssertionError(f"no browser has the profile {profile}")


async def _ready(house: House, phone: Phone) -> None:
    """Signed in once, with the page kept on the phone; then put away as a person does it."""
    await house.signed_in(Role.WARDEN, login=LOGIN, name="网格员一号")
    await phone.sign_in(await phone.open())
    await phone.context.close()


async def _reports(phone: Phone, folder: Path) -> Page:
    page = await phone.open(offline=True)
    for n in range(REPORTS):
        await page.wait_for_selector(".photos li", state="detached")  # the form of the report before is empty again
        await page.set_input_files("#photos", [str(photo(folder, n, m)) for m in range(PHOTOS)])
        await page.wait_for_selector(f".photos li:nth-child({PHOTOS})")
        await page.fill("#words", f"第 {n + 1} 处路灯不亮")
        await page.fill("#pole", f"10020{n}")
        await page.click(".send")
        await page.wait_for_selector(f"#tab-sent .count:text-is('{n + 1}')")
    return page


async def _again(house: House, phone: Phone) -> Outcome:
    await _gone(phone)
    began = time.monotonic()
    page = await phone.open()
    await page.click("#tab-sent")
    await page.wait_for_selector(f":nth-match({SENT}, {REPORTS})", timeout=60_000)
    took = time.monotonic() - began
    await page.reload()  # whatever it may still want to send, it sends now
    await page.click("#tab-sent")
    await page.wait_for_selector(SENT)
    shown = await page.eval_on_selector_all(SENT, "all => all.map((one) => one.dataset.number)")
    await phone.context.close()
    numbers = await house.desk.look(_numbers)
    photos = [photo for number in numbers for photo in await _kept(house, number)]
    return Outcome(len(numbers), len(set(photos)), frozenset(shown), frozenset(numbers), took)


async def _gone(phone: Phone) -> None:
    """Until the killed browser has left its profile."""
    with suppress(Error):
        await phone.context.close()
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        try:
            browser_process(phone.profile)
        except AssertionError:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the browser is still there")


async def _until_cases(house: House, many: int) -> None:
    deadline = time.monotonic() + SOON_S
    while len(await house.desk.look(_numbers)) < many:
        assert time.monotonic() < deadline, "the desk has no case"
        await asyncio.sleep(0.02)


def _numbers(conn: sqlite3.Connection) -> list[str]:
    return [row["number"] for row in conn.execute("SELECT number FROM cases")]


async def _kept(house: House, number: str) -> list[str]:
    """The photos of that case that lie on disk as pixels alone, under the hash of what they are."""
    sql = "SELECT sha256 FROM file_uses WHERE about=?"
    names = await house.desk.look(lambda conn: [row[0] for row in conn.execute(sql, (f"case:{number}",))])
    found = [(name, house.desk.part(Files).path(name).read_bytes()) for name in names]
    return [name for name, content in found if hashlib.sha256(content).hexdigest() == name and _plain(content)]


def _plain(content: bytes) -> bool:
    with Image.open(io.BytesIO(content)) as image:
        return image.format == "JPEG" and not image.getexif()


def photo(folder: Path, report: int, n: int) -> Path:
    """A photo of its own, with a maker and a place in its EXIF."""
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    path = folder / f"photo-{report}-{n}.jpg"
    Image.effect_noise((640, 480), 20.0 + 10 * report + n).convert("RGB").save(path, "JPEG", exif=exif)
    return path


class Relay:
    """Stands between phone and desk. A connection that carried `keeps_answer_to` answers nothing more."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.keeps_answer_to = b""
        self.kept = asyncio.Event()
        self.base = ""
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        desk_reader, desk_writer = await asyncio.open_connection("127.0.0.1", self._port, ssl=context)
        silent = asyncio.Event()
        self._open |= {writer, desk_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._up(reader, desk_writer, silent))
                tasks.create_task(self._down(desk_reader, writer, silent))
        except* OSError:
            pass
        finally:
            self._open -= {writer, desk_writer}
            for end in (writer, desk_writer):
                end.close()

    def close(self) -> None:
        """Whoever is connected is cut off."""
        for writer in self._open:
            writer.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, desk: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        while chunk := await reader.read(65536):
            if self.keeps_answer_to and self.keeps_answer_to in chunk:
                silent.set()
                self.kept.set()
            desk.write(chunk)
            await desk.drain()
        desk.close()

    async def _down(self, desk: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event) -> None:
        while chunk := await desk.read(65536):
            if not silent.is_set():
                writer.write(chunk)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def relay(house: House) -> AsyncIterator[Relay]:
    """In front of that desk, with its certificate."""
    between = Relay(house.running.port)
    context = page_context(Path(house.door.tls.cert), Path(house.door.tls.key))
    server = await asyncio.start_server(between.serve, "127.0.0.1", 0, ssl=context)
    between.base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield between
    finally:
        server.close()
        between.close()
