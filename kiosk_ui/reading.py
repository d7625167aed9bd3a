"""The two ways in which content is shown: a list of entries, and one item as blocks to read with what can be done.

A block is a row without a control: its title stands over its text. QML packs as many as fit on a page and never cuts
one within a line. What can be done stands below, in the same place on every page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from sync.contract.departments import Said

T = TypeVar("T")

SENTENCE = re.compile(r".+?(?:[。！？]|[.!?](?=\s|$))", re.DOTALL)
FEW, MOST = 3, 6
"""Entries of a page, also where more would fit: a list is to be looked at, not searched."""


def block(head: str, text: str, *, picture: str = "", tone: str = "") -> Row:
    """Something to read."""
    return Row("", "", head, text, picture=picture, tone=tone)


def action(control: str, argument: str, title: str, *, art: str = "", tone: str = "", detail: str = "") -> Row:
    """Something to do with what is read. `tone` "good": what most people want."""
    return Row(control, argument, title, detail, art=art, tone=tone)


def reading(
    scene: Scene,
    title: str,
    blocks: Iterable[Row],
    actions: Iterable[Row] = (),
    *,
    strip: str = "",
    sounds: Mapping[str, str] | None = None,
    aloud: bool = False,
) -> View:
    """One item. `sounds`: its words as they were spoken at the centre; `aloud`: each block has a button of its own."""
    rows = [Row("", str(n), row.title, row.detail, picture=row.picture, tone=row.tone) for n, row in enumerate(blocks)]
    texts: dict[str, Value] = {"page": scene.flow.session.page, "strip": strip, "aloud": aloud}
    return View(title, texts, (*rows, *actions), sounds or {})


def spoken_there(scene: Scene, *texts: tuple[Said, str]) -> dict[str, str]:
    """Texts with the names of their sounds. They are spoken in Chinese, so words that are shown otherwise have none."""
    found = ((text.zh, scene.services.hash_of(name)) for text, name in texts)
    return {text: sha256 for text, sha256 in found if text and sha256}


def gone(scene: Scene) -> View:
    """It was there when the list was shown, and is no more."""
    say = scene.words.say
    return reading(scene, say("content.gone"), [block("", say("content.gone_detail"))])


def entries(
    scene: Scene,
    title: str,
    items: Sequence[T],
    row: Callable[[T], Row],
    *,
    empty: str,
    most: int = MOST,
    strip: str = "",
) -> View:
    """The page of a list that is turned to. Rows are made of that page alone, however many items there are."""
    size = min(most, scene.theme.entries)
    pages = max(1, -(-len(items) // size))
    page = min(scene.flow.session.page, pages - 1)
    said = scene.words.say("bar.page", n=page + 1, of=pages) if pages > 1 else ""
    texts: dict[str, Value] = {
        "empty": "" if items else empty,
        "page": page,
        "pages": pages,
        "pageSaid": said,
        "size": size if pages > 1 else min(size, max(FEW, len(items))),
        "strip": strip,
    }
    shown = (row(item) for item in items[page * size : (page + 1) * size])
    return View(title, texts, tuple(replace(one, detail=first_sentence(one.detail)) for one in shown))


def first_sentence(text: str) -> str:
    """What a list has room for of a text that stands whole on the next screen; never a part of a sentence."""
    found = SENTENCE.match(text.strip())
    return found[0] if found else text
