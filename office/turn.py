"""Time-limited credentials for coturn, and the ICE servers of one call.

draft-uberti-behave-turn-rest-00, section 2.2:

    username   = timestamp ":" name        the second at which it ends (UTC, Unix time); the name is the call's id
    credential = base64(HMAC-SHA1(shared secret, username))

coturn (`use-auth-secret`) computes the same from its copy of the secret, so nobody tells it of a call. It looks at the
time when a client registers: a call that goes on after it keeps its relay. It counts a user's quota by the name alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import NamedTuple

from office.config import CallsAt
from sync.contract.call_signals import IceServer

LEAST_SECRET = 16
"""Characters. A secret that can be guessed from one credential opens the relay to everyone."""


class TurnSecretError(ValueError):
    """The secret shared with coturn cannot be used; the text says which file and what to do."""


class Credential(NamedTuple):
    """What a client signs in with."""

    username: str
    credential: str


def credentials(secret: str, call_id: str, now_s: float, valid_s: float) -> Credential:
    """For whoever takes part in that call, until `now_s + valid_s`."""
    username = f"{int(now_s + valid_s)}:{call_id}"
    # SHA-1 is the draft's and coturn's word; HMAC does not need it to be free of collisions.
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return Credential(username, base64.b64encode(digest).decode())


def ice(calls: CallsAt | None, call_id: str, now_s: float) -> list[IceServer]:
    """The servers of that call, none when none are configured. Raises TurnSecretError.

    The file is read anew every time: a changed secret holds from the next call on.
    """
    if calls is None:
        return []
    servers = [IceServer(urls=list(calls.stun))] if calls.stun else []
    if calls.turn is not None:
        secret = read_secret(Path(calls.turn.secret))
        made = credentials(secret, call_id, now_s, calls.turn.valid_min * 60)
        servers.append(IceServer(list(calls.turn.urls), made.username, made.credential))
    return servers


def read_secret(path: Path) -> str:
    """The one line of that file. Raises TurnSecretError, which never quotes it."""
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TurnSecretError(f"{path} cannot be read: make it with `openssl rand -hex 32`") from error
    if len(secret) < LEAST_SECRET or len(secret.split()) != 1:
        raise TurnSecretError(f"{path} must hold one word of {LEAST_SECRET} characters or more: `openssl rand -hex 32`")
    return secret
