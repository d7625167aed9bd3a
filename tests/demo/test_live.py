"""The live show: lines where there is no terminal, a screen and keys where there is one, nothing left behind."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.demo.words import EN, ZH
from tests.demo.processes import running_under

pytestmark = pytest.mark.e2e

DEMO = [sys.executable, "-m", "edge.demo"]
PATIENCE_S = 120.0
SIZES = ("LINES", "COLUMNS")
"""Whoever runs the tests in several processes may set these, and they hold against the terminal's own size."""


class Terminal:
    """A pseudo terminal with the show on it."""

    def __init__(self, *arguments: str) -> None:
        self.master, self._slave = pty.openpty()
        termios.tcsetwinsize(self._slave, (50, 110))
        self.mode = termios.tcgetattr(self._slave)
        self.seen = ""
        self.process = subprocess.Popen(
            [*DEMO, *arguments],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**{name: text for name, text in os.environ.items() if name not in SIZES}, "TERM": "xterm-256color"},
            start_new_session=True,
        )

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, reached: Callable[[str], bool]) -> None:
        """Read until what was shown since the last time satisfies."""
        deadline = time.monotonic() + PATIENCE_S
        shown = ""
        while not reached(shown):
            assert time.monotonic() < deadline, (self.seen + shown)[-4000:]
            if select.select([self.master], [], [], 0.2)[0]:
                shown += os.read(self.master, 65536).decode("utf-8", "replace")
        self.seen += shown

    def mode_now(self) -> list[object]:
        return termios.tcgetattr(self._slave)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)
        os.close(self.master)
        os.close(self._slave)


@contextmanager
def on_a_terminal(*arguments: str) -> Iterator[Terminal]:
    terminal = Terminal(*arguments)
    try:
        yield terminal
    finally:
        terminal.close()


def test_keys_cut_kill_press_acknowledge_and_the_terminal_is_left_clean(short_tmp: Path) -> None:
    directory = short_tmp / "show"
    with on_a_terminal("--lang", "en", "--seed", "3", "--keep", str(directory)) as terminal:
        terminal.until(lambda shown: EN["keys"] in shown and "position" in shown)
        terminal.type("p")
        terminal.until(lambda shown: EN["received"] in shown)
        terminal.type("a")
        terminal.until(lambda shown: EN["acknowledged"] in shown)
        terminal.type("c")
        terminal.until(lambda shown: EN["cut"] in shown)
        terminal.type("k")
        terminal.until(lambda shown: EN["killed"] in shown)
        terminal.until(lambda shown: EN["running"] in shown)
        terminal.type("b")
        terminal.until(lambda shown: EN["cut"] not in shown[-2000:] and EN["title"] in shown)
        terminal.type("q")
        terminal.until(lambda shown: "lost 0, doubled 0, out of order 0" in shown)
        assert terminal.process.wait(PATIENCE_S) == 0
        assert terminal.mode_now() == terminal.mode
    assert "\x1b[?1049l" in terminal.seen, "the screen that was there before is back"
    assert running_under(short_tmp) == []
    assert (directory / "ledger.jsonl").stat().st_size > 0


def test_without_a_terminal_it_speaks_in_lines_and_ends_by_itself() -> None:
    ended = subprocess.run(
        [*DEMO, "--lang", "zh", "--seconds", "4"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith(ZH["title"])
    assert f"{ZH['gateway']}: {ZH['running']}" in ended.stdout
    assert f"{ZH['desk'].format('https://127.0.0.1:')}" in ended.stdout
    assert "duty1 duty2 city content warden installer inspector admin" in ended.stdout
    assert ZH["verdict"].partition("{")[0] in ended.stdout
    assert "\x1b" not in ended.stdout


def test_sigterm_ends_every_process(short_tmp: Path) -> None:
    with on_a_terminal("--lang", "en", "--keep", str(short_tmp / "show")) as terminal:
        terminal.until(lambda shown: "position" in shown)
        assert running_under(short_tmp)
    assert terminal.process.returncode == 0
    assert running_under(short_tmp) == []


def test_every_word_is_there_in_both_languages() -> None:
    assert set(EN) <= set(ZH)
    assert {name for name, text in ZH.items() if text == EN.get(name)} <= {"unanswered"}


def test_help_shows_examples() -> None:
    told = subprocess.run([*DEMO, "--help"], capture_output=True, text=True, check=True).stdout
    assert 'make demo ARGS="--once --json"' in told
