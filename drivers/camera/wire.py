"""The lines between a camera's process and the gateway: one JSON object each, over a Unix socket of the gateway.

    camera -> gateway                                                       gateway -> camera
    {"say":"hello","camera":"yard","start":"..."}        first              {"do":"picture","id":"...","at":81.5}
    {"say":"report","alive":true,"frozen":false,...}     changes, and every 10 s
    {"say":"motion","n":7,"zone":"door","area":0.03,...} until it is kept   {"do":"kept","n":7}
    {"say":"picture","id":"...","jpeg":"<base64>",...}   only when asked
    {"say":"no_picture","id":"...","reason":"..."}

Times are CLOCK_MONOTONIC seconds, which all processes of a machine share. A report replaces the one before it, a motion
is said again after a lost connection until the gateway has it on disk, a picture is never sent unasked.
"""

from __future__ import annotations

from drivers.model import Struct, ValidationError, decode_json, encode_json

MAX_PICTURE = 300 * 1024
MAX_LINE = 4 * MAX_PICTURE // 3 + 4096
"""The largest picture in base64 with what stands around it."""

REPORT_EVERY_S = 10.0


class Hello(Struct, frozen=True, tag_field="say", tag="hello"):
    """Who speaks; `start` tells the lives of the process apart."""

    camera: str
    start: str = ""


class Report(Struct, frozen=True, tag_field="say", tag="report"):
    """How the camera is now. What is frozen or covered is only known while it is alive."""

    alive: bool
    reason: str = ""
    frozen: bool = False
    covered: bool = False
    dark: bool = False
    width: int = 0
    height: int = 0
    fps: float = 0.0


class Motion(Struct, frozen=True, tag_field="say", tag="motion"):
    """Something moved in a zone; `area` is its part of the whole picture."""

    n: int
    at: float
    zone: str
    area: float


class Picture(Struct, frozen=True, tag_field="say", tag="picture"):
    """What was asked for; `taken` is when."""

    id: str
    taken: float
    jpeg: bytes


class NoPicture(Struct, frozen=True, tag_field="say", tag="no_picture"):
    """Why there is none."""

    id: str
    reason: str


class Ask(Struct, frozen=True, tag_field="do", tag="picture"):
    """The picture nearest to this moment."""

    id: str
    at: float


class Kept(Struct, frozen=True, tag_field="do", tag="kept"):
    """The motion of this number is on disk."""

    n: int


FromCamera = Hello | Report | Motion | Picture | NoPicture
ToCamera = Ask | Kept


def from_camera(line: bytes) -> FromCamera | None:
    """One line of a camera; None when it is none."""
    try:
        said: FromCamera = decode_json(line, type=FromCamera)
    except (ValidationError, ValueError, RecursionError):
        return None
    return said


def to_camera(line: bytes) -> ToCamera | None:
    """One line of the gateway; None when it is none."""
    try:
        said: ToCamera = decode_json(line, type=ToCamera)
    except (ValidationError, ValueError, RecursionError):
        return None
    return said


def line(message: FromCamera | ToCamera) -> bytes:
    """As it goes over the socket."""
    return encode_json(message) + b"\n"
