"""The base of everything that keeps the demo from being played; the text says what to look at."""

from __future__ import annotations


class DemoError(RuntimeError):
    """It could not be played."""
