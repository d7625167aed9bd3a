"""QR codes as rows of dark and light. The only door to segno."""

from __future__ import annotations

import segno


def modules(text: str) -> list[bytes]:
    """One byte for each module, 1 is dark, without the quiet zone. Raises ValueError when there is too much in it."""
    return [bytes(row) for row in segno.make(text, error="l", micro=False, boost_error=True).matrix]
