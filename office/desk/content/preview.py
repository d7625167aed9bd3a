"""The preview: a draft as the kiosk's own renderer draws it, in a program of its own with bounds, and a PNG back."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import sqlite3
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from office.desk.content import items, versions
from office.desk.content.kinds import kind_of
from office.desk.content.media import MediaFolder
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.web import Reply
from sync.contract.kiosk import ContentFile

SCREENS = {
    "guides": "guide:{id}",
    "notices": "notice:{id}",
    "merchants": "merchant:{id}",
    "activities": "activity:{id}",
    "learning": "lesson:{id}",
    "polls": "poll:{id}",
    "calendars": "booking",
    "reports": "report",
}
"""The kiosk's screen on which an item of a kind stands."""
SIZE = re.compile(r"[1-9]\d{2,3}x[1-9]\d{2,3}")
LOOKS, LANGUAGES = ("normal", "contrast", "large", "low"), ("zh", "en")

LONGEST_S = 30.0
CPU_S = 20
MEMORY = 4 << 30
"""Of addresses: Qt reserves far more than it uses."""
LARGEST = 16 << 20
MOST_PICTURE = 12 << 20
WAITING = 4
NO_RENDERER = 3


class Previews(Part):
    """One picture at a time: the desk's machine has other work."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.media = MediaFolder(desk.config.desk_database.parent / "desk-media")
        self._one = asyncio.Lock()
        self._waiting = 0

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        path, query = "/v1/content-preview/{kind}/{id}", ("look", "size", "language", "page")
        title = "A draft as a kiosk shows it"
        return (Door("GET", path, self.preview, Permission.CONTENT_EDIT, title, answers="image/png", query=query),)

    async def preview(self, visit: Visit) -> Reply:
        """Of the draft as it is saved."""
        kind, item_id = kind_of(visit.name("kind")), visit.name("id")
        if kind.name not in SCREENS:
            raise Mistake("这类内容还没有预览", "there is no preview of this kind", 404)
        options = _options(visit)
        await self.desk.look(partial(items.one, kind=kind, item_id=item_id))
        if self._waiting >= WAITING:
            raise Mistake("正在画别的预览,请稍后再试", "other previews are being drawn; try again", 429, retry_s=5)
        self._waiting += 1
        try:
            async with self._one:
                content = await self._drawn(SCREENS[kind.name].format(id=item_id), options)
        finally:
            self._waiting -= 1
        return Reply(200, content, headers={"Cache-Control": "no-store"}, content_type="image/png")

    async def _drawn(self, screen: str, options: Sequence[str]) -> bytes:
        files, texts = await self.desk.look(self._build)
        with tempfile.TemporaryDirectory(prefix="linli-preview-") as name:
            folder = Path(name)
            await asyncio.to_thread(self._write, folder / "content", files, texts)
            await _render(folder, screen, options)
            picture = folder / "out.png"
            if not picture.exists() or picture.stat().st_size > LARGEST:
                raise _failed("")
            return await asyncio.to_thread(picture.read_bytes)

    def _build(self, conn: sqlite3.Connection) -> tuple[list[ContentFile], dict[str, bytes]]:
        return versions.build(conn, self.desk.now(), lambda _guide: "")

    def _write(self, folder: Path, files: Sequence[ContentFile], texts: dict[str, bytes]) -> None:
        """Every text, and of the media what can be seen."""
        for file in files:
            target = folder / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.sha256 in texts:
                target.write_bytes(texts[file.sha256])
            elif file.type.startswith("image/") and file.size <= MOST_PICTURE:
                shutil.copyfile(self.media.path(file.sha256), target)


def _options(visit: Visit) -> list[str]:
    query = visit.ask.query
    look, language = query.get("look", "normal"), query.get("language", "zh")
    size, page = query.get("size", "1080x1920"), query.get("page", "0")
    if look not in LOOKS or language not in LANGUAGES or not SIZE.fullmatch(size) or not re.fullmatch(r"\d{1,3}", page):
        raise Mistake("预览的参数不对", "look, size, language or page is not as expected")
    return ["--look", look, "--language", language, "--size", size, "--page", page]


async def _render(folder: Path, screen: str, options: Sequence[str]) -> None:
    """Raises Mistake, with the renderer's own words where it has some."""
    command = ["-m", "kiosk_ui.render", "--content", str(folder / "content"), "--screen", screen]
    command += ["--out", str(folder / "out.png"), *options]
    environment = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "VIRTUAL_ENV") if name in os.environ
    }
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=environment
    )
    try:
        _bound(process)
        async with asyncio.timeout(LONGEST_S):
            _, said = await process.communicate()
    except TimeoutError:
        raise Mistake("预览画得太久,已停止", "the preview took too long", 504) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    text = said.decode("utf-8", "replace").strip()
    if process.returncode == NO_RENDERER or "No module named" in text:
        zh = "这台电脑没有安装信息机的画图程序(PySide6),看不了预览"
        raise Mistake(zh, "the kiosk's renderer (PySide6) is not installed here; install linli-edge[kiosk]", 503)
    if process.returncode != 0:
        raise _failed(text)


def _bound(process: Process) -> None:
    """From outside, so that it holds whatever happens inside. One that has ended already needs none."""
    try:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (CPU_S, CPU_S))
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
    except ProcessLookupError:
        return


def _failed(text: str) -> Mistake:
    last = text.splitlines()[-1][:200] if text else ""
    return Mistake(f"预览画不出来:{last}", f"the preview cannot be drawn: {last}", 500)
