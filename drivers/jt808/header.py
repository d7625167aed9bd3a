"""Message headers of JT/T 808 in both layouts, and the device ids they carry.

    2011, 2013:  id(2) | properties(2) | phone BCD[6] | serial(2) | [total(2) | index(2)]
    2019:        id(2) | properties(2) | version(1) | phone BCD[10] | serial(2) | [total(2) | index(2)]

Properties: bits 0-9 length of the body of this part, 10-12 encryption, 13 sub-packages, 14 version flag
(edition 2019). An answer carries the edition and the phone digits of the message it answers.
"""

from __future__ import annotations

from struct import Struct as Layout

from drivers.jt808.frame import Framing
from drivers.model import Struct

PACKAGED = 0x2000
VERSIONED = 0x4000
ENCRYPTED = 0x1C00
LENGTH = 0x03FF
MAX_BODY = LENGTH

SHORT_SERIAL = frozenset({0x5501, 0x5502, 0x4401})
"""Messages of a lock vendor, whose serial is one byte and whose encryption bits mean something else."""

_WORD = Layout(">H")
_WORDS = Layout(">HH")


class Address(Struct, frozen=True):
    """Whom to answer: phone digits as they were sent, and the edition's version byte (None before 2019)."""

    phone: bytes
    version: int | None = None

    @property
    def device(self) -> str:
        """The id this address stands for, in the one spelling used everywhere above."""
        return device_id(self.phone)


class Header(Struct, frozen=True):
    """The head of one message, or of one part of it. `length_ok`: the body is as long as the header says."""

    msg_id: int
    address: Address
    serial: int
    total: int = 1
    index: int = 1
    encrypted: bool = False
    length_ok: bool = True


def parse(content: bytes, framing: Framing) -> tuple[Header, bytes] | None:
    """Header and body of an unwrapped frame; None when it is shorter than a header.

    The check byte has been right, so a wrong length is a device's slip: the body is what is there.
    """
    if len(content) < 4:
        return None
    msg_id, properties = _WORDS.unpack_from(content)
    start = 5 if properties & VERSIONED else 4
    end = start + (10 if properties & VERSIONED else framing.phone_size)
    at = end + (1 if msg_id in SHORT_SERIAL else 2)
    if len(content) < at:
        return None
    address = Address(content[start:end], content[4] if properties & VERSIONED else None)
    serial = int.from_bytes(content[end:at])
    length = properties & LENGTH
    rest = len(content) - at
    total = index = 1
    if properties & PACKAGED and rest >= 4 and rest != length:
        total, index = _WORDS.unpack_from(content, at)
        at += 4
    body = content[at:]
    encrypted = properties & ENCRYPTED != 0 and msg_id not in SHORT_SERIAL
    return Header(msg_id, address, serial, total, index, encrypted, len(body) == length), body


def build(msg_id: int, address: Address, serial: int, body: bytes, part: tuple[int, int] | None = None) -> bytes:
    """A message ready to be wrapped; `part` is (total, index) of a sub-packaged one."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a body of {len(body)} bytes does not fit into one JT/T 808 message (at most {MAX_BODY})")
    properties = len(body) | (PACKAGED if part else 0)
    if address.version is None:
        head = _WORDS.pack(msg_id, properties)
    else:
        head = _WORDS.pack(msg_id, properties | VERSIONED) + bytes((address.version,))
    count = bytes((serial & 0xFF,)) if msg_id in SHORT_SERIAL else _WORD.pack(serial & 0xFFFF)
    return head + address.phone + count + (_WORDS.pack(*part) if part else b"") + body


def canonical(phone: str) -> str:
    """The one spelling of a phone number or id: no blanks, no leading zeros (devices pad with them as they like)."""
    return phone.strip().lstrip("0") or "0"


def device_id(phone: bytes) -> str:
    """The id in a header, canonical.

    Six bytes that are no BCD are the first 14 digits of an IMEI as a binary number (seen with JC and LL models).
    """
    digits = phone.hex()
    if digits.isdecimal():
        return canonical(digits)
    if len(phone) == 6:
        imei = str(int.from_bytes(phone)).rjust(14, "0")
        return canonical(imei + _luhn(imei))
    return canonical(digits.lstrip("f"))


def _luhn(digits: str) -> str:
    """The check digit of an IMEI (ISO/IEC 7812-1 annex B)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)
