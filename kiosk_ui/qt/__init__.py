"""The only place that knows PySide6. Everything here shows what `kiosk_ui.kiosk` says and tells it what was touched."""

from __future__ import annotations

import ctypes
import sys

IMMORTAL = 1 << 40


def keep_constants() -> None:
    """Give None, True and False more references than anybody can take away.

    PySide6 6.12 is built for Pythons that do not count these (PEP 683: 3.12). In 3.11 calls of Qt that return one of
    them take one reference too many, and after some thousands the interpreter ends ("deallocating None").
    """
    if sys.version_info >= (3, 12):
        return
    for constant in (None, True, False):
        if sys.getrefcount(constant) < IMMORTAL // 2:
            ctypes.c_ssize_t.from_address(id(constant)).value += IMMORTAL  # the first field of an object is its count
