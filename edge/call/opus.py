"""Opus, with what PyAV's decoder does not offer: concealment of a lost packet, and the copy of it in the next one.

libopus by ctypes. Its C interface has not changed since 1.0 (RFC 6716). The copy that
comes with PyAV's wheel is taken first, because it is always there with the extra `call` and the same everywhere;
Debian's `libopus0` is the second choice.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import weakref
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from edge.call.sound.block import RATE, Block
from edge.call.sound.opus_packet import LONGEST, BrokenPacketError

VOIP = 2048
SET_BITRATE, SET_INBAND_FEC, SET_PACKET_LOSS_PERC, SET_DTX = 4002, 4012, 4014, 4016
SET_SIGNAL, SIGNAL_VOICE, SET_COMPLEXITY, RESET_STATE = 4024, 3001, 4010, 4028
LARGEST_PAYLOAD = 1275  # RFC 6716 section 3.2.1: the largest frame

Pointer = ctypes.c_void_p


class OpusMissingError(RuntimeError):
    """No libopus on this machine."""


@cache
def library() -> ctypes.CDLL:
    """The libopus in use; raises OpusMissingError."""
    return load(places())


def load(paths: Iterable[str]) -> ctypes.CDLL:
    """The first that is there; raises OpusMissingError with what to install."""
    for path in paths:
        try:
            return _declared(ctypes.CDLL(path))
        except (OSError, AttributeError):
            continue
    raise OpusMissingError("no libopus found: install the extra 'call' (PyAV's wheel carries one) or Debian's libopus0")


def version() -> str:
    """As the library names itself, for the service menu."""
    return str(library().opus_get_version_string().decode())


def places() -> Iterator[str]:
    """Where a libopus may be, the best first."""
    try:
        folder = Path(str(importlib.metadata.distribution("av").locate_file("av.libs")))
        yield from map(str, sorted(folder.glob("libopus-*.so*")))
    except importlib.metadata.PackageNotFoundError:
        pass
    yield "libopus.so.0"


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    """Only what is used, with its types: without them ctypes would cut pointers to 32 bits."""
    int_p, i32 = ctypes.POINTER(ctypes.c_int), ctypes.c_int32
    for name, result, arguments in (
        ("opus_get_version_string", ctypes.c_char_p, []),
        ("opus_decoder_create", Pointer, [i32, ctypes.c_int, int_p]),
        ("opus_decoder_destroy", None, [Pointer]),
        (
            "opus_decode",
            ctypes.c_int,
            [Pointer, ctypes.c_char_p, i32, Pointer, ctypes.c_int, ctypes.c_int],
        ),
        ("opus_encoder_create", Pointer, [i32, ctypes.c_int, ctypes.c_int, int_p]),
        ("opus_encoder_destroy", None, [Pointer]),
        ("opus_encode", i32, [Pointer, Pointer, ctypes.c_int, ctypes.c_char_p, i32]),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class Decoder:
    """One stream's decoder, 48 kHz; what it returns is (samples, channels)."""

    def __init__(self, channels: int = 1, lib: ctypes.CDLL | None = None) -> None:
        self.channels = channels
        self._lib = lib or library()
        error = ctypes.c_int()
        self._state = self._lib.opus_decoder_create(RATE, channels, ctypes.byref(error))
        if not self._state:
            raise MemoryError(f"no Opus decoder: error {error.value}")
        self._free = weakref.finalize(self, self._lib.opus_decoder_destroy, self._state)
        self._out = np.zeros((LONGEST, channels), np.int16)

    def decode(self, payload: bytes) -> Block:
        """The sound of a packet; raises BrokenPacketError."""
        return self._decode(payload, LONGEST, fec=0)

    def repair(self, following: bytes, samples: int) -> Block:
        """The sound before a packet, from the copy of it inside that packet (in-band FEC, RFC 6716 section 2.1.7)."""
        return self._decode(following, samples, fec=1)

    def conceal(self, samples: int) -> Block:
        """A guess at what is missing; a multiple of 2.5 ms."""
        return self._decode(None, samples, fec=0)

    def reset(self) -> None:
        """As new."""
        self._lib.opus_decoder_ctl(Pointer(self._state), RESET_STATE)

    def _decode(self, payload: bytes | None, samples: int, *, fec: int) -> Block:
        length = len(payload) if payload is not None else 0
        got = self._lib.opus_decode(self._state, payload, length, self._out.ctypes.data, samples, fec)
        if got < 0:
            raise BrokenPacketError(f"Opus refuses a packet of {length} bytes: error {got}")
        return self._out[:got].copy()


class Encoder:
    """Voice with in-band FEC and without DTX: silence that is sent keeps the other end's buffer adapted."""

    def __init__(self, channels: int = 1, bit_rate: int = 32_000, complexity: int = 5) -> None:
        self.channels = channels
        self._lib = library()
        error = ctypes.c_int()
        self._state = self._lib.opus_encoder_create(RATE, channels, VOIP, ctypes.byref(error))
        if not self._state:
            raise MemoryError(f"no Opus encoder: error {error.value}")
        self._free = weakref.finalize(self, self._lib.opus_encoder_destroy, self._state)
        self._out = ctypes.create_string_buffer(LARGEST_PAYLOAD)
        for what, value in (
            (SET_BITRATE, bit_rate),
            (SET_COMPLEXITY, complexity),
            (SET_SIGNAL, SIGNAL_VOICE),
            (SET_INBAND_FEC, 1),
            (SET_DTX, 0),
        ):
            self._set(what, value)

    def expect_loss(self, percent: int) -> None:
        """How much of the bit rate goes into copies of the packet before."""
        self._set(SET_PACKET_LOSS_PERC, percent)

    def spend(self, bit_rate: int) -> None:
        """Bits per second."""
        self._set(SET_BITRATE, bit_rate)

    def encode(self, pcm: Block) -> bytes:
        """One packet from (samples, channels) of 2.5 to 60 ms."""
        pcm = np.ascontiguousarray(pcm, np.int16)
        if pcm.ndim != 2 or pcm.shape[1] != self.channels:
            raise ValueError(f"sound of the shape {pcm.shape} for {self.channels} channels")
        got = self._lib.opus_encode(self._state, pcm.ctypes.data, len(pcm), self._out, LARGEST_PAYLOAD)
        if got < 0:
            raise ValueError(f"Opus refuses {len(pcm)} samples: error {got}")
        return self._out.raw[:got]

    def _set(self, what: int, value: int) -> None:
        if self._lib.opus_encoder_ctl(Pointer(self._state), what, ctypes.c_int32(value)) != 0:
            raise ValueError(f"Opus refuses {value} for its setting {what}")
