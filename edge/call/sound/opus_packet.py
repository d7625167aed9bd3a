"""What the first bytes of an Opus packet say, without decoding it.

RFC 6716 section 3.1:

     0 1 2 3 4 5 6 7
    +-+-+-+-+-+-+-+-+
    | config  |s| c |     config: mode, bandwidth and frame size; s: stereo; c: how many frames follow
    +-+-+-+-+-+-+-+-+

Modes: 0-11 SILK, 12-15 hybrid, 16-31 CELT. SILK's first bits (section 4.2.3) are, per channel, one voice flag per
20 ms and then one flag that says whether a copy of the packet before (LBRR) is inside.
"""

from __future__ import annotations

LONGEST = 5_760
"""120 ms, the most one packet may carry."""
LARGEST = 1_500
"""No packet of the network is larger."""

SILK_SIZES = (480, 960, 1_920, 2_880)
CELT_SIZES = (120, 240, 480, 960)
DTX_BYTES = 2
"""A packet this small says that silence begins: "two bytes or less" (RFC 7587 section 3.1.3 and libopus)."""


class BrokenPacketError(ValueError):
    """Not Opus."""


def samples_of(payload: bytes) -> int:
    """How long it sounds, in samples of 48 kHz; raises BrokenPacketError."""
    if not payload or len(payload) > LARGEST:
        raise BrokenPacketError(f"{len(payload)} bytes are no Opus packet")
    code = payload[0] & 3
    if code == 3 and len(payload) < 2:
        raise BrokenPacketError("the number of frames is missing")
    frames = (1, 2, 2, payload[1] & 63 if code == 3 else 0)[code]
    samples = frames * frame_size(payload[0])
    if not 0 < samples <= LONGEST:
        raise BrokenPacketError(f"{samples} samples in one packet")
    return samples


def frame_size(toc: int) -> int:
    """Samples in each frame, by RFC 6716 table 2."""
    config = toc >> 3
    if config < 12:
        return SILK_SIZES[config & 3]
    if config < 16:
        return SILK_SIZES[config & 1]
    return CELT_SIZES[config & 3]


def carries_copy(payload: bytes) -> bool:
    """Whether the packet before can be decoded from this one."""
    first = _first_frame(payload)
    if not payload or payload[0] >= 0x80 or not first:
        return False
    parts = max(1, frame_size(payload[0]) // 960)
    channels = 2 if payload[0] & 4 else 1
    return any(first[0] & (0x80 >> ((n + 1) * (parts + 1) - 1)) for n in range(channels))


def is_silence(payload: bytes) -> bool:
    """The sender has stopped speaking and will send next to nothing for a while (DTX)."""
    return len(payload) <= DTX_BYTES


def _first_frame(payload: bytes) -> bytes:
    """Where the first frame begins (section 3.2), good enough to read its first byte."""
    code = payload[0] & 3 if payload else 0
    if code < 2:
        return payload[1:]
    if code == 2:
        return payload[3:] if len(payload) > 1 and payload[1] >= 252 else payload[2:]
    return _first_of_many(payload)


def _first_of_many(payload: bytes) -> bytes:
    if len(payload) < 2:
        return b""
    at, padded, variable = 2, payload[1] & 0x40, payload[1] & 0x80
    while padded and at < len(payload):
        at += 1
        padded = payload[at - 1] == 255
    for _ in range((payload[1] & 63) - 1 if variable else 0):
        at += 2 if at < len(payload) and payload[at] >= 252 else 1
    return payload[at:]
