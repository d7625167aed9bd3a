"""Call signalling, passed through: the one exception to the outbox. Never stored, 10 s old at most, none when offline.

Knows nothing of calls: what is in a signal is between the kiosk's call engine and the desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sync.contract import topics
from sync.link import Link

EXPIRY_S = 10
MAX_SIGNAL = 64 * 1024
"""Bytes; a session description with all its candidates has a tenth of this."""

_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")


class SignalError(ValueError):
    """A signal that cannot be sent at all."""


class Calls:
    """`on_signal(call_id, payload)` gets what comes down; what raises nothing there is dropped after it."""

    def __init__(self, gateway: str, link: Link) -> None:
        self.on_signal: Callable[[str, bytes], None] = lambda _call, _payload: None
        self._gateway, self._link = gateway, link

    def send(self, call_id: str, payload: bytes) -> None:
        """Send one signal now. Raises `sync.mqtt.NotConnected` when the line is down, and SignalError."""
        if not _ID.fullmatch(call_id):
            raise SignalError("a call's id is 1 to 64 of letters, digits and . _ -")
        if len(payload) > MAX_SIGNAL:
            raise SignalError(f"a signal has at most {MAX_SIGNAL} bytes, this one has {len(payload)}")
        self._link.publish(topics.up_call(self._gateway, call_id), payload, expiry_s=EXPIRY_S)

    def arrived(self, call_id: str, payload: bytes) -> None:
        """One signal from the desk."""
        self.on_signal(call_id, payload)
