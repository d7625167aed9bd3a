"""What a call asks of the exchange: values, carried out in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sync.contract.call_signals import Down


@dataclass(frozen=True, slots=True)
class ToKiosk:
    """A signal down."""

    signal: Down


@dataclass(frozen=True, slots=True)
class ToPage:
    """Words on topic `call`, for that page."""

    page: str
    word: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that the history keeps: `granted`, `state`, `ended`."""

    what: str


Effect = ToKiosk | ToPage | Changed
