"""What must hold of every picture of the screen, read from its items and its pixels.

    check = Check(glass)
    check.findings(hand)                        # [Finding(...)]: empty, or what is wrong with what is shown now

Limits: type and targets as in kiosk_ui/theme.py; contrast 7:1 (WCAG 2.2, 1.4.6), measured in the picture as it is
drawn; nothing cut off, covered, overlapping or beside the glass; a way home from everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlEngine, QQmlExpression
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk_ui.theme import EM_PER_DISTANCE, GAP_MM, KEY_MM, SMALL, TARGET_MM, Glass
from tests.kiosk.hand import Hand

CONTRAST = 7.0
HALF_PX = 0.5
"""What a place may lose where it is moved to whole pixels."""
TOUCHING_PX = 3.0
"""Where ink is, is known from the measures of the usual font only, to a pixel or two."""
BEST, OPAQUE, STROKE_PX, COLOUR = 21.0, 255, 8, np.uint32(0xFFFFFF)
PLAIN, SPECKS, NEAR = 0.3, 0.02, 32
"""A plain ground covers such a share of what letters stand on. So few pixels this far off are no picture behind them,
but the edge of something beside them."""
ABOVE, BELOW = 0.24, 1.3
"""From the top of a line to the highest and the lowest ink, in ems: Noto Sans CJK, with g and p."""
MANY = 10_000
TYPE = f"(effectiveHorizontalAlignment + verticalAlignment) * {MANY} + fontInfo.pixelSize"
KEYS = frozenset({"digit", "erase", "enter", "key"})
"""Struck one after another, by a finger that is looked at: these may have the size of a key."""
ASKED = "still-here"
"""Is somebody still there? Nothing but this question is on the glass, and its other answer, `end`, leads home."""
LUMINANCE = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255])
COARSE = np.stack(np.unravel_index(np.arange(4096), (16, 16, 16)), axis=1)
"""Sixteen steps of red, green and blue, by their number."""
Pixels = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """`item` is the text or control; `measured` against `limit`."""

    check: str
    item: str
    measured: str
    limit: str


@dataclass(slots=True)
class Piece:
    """An item with its place on the glass; later ones are drawn over earlier ones."""

    item: QQuickItem
    rect: QRectF
    order: int
    within: tuple[int, ...]
    """Orders of what it stands in."""
    seen: QRectF
    """What clipping leaves of the glass for it."""
    font: int = 0
    """Of a text: pixels as it is drawn, also where it is made to fit."""
    ink: QRectF = field(default_factory=QRectF)
    """Of a text: its place without the air above the first line and under the last."""

    @property
    def name(self) -> str:
        """As a reader of the report finds it."""
        control, argument = self.item.property("control"), self.item.property("argument")
        return f"{control} {argument or ''}".strip() if control else repr(str(self.item.property("text"))[:24])


class Check:
    """The measures of one glass."""

    def __init__(self, glass: Glass) -> None:
        self.glass, self.mm = glass, glass.px_per_mm
        self.least_body = EM_PER_DISTANCE * glass.distance_mm * self.mm
        self.least_type = SMALL * self.least_body

    def findings(self, hand: Hand, *, pixels: bool = True) -> list[Finding]:
        """Everything wrong with what is shown now."""
        picture = hand.picture()  # first: places are final only when it is drawn
        pieces = list(walk(hand.window.contentItem()))
        covers = [p for p in pieces if opaque(p.item)]
        texts = [text for p in pieces if is_text(p.item) and not hidden(text := written(p), covers)]
        controls = [p for p in pieces if p.item.property("control") and not hidden(p, covers)]
        found = [f for text in texts for f in self._text(text, pieces)]
        found += [f for control in controls for f in self._control(control)]
        found += [*self._apart(controls), *overlaps(texts, controls), *partly(texts + controls, covers)]
        found += overdrawn(texts, [p for p in pieces if drawn(p.item) and not hidden(p, covers)])
        can = {c.item.property("control") for c in controls if c.item.isEnabled()}
        if not ("home" in can or {ASKED, "end"} <= can):
            found.append(Finding("home", "", "no way home", "always one"))
        return found + (contrasts(picture, texts) if pixels else [])

    def _text(self, text: Piece, pieces: list[Piece]) -> Iterator[Finding]:
        item, wide = text.item, text.item.property("contentWidth")
        least = self.least_type if self._small(text, pieces) else self.least_body
        if text.font < least:
            yield Finding("type", text.name, f"{text.font} px", f"{least:.0f} px")
        if item.property("truncated"):
            yield Finding("cut off", text.name, "shortened", "whole")
        if wide > item.width() + TOUCHING_PX:
            yield Finding("too wide", text.name, f"{wide:.0f} px", f"{item.width():.0f} px")
        box = text.ink
        if not between_lines(text):
            yield Finding("cut off", text.name, shown(box), f"whole lines in {shown(text.seen)}")
        for name, room in self._rooms(text, pieces):
            if not room.adjusted(-TOUCHING_PX, -TOUCHING_PX, TOUCHING_PX, TOUCHING_PX).contains(box):
                yield Finding("outside", text.name, shown(box), f"{name} {shown(room)}")

    def _small(self, text: Piece, pieces: list[Piece]) -> bool:
        """What is meant as small print, and what stands on a button or key. What is read is body and never shrinks."""
        meant = text.item.property("font").pixelSize()
        return meant < self.least_body or any(pieces[order].item.property("control") for order in text.within)

    def _rooms(self, text: Piece, pieces: list[Piece]) -> Iterator[tuple[str, QRectF]]:
        yield "the glass", QRectF(0, 0, self.glass.width_px, self.glass.height_px)
        for order in text.within:
            if pieces[order].item.property("control"):
                yield pieces[order].name, pieces[order].rect

    def _control(self, control: Piece) -> Iterator[Finding]:
        name = str(control.item.property("control"))
        least = KEY_MM if name in KEYS or name.startswith("keys-") else TARGET_MM
        size = min(control.rect.width(), control.rect.height()) / self.mm
        if size < least - HALF_PX / self.mm:
            yield Finding("target", control.name, f"{size:.1f} mm", f"{least:.0f} mm")
        if not QRectF(-1, -1, self.glass.width_px + 2, self.glass.height_px + 2).contains(control.rect):
            yield Finding("outside", control.name, shown(control.rect), "the glass")

    def _apart(self, controls: list[Piece]) -> Iterator[Finding]:
        for one, other in combinations(controls, 2):
            if one.order in other.within or other.order in one.within:
                continue
            gap = distance(one.rect, other.rect) / self.mm
            if gap < GAP_MM - HALF_PX / self.mm:
                yield Finding("gap", f"{one.name} | {other.name}", f"{gap:.1f} mm", f"{GAP_MM:.0f} mm")


def walk(root: QQuickItem) -> Iterator[Piece]:
    """Everything that is drawn, from back to front."""
    orders = iter(range(1_000_000))

    def under(item: QQuickItem, within: tuple[int, ...], seen: QRectF) -> Iterator[Piece]:
        for child in sorted(item.childItems(), key=lambda one: one.z()):
            if not child.isVisible() or child.opacity() <= 0:
                continue
            rect = child.mapRectToScene(QRectF(0, 0, child.width(), child.height()))
            piece = Piece(child, rect, next(orders), within, seen)
            yield piece
            yield from under(child, (*within, piece.order), seen.intersected(rect) if child.clip() else seen)

    yield from under(root, (), root.mapRectToScene(QRectF(0, 0, root.width(), root.height())))


def between_lines(text: Piece) -> bool:
    """Whether a longer text that is read page by page is cut where a line ends."""
    fixed = text.item.property("lineHeight")
    line = fixed if fixed > text.font / 2 else text.rect.height() / max(1, text.item.property("lineCount"))
    cuts = (text.seen.top() - text.rect.top(), text.seen.bottom() - text.rect.top())
    inside = [cut % line for cut in cuts if 0 < cut < text.rect.height() - TOUCHING_PX]
    return all(min(over, line - over) <= TOUCHING_PX + 0.1 * text.font for over in inside)


def is_text(item: QQuickItem) -> bool:
    return item.inherits("QQuickText") and bool(str(item.property("text")).strip()) and item.width() > 0


def opaque(item: QQuickItem) -> bool:
    """Whether nothing shows through it."""
    if not item.inherits("QQuickRectangle") or item.opacity() < 1:
        return False
    return bool(QColor(item.property("color")).alpha() == 255)


def written(text: Piece) -> Piece:
    """With the rectangle of its letters instead of the place they were given."""
    item = text.item
    wide, high = item.property("contentWidth"), item.property("contentHeight")
    # One question instead of three: a crawl asks it some hundred thousand times.
    flags, font = divmod(asked(item, TYPE), MANY)
    x = item.width() - wide if flags & 2 else (item.width() - wide) / 2 if flags & 4 else 0.0
    y = item.height() - high if flags & 64 else (item.height() - high) / 2 if flags & 128 else 0.0
    rect = item.mapRectToScene(QRectF(x, y, wide, high))
    lines = max(1, item.property("lineCount"))
    top, last = rect.top() + ABOVE * font, rect.top() + rect.height() / lines * (lines - 1) + BELOW * font
    ink = QRectF(rect.left(), top, rect.width(), last - top).intersected(text.seen)
    return Piece(item, rect, text.order, text.within, text.seen, font, ink)


def asked(item: QQuickItem, expression: str) -> int:
    """A number that QML knows of it and Python has no type for."""
    context = QQmlEngine.contextForObject(item)
    assert context is not None
    value, _ = QQmlExpression(context, item, expression).evaluate()
    return int(value)


def hidden(piece: Piece, covers: list[Piece]) -> bool:
    """Nobody sees it: something stands before it, or it is clipped away."""
    if not piece.seen.intersects(piece.rect):
        return True
    return any(before(c, piece) and c.rect.adjusted(-1, -1, 1, 1).contains(piece.rect) for c in covers)


def before(cover: Piece, piece: Piece) -> bool:
    """Drawn over it, and no part of it."""
    return cover.order > piece.order and piece.order not in cover.within


def partly(pieces: list[Piece], covers: list[Piece]) -> Iterator[Finding]:
    """What stands half before something."""
    for piece in pieces:
        for cover in covers:
            box = piece.ink if piece.font else piece.rect
            both = cover.rect.intersected(box)
            if before(cover, piece) and min(both.width(), both.height()) > TOUCHING_PX:
                yield Finding("covered", piece.name, shown(both), "nothing before it")


def overlaps(texts: list[Piece], controls: list[Piece]) -> Iterator[Finding]:
    """Letters on letters, and letters on a control that is not theirs."""
    for one, other in combinations(texts, 2):
        both = one.ink.intersected(other.ink)
        if min(both.width(), both.height()) > TOUCHING_PX:
            yield Finding("overlap", f"{one.name} | {other.name}", shown(both), "apart")
    for text in texts:
        for control in controls:
            both = text.ink.intersected(control.rect)
            if control.order not in text.within and min(both.width(), both.height()) > TOUCHING_PX:
                yield Finding("overlap", f"{text.name} | {control.name}", shown(both), "apart")


def overdrawn(texts: list[Piece], drawings: list[Piece]) -> Iterator[Finding]:
    """A drawing and letters in one place."""
    for text in texts:
        for drawing in drawings:
            both = text.ink.intersected(drawing.rect)
            if drawing.order not in text.within and min(both.width(), both.height()) > TOUCHING_PX:
                yield Finding("overlap", f"{text.name} | a drawing", shown(both), "apart")


def drawn(item: QQuickItem) -> bool:
    return item.inherits("QQuickImage") and bool(item.property("source").toString()) and item.width() > 0


def distance(one: QRectF, other: QRectF) -> float:
    across = max(one.left() - other.right(), other.left() - one.right())
    along = max(one.top() - other.bottom(), other.top() - one.bottom())
    if across < 0 or along < 0:
        return max(across, along)
    return float(np.hypot(across, along))


def shown(rect: QRectF) -> str:
    return f"{rect.width():.0f}x{rect.height():.0f} at {rect.x():.0f},{rect.y():.0f}"


# --- pixels


def contrasts(picture: QImage, texts: list[Piece]) -> list[Finding]:
    """Of each text, as drawn."""
    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    pixels = raw[:, : image.width()]
    found = []
    for text in texts:
        ratio = contrast_of(pixels, text.ink, QColor(text.item.property("color")))
        if ratio < CONTRAST:
            found.append(Finding("contrast", text.name, f"{ratio:.2f}", f"{CONTRAST:.0f}"))
    return found


def pressed(hand: Hand, control: str, argument: str) -> list[Finding]:
    """The words of a control under a finger, which then slides away without meaning it."""
    item = hand.find(control, argument)
    hand.at += 1.0
    point = hand.centre(item)
    QTest.touchEvent(hand.window, hand.device).press(0, point, hand.window).commit()
    down = item.property("down")
    picture = hand.picture()
    found = contrasts(picture, words_in(hand, item))
    if not down:
        found.append(Finding("press", f"{control} {argument}".strip(), "nothing", "shown at once"))
    QTest.touchEvent(hand.window, hand.device).move(0, QPoint(1, 1), hand.window).commit()
    hand.up(QPoint(1, 1))
    return found


def words_in(hand: Hand, control: QQuickItem) -> list[Piece]:
    """What is written on it."""
    pieces = list(walk(hand.window.contentItem()))
    covers = [p for p in pieces if opaque(p.item)]
    own = next((p.order for p in pieces if p.item is control), -1)
    texts = (written(p) for p in pieces if own in p.within and is_text(p.item))
    return [text for text in texts if not hidden(text, covers)]


def contrast_of(pixels: Pixels, rect: QRectF, ink: QColor) -> float:
    """The letters against their ground; over a picture, against the worst of what is around them.

    A pixel is one number, as in the picture: red, green and blue are its bytes.
    """
    part = cut(pixels, rect, 0).ravel()
    if part.size == 0:
        return BEST
    colour = apart(np.array([ink.rgb() & 0xFFFFFF]))
    declared = luminance(colour)[0]
    coarse = part >> 12 & 0xF00 | part >> 8 & 0xF0 | part >> 4 & 0xF
    counts = np.bincount(coarse.astype(np.int64), minlength=COARSE.shape[0])
    rest = counts * (np.abs(COARSE - (colour >> 4)).max(axis=1) > 1)  # bold letters may cover more than their ground
    if rest.sum() >= PLAIN * part.size:
        counts = rest
    same = coarse == counts.argmax()
    most = int(counts.max())
    if most < PLAIN * counts.sum():
        return worst_around(pixels, rect, declared)
    ground = apart(np.partition(part[same], most // 2)[most // 2 : most // 2 + 1])
    others, times = np.unique(part[~same], return_counts=True)
    drawn = strongest(ratio(luminance(apart(others)), luminance(ground)[0]), times)
    if ink.alpha() == OPAQUE:
        drawn = min(drawn, float(ratio(np.array([declared]), luminance(ground)[0])[0]))
    if foreign(apart(others), ground[0], colour[0]) @ times <= SPECKS * part.size:
        return drawn
    return min(drawn, worst_around(pixels, rect, declared))


def strongest(ratios: Pixels, times: Pixels) -> float:
    """What the strokes of the letters have, in a few pixels at least."""
    order = np.argsort(-ratios)
    enough = int(np.searchsorted(np.cumsum(times[order]), STROKE_PX))
    return float(ratios[order][min(enough, ratios.size - 1)]) if ratios.size else 1.0


def foreign(colours: Pixels, ground: Pixels, ink: Pixels) -> Pixels:
    """Which are neither ground nor ink nor something between: of a picture behind the letters."""
    way, off = ink - ground, colours - ground
    along: Pixels = np.clip(off @ way / max(1, int(way @ way)), 0, 1)
    far: Pixels = np.abs(off - along[:, None] * way).max(axis=1, initial=0) > NEAR
    return far


def worst_around(pixels: Pixels, rect: QRectF, declared: float) -> float:
    """The least contrast to what is right around the letters, but for a twentieth."""
    return float(np.quantile(ratio(luminance(apart(ring(pixels, rect))), declared), 0.05))


def apart(pixels: Pixels) -> Pixels:
    """Rows of red, green and blue."""
    return np.stack([pixels >> 16 & 0xFF, pixels >> 8 & 0xFF, pixels & 0xFF], axis=1).astype(np.int64)


def luminance(colours: Pixels) -> Pixels:
    """WCAG 2.2, relative luminance, of rows of red, green and blue."""
    red, green, blue = (weight * LUMINANCE for weight in (0.2126, 0.7152, 0.0722))
    light: Pixels = red[colours[:, 0]] + green[colours[:, 1]] + blue[colours[:, 2]]
    return light


def ratio(light: Pixels, other: float) -> Pixels:
    """WCAG 2.2, contrast ratio."""
    clear: Pixels = (np.maximum(light, other) + 0.05) / (np.minimum(light, other) + 0.05)
    return clear


def cut(pixels: Pixels, rect: QRectF, wider: int) -> Pixels:
    left, top = max(0, int(rect.left()) - wider), max(0, int(rect.top()) - wider)
    return pixels[top : int(rect.bottom()) + wider, left : int(rect.right()) + wider] & COLOUR


def ring(pixels: Pixels, rect: QRectF) -> Pixels:
    """The pixels right around it."""
    part = cut(pixels, rect, 4)
    sides = (part[:3], part[-3:], part[:, :3], part[:, -3:])
    return np.concatenate([side.ravel() for side in sides])
