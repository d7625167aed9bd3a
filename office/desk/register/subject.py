"""What the four kinds of rows that can be imported have in common; `book.SUBJECTS` has one of each.

An image is a row as people write it, places as words, so that a file, a form and the register can be held against each
other field by field. Functions over connections: `current` and `clashes` read, `put` and `remove` write.
"""

from __future__ import annotations

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from office.desk.people.vault import Vault
from office.desk.register.fields import Field, Image, Value


@dataclass(frozen=True, slots=True)
class Current:
    """A row of the register: its image and its `v`."""

    image: Image
    v: int


@dataclass(frozen=True, slots=True)
class Clash:
    """Why a row must be settled by a person. `other`: whom it collides with; `given`: what the row itself says."""

    kind: str
    other: str = ""
    given: tuple[str, ...] = ()


Row = tuple[str, Image, Current | None]
"""Key, the row as it would be, the row as it is."""


@dataclass(slots=True)
class Seen:
    """What the rows before this one in the same file said; for a form it is empty."""

    phones: dict[str, list[Image]] = field(default_factory=dict)
    rooms: dict[str, set[str]] = field(default_factory=dict)
    names: dict[tuple[Value, ...], str] = field(default_factory=dict)


class Subject(ABC):
    """One kind of row."""

    name: str
    fields: Mapping[str, Field]
    key_fields: tuple[str, ...]

    def __init__(self, vault: Vault) -> None:
        self.vault = vault

    @abstractmethod
    def key(self, image: Image) -> str:
        """What makes two rows the same; empty when the image does not say."""

    @abstractmethod
    def current(self, conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Current]:
        """Those of these that are there."""

    @abstractmethod
    def put(self, conn: sqlite3.Connection, at: int, key: str, image: Image, origin: str = "") -> int:
        """Write it, new or changed; its new `v`. `origin` is the import that brought it."""

    @abstractmethod
    def remove(self, conn: sqlite3.Connection, key: str) -> None:
        """Take out a row that an undone import had made."""

    def name_rows(self, _conn: sqlite3.Connection, images: Sequence[Image], _seen: Seen) -> Sequence[Image]:
        """Give a key to images that have none, in place."""
        return images

    def clashes(self, _conn: sqlite3.Connection, rows: Sequence[Row], _seen: Seen) -> list[list[Clash]]:
        """For each row every reason to ask a person. `seen` is what the same file had before."""
        return [[] for _ in rows]

    def merged(self, before: Image | None, given: Image) -> Image:
        """The row as it would be: what is given over what is known."""
        return {**(before or self.blank()), **given}

    def lacks(self, image: Image) -> str:
        """The name of a field without which a new row says too little; empty when it says enough."""
        return next((name for name, each in self.fields.items() if each.must and not image.get(name)), "")

    def settle(
        self, _conn: sqlite3.Connection, _at: int, _clash: Clash, key: str, image: Image, how: str
    ) -> tuple[str, Image] | None:
        """What is left to write after `how` (mine, theirs, both) was chosen; None: nothing."""
        return None if how == "mine" else (key, image)

    def hows(self, _kind: str) -> tuple[str, ...]:
        """What can be chosen for a clash of that kind."""
        return ("mine", "theirs")

    def blank(self) -> Image:
        """A row of which nothing is known."""
        return {name: each.empty for name, each in self.fields.items()}

    def seal(self, key: str, image: Image, before: Image | None) -> None:
        """Seal what is to be sealed, in place. What did not change keeps its old seal, and so compares as the same."""
        for name, each in self.fields.items():
            text = image.get(name)
            if each.sealed and text:
                of = f"person:{key}:{name}"
                old = str(before[name]) if before and before[name] else ""
                if text == old:
                    continue
                image[name] = old if old and self.vault.open(old, of) == text else self.vault.seal(str(text), of)

    def shown(self, image: Image) -> Image:
        """For people who compare: what is sealed stays so."""
        return {name: "••••" if self.fields[name].sealed and value else value for name, value in image.items()}


def listed(keys: Sequence[str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one statement instead of a thousand steps."""
    return json.dumps(list(keys))
