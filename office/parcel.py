"""What a gateway sent, read: runs of good events, and what is spoiled with the reason.

Pure. The fast path reads a whole batch in one call and trusts nothing that was not checked; when anything is wrong,
the batch is taken apart, so that one bad event never takes its good neighbours with it. The place (epoch, lane,
sequence) of a bad one is read as far as it can be: it counts as arrived, or its gateway would send it for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from sync.contract.envelope import CloudEvent, ContractError, Raw, Struct, decode, decode_batch, encode
from sync.contract.lanes import Lane

LARGEST = 2**63 - 1
"""Of a sequence and of any other number we keep: SQLite's, and more than a gateway can count."""

ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
"""Of an event, a question, an order: it becomes part of a topic."""

EPOCH = re.compile(r"[0-9A-Za-z-]{1,64}")
_LANES = frozenset(lane.label for lane in Lane)
_PLACE = re.compile(
    rb'"epoch"\s*:\s*"([0-9A-Za-z-]{1,64})"\s*,\s*"lane"\s*:\s*"(\w{1,16})"\s*,\s*"sequence"\s*:\s*"(\d{20})"'
)
"""As `envelope.with_place` writes it; the last resort for what is not JSON."""

T = TypeVar("T")

Place = tuple[str, str, int]
"""Epoch, lane, sequence."""


class _Placed(Struct, frozen=True):
    epoch: str
    lane: str
    sequence: str


@dataclass(frozen=True, slots=True)
class Run:
    """Events of one lane in the order they stand in the message."""

    epoch: str
    lane: str
    events: Sequence[CloudEvent]
    sequences: Sequence[int]


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A piece that breaks the contract: what it was, why, and the places it would have had."""

    payload: bytes
    reason: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message from `up/alarm` or `up/events`."""

    runs: Sequence[Run]
    spoiled: Sequence[Spoiled] = ()


def read(payload: bytes) -> Parcel:
    """Read one message. Never raises."""
    try:
        events = decode_batch(payload)
    except (ContractError, RecursionError) as error:
        return _in_pieces(payload, str(error))
    runs, spoiled = [], []
    for (epoch, lane), group in groupby(events, key=_lane_of):
        members = list(group)
        sequences = [sequence_of(event.sequence) for event in members]
        if all(sequences) and EPOCH.fullmatch(epoch) and lane in _LANES and not any(map(fault, members)):
            runs.append(Run(epoch, lane, members, [n for n in sequences if n]))
        else:
            good, bad = _sieve(members)
            runs += good
            spoiled += bad
    return Parcel(runs, spoiled)


def understand(payload: bytes, shape: type[T]) -> T:
    """Any other message of the contract. Raises ContractError, also for what is nested without end."""
    try:
        return decode(payload, shape)
    except RecursionError:
        raise ContractError("nested too deeply") from None


def sequence_of(text: str) -> int | None:
    """The number a `sequence` extension carries, or None when it is none of ours."""
    if len(text) == 20 and text.isascii() and text.isdigit():
        n = int(text)
        return n if 0 < n <= LARGEST else None
    return None


def fault(event: CloudEvent) -> str | None:
    """What is wrong with an event whose shape is right."""
    if event.time.tzinfo is None:
        return "time has no zone"
    if not ID.fullmatch(event.id):
        return "id is not 1 to 64 letters, digits, dots, dashes or underscores"
    if event.boot > LARGEST or event.mono > LARGEST or event.boot < 0 or event.mono < 0:
        return "boot or mono is out of range"
    if event.specversion != "1.0":
        return f"specversion is {event.specversion[:16]!r}, expected '1.0'"
    return None


def _lane_of(event: CloudEvent) -> tuple[str, str]:
    return event.epoch, event.lane


def _sieve(events: Sequence[CloudEvent]) -> tuple[list[Run], list[Spoiled]]:
    """Good events as runs of one, bad ones with their reason."""
    good, bad = [], []
    for event in events:
        n = sequence_of(event.sequence)
        if not EPOCH.fullmatch(event.epoch) or event.lane not in _LANES or n is None:
            reason: str | None = f"no such place: {event.epoch[:64]!r}, {event.lane[:16]!r}, {event.sequence[:24]!r}"
        else:
            reason = fault(event)
        if reason is None and n is not None:
            good.append(Run(event.epoch, event.lane, [event], [n]))
        else:
            text = f"{event.id}: {reason}"
            bad.append(Spoiled(encode(event), text, _checked([(event.epoch, event.lane, event.sequence)])))
    return good, bad


def _in_pieces(payload: bytes, reason: str) -> Parcel:
    try:
        pieces = understand(payload, list[Raw]) if payload[:1] == b"[" else [understand(payload, Raw)]
    except ContractError:
        return Parcel([], [Spoiled(payload, reason, _places_in(payload))])
    runs: list[Run] = []
    spoiled: list[Spoiled] = []
    for piece in map(bytes, pieces):
        try:
            good, bad = _sieve([understand(piece, CloudEvent)])
        except ContractError as error:
            spoiled.append(Spoiled(piece, str(error), _place_of(piece)))
        else:
            runs += good
            spoiled += bad
    return Parcel(runs, spoiled)


def _place_of(piece: bytes) -> tuple[Place, ...]:
    try:
        placed = understand(piece, _Placed)
    except ContractError:
        return _places_in(piece)
    return _checked([(placed.epoch, placed.lane, placed.sequence)])


def _places_in(payload: bytes) -> tuple[Place, ...]:
    found = _PLACE.findall(payload)
    return _checked([(epoch.decode(), lane.decode("latin-1"), sequence.decode()) for epoch, lane, sequence in found])


def _checked(places: Sequence[tuple[str, str, str]]) -> tuple[Place, ...]:
    return tuple(
        (epoch, lane, n)
        for epoch, lane, n in ((epoch, lane, sequence_of(text)) for epoch, lane, text in places)
        if n is not None and lane in _LANES and EPOCH.fullmatch(epoch)
    )
