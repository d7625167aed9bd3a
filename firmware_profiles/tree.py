"""From YAML events to plain values, each with its line and column.

Works on the event stream instead of a ready-made constructor, for four reasons: every duplicate key is found and
not only the first, nesting and alias expansion are bounded before anything is built, values follow the YAML 1.2 core
schema (10.3.2) and nothing more (no dates, no `yes`), and a code such as `0123` or `7E10` can stay the text it is.
Knows no YAML library: the events come from `documents`, the only file that does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from firmware_profiles.finding import Finding

Data = Any
"""Plain values: dict with text keys, list, str, int, float, bool, None. Their shape is the schema's business."""

Path = tuple[str | int, ...]
Place = tuple[int, int]

MAX_DEPTH = 32
MAX_NODES = 100_000
"""Counted after expanding aliases, so that a few lines of anchors cannot become a billion values."""
MAX_FINDINGS = 500
"""Nobody reads more; the rest shows after these are mended."""

_NULL = re.compile(r"|~|null|Null|NULL")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,40}|[0-9]{1,40}(\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Document:
    """The values of one file and where each stands."""

    file: str
    data: Data
    places: dict[Path, Place] = field(repr=False, default_factory=dict)
    keys: dict[Path, Place] = field(repr=False, default_factory=dict)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Line and column of the value at `path` (or of its key); the nearest one above if it has none."""
        if key and path in self.keys:
            return self.keys[path]
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return (1, 1)

    def finding(self, path: Path, message: str, zh: str, allowed: str = "", *, key: bool = False) -> Finding:
        """A finding at the place of that value; where nothing has places (a message), at the name of the value."""
        if not self.places:
            name = ".".join(map(str, path))
            return Finding(f"{self.file}: {name}" if name else self.file, 0, 0, message, allowed, zh)
        line, column = self.place(path, key=key)
        return Finding(self.file, line, column, message, allowed, zh)


class TooMuchError(ValueError):
    """The document is not to be read on: too deep, too large. The finding is already noted."""


@dataclass(slots=True)
class _Frame:
    """A mapping or list under construction."""

    value: Data
    path: Path
    anchor: str | None
    nodes_before: int
    key: str | None = None
    stays_text: bool = False


class Builder:
    """Takes events one by one; after the last, `document()` and `findings` hold the outcome."""

    def __init__(self, file: str, as_text: Collection[str] = ()) -> None:
        self._file = file
        self._as_text = as_text
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Data, int]] = {}
        self._open: set[str] = set()
        self._nodes = 0
        self._data: Data = None
        self._documents = 0
        self._places: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self.findings: list[Finding] = []

    def build(self, events: Iterable[Any]) -> None:
        """Consume events; raises only TooMuchError, and whatever the source of the events raises."""
        takers = {
            "DocumentStartEvent": self._document,
            "MappingStartEvent": self._begin,
            "SequenceStartEvent": self._begin,
            "MappingEndEvent": self._end,
            "SequenceEndEvent": self._end,
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
        }
        for event in events:
            taker = takers.get(type(event).__name__)
            if taker is not None:
                taker(event)

    def document(self) -> Document:
        """What was built."""
        return Document(self._file, self._data, self._places, self._keys)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._note(event, "a second document begins here", "此处开始了第二个文档", "one document, no `---` inside")
            raise TooMuchError

    def _begin(self, event: Any) -> None:
        mapping = type(event).__name__ == "MappingStartEvent"
        if len(self._stack) >= MAX_DEPTH:
            self._note(event, "nested too deeply", "嵌套过深", f"at most {MAX_DEPTH} levels")
            raise TooMuchError
        self._refuse_tag(event)
        if self._wants_key():
            self._note(event, "a key must be a word", "键必须是一个词", "text before the colon")
            raise TooMuchError
        nodes_before = self._nodes
        stays_text = self._stays_text()
        path = self._enter(event)
        frame = _Frame({} if mapping else [], path, event.anchor, nodes_before, stays_text=stays_text and not mapping)
        if event.anchor:
            self._open.add(event.anchor)
        self._stack.append(frame)

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        if frame.anchor:
            self._open.discard(frame.anchor)
        self._give(event, frame.value, frame.anchor, frame.nodes_before)

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        text: str = event.value
        if _unprintable(text):
            self._note(event, "half a surrogate pair is no character", "无效字符（不完整的代理对）")
            text = text.encode("utf-8", "replace").decode()
        if self._wants_key():
            self._take_key(event, text)
            return
        before, stays_text = self._nodes, self._stays_text()
        self._enter(event)
        plain = event.implicit[0] and not (stays_text and not _NULL.fullmatch(text))
        self._give(event, resolve(text) if plain else text, event.anchor, before)

    def _alias(self, event: Any) -> None:
        if self._wants_key():
            self._note(event, "a key must be a word", "键必须是一个词", "text before the colon")
            raise TooMuchError
        if event.anchor in self._open or event.anchor not in self._anchors:
            inside = event.anchor in self._open
            self._note(
                event,
                f"`*{event.anchor}` " + ("contains itself" if inside else "refers to nothing"),
                f"`*{event.anchor}` " + ("引用了自身" if inside else "没有对应的锚点"),
                "a name given before with `&`",
            )
            value, size = None, 1
        else:
            value, size = self._anchors[event.anchor]
        self._nodes += size - 1
        before = self._nodes
        self._enter(event)
        self._give(event, value, None, before)

    def _take_key(self, event: Any, text: str) -> None:
        frame = self._stack[-1]
        path = (*frame.path, text)
        if text in frame.value:
            line = self._keys[path][0]
            self._note(
                event,
                f"`{_short(text)}` is here a second time, first in line {line}",
                f"`{_short(text)}` 重复，第一次在第 {line} 行",
                "each key once",
            )
        else:
            self._keys[path] = _place(event)
        frame.key = text

    def _enter(self, event: Any) -> Path:
        """Count the node that begins here and note its place."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._note(event, "the document is too large", "文档过大", f"at most {MAX_NODES} values, aliases expanded")
            raise TooMuchError
        path: Path = ()
        if self._stack:
            frame = self._stack[-1]
            path = (*frame.path, len(frame.value) if frame.key is None else frame.key)
        self._places.setdefault(path, _place(event))
        return path

    def _give(self, event: Any, value: Data, anchor: str | None, nodes_before: int) -> None:
        """Put a finished value where it belongs; of duplicate keys the first stays."""
        if anchor:
            self._anchors[anchor] = (value, self._nodes - nodes_before)
        if not self._stack:
            self._data = value
            return
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        assert frame.key is not None, event
        frame.value.setdefault(frame.key, value)
        frame.key = None

    def _wants_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None

    def _stays_text(self) -> bool:
        if not self._stack:
            return False
        frame = self._stack[-1]
        return frame.stays_text if frame.key is None else frame.key in self._as_text

    def _refuse_tag(self, event: Any) -> None:
        tag = str(event.ctag) if event.ctag is not None else ""
        if tag not in ("", "!", "tag:yaml.org,2002:str"):
            self._note(
                event, f"the tag `{_short(tag)}` is not supported", f"不支持标签 `{_short(tag)}`", "plain values"
            )

    def _note(self, event: Any, message: str, zh: str, allowed: str = "") -> None:
        line, column = _place(event)
        self.findings.append(Finding(self._file, line, column, message, allowed, zh))
        if len(self.findings) >= MAX_FINDINGS:
            raise TooMuchError


def resolve(text: str) -> Data:
    """A plain scalar by the YAML 1.2 core schema; what is not finite or absurdly long stays text."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text[2:], 8 if text[1] == "o" else 16) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _unprintable(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
