"""How messages between us and another program are signed, both ways. Pure.

    X-Linli-Time: 1790000000                        seconds since 1970 UTC
    X-Linli-Signature: sha256=<hex of HMAC-SHA256(secret, time "." body)>      RFC 2104, FIPS 180-4
    Idempotency-Key: <1 to 64 letters, digits, dots, dashes>

The time is part of what is signed, so an old message cannot be sent again as a new one; within the window the key does
the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re

TIME, SIGNATURE, KEY = "X-Linli-Time", "X-Linli-Signature", "Idempotency-Key"
WINDOW_S = 300
KEY_FORM = re.compile(r"[0-9A-Za-z._:-]{1,64}")


def sign(secret: str, at_s: int, body: bytes) -> str:
    """The header's value."""
    return "sha256=" + hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()


def right(secret: str, now_s: float, said_time: str, said_signature: str, body: bytes) -> bool:
    """Whether it was signed with this secret, within the window."""
    if not (said_time.isascii() and said_time.isdigit() and len(said_time) <= 12):
        return False
    timely = abs(now_s - int(said_time)) <= WINDOW_S
    fits = hmac.compare_digest(sign(secret, int(said_time), body).encode(), said_signature.encode(errors="replace"))
    return timely and fits
