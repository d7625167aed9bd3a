"""The words on the glass as they are drawn now, for who reads them aloud. The bars below the page are not read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from PySide6.QtCore import QPointF
from PySide6.QtQuick import QQuickItem

from kiosk_ui.speech import Piece

TEXT = "QQuickText"


def pieces(page: QQuickItem | None) -> list[Piece]:
    """Every visible text under that item."""
    return list(_under(page, 0, "", count(1))) if page is not None else []


def _under(item: QQuickItem, owner: int, control: str, owners: Iterator[int]) -> Iterator[Piece]:
    for child in item.childItems():
        if not child.isVisible():
            continue
        own = child.property("control")
        if isinstance(own, str) and own:
            yield from _under(child, next(owners), own, owners)
            continue
        if child.inherits(TEXT) and (text := child.property("text")):
            at = child.mapToScene(QPointF(0, 0))
            yield Piece(str(text), at.x(), at.y(), child.height(), owner, control)
        yield from _under(child, owner, control, owners)
