"""A 433 MHz pendant or door magnet as a receiver module passes it on, frame after frame while it transmits.

Pure: a duration in, bytes out. Simulator, demo and tests carry the bytes.
"""

from __future__ import annotations

from typing import Literal

Framing = Literal["fd", "lc", "bridge", "raw"]

FRAME_S = 0.045
"""24 bits of 4 T and a sync of 32 T, with T of 350 us."""

UNIT_US = 350
KERUI_OPEN, KERUI_CLOSED, KERUI_TAMPER, KERUI_LOW_BATTERY = 0xE, 0x7, 0xB, 0xF


class Rf433Pendant:
    """A transmitter with one 24-bit code (six hexadecimal digits), heard through a module with this framing."""

    def __init__(self, code: str, framing: Framing = "fd") -> None:
        self.code = code.upper()
        self._bytes = bytes.fromhex(code)
        self._framing = framing

    def press(self, seconds: float = 0.5) -> bytes:
        """What the module sends while the button is held down; at least one frame."""
        return b"".join(self.frames(max(1, int(seconds / FRAME_S))))

    def frames(self, count: int) -> list[bytes]:
        """The next frames one by one. The measured pulse width wanders, as it does on real modules."""
        return [self._frame(0x4B + (7 * index + 1) % 3) for index in range(count)]

    def _frame(self, pulse: int) -> bytes:
        match self._framing:
            case "fd":
                return b"\xfd" + self._bytes + bytes((pulse, 0xDF))
            case "lc":
                return f"LC:{self.code}\r\n".encode()
            case "bridge":
                return b"\xaa\xa4" + _words(31 * UNIT_US, UNIT_US, 3 * UNIT_US) + self._bytes + b"\x55"
            case "raw":
                return b"\xaa\xb1\x03" + _words(UNIT_US, 3 * UNIT_US, 31 * UNIT_US) + self._nibbles() + b"\x55"

    def _nibbles(self) -> bytes:
        """Bucket numbers: the bits first, then the sync; bit 3 marks a high level."""
        pairs = ("90" if int(self.code, 16) >> bit & 1 else "81" for bit in range(23, -1, -1))
        return bytes.fromhex("".join(pairs) + "82")


class DoorMagnet:
    """A Kerui-type magnet: 20 bits of its own and a key nibble that says what happened."""

    def __init__(self, address: str, framing: Framing = "fd") -> None:
        self.address = address.upper()
        self._framing = framing

    def says(self, key: int, seconds: float = 0.5) -> bytes:
        """What the module sends while the magnet transmits this key."""
        return Rf433Pendant(f"{self.address}{key:X}", self._framing).press(seconds)

    def opened(self) -> bytes:
        """The door was opened."""
        return self.says(KERUI_OPEN)

    def closed(self) -> bytes:
        """The door was closed."""
        return self.says(KERUI_CLOSED)


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2) for value in values)
