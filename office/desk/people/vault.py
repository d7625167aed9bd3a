"""Sealing what must not be read from a stolen database: medical notes, contacts, TOTP secrets.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce for every value; what the value belongs to is authenticated
with it, so a sealed note cannot be moved to another person. The key comes from a file outside the data folder.
The only door to cryptography.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import sqlite3
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
SIZE = 32

VAULT = """
CREATE TABLE vault(                       -- proves that the key of today is the key of yesterday
    one INTEGER PRIMARY KEY CHECK(one=1), proof TEXT NOT NULL
) STRICT;
"""
PROOF = "linli desk"


class WrongKey(ValueError):  # noqa: N818 - reads as what it is
    """The key is missing, broken or another one; the text says what to do."""


class Vault:
    """Seals and opens texts. One key, read once at start."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._marking = hmac.digest(key, b"linli links", "sha256")

    def seal(self, text: str, of: str) -> str:
        """`of` names where it belongs (`person:ID:notes`); only there it can be opened. Empty stays empty."""
        if not text:
            return ""
        nonce = secrets.token_bytes(NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), of.encode())).decode()

    def mark(self, text: str) -> str:
        """Sixteen letters that only this desk can have put to a text that all may read (HMAC-SHA-256, 96 bits)."""
        return base64.urlsafe_b64encode(hmac.digest(self._marking, text.encode(), "sha256")[:12]).decode()

    def open(self, sealed: str, of: str) -> str:
        """Raises WrongKey when it was sealed with another key, for another place, or changed."""
        if not sealed:
            return ""
        try:
            blob = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(blob[:NONCE], blob[NONCE:], of.encode()).decode()
        except (InvalidTag, binascii.Error, UnicodeDecodeError, ValueError):
            raise WrongKey(f"{of}: cannot be opened with this key") from None


def read_key(path: Path) -> bytes:
    """The key in that file. Raises WrongKey."""
    try:
        key = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except OSError as error:
        raise WrongKey(f"{path}: the key of sealed fields cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, binascii.Error):
        key = b""
    if len(key) != SIZE:
        raise WrongKey(f"{path}: not a key; make one with `linli office key`, or bring back the right file")
    return key


def new_key() -> str:
    """A new key, as its file holds it."""
    return base64.b64encode(secrets.token_bytes(SIZE)).decode()


def prove(conn: sqlite3.Connection, vault: Vault) -> None:
    """At the first start note the key's proof, at every later one demand it. Raises WrongKey."""
    row = conn.execute("SELECT proof FROM vault").fetchone()
    if row is None:
        conn.execute("INSERT INTO vault VALUES (1, ?)", (vault.seal(PROOF, "vault"),))
        return
    try:
        vault.open(row[0], "vault")
    except WrongKey:
        raise WrongKey(
            "this is not the key with which the register was sealed: bring back the right file (`desk.key` in "
            "office.yaml)"
        ) from None
