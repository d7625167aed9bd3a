"""What the office publishes for this screen: one whole version of content `services`, kept until the next whole one.

    contents = Contents()
    contents.put(services)                      # a new whole version; shown from the next screen on
    contents.at(flow.visit, resting=False)      # what the screen of that visit shows

A version is read on a thread (`content_loading`), checked as a whole and only then handed over, so that no screen ever
shows half of one. Nothing changes under a hand that is on the glass: a visit keeps the version it began with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sync.contract import services as kinds
from sync.contract.departments import Said
from sync.contract.envelope import ContractError, Struct, decode
from sync.contract.kiosk import ContentFile

T = TypeVar("T")

MOST_ITEMS = 5_000
"""Of one kind; the desk takes no more."""
MOST_BYTES = 48 << 20
"""Of all texts of a version: 5,000 long items in both languages."""
LONGEST = 8_000
"""Of one text, in letters; the desk takes half of it. A longer one would hold up the drawing."""
JSON = ".json"
NO_PUBLICITY = kinds.Publicity()


@dataclass(frozen=True, slots=True)
class Services:
    """One version. Every mapping is by id, in the order of the screen."""

    version: str = ""
    guides: Mapping[str, kinds.Guide] = field(default_factory=dict)
    notices: Mapping[str, kinds.Notice] = field(default_factory=dict)
    merchants: Mapping[str, kinds.Merchant] = field(default_factory=dict)
    activities: Mapping[str, kinds.Activity] = field(default_factory=dict)
    lessons: Mapping[str, kinds.Lesson] = field(default_factory=dict)
    polls: Mapping[str, kinds.Poll] = field(default_factory=dict)
    calendars: Mapping[str, kinds.Calendar] = field(default_factory=dict)
    reports: Mapping[str, kinds.ReportKind] = field(default_factory=dict)
    wardens: Sequence[kinds.Warden] = ()
    publicity: kinds.Publicity = NO_PUBLICITY
    merchants_of: Mapping[str, Sequence[kinds.Merchant]] = field(default_factory=dict)
    """By kind, in the order in which kinds come first."""
    files: Mapping[str, ContentFile] = field(default_factory=dict)
    """Media by the names that items give."""

    def hash_of(self, name: str) -> str:
        """Of a picture or sound that an item names; empty where there is none."""
        found = self.files.get(name)
        return found.sha256 if found is not None else ""

    def size_of(self, sha256: str) -> int:
        """Of a media file; 0 where there is none."""
        return next((file.size for file in self.files.values() if file.sha256 == sha256), 0)


def read(version: str, files: Sequence[ContentFile], texts: Mapping[str, bytes]) -> Services:
    """A version from its files. `texts` are those that end in .json. Raises ContractError if one of them is no good."""
    if sum(map(len, texts.values())) > MOST_BYTES:
        raise ContractError(f"content of more than {MOST_BYTES} bytes")
    merchants = _items(texts, kinds.MERCHANTS, kinds.Merchant)
    of_kind: dict[str, list[kinds.Merchant]] = {}
    for merchant in merchants.values():
        of_kind.setdefault(merchant.kind, []).append(merchant)
    publicity = texts.get(kinds.PUBLICITY)
    return Services(
        version=version,
        guides=_items(texts, kinds.GUIDES, kinds.Guide),
        notices=_items(texts, kinds.NOTICES, kinds.Notice),
        merchants=merchants,
        activities=_items(texts, kinds.ACTIVITIES, kinds.Activity),
        lessons=_items(texts, kinds.LEARNING, kinds.Lesson),
        polls=_items(texts, kinds.POLLS, kinds.Poll),
        calendars=_items(texts, kinds.CALENDARS, kinds.Calendar),
        reports=_items(texts, kinds.REPORTS, kinds.ReportKind),
        wardens=_listed(texts, kinds.WARDENS, kinds.Warden),
        publicity=_sane(decode(publicity, kinds.Publicity)) if publicity is not None else NO_PUBLICITY,
        merchants_of=of_kind,
        files={file.name: file for file in files if not file.name.endswith(JSON)},
    )


def _listed(texts: Mapping[str, bytes], file: str, shape: type[T]) -> list[T]:
    if (text := texts.get(file)) is None:
        return []  # an office that does not have this kind yet
    found = decode(text, list[shape])  # type: ignore[valid-type]
    if len(found) > MOST_ITEMS:
        raise ContractError(f"{file}: more than {MOST_ITEMS} items")
    return [_sane(item) for item in found]


def _items(texts: Mapping[str, bytes], file: str, shape: type[T]) -> dict[str, T]:
    found = _listed(texts, file, shape)
    items = {str(getattr(item, "id")): item for item in found}  # noqa: B009 - every one of these shapes has it
    if len(items) != len(found):
        raise ContractError(f"{file}: one id twice")
    return items


def _sane(item: T) -> T:
    for text in _texts(item):
        if len(text) > LONGEST:
            raise ContractError(f"a text of {len(text)} letters")
    return item


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


class Contents:
    """The newest whole version, and the one that is on the glass. Called on the screen's thread."""

    def __init__(self) -> None:
        self.newest = Services()
        self._shown = self.newest
        self._visit = -1

    def put(self, services: Services) -> None:
        """A whole version; the next screen shows it."""
        self.newest = services

    def heard(self, news: object, _at: float) -> None:
        """News of the thread that reads."""
        if isinstance(news, Services):
            self.put(news)

    def at(self, visit: int, *, resting: bool) -> Services:
        """What that visit shows. `resting`: nobody is here, so nobody is disturbed."""
        if resting or visit != self._visit:
            self._visit, self._shown = visit, self.newest
        return self._shown


def told(said: Said, language: str) -> str:
    """In that language, else in Chinese."""
    return said.en if language == "en" and said.en else said.zh
