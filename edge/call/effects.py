"""What a session asks of the engine: values, carried out by `engine.py` in order."""

from __future__ import annotations

from dataclasses import dataclass

from sync.contract.call_data import FromKiosk
from sync.contract.call_signals import IceServer, Up


@dataclass(frozen=True, slots=True)
class Send:
    """A signal to the office."""

    call: str
    signal: Up


@dataclass(frozen=True, slots=True)
class OpenLeg:
    """Gather and make an offer; the engine comes back with `Session.offered` or `Session.leg_failed`."""

    leg: int
    ice: tuple[IceServer, ...]
    relay_only: bool


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """The page's description for that leg."""

    leg: int
    sdp: str


@dataclass(frozen=True, slots=True)
class CloseLeg:
    """Its sockets, codecs and threads go."""

    leg: int


@dataclass(frozen=True, slots=True)
class Tell:
    """A message to the page, on the data channel."""

    message: FromKiosk


@dataclass(frozen=True, slots=True)
class TakeStill:
    """A picture of the paper, in the camera's full size."""


@dataclass(frozen=True, slots=True)
class DropStill:
    """Forget it."""


Effect = Send | OpenLeg | TakeAnswer | CloseLeg | Tell | TakeStill | DropStill
