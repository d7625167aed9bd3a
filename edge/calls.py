"""Call signalling, passed through: the one exception to the outbox. Never stored, 10 s old at most, none when offline.

Knows nothing of calls: what is in a signal is between the kiosk's call engine and the desk. It is not logged either,
for it holds addresses.
"""

from __future__ import annotations

import re
from typing import Any

from sync.contract import topics
from sync.contract.call_qos import call_qos
from sync.contract.envelope import ContractError, decode, encode
from sync.fanout import Fanout
from sync.link import Link

EXPIRY_S = 10
MAX_SIGNAL = 64 * 1024
"""Bytes; a session description with all its candidates has a tenth of this."""

_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")


class SignalError(ValueError):
    """A signal that cannot be sent at all."""


class Calls:
    """`down` tells listeners what comes down: a line of JSON each, `{"call", "signal"}`."""

    def __init__(self, gateway: str, link: Link) -> None:
        self.down = Fanout()
        self._gateway, self._link = gateway, link

    def send(self, call_id: str, payload: bytes) -> None:
        """Send one signal now. Raises `sync.mqtt.NotConnected` when the line is down, and SignalError."""
        if not _ID.fullmatch(call_id):
            raise SignalError("a call's id is 1 to 64 of letters, digits and . _ -")
        if not 0 < len(payload) <= MAX_SIGNAL:
            raise SignalError(f"a signal has 1 to {MAX_SIGNAL} bytes, this one has {len(payload)}")
        topic = topics.up_call(self._gateway, call_id)
        self._link.publish(topic, payload, qos=call_qos(payload), expiry_s=EXPIRY_S)

    def arrived(self, call_id: str, payload: bytes) -> None:
        """One signal from the desk. Raises ContractError, without a word of what is in it."""
        if not _ID.fullmatch(call_id):
            raise ContractError("no call has such an id")
        try:
            signal = decode(payload, dict[str, Any])
        except ContractError:
            raise ContractError("a signal is a JSON object") from None
        self.down.tell(encode({"call": call_id, "signal": signal}) + b"\n")
