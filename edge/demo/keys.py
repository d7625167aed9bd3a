"""Single keys from the terminal on the event loop; the terminal is left as it was found."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Keys:
    """A context manager. Where standard input is no terminal it hears nothing."""

    def __init__(self, pressed: Callable[[str], None]) -> None:
        self._pressed = pressed
        self._before: list[object] | None = None

    def __enter__(self) -> Self:
        if sys.stdin.isatty():
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
            asyncio.get_running_loop().add_reader(sys.stdin, self._readable)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._before is not None:
            asyncio.get_running_loop().remove_reader(sys.stdin)
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)  # type: ignore[arg-type] # as tcgetattr gave it

    def _readable(self) -> None:
        data = os.read(sys.stdin.fileno(), 64)
        if not data:  # the terminal is gone
            asyncio.get_running_loop().remove_reader(sys.stdin)
            self._pressed("q")
        for key in data.decode("latin-1").lower():
            self._pressed(key)
