"""What the clerk writes, in letters so huge that a long text needs pages: never smaller, never cut off."""

from __future__ import annotations

from kiosk_ui.theme import Glass, Theme

LINES = 3
USED = 0.8
"""Lines break between words, so they are not filled to the end."""
NARROW = 0.62
"""Width of a Latin letter in ems; a Chinese one has one."""


def room(theme: Theme, glass: Glass) -> float:
    """How many ems one page holds."""
    wide = glass.width_px - 6 * theme.gap - (0 if not theme.tall else 2.2 * theme.target + theme.gap)
    return wide / (theme.title if theme.tall else theme.body) * LINES * USED


def pages(text: str, ems: float) -> list[str]:
    """The text cut where a person would pause: after a sentence, a comma or a word, as late as it fits."""
    found, rest = [], text.strip()
    while rest:
        fits = _fitting(rest, ems)
        if fits < len(rest):
            pause = max((rest.rfind(sign, fits // 2, fits) for sign in "。！？；，、.!?;, "), default=-1)
            fits = pause + 1 if pause >= 0 else fits
        found.append(rest[:fits].strip())
        rest = rest[fits:].strip()
    return found or [""]


def _fitting(text: str, ems: float) -> int:
    """How many letters of it fit; at least one."""
    used = 0.0
    for n, letter in enumerate(text):
        used += 1.0 if ord(letter) > 0x2E80 else NARROW
        if used > ems:
            return max(1, n)
    return len(text)
