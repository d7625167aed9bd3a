"""The tables for pinyin and strokes: loaded on a thread after the start, and the words of this place added to them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

from kiosk_ui.box import Box
from kiosk_ui.typing import Lexicon

NEWS = "lexicon"
LATER_S, REST_S = 1.5, 0.002
"""The first screen comes first, and every touch before the next word."""
MOST = 3_000
"""Words of the place: each costs memory three times, in three indices."""
_PIECE = re.compile(r"[\u4e00-\u9fff]{2,8}")


def load(post: Callable[[str, object], None]) -> threading.Thread:
    """Post a Lexicon under `NEWS` when it is there. A second of work between the screen's own, and 40 MB for good."""

    def read() -> None:
        time.sleep(LATER_S)
        post(NEWS, Lexicon.shipped(lambda: time.sleep(REST_S)))

    thread = threading.Thread(target=read, name="lexicon", daemon=True)
    thread.start()
    return thread


class PlaceWords:
    """Departments, guides, shops and poles in the words of this place; each is added once."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._known: set[str] = set()
        self._seen: tuple[object, ...] = ()

    def added(self, lexicon: Lexicon) -> None:
        """Whatever is new."""
        now = (self._box.contents.newest, self._box.departments, self._box.poles)
        if all(a is b for a, b in zip(now, self._seen, strict=False)) and self._seen:
            return
        self._seen = now
        fresh = [word for word in dict.fromkeys(self._words()) if word not in self._known][: MOST - len(self._known)]
        if fresh:
            self._known.update(fresh)
            lexicon.own(fresh)

    def _words(self) -> Iterator[str]:
        for text in self._texts():
            yield from _PIECE.findall(text)

    def _texts(self) -> Iterator[str]:
        newest = self._box.contents.newest
        yield from (one.name.zh for one in self._box.departments.departments)
        yield from (one.title.zh for one in newest.guides.values())
        yield from (one.name.zh for one in newest.merchants.values())
        yield from (one.area_name.zh for one in newest.wardens)
        for pole in self._box.poles.by_number.values():
            yield pole.words
            yield pole.nearby
