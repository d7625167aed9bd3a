"""Reads what a driver answered as far as the vectors compare it: type, serial, result and id, not the bytes."""

from __future__ import annotations

import re
from typing import Any

from edge.neighbourhood.gt06 import Gt06Answers

Answer = dict[str, Any]

CLOCK = re.compile(r"\{utc:YYYYMMDDhhmmss\}|20[0-9]{12}")
"""As the vectors write it in their examples, and as a driver does."""


def read_replies(protocol: str, replies: list[bytes]) -> list[Answer]:
    """One entry for every frame in the replies."""
    return READERS.get(protocol, _plain)(b"".join(replies))


def _plain(data: bytes) -> list[Answer]:
    """A protocol nobody wrote a reader for: its answers are compared as they are, but for a clock in them."""
    return [{"text": CLOCK.sub("(clock)", data.decode("latin-1"))}] if data else []


def _gt06(data: bytes) -> list[Answer]:
    answers = Gt06Answers()
    found = [{"type": answer.number, "serial": answer.serial, "clock": answer.content} for answer in answers.feed(data)]
    assert answers.held == 0, f"no whole frames: {data.hex()}"
    return found


def _jt808(data: bytes) -> list[Answer]:
    assert data[:1] in {b"\x7e", b"\xe7", b""}, data.hex()
    if data.startswith(b"\xe7"):
        parts = [part.replace(b"\xe6\x02", b"\xe7").replace(b"\xe6\x01", b"\xe6") for part in data.split(b"\xe7")]
    else:
        parts = [part.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d") for part in data.split(b"\x7e")]
    return [_jt808_frame(part) for part in parts if part]


def _jt808_frame(frame: bytes) -> Answer:
    check = 0
    for byte in frame:
        check ^= byte
    assert check == 0, f"wrong check byte: {frame.hex()}"
    new_edition = frame[2] & 0x40 != 0
    phone_end = 15 if new_edition else 10
    body = frame[phone_end + 2 : -1]
    answer: Answer = {
        "msg_id": f"0x{int.from_bytes(frame[:2]):04x}",
        "phone": frame[4:phone_end].hex(),
        "edition": "2019" if new_edition else "2013",
    }
    if answer["msg_id"] == "0x8001":
        answer |= {
            "ack_serial": int.from_bytes(body[:2]),
            "ack_id": f"0x{int.from_bytes(body[2:4]):04x}",
            "result": body[4],
        }
    elif answer["msg_id"] == "0x8100":
        answer |= {"ack_serial": int.from_bytes(body[:2]), "result": body[2]}
    return answer


def _watch(data: bytes) -> list[Answer]:
    text = data.decode("ascii")
    assert text.endswith("]") or not text, text
    return [{"text": part + "]"} for part in text.split("]")[:-1]]


READERS = {"gt06": _gt06, "jt808": _jt808, "watch": _watch}
