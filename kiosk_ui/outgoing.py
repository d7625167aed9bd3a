"""A submission on its way to the gateway's disk: how far it is. `sending` moves it on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4


class State(StrEnum):
    """How far it is."""

    OPEN = "open"
    """Still being filled in."""
    SENDING = "sending"
    FAILED = "failed"
    """Not kept yet; it is tried again."""
    KEPT = "kept"
    """On the gateway's disk."""
    REFUSED = "refused"
    """The gateway will never take it as it is."""


@dataclass(slots=True)
class Letter:
    """One submission. `files` are sent before it and named in it; one that is not taken is left out and counted."""

    kind: str
    form: dict[str, object] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    key: str = field(default_factory=lambda: uuid4().hex)
    state: State = State.OPEN
    hashes: list[str] = field(default_factory=list)
    left_out: int = 0
    id: str = ""
    """Under which it goes up."""
    again_at: float | None = None

    @property
    def name(self) -> str:
        """Of the answers that belong to it."""
        return f"sent-{self.key}"
