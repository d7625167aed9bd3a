"""The installer's code: kept as a salted hash in linli.yaml, and five wrong tries lock it for ten minutes.

The hash is scrypt (RFC 7914) by Python's own hashlib, written as `scrypt$<log2 n>$<r>$<p>$<salt>$<hash>`, salt and hash
in base64. A code has few digits: what protects it is that the hash never leaves the box and that guessing is slow.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

LOG_N, R, P = 14, 8, 1
LENGTH = 32
SHORTEST, LONGEST = 6, 20
TRIES, LOCK_S = 5, 600.0
MOST_LOG_N = 15
"""Above it the hash needs more memory than the screen may take."""


def hashed(code: str, salt: bytes) -> str:
    """The line for linli.yaml."""
    salted, digest = (base64.b64encode(part).decode("ascii") for part in (salt, _scrypt(code, salt, LOG_N, R, P)))
    return f"scrypt${LOG_N}${R}${P}${salted}${digest}"


def fits(code: str, kept: str) -> bool:
    """Whether it is that code. Nothing fits an empty or broken line."""
    try:
        name, log_n, r, p, salt, digest = kept.split("$")
        if name != "scrypt" or int(log_n) > MOST_LOG_N:
            return False
        found = _scrypt(code, base64.b64decode(salt, validate=True), int(log_n), int(r), int(p))
        import hmac  # noqa: PLC0415

        return hmac.compare_digest(found, base64.b64decode(digest, validate=True))
    except (ValueError, binascii.Error):
        return False


def _scrypt(code: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which the first screen has no use for

    return hashlib.scrypt(code.encode(), salt=salt, n=1 << log_n, r=r, p=p, dklen=LENGTH)


@dataclass(slots=True)
class Lock:
    """Counts wrong tries across sessions. Times are monotonic seconds; a restart of the screen begins anew."""

    wrong: int = 0
    until: float = 0.0

    def left_s(self, at: float) -> float:
        """How long it is still locked."""
        return max(0.0, self.until - at)

    def tried(self, at: float, *, right: bool) -> None:
        """One try while it was not locked."""
        self.wrong = 0 if right else self.wrong + 1
        if self.wrong >= TRIES:
            self.wrong, self.until = 0, at + LOCK_S
