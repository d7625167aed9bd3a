"""CloudEvents 1.0 in JSON, single and batched: the one envelope of everything that is kept.

CloudEvents 1.0.2, JSON format sections 3 (single) and 4 (batch), and the `sequence` extension (a string
that sorts). Extensions of ours, named as the specification asks (lower case letters and digits):
`epoch`, `lane`, `clock`, `boot`, `mono`. The only door through which msgspec enters `sync` and `office`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import msgspec.structs
from msgspec import UNSET, Raw, Struct, UnsetType

__all__ = [
    "BATCH",
    "SINGLE",
    "UNSET",
    "CloudEvent",
    "ContractError",
    "Raw",
    "Struct",
    "Unsequenced",
    "UnsetType",
    "batch",
    "convert",
    "decode",
    "decode_batch",
    "encode",
    "replaced",
    "schemas",
    "with_place",
]

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
VERSION = "1.0"

T = TypeVar("T")


class ContractError(ValueError):
    """A message that does not keep the contract; the text says where and what was expected."""


class Unsequenced(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A CloudEvent before the store gives it its place. `data` is any message of `messages`."""

    id: str
    source: str
    type: str
    time: datetime
    clock: str
    boot: int
    mono: int
    data: Any
    subject: str | UnsetType = UNSET
    specversion: str = VERSION


class CloudEvent(Struct, frozen=True, kw_only=True):
    """A CloudEvent as received. `data` stays raw JSON until its type is known."""

    id: str
    source: str
    type: str
    time: datetime
    epoch: str
    lane: str
    sequence: str
    data: Raw
    subject: str | None = None
    clock: str = "trusted"
    boot: int = 0
    mono: int = 0
    specversion: str = VERSION


_encoder = msgspec.json.Encoder()
_single = msgspec.json.Decoder(CloudEvent)
_batch = msgspec.json.Decoder(list[CloudEvent])


def encode(message: object) -> bytes:
    """Any message of the contract as compact JSON."""
    return _encoder.encode(message)


def decode(payload: bytes, shape: type[T]) -> T:
    """Read a message of the given shape. Raises ContractError with the place of the fault."""
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError(str(error)) from None


def convert(value: object, shape: type[T]) -> T:
    """Check a value that is already in memory. Raises ContractError with the place of the fault."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise ContractError(str(error)) from None


def replaced(value: T, **changes: object) -> T:
    """A copy of a structure with some fields changed."""
    return msgspec.structs.replace(value, **changes)  # type: ignore[type-var]


def with_place(body: bytes, epoch: str, lane: str, sequence: int) -> bytes:
    """Complete an encoded `Unsequenced` with its place; only the store knows that place."""
    return b'%b,"epoch":"%b","lane":"%b","sequence":"%020d"}' % (
        body[:-1],
        epoch.encode(),
        lane.encode(),
        sequence,
    )


def batch(payloads: Iterable[bytes]) -> bytes:
    """Encoded CloudEvents as one JSON batch, in the given order."""
    return b"[" + b",".join(payloads) + b"]"


def decode_batch(payload: bytes) -> list[CloudEvent]:
    """Read a single CloudEvent or a batch. Raises ContractError with the place of the fault."""
    try:
        if payload[:1] == b"[":
            return _batch.decode(payload)
        return [_single.decode(payload)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ContractError(str(error)) from None


def schemas(shapes: Iterable[type]) -> tuple[dict[type, dict[str, Any]], dict[str, Any]]:
    """JSON Schemas (2020-12) of structures: a reference for each, and the components they refer to."""
    listed = list(shapes)
    references, components = msgspec.json.schema_components(
        listed, schema_hook=_anything, ref_template="#/components/schemas/{name}"
    )
    return dict(zip(listed, references, strict=True)), components


def _anything(_: type) -> dict[str, Any]:
    """Of what has no shape (`object`). Not empty: msgspec takes an empty schema for none."""
    return {"description": "any JSON"}
