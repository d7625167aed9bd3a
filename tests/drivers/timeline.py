"""Plays levels and samples into a decoder the way a gateway does: items when they happen, ticks when they are due."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drivers.decoder import Decoder, Driver
from drivers.model import Event, Heard, Instant, Struct

START = datetime(2026, 8, 20, 8, 0, tzinfo=UTC)


def instant(ms: float) -> Instant:
    return Instant(START + timedelta(milliseconds=ms), 1000.0 + ms / 1000)


def nobody(_: str) -> bool:
    return False


def start(driver: Driver, settings: Struct | None = None) -> Decoder[object]:
    return driver.make(settings if settings is not None else driver.settings(), nobody)


def play(
    decoder: Decoder[object], timeline: Iterable[tuple[float, object]], until_ms: float
) -> list[tuple[float, Heard]]:
    """(when it came out, what was heard)."""
    heard: list[tuple[float, Heard]] = []
    for ms, item in timeline:
        heard += _ticks(decoder, ms)
        heard += [(ms, one) for one in decoder.feed(item, instant(ms))]
    return heard + _ticks(decoder, until_ms)


def events(heard: Iterable[tuple[float, Heard]]) -> list[tuple[float, Event]]:
    return [(ms, event) for ms, one in heard for event in one.events]


def changes(heard: Iterable[tuple[float, Heard]]) -> list[tuple[float, Event]]:
    """Without the report of how things stood at the start."""
    return [(ms, event) for ms, event in events(heard) if not event.attributes.get("start")]


def vectors(prefix: str) -> list[dict[str, Any]]:
    path = Path(__file__).parents[1] / "vectors" / "sensors.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [line for line in lines if line["id"].startswith(prefix)]


def _ticks(decoder: Decoder[object], until_ms: float) -> list[tuple[float, Heard]]:
    heard: list[tuple[float, Heard]] = []
    for _ in range(10_000):
        due = decoder.due()
        if due is None or due > instant(until_ms).monotonic_s:
            return heard
        ms = round((due - 1000.0) * 1000, 6)
        at = Instant(START + timedelta(milliseconds=ms), due)
        heard += [(ms, one) for one in decoder.tick(at)]
    raise AssertionError(f"due() stays at {due} although tick() was called then")
