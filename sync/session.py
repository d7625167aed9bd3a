"""What a connection to a broker is made of, without paho: whom to connect to, what arrives, what a PUBACK says.

MQTT 5.0 (OASIS Standard, 7 March 2019): 3.4.2.1 PUBACK reason codes, 3.1.3.2 will.
"""

from __future__ import annotations

import random
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sync.contract.envelope import Struct

PUBACK_OK = 0x00
PUBACK_NOBODY = 0x10
PUBACK_PERMANENT = frozenset({0x95, 0x99, 0x90})  # packet too large, payload format invalid, topic name invalid
PUBACK_PAUSE = frozenset({0x97})  # quota exceeded
PUBACK_RIGHTS = frozenset({0x87})  # not authorized


class MqttError(OSError):
    """The connection could not do what was asked; the text says what and with whom."""


class NotConnected(MqttError):  # noqa: N818 - reads as the state it is
    """There is no connection at this moment: keep the message and publish when `up` is called."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM. The server's certificate must carry `server_name`, or else the host that is connected to."""

    ca: str
    cert: str | None = None
    key: str | None = None
    server_name: str | None = None

    def context(self) -> ssl.SSLContext:
        """What paho wraps its socket with."""
        made = _Named(ssl.PROTOCOL_TLS_CLIENT)
        made.name = self.server_name
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_verify_locations(self.ca)
        if self.cert is not None:
            made.load_cert_chain(self.cert, self.key)
        return made


class _Named(ssl.SSLContext):
    """paho always asks for the host it connects to; this asks for the name the configuration gives."""

    name: str | None = None

    def wrap_socket(self, sock: socket.socket, *args: Any, **more: Any) -> ssl.SSLSocket:
        """As `ssl.SSLContext.wrap_socket`, with the other name."""
        if self.name is not None:
            more["server_hostname"] = self.name
        return super().wrap_socket(sock, *args, **more)


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us when we are gone."""

    topic: str
    payload: bytes
    retain: bool = True
    qos: int = 1


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect and as whom. The session outlives a connection by `session_expiry_s`."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: Tls | None = None
    keepalive_s: int = 10
    session_expiry_s: int = 7 * 24 * 3600
    will: Will | None = None
    version: int = 5
    """5 towards the centre, always; 3 (MQTT 3.1.1) for a broker of the house: paho is slow on MQTT 5 properties."""


class Arrived(Struct, frozen=True):
    """A message from the broker. QoS 1 stays unacknowledged until `Connection.settle(message)`.

    `mid` means something only within the connection it came over, which `life` names.
    """

    topic: str
    payload: bytes
    qos: int
    retain: bool
    mid: int
    life: int = 0
    content_type: str | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    dup: bool = False


class Handler(Protocol):
    """Who uses a connection. Everything is called on the event loop."""

    def up(self, session_present: bool) -> None:  # noqa: FBT001 - MQTT's own flag
        """Connected and subscribed; `session_present` as in CONNACK."""

    def down(self, reason: str) -> None:
        """The connection was lost, or an attempt failed for a new reason. It keeps trying."""

    def arrived(self, message: Arrived) -> None:
        """A message for one of the subscriptions."""

    def puback(self, mid: int, code: int) -> None:
        """The broker's word on a QoS 1 publish (MQTT 5.0 table 3-4); only 0x00 means it has the message."""


STEADY_S = 5.0


@dataclass(slots=True)
class Backoff:
    """Full jitter; cap 2 s in the first two minutes of an outage, 15 s after.

    What lasted for less than STEADY_S was no return: whoever is thrown out at once comes back more and more slowly.
    """

    random: Callable[[], float] = random.random
    attempt: int = 0
    since: float | None = None

    def next_s(self, now: float) -> float:
        """Seconds to wait before the next attempt; `now` is monotonic."""
        self.since = now if self.since is None else self.since
        cap = 2.0 if now - self.since < 120 else 15.0
        self.attempt += 1
        return float(self.random() * min(cap, 0.1 * 2 ** min(self.attempt, 10)))

    def lost(self, after_s: float) -> None:
        """It was up for so long: the next outage begins anew."""
        self.since = None
        if after_s >= STEADY_S:
            self.attempt = 0
