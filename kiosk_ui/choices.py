"""A screen of choices: tiles, a page at a time, and at most one button below them."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View

COLUMNS = 2


def choices(
    scene: Scene,
    title: str,
    rows: Sequence[Row],
    *,
    strip: str = "",
    empty: str = "",
    button: Row | None = None,
    columns: int = COLUMNS,
    lines: int = 0,
) -> View:
    """`button` stands under the tiles on every page; `empty` is what is said instead of tiles.

    `lines`: as many stand on a page, where their words are known to be short.
    """
    lines = lines or _lines(scene, columns, button=button is not None)
    size = columns * max(1, lines)
    pages = max(1, -(-len(rows) // size))
    page = min(scene.flow.session.page, pages - 1)
    texts: dict[str, Value] = {
        "strip": strip,
        "empty": "" if rows else empty,
        "page": page,
        "pages": pages,
        "pageSaid": scene.words.say("bar.page", n=page + 1, of=pages) if pages > 1 else "",
        "columns": columns,
        "lines": lines if pages > 1 else min(lines, -(-len(rows) // columns)),
        "button": button.title if button is not None else "",
        "buttonControl": button.control if button is not None else "",
        "buttonDetail": button.detail if button is not None else "",
        "buttonLive": button is not None and button.live,
        "buttonTone": button.tone if button is not None else "",
    }
    return View(title, texts, tuple(rows[page * size : (page + 1) * size]))


def _lines(scene: Scene, columns: int, *, button: bool) -> int:
    """As many as have room for two lines of a name and one below."""
    theme = scene.theme
    if theme.roomy:
        return 4 - (button or theme.compact)
    full = 3 - (scene.flow.session.look.large or button)
    return full + 1 if columns == 1 and theme.low else full


def pad(
    title: str,
    typed: str,
    enter: str,
    *,
    line: str = "",
    tone: str = "",
    enterable: bool = True,
    other: Row | None = None,
) -> View:
    """A digit pad: what is typed, what it means, and another way where there is one."""
    texts: dict[str, Value] = {
        "typed": typed,
        "line": line,
        "tone": tone,
        "enter": enter,
        "enterable": enterable,
        "other": other.title if other is not None else "",
        "otherControl": other.control if other is not None else "",
    }
    return View(title, texts)


def own_phone(title: str, typed: str, enter: str, ask: str, trouble: str, other: Row | None = None) -> View:
    """A pad for a resident's own number; what was wrong with it stands where it was asked for."""
    tone = "warn" if trouble else ""
    return pad(title, typed, enter, line=trouble or ask, tone=tone, enterable=bool(typed), other=other)
