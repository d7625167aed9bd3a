"""Text messages as GSM modems take them: SMS-SUBMIT in PDU mode. Pure.

3GPP TS 23.040, 9.2.2.2 (the fields of SMS-SUBMIT), 9.1.2.5 (addresses), 9.2.3.24.1 (concatenation); 23.038, section 4
(data coding) and 6.2.3 (UCS-2). 3GPP TS 27.005, 3.1: the PDU in hexadecimal after the length of the service centre's
address; AT+CMGS counts the octets after that.

    SCA | first octet | MR | DA | PID | DCS | VP | UDL | UD
    00  | 31 or 71    | 00 | .. | 00  | 08  | A7 | ..  | [05 00 03 ref total n] UCS-2

First octet 0x31: SUBMIT, relative validity, status report; 0x40 more when UD begins with a header. VP 0xA7 is 24 hours:
an alarm that arrives tomorrow is of no use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SUBMIT = 0x01 | 0x10 | 0x20
"""MTI SUBMIT, VPF relative, SRR (9.2.3.1, 9.2.3.3, 9.2.3.5)."""

UDHI = 0x40
INTERNATIONAL, UNKNOWN = 0x91, 0x81
UCS2 = 0x08
A_DAY = 0xA7
ALONE_OCTETS = 140
PART_OCTETS = 134
"""140 less the header of six octets."""

MOST_PARTS = 8
NUMBER = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True)
class Pdu:
    """`length`: what AT+CMGS is told. `text`: what follows the prompt, without Ctrl-Z."""

    length: int
    text: str


def address(number: str) -> bytes:
    """Length in digits, type, digits in swapped half octets, an odd last one filled with F. Raises ValueError."""
    if not NUMBER.fullmatch(number):
        raise ValueError("a number has 3 to 20 digits, with + before a country code")
    digits = number.removeprefix("+")
    kind = INTERNATIONAL if number.startswith("+") else UNKNOWN
    padded = digits + "F" * (len(digits) % 2)
    swapped = "".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2))
    return bytes((len(digits), kind)) + bytes.fromhex(swapped)


def submits(number: str, text: str, reference: int) -> list[Pdu]:
    """One message, in as many parts as it needs; MOST_PARTS at most, the rest is cut. Raises ValueError."""
    whole = text.encode("utf-16-be", "replace")
    if len(whole) <= ALONE_OCTETS:
        return [_pdu(number, whole, b"")]
    parts = list(_parts(text))[:MOST_PARTS]
    return [
        _pdu(number, part, bytes((5, 0, 3, reference & 0xFF, len(parts), n))) for n, part in enumerate(parts, start=1)
    ]


def _pdu(number: str, data: bytes, header: bytes) -> Pdu:
    first = SUBMIT | (UDHI if header else 0)
    user = header + data
    octets = bytes((first, 0)) + address(number) + bytes((0, UCS2, A_DAY, len(user))) + user
    return Pdu(len(octets), "00" + octets.hex().upper())


def _parts(text: str) -> Iterator[bytes]:
    """Never cut inside a character outside the first plane (a surrogate pair)."""
    part = b""
    for character in text:
        encoded = character.encode("utf-16-be", "replace")
        if len(part) + len(encoded) > PART_OCTETS:
            yield part
            part = b""
        part += encoded
    if part:
        yield part
