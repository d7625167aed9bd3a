"""The only place that knows PySide6. Everything here shows what `kiosk_ui.kiosk` says and tells it what was touched."""

from __future__ import annotations

import ctypes
import sys

IMMORTAL = 1 << 40


def keep_none() -> None:
    """Give None more references than anybody can take away.

    PySide6 6.12 is built for Pythons whose None is not counted (PEP 683: 3.12). In 3.11 each call of Qt that returns
    nothing takes one reference of None too many, and after some thousands the interpreter ends ("deallocating None").
    """
    if sys.version_info < (3, 12) and sys.getrefcount(None) < IMMORTAL // 2:
        ctypes.c_ssize_t.from_address(id(None)).value += IMMORTAL  # the first field of an object is its count


keep_none()
