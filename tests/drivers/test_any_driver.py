"""What every driver of bytes must keep, held against each sample of each profile: a new device needs no new test."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from drivers.decoder import MAX_HELD, Decoder, load_driver
from drivers.model import Command, Event, Refused, Verb, convert
from edge.repeats import Repeats
from firmware_profiles.loader import Profile, load_profiles
from tests.drivers.vectors import instant

BYTES = ("hex", "chunks", "text")
PROFILES = [p for p in load_profiles().values() if any(key in sample for sample in p.samples for key in BYTES)]
SAMPLES = [(p, sample) for p in PROFILES for sample in p.samples if any(key in sample for key in BYTES)]


def name(value: Any) -> str:
    return value.id if isinstance(value, Profile) else str(value["name"]).replace(" ", "-")


def wire(sample: dict[str, Any]) -> bytes:
    if "text" in sample:
        return str(sample["text"]).encode()
    return bytes.fromhex("".join(sample.get("chunks", [sample.get("hex", "")])))


def start(profile: Profile, sample: dict[str, Any]) -> Decoder[Any]:
    driver = load_driver(profile.driver)
    decoder: Decoder[Any] = driver.make(
        convert(profile.settings, driver.settings), set(sample.get("registered", [])).__contains__
    )
    decoder.feed(bytes.fromhex(sample.get("login", "")), instant())
    return decoder


def meaning(decoder: Decoder[Any], pieces: list[bytes]) -> tuple[list[Event], bytes]:
    """What was said and answered. Notes may come in pieces, as noise does."""
    heard = [one for piece in pieces for one in decoder.feed(piece, instant())]
    return [event for one in heard for event in one.events], b"".join(one.reply for one in heard)


def kept(value: Any) -> int:
    """Bytes a decoder holds back, wherever in it."""
    if isinstance(value, bytes | bytearray):
        return len(value)
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(kept, value))
    if isinstance(value, dict):
        return sum(map(kept, value.values()))
    return sum(kept(one) for one in vars(value).values()) if hasattr(value, "__dict__") and not callable(value) else 0


@pytest.mark.parametrize(("profile", "sample"), SAMPLES, ids=name)
def test_bytes_cut_anywhere_mean_the_same(profile: Profile, sample: dict[str, Any]) -> None:
    frame = wire(sample)
    whole = meaning(start(profile, sample), [frame])

    for at in range(1, len(frame)):
        assert meaning(start(profile, sample), [frame[:at], frame[at:]]) == whole, f"cut at {at}"
    assert meaning(start(profile, sample), [frame[at : at + 1] for at in range(len(frame))]) == whole


@pytest.mark.parametrize(("profile", "sample"), SAMPLES, ids=name)
def test_what_is_sent_again_is_answered_again_and_raises_nothing_new(profile: Profile, sample: dict[str, Any]) -> None:
    decoder, repeats, frame = start(profile, sample), Repeats(), wire(sample)
    first = decoder.feed(frame, instant())
    for heard in first:
        repeats.fresh(heard)

    again = decoder.feed(frame, instant(0.1))

    assert [event.alarm for heard in again for event, _ in repeats.fresh(heard) if event.alarm] == []
    assert bool(any(heard.reply for heard in first)) == bool(any(heard.reply for heard in again))


def noise(frame: bytes, random: Random) -> Iterator[bytes]:
    """Bytes of chance, beginnings of a frame that never end, and frames with a wrong byte."""
    for _ in range(40):
        yield random.randbytes(random.randrange(2000))
        yield frame[: random.randrange(len(frame))]
        at = random.randrange(len(frame))
        yield frame[:at] + random.randbytes(1) + frame[at + 1 :]
    yield frame[: max(1, len(frame) // 2)] + bytes(2 * MAX_HELD)
    yield random.choice(frame).to_bytes() * 2 * MAX_HELD


@pytest.mark.parametrize("profile", PROFILES, ids=name)
def test_no_bytes_raise_and_what_is_held_back_is_bounded(profile: Profile) -> None:
    random = Random(profile.id)
    for sample in [s for s in profile.samples if any(key in s for key in BYTES)][:6]:
        decoder = start(profile, sample)
        for number, piece in enumerate(noise(wire(sample), random)):
            decoder.feed(piece, instant(number))
            assert kept(decoder) <= MAX_HELD, f"after {piece[:40]!r}"
        decoder.tick(instant(3600))


@pytest.mark.parametrize("profile", PROFILES, ids=name)
def test_an_order_to_somebody_else_is_refused(profile: Profile) -> None:
    decoder = start(profile, profile.samples[0])
    for verb in Verb:
        said = decoder.say(Command(verb, "nobody", text="hello", seconds=60), instant())
        assert isinstance(said, Refused), verb
        assert said.reason
