"""One MQTT 5 connection on the running event loop: the only door through which paho enters Linli.

paho is driven as its documentation calls "external event loop": no thread of its own, so no lock is
fought over and what it hands us is already on the loop. Only the blocking part, TCP connect and TLS
handshake, runs in a thread. Every attempt has a fresh client object, because paho 2.2 would otherwise send its own
queue again, and ignores Receive Maximum: what is in flight is the caller's to bound
(`receive_maximum`, `maximum_packet_size`).

A connection is alive when acknowledgements come, not when the socket is open: with something in flight
and neither an acknowledgement nor a byte leaving for `STALL_S`, it is cut. So it is when the address it
was made from is no longer this machine's: nothing sent from there comes back.

MQTT 5.0 (OASIS Standard, 7 March 2019): 3.1 CONNECT, 3.4 PUBACK, 4.4 message delivery retry.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sync.addresses import addresses, is_from
from sync.pulse import STALL_S, Pulse
from sync.session import (
    PUBACK_NOBODY,
    PUBACK_OK,
    PUBACK_PAUSE,
    PUBACK_PERMANENT,
    PUBACK_RIGHTS,
    Arrived,
    Backoff,
    Broker,
    Handler,
    MqttError,
    NotConnected,
    Tls,
    Will,
)

__all__ = [
    "PUBACK_NOBODY",
    "PUBACK_OK",
    "PUBACK_PAUSE",
    "PUBACK_PERMANENT",
    "PUBACK_RIGHTS",
    "Arrived",
    "Broker",
    "Connection",
    "Handler",
    "MqttError",
    "NotConnected",
    "Tls",
    "Will",
]

CONNECT_TIMEOUT_S = 5.0
MOVED_EVERY_S = 0.5
MOVED = "the network changed"
READS_A_TURN = 64
"""Packets read before other work of the loop gets its turn."""

READ_BYTES = 64 * 1024


class _Client(Client):
    """Reads ahead for paho, which asks the kernel four times a packet and looks for a callback of each topic.

    Should paho do so in another way one day, this is not called any more, and only the saving is gone.
    """

    _ahead = b""
    _at = 0
    abandoned = False
    """Nobody waits for it any more: an answer that comes after all must not be taken for us."""

    @property
    def ahead(self) -> bool:
        """Whether something was read that paho has not seen: the socket will not say so."""
        return self._at < len(self._ahead)

    def _sock_recv(self, bufsize: int) -> bytes:
        if self._at >= len(self._ahead):
            self._ahead, self._at = super()._sock_recv(READ_BYTES), 0
        data = self._ahead[self._at : self._at + bufsize]
        self._at += len(data)
        return data

    def _send_connect(self, keepalive: int) -> MQTTErrorCode:
        if self.abandoned:
            self._sock_close()
            return MQTTErrorCode.MQTT_ERR_CONN_LOST
        return super()._send_connect(keepalive)

    def _handle_on_message(self, message: MQTTMessage) -> None:
        if self.on_message is not None:
            self.on_message(self, self._userdata, message)


_CALLBACKS = (
    *("on_connect", "on_subscribe", "on_disconnect", "on_message", "on_publish"),
    *("on_socket_close", "on_socket_register_write"),
)


@dataclass(slots=True)
class _Life:
    """What one attempt's client needs besides itself; dropped with it."""

    client: _Client
    number: int
    sock: socket.socket | ssl.SSLSocket | None = None
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""
    session_present: bool | None = None
    pulse: Pulse = field(default_factory=Pulse)
    packets: int = 0
    flush_asked: bool = False
    writing: bool = False


