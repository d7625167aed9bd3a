"""Plays the samples of a profile through its driver and says where they mean something else than is written there.

What the general tests of this project do for shipped profiles, for somebody who writes one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from drivers.decoder import Decoder, load_driver
from drivers.model import Event, Heard, Instant, Level, Message, Sample, ValidationError, convert
from firmware_profiles.finding import Finding
from firmware_profiles.loader import Profile

BETWEEN_CHUNKS_S = 0.05
TOLERANCE_MS = 20.0
MAX_TICKS = 10_000
DEGREES = 1e-5

Told = list[tuple[float, Heard]]
"""(milliseconds after the beginning, what was heard)."""


def check_samples(profile: Profile) -> Iterator[Finding]:
    """A finding for everything a sample does not mean."""
    driver = load_driver(profile.driver)
    try:
        settings = convert(profile.settings, driver.settings)
    except ValidationError as error:
        yield _finding(profile, "settings", str(error))
        return
    for sample in profile.samples:
        decoder = driver.make(settings, set(sample.get("registered", [])).__contains__)
        try:
            told = list(play(decoder, sample))
            wrong = list(differences(told, sample))
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            wrong = [f"cannot be played: {error!r}"]
        yield from (_finding(profile, str(sample["name"]), text) for text in wrong)


def play(decoder: Decoder[Any], sample: dict[str, Any]) -> Told:
    """What came of it, and when."""
    decoder.feed(bytes.fromhex(sample.get("login") or sample.get("login_hex") or ""), _instant(0))
    if "timeline" not in sample:
        told: Told = []
        for index, item in enumerate(items(sample)):
            told += [(0.0, heard) for heard in decoder.feed(item, _instant(index * BETWEEN_CHUNKS_S))]
        return told
    told = []
    for step in sample["timeline"]:
        told += _ticks(decoder, step["at_ms"])
        told += [
            (step["at_ms"], heard)
            for item in levels(step)
            for heard in decoder.feed(item, _instant(step["at_ms"] / 1000))
        ]
    return told


def items(sample: dict[str, Any]) -> list[Any]:
    """What a port delivers for a sample of bytes or of a message."""
    if "topic" in sample:
        return [Message(sample["topic"], sample["payload"].encode(), retain=bool(sample.get("retain", False)))]
    if "text" in sample:
        return [sample["text"].encode()]
    return [bytes.fromhex(chunk) for chunk in sample.get("chunks", [sample.get("hex", "")])]


def levels(step: dict[str, Any]) -> list[Level | Sample]:
    """What a pin does at a step of a timeline; a step may only let time pass."""
    if "ratio" in step:
        return [Sample(step["line"], step["ratio"])]
    return [Level(step["line"], bool(step["level"]))] if "level" in step else []


def differences(told: Told, sample: dict[str, Any]) -> Iterator[str]:
    """Sentences; an event may tell more than the sample says."""
    events = [(ms, event) for ms, heard in told for event in heard.events]
    wanted = sample.get("events", [])
    kinds = [(event.kind.value, event.alarm) for _, event in events]
    if kinds != [(one["kind"], one.get("alarm")) for one in wanted]:
        yield f"told {_listed(kinds)}, expected {_listed((one['kind'], one.get('alarm')) for one in wanted)}"
        return
    for number, ((ms, event), one) in enumerate(zip(events, wanted, strict=True), 1):
        if abs(ms - one.get("at_ms", ms)) > TOLERANCE_MS:
            yield f"event {number}: at {ms:g} ms, expected {one['at_ms']}"
        for text in _event(event, {"device": sample.get("device"), **one}):
            yield f"event {number}: {text}"
    if "reply" in sample:
        reply = b"".join(heard.reply for _, heard in told).hex()
        if reply != (sample["reply"] or "").lower():
            yield f"answered {reply or 'nothing'}, expected {sample['reply'] or 'nothing'}"


def _event(event: Event, wanted: dict[str, Any]) -> Iterator[str]:
    for key, value in wanted.items():
        if key in {"at_ms", "kind", "alarm"} or (key == "device" and value is None):
            continue
        told: Any = getattr(event, key, None)
        if isinstance(told, datetime):
            told = told.isoformat().replace("+00:00", "Z")
        if isinstance(value, dict):
            pairs = [(f"{key}.{name}", _read(told, name), one) for name, one in value.items()]
        else:
            pairs = [(key, told, value)]
        yield from (f"{name} {found}, expected {one}" for name, found, one in pairs if not _same(found, one))


def _read(told: Any, name: str) -> Any:
    return told.get(name) if isinstance(told, dict) else getattr(told, name, None)


def _same(told: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(told, int | float):
        return abs(told - wanted) < DEGREES
    return bool(told == wanted)


def _ticks(decoder: Decoder[Any], until_ms: float) -> Told:
    told: Told = []
    for _ in range(MAX_TICKS):
        due = decoder.due()
        if due is None or due > _instant(until_ms / 1000).monotonic_s:
            break
        after_s = due - _instant(0).monotonic_s
        told += [(after_s * 1000, heard) for heard in decoder.tick(_instant(after_s))]
    return told


def _instant(after_s: float) -> Instant:
    """A moment later than anything a shipped sample tells."""
    return Instant(datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(seconds=after_s), 1000.0 + after_s)


def _listed(kinds: Any) -> str:
    return ", ".join(f"{kind} {alarm}" if alarm else str(kind) for kind, alarm in kinds) or "nothing"


def _finding(profile: Profile, sample: str, text: str) -> Finding:
    return Finding(profile.file, 0, 0, f"sample `{sample}`: {text}", "", f"样本 `{sample}`：{text}")
