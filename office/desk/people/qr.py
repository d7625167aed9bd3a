"""Pictures that a phone reads. The only door to segno."""

from __future__ import annotations

import segno

QUIET = 4
"""Modules of white around it, as ISO/IEC 18004 asks."""


def picture(text: str) -> tuple[str, int]:
    """The dark modules as an SVG path, row by row, and how many modules a side has, quiet zone included.

    A path and not a file: the page draws it itself, no markup travels.
    """
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return path, len(rows) + 2 * QUIET
