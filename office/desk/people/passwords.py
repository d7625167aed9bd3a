"""Passwords are kept as Argon2id hashes (RFC 9106). The only door to argon2."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

HASHER = PasswordHasher()
"""The library's defaults: RFC 9106's second recommendation, 64 MB."""


def hashed(password: str) -> str:
    """A new hash with its own salt. Takes tens of milliseconds: not on the event loop."""
    return HASHER.hash(password)


def matches(hash_: str, password: str) -> bool:
    """Whether this is the password. A hash that nobody can read matches nothing."""
    try:
        return HASHER.verify(hash_, password)
    except (Argon2Error, InvalidHashError):
        return False
