"""Call signalling, passed through: between gateways and the desk, never stored, never logged, old after 10 s.

What is in a signal is between the kiosk's call engine and the desk; it holds addresses. What cannot be a signal is
refused and counted, not put into quarantine, and acknowledged at once: nobody would send it again.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from office.line import Line
from sync.contract import topics
from sync.contract.call_qos import call_qos
from sync.contract.call_signals import CALL_ID
from sync.contract.envelope import ContractError, decode, encode
from sync.fanout import Fanout
from sync.mqtt import Arrived

EXPIRY_S = 10
MAX_SIGNAL = 64 * 1024
"""Bytes; a session description with all its candidates has a tenth of this."""


def is_call(topic: str) -> bool:
    """Whether this came, or should have come, on `up/call/<id>`; also below a name that no gateway can have."""
    return topic.partition("/up/")[2].startswith("call/")


class Calls:
    """Owned by the receiver; called on the loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._up = Fanout()
        self.passed = self.sent = self.refused = self.unheard = 0

    def heard(self, message: Arrived) -> bool:
        """One message of a gateway: passed on; False: refused."""
        gateway, call = topics.gateway_of(message.topic) or "", message.topic.rpartition("/")[2]
        signal = _signal(message.payload)
        named = topics.GATEWAY_NAME.fullmatch(gateway) and CALL_ID.fullmatch(call)
        if not named or message.topic != topics.up_call(gateway, call) or message.retain or signal is None:
            self.refused += 1
            return False
        self.passed += 1
        self.unheard += not self._up
        self._up.tell(encode({"gateway": gateway, "call": call, "signal": signal}) + b"\n")
        return True

    def send(self, gateway: str, call: str, payload: bytes) -> bool:
        """One signal to a kiosk; False: there is no line."""
        topic, qos = topics.down_call(gateway, call), call_qos(payload)
        said = self._line.say(lambda connection: connection.publish(topic, payload, qos=qos, expiry_s=EXPIRY_S))
        sent = said is not None
        self.sent += sent
        return sent

    def listen(self) -> AsyncGenerator[bytes, None]:
        """Everything from now on, in lines; ends for who is too slow."""
        return self._up.lines()

    def counts(self) -> dict[str, int]:
        """For the status. `unheard`: passed while nobody listened."""
        return {
            "passed": self.passed,
            "sent": self.sent,
            "refused": self.refused,
            "unheard": self.unheard,
            "listeners": len(self._up),
            "too_slow": self._up.lost,
        }


def _signal(payload: bytes) -> dict[str, Any] | None:
    if len(payload) > MAX_SIGNAL:
        return None
    try:
        return decode(payload, dict[str, Any])
    except ContractError:
        return None
