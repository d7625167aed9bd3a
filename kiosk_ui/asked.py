"""What the centre said to a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.contract.messages import Scalar


@dataclass(frozen=True, slots=True)
class Reply:
    """What came. `away`: nobody could be asked; `why` is a word for programs, `reason` a sentence for people."""

    done: bool = False
    away: bool = False
    result: Mapping[str, Scalar] = field(default_factory=dict)
    why: str = ""
    reason: str = ""

    def text(self, name: str) -> str:
        """A field as text; empty when there is none."""
        value = self.result.get(name)
        return value if isinstance(value, str) else ""

    def said(self, name: str, language: str) -> str:
        """A field that is there in two languages, else in Chinese."""
        return self.text(f"{name}.{language}") or self.text(f"{name}.zh")
