"""What somebody typed is, once they have gone, nowhere but in the gateway's stored submission."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk_ui.wiping import ENVIRONMENT, wanting
from tests.edge.at_the_socket import at_the_socket
from tests.kiosk.program import ROOT

PHONE = "13917206458"
SENTENCE = "zephyrquill by the violet pump"
WITHIN_S = 120.0
SETTLED_S = 3.0
"""After the end of a session what was on its way has come back."""


def forms(text: str) -> dict[str, bytes]:
    """As it may lie in memory: of Python, of Qt; the whole, and a part long enough to be no accident."""
    parts = {"whole": text, "beginning": text[:9], "end": text[-9:]}
    return {
        f"{part} {coding}": piece.encode(coding) for part, piece in parts.items() for coding in ("utf-8", "utf-16-le")
    }


class Driven:
    """The screen's process and a hand in it."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder = folder
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(folder / "tmp"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "HOME": str(folder / "home"),
        }
        for name in ("tmp", "cache", "home", "keep"):
            (folder / name).mkdir()
        sockets = ("--api", str(socket), "--call", str(folder / "call.sock"), "--keep", str(folder / "keep"))
        command = [sys.executable, "-m", "tests.kiosk.driven", *sockets]
        with (folder / "screen.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def say(self, wish: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{wish}\n".encode())
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().strip()

    def until(self, wish: str, answer: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        while (said := self.say(wish)) != answer:
            assert time.monotonic() < deadline, f"{wish}: {said}, not {answer}; {self.log()}"
            time.sleep(0.05)

    def tap(self, control: str, argument: str = "", pause_s: float = 0.45) -> None:
        self.until(f"tap {control} {argument}", "tapped")
        time.sleep(pause_s)

    def type(self, control: str, text: str) -> None:
        for sign in text:
            self.tap(control, sign, 0.09)
        time.sleep(0.45)  # the next tap is not the last one again

    def log(self) -> str:
        return (self.folder / "screen.log").read_text("utf-8")[-800:]

    def memory(self) -> Iterator[tuple[str, bytes]]:
        """Everything of the process that can hold what it was told, by the name of its mapping.

        Not a file that it maps without the right to write: that holds what the file holds, which `found_in_files` sees.
        """
        pid = self.process.pid
        with Path(f"/proc/{pid}/mem").open("rb", 0) as mem:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                span, rights, *_, name = (
                    [*line.split(None, 5), ""][:7] if len(line.split(None, 5)) < 6 else line.split(None, 5)
                )
                name = name.strip()
                if "r" not in rights or name in ("[vvar]", "[vsyscall]", "[vdso]"):
                    continue
                if "w" not in rights and name.startswith("/"):
                    continue
                first, last = (int(one, 16) for one in span.split("-"))
                try:
                    mem.seek(first)
                    yield name or "anonymous", mem.read(last - first)
                except (OSError, OverflowError):
                    continue

    def end(self) -> None:
        if self.process.poll() is None:
            self.say("exit")
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def found_in_memory(screen: Driven, texts: tuple[str, ...]) -> list[str]:
    wanted = {f"{text[:4]}… {name}": form for text in texts for name, form in forms(text).items()}
    return [
        f"{name} in {where} at {content.index(form)}"
        for where, content in screen.memory()
        for name, form in wanted.items()
        if form in content
    ]


def found_in_files(folder: Path, texts: tuple[str, ...]) -> set[str]:
    wanted = [text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files for form in wanted if form in path.read_bytes()}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="canary") as name:  # a socket's path is short
        yield Path(name)


def propose(screen: Driven) -> None:
    """A sentence and a telephone, key by key."""
    screen.until("ready", "True")
    screen.tap("neighbours")
    screen.tap("propose")
    screen.tap("propose-kind", "help-wanted")
    screen.tap("keys-method", "letters")
    screen.type("key", SENTENCE)
    screen.tap("keys-done")
    screen.type("digit", PHONE)
    screen.tap("enter")
    screen.until("place", "neighbour-sent")


def test_after_the_end_of_a_session_it_is_in_the_stored_submission_and_nowhere_else(folder: Path) -> None:
    (folder / "box").mkdir()
    (folder / "kiosk").mkdir()

    def story(socket: Path) -> tuple[list[str], list[str]]:
        screen = Driven(folder / "kiosk", socket)
        try:
            propose(screen)
            before = found_in_memory(screen, (PHONE, SENTENCE))
            screen.tap("end")
            screen.until("place", "home")
            time.sleep(SETTLED_S)
            return before, found_in_memory(screen, (PHONE, SENTENCE))
        finally:
            screen.end()

    async def run() -> tuple[list[str], list[str], Any]:
        async with at_the_socket(folder / "box") as box:
            before, after = await asyncio.to_thread(story, box.socket)
            return before, after, await box.get("outbox")

    before, after, outbox = asyncio.run(asyncio.wait_for(run(), 4 * WITHIN_S))
    assert before, "the search finds what is there"
    assert outbox
    stored = found_in_files(folder / "box", (PHONE, SENTENCE))
    assert stored
    assert all(".sqlite" in name or name.endswith((".db", "-wal")) for name in stored), stored
    assert found_in_files(folder / "kiosk", (PHONE, SENTENCE)) == set()
    assert after == []


def test_the_service_and_whoever_starts_it_by_hand_have_memory_wiped() -> None:
    unit = (ROOT / "systemd" / "linli-kiosk.service").read_text("utf-8")
    assert all(f"{name}={value}" in unit for name, value in ENVIRONMENT.items())
    assert wanting({}) == ENVIRONMENT
    assert wanting(ENVIRONMENT) == {}