class Connection:
    """Connects, subscribes, publishes and comes back by itself. Not thread-safe: one loop owns it."""

    def __init__(
        self,
        broker: Broker,
        handler: Handler,
        subscriptions: Sequence[tuple[str, int]] = (),
        own_addresses: Callable[[], frozenset[str]] = addresses,
    ) -> None:
        self.broker = broker
        self.online = False
        self.receive_maximum = 65535
        self.maximum_packet_size = 256 * 1024 * 1024
        self._handler, self._own_addresses = handler, own_addresses
        self._subscriptions = tuple(subscriptions)
        self._life: _Life | None = None
        self._lives = 0
        self._backoff = Backoff()
        self._up_at = 0.0
        self._kick = asyncio.Event()
        self._reading = True
        self._props: dict[tuple[object, ...], Properties | None] = {}

    async def run(self) -> None:
        """Stay connected until cancelled. Outside causes raise nothing; they come as `Handler.down`."""
        watching = asyncio.create_task(self._watch_addresses(), name="addresses")
        try:
            await self._stay()
        finally:
            watching.cancel()

    async def _stay(self) -> None:
        loop = asyncio.get_running_loop()
        said = ""
        while True:
            was_up = False
            self._lives += 1
            self._up_at = loop.time()
            try:
                life = _Life(self._fresh_client(), self._lives)
            except (OSError, ValueError) as error:  # a certificate that is missing, damaged or just being renewed
                reason = f"{self._files()}: {_why(error)}"
            else:
                was_up = await self._attempt(life)
                reason = life.reason
            if was_up or reason != said:
                said = reason
                self._handler.down(reason)
            if was_up:
                self._backoff.lost(loop.time() - self._up_at)
            if reason is MOVED:
                continue
            self._kick.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff.next_s(loop.time())):  # wait_for may swallow a cancellation
                    await self._kick.wait()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        content_type: str | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> int:
        """Hand a message to the socket; the return value is the id `puback` will name. Raises NotConnected."""
        life = self._life
        if not self.online or life is None:
            raise NotConnected(f"{self.broker.host}:{self.broker.port} is not connected")
        props = self._properties(expiry_s, content_type, response_topic, correlation)
        info = life.client.publish(topic, payload, qos, retain, props)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise NotConnected(f"{self.broker.host}:{self.broker.port}: {info.rc.name}")
        if qos:
            life.pulse.sent(info.mid, asyncio.get_running_loop().time())
        return info.mid

    @property
    def in_flight(self) -> int:
        """QoS 1 messages that the broker has not acknowledged, for its Receive Maximum (MQTT 5.0, 4.9)."""
        return len(self._life.pulse.unacked) if self._life is not None else 0

    def settle(self, message: Arrived) -> None:
        """Acknowledge an arrived QoS 1 message; nothing when its connection is gone (it will come again)."""
        life = self._life
        if message.qos and life is not None and life.number == message.life and not life.lost.is_set():
            life.client.ack(message.mid, message.qos)

    def pause(self) -> None:
        """Stop reading the socket: what is in hand must be stored first."""
        self._reading = False
        if self.online and self._life is not None and self._life.sock is not None:
            asyncio.get_running_loop().remove_reader(self._life.sock)

    def resume(self) -> None:
        """Read again."""
        self._reading = True
        if self.online and self._life is not None and self._life.sock is not None:
            loop = asyncio.get_running_loop()
            loop.add_reader(self._life.sock, self._readable, self._life)
            loop.call_soon(self._go_on, self._life)

    def kick(self) -> None:
        """Do not wait for the next attempt: something urgent came."""
        self._kick.set()

    def cut(self, reason: str) -> None:
        """Drop the socket without a DISCONNECT and start over."""
        if self._life is not None:
            self._lose(self._life, reason)

    async def _watch_addresses(self) -> None:
        """What was sent, or is being sent, from an address that is gone reaches nobody: begin anew at once."""
        known = self._own_addresses()
        while True:
            await asyncio.sleep(MOVED_EVERY_S)
            before, known = known, self._own_addresses()
            if known == before:
                continue
            life = self._life
            if life is not None and (life.sock is None or is_from(life.sock, before - known)):
                self._lose(life, MOVED)
            self.kick()

    # --- one attempt

    async def _attempt(self, life: _Life) -> bool:
        """Connect and stay; whether it had been up."""
        self._life = life
        try:
            await self._connect(life)
            return await self._live(life)
        finally:
            self.online = False
            self._drop(life)

    def _files(self) -> str:
        tls = self.broker.tls
        return ", ".join(file for file in (tls.ca, tls.cert, tls.key) if file) if tls else "client"

    def _fresh_client(self) -> _Client:
        b = self.broker
        old = b.version == 3
        client = _Client(
            CallbackAPIVersion.VERSION2,
            b.client_id,
            clean_session=False if old else None,
            protocol=MQTTv311 if old else MQTTv5,
            manual_ack=True,
        )
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(0)
        client.connect_timeout = CONNECT_TIMEOUT_S
        if b.username is not None:
            client.username_pw_set(b.username, b.password)
        if b.tls is not None:
            client.tls_set_context(b.tls.context())
        if b.will is not None:
            client.will_set(b.will.topic, b.will.payload, b.will.qos, b.will.retain)
        return client

    async def _connect(self, life: _Life) -> None:
        """TCP, TLS, CONNECT, CONNACK and SUBACKs; on failure `life.reason` says why and `lost` is set."""
        loop = asyncio.get_running_loop()
        client, b = life.client, self.broker
        self._wire(life)
        more: dict[str, Any] = {}
        if b.version == 5:
            props = Properties(PacketTypes.CONNECT)
            props.SessionExpiryInterval = b.session_expiry_s
            more = {"clean_start": False, "properties": props}
        connecting = loop.run_in_executor(None, lambda: client.connect(b.host, b.port, b.keepalive_s, **more))
        lost = asyncio.ensure_future(life.lost.wait())
        either: set[asyncio.Future[Any]] = {connecting, lost}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
        except (OSError, ValueError) as error:
            self._lose(life, _why(error))
            return
        finally:
            lost.cancel()
            if not connecting.done():
                client.abandoned = True
                connecting.add_done_callback(_of_no_interest)
        sock = client.socket()
        if not isinstance(sock, socket.socket):
            self._lose(life, "no socket")
            return
        # A receipt follows an acknowledgement as a second small write: Nagle would hold it for a delayed ACK, 40 ms.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        life.sock = sock
        if life.lost.is_set():
            return
        life.pulse.begin(loop.time())
        loop.add_reader(sock, self._readable, life)
        self._flush(life)

    async def _live(self, life: _Life) -> bool:
        """Wait until the connection is lost; say whether it had been up. Watches for a stall meanwhile."""
        started = asyncio.get_running_loop().time()
        was_up = False
        while not life.lost.is_set():
            try:
                async with asyncio.timeout(1.0):
                    await life.lost.wait()
            except TimeoutError:
                self._watch(life, started)
            was_up = was_up or self.online
        return was_up or life.session_present is not None

    def _watch(self, life: _Life, started: float) -> None:
        now = asyncio.get_running_loop().time()
        if life.session_present is None and now - started > CONNECT_TIMEOUT_S:
            self._lose(life, "no CONNACK")
            return
        if life.pulse.stalled(life.sock, now):
            self._lose(life, f"no acknowledgement for {STALL_S:.0f} s")
            return
        life.client.loop_misc()

    def _drop(self, life: _Life) -> None:
        """Close without ceremony when lost; with DISCONNECT 0x04 (the will is published) when cancelled."""
        if life.sock is not None:
            if not life.lost.is_set():
                life.client.disconnect(reasoncode=ReasonCode(PacketTypes.DISCONNECT, identifier=4))
                life.client.loop_write()
            self._unwatch(life)
            life.sock.close()
        life.lost.set()
        if self._life is life:
            self._life = None
        # They know the client: so it, and 40 KB of TLS, would stay until the collector comes by, which is seldom.
        for name in _CALLBACKS:
            setattr(life.client, name, None)

    def _unwatch(self, life: _Life) -> None:
        """Must come before the descriptor is closed: its number may be another's a moment later."""
        if life.sock is not None and life.sock.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(life.sock)
            loop.remove_writer(life.sock)

    def _lose(self, life: _Life, reason: str) -> None:
        if not life.lost.is_set():
            life.reason = reason
            life.lost.set()
            if self._life is life:
                self.online = False

    # --- paho's callbacks, all on the loop except during `connect`

    def _wire(self, life: _Life) -> None:
        self._wire_session(life)
        self._wire_traffic(life)

    def _wire_session(self, life: _Life) -> None:
        client = life.client

        def on_connect(_c: object, _u: object, flags: Any, reason: Any, props: Any) -> None:
            if reason.is_failure:
                self._lose(life, f"refused by the broker: {reason}")
                return
            self.receive_maximum = getattr(props, "ReceiveMaximum", 65535)
            self.maximum_packet_size = getattr(props, "MaximumPacketSize", 256 * 1024 * 1024)
            life.session_present = bool(flags.session_present)
            if self._subscriptions and self.broker.version == 5:
                client.subscribe([(t, SubscribeOptions(qos=q)) for t, q in self._subscriptions])
            elif self._subscriptions:
                client.subscribe(list(self._subscriptions))
            else:
                self._came_up(life)

        def on_subscribe(_c: object, _u: object, _mid: int, reasons: Any, _p: object) -> None:
            refused = [t for (t, _), r in zip(self._subscriptions, reasons, strict=False) if r.is_failure]
            if refused:
                self._lose(life, f"subscription refused: {', '.join(refused)}")
            else:
                self._came_up(life)

        def on_disconnect(_c: object, _u: object, _f: object, reason: Any, _p: object) -> None:
            self._lose(life, str(reason) if reason.value != 0x80 else "the connection was lost")

        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_disconnect = on_disconnect
        client.on_socket_close = lambda _c, _u, _s: self._unwatch(life)

    def _wire_traffic(self, life: _Life) -> None:
        loop = asyncio.get_running_loop()
        client = life.client

        def on_message(_c: object, _u: object, m: MQTTMessage) -> None:
            life.packets += 1
            if m.properties is None:
                self._handler.arrived(
                    Arrived(m.topic, bytes(m.payload), m.qos, m.retain, m.mid, life.number, dup=m.dup)
                )
                return
            extra = vars(m.properties)
            self._handler.arrived(
                Arrived(
                    m.topic,
                    bytes(m.payload),
                    m.qos,
                    m.retain,
                    m.mid,
                    life.number,
                    extra.get("ContentType"),
                    extra.get("ResponseTopic"),
                    extra.get("CorrelationData"),
                    m.dup,
                )
            )

        def on_publish(_c: object, _u: object, mid: int, reason: Any, _p: object) -> None:
            life.packets += 1
            if life.pulse.acknowledged(mid, loop.time()):
                self._handler.puback(mid, reason.value)

        def on_register_write(_c: object, _u: object, _s: object) -> None:
            if life.sock is not None and not life.flush_asked and not life.writing:
                life.flush_asked = True
                loop.call_soon(self._flush, life)

        client.on_message = on_message
        client.on_publish = on_publish
        client.on_socket_register_write = on_register_write

    def _came_up(self, life: _Life) -> None:
        if life.lost.is_set() or self.online:
            return
        self.online = True
        self._up_at = asyncio.get_running_loop().time()
        if not self._reading and life.sock is not None:
            asyncio.get_running_loop().remove_reader(life.sock)
        self._handler.up(bool(life.session_present))

    def _readable(self, life: _Life) -> None:
        """Read what is there. paho reads one packet a call and does not say whether there was one."""
        for _ in range(READS_A_TURN):
            before = life.packets
            life.client.loop_read()
            if life.lost.is_set() or life.client.socket() is None:
                self._lose(life, "connection closed")
                return
            if not self._reading or (life.packets == before and not _held(life)):
                return
        if _held(life):
            asyncio.get_running_loop().call_soon(self._go_on, life)

    def _go_on(self, life: _Life) -> None:
        """Read what was held back for others' turn; the socket does not say that it is there."""
        if self._reading and life is self._life and not life.lost.is_set():
            self._readable(life)

    def _flush(self, life: _Life) -> None:
        """Write what is queued, as few segments: paho sends every packet with a call of its own."""
        life.flush_asked = False
        if life.lost.is_set() or life.sock is None:
            return
        loop = asyncio.get_running_loop()
        life.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        life.client.loop_write()
        if life.lost.is_set() or life.client.socket() is None:
            self._lose(life, "connection closed")
            return
        life.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
        if life.client.want_write() != life.writing:
            life.writing = not life.writing
            if life.writing:
                loop.add_writer(life.sock, self._flush, life)
            else:
                loop.remove_writer(life.sock)

    def _properties(self, *wanted: Any) -> Properties | None:
        """PUBLISH properties; the few that repeat are made once, because paho makes them slowly."""
        key = wanted if wanted[3] is None else None
        if key is not None and key in self._props:
            return self._props[key]
        props = Properties(PacketTypes.PUBLISH)
        expiry_s, content_type, response_topic, correlation = wanted
        if expiry_s is not None:
            props.MessageExpiryInterval = expiry_s
        if content_type is not None:
            props.ContentType = content_type
        if response_topic is not None:
            props.ResponseTopic = response_topic
        if correlation is not None:
            props.CorrelationData = correlation
        result = None if props.isEmpty() else props
        if key is not None and len(self._props) < 64:
            self._props[key] = result
        return result


def _held(life: _Life) -> bool:
    """Whether there is more to read that the socket will not announce."""
    return life.client.ahead or (isinstance(life.sock, ssl.SSLSocket) and life.sock.pending() > 0)


def _of_no_interest(attempt: asyncio.Future[Any]) -> None:
    """How an attempt ended that was given up; it takes `CONNECT_TIMEOUT_S` at most."""
    if not attempt.cancelled():
        attempt.exception()


def _why(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker's certificate was not accepted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    return str(error) or type(error).__name__
