"""How many of each department are there and wait, as the centre last said. In memory: yesterday's is no answer."""

from __future__ import annotations

from datetime import datetime

from sync.contract.envelope import Struct, decode
from sync.contract.kiosk import Presence
from sync.contract.topics import ROOT

PREFIX = f"{ROOT}/presence/"
MAX_DEPARTMENTS = 200


class PresenceSeen(Struct, frozen=True):
    """One department. `fresh`: the line is up, so this is how it is now."""

    department: str
    there: int
    waiting: int
    at: datetime
    fresh: bool


class PresenceBook:
    """Fed by the line."""

    def __init__(self) -> None:
        self._by_department: dict[str, tuple[Presence, datetime]] = {}

    def take(self, topic: str, payload: bytes, at: datetime) -> str | None:
        """A retained message; the department it changed. Raises ContractError."""
        department = topic.removeprefix(PREFIX)
        if not payload:
            self._by_department.pop(department, None)
            return department
        said = decode(payload, Presence)
        if department not in self._by_department and len(self._by_department) >= MAX_DEPARTMENTS:
            return None
        self._by_department[department] = said, at
        return department

    def seen(self, *, fresh: bool) -> list[PresenceSeen]:
        """All of them, by name."""
        return [
            PresenceSeen(name, said.there, said.waiting, at, fresh)
            for name, (said, at) in sorted(self._by_department.items())
        ]
