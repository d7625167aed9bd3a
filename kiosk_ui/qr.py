"""QR codes as rows of dark and light. The only door to segno."""

from __future__ import annotations


def modules(text: str) -> list[bytes]:
    """One byte for each module, 1 is dark, without the quiet zone. Raises ValueError when there is too much in it."""
    import segno  # noqa: PLC0415 - the first screen has none, and it loads half of what Python has for XML

    # Left to itself it takes Shift JIS for what has a sign of it, which telephones here show as other letters.
    made = segno.make(text, error="l", mode="byte", encoding="utf-8", micro=False, boost_error=True)
    return [bytes(row) for row in made.matrix]
