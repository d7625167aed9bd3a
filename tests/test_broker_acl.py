"""The shipped broker configuration and its rights, asked of a real mosquitto by real clients."""

from __future__ import annotations

import queue
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.demo.authority import Authority, Identity
from tests.broker import Mosquitto

BOUND_S = 40.0
NOT_AUTHORIZED = 0x87


class Client:
    """One MQTT 5 client; what happens to it waits in queues."""

    def __init__(self, broker: Mosquitto, authority: Authority, name: str, client_id: str | None = None) -> None:
        self.acknowledged: queue.Queue[tuple[int, int]] = queue.Queue()
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.ended: queue.Queue[int] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()
        self._subscribed: queue.Queue[int] = queue.Queue()
        self._paho = paho.Client(CallbackAPIVersion.VERSION2, client_id or name, protocol=MQTTProtocolVersion.MQTTv5)
        identity = authority.client(name)
        self._paho.tls_set(str(authority.ca), str(identity.cert), str(identity.key))
        self._paho.on_connect = lambda *a: self._connected.put(a[2].session_present)
        self._paho.on_disconnect = lambda *a: self.ended.put(a[3].value)
        self._paho.on_subscribe = lambda *a: self._subscribed.put(a[2])
        self._paho.on_publish = lambda *a: self.acknowledged.put((a[2], a[3].value))
        self._paho.on_message = lambda *a: self.heard.put((a[2].topic, a[2].payload))
        self._port = broker.centre_port if name == "centre" else broker.port

    def connect(self) -> bool:
        """Connect with a session that lasts; returns whether the broker still had it."""
        lasting = Properties(PacketTypes.CONNECT)
        lasting.SessionExpiryInterval = 3600
        self._paho.connect("127.0.0.1", self._port, clean_start=False, properties=lasting)
        self._paho.loop_start()
        return self._connected.get(timeout=BOUND_S)

    def subscribe(self, topic: str) -> None:
        self._paho.subscribe(topic, qos=1)
        self._subscribed.get(timeout=BOUND_S)

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> int:
        """Publish at QoS 1; returns the reason code of the acknowledgement."""
        self._paho.publish(topic, payload, qos=1, retain=retain)
        return self.acknowledged.get(timeout=BOUND_S)[1]

    def close(self) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()


@contextmanager
def online(broker: Mosquitto, authority: Authority, name: str, client_id: str | None = None) -> Iterator[Client]:
    client = Client(broker, authority, name, client_id)
    client.connect()
    try:
        yield client
    finally:
        client.close()


def refusal(broker: Mosquitto, authority: Authority, identity: Identity | None) -> str:
    """Why the broker refuses this certificate, as the client's TLS library names it."""
    context = ssl.create_default_context(cafile=authority.ca)
    if identity is not None:
        context.load_cert_chain(identity.cert, identity.key)
    with (
        socket.create_connection(("127.0.0.1", broker.port), BOUND_S) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
        pytest.raises(ssl.SSLError) as caught,
    ):
        secured.recv(1)  # in TLS 1.3 the server judges after the client's handshake is done
    return caught.value.reason


def distrust(broker: Mosquitto, authority: Authority) -> str:
    """Why a client that trusts this authority refuses the broker."""
    context = ssl.create_default_context(cafile=authority.ca)
    with (
        socket.create_connection(("127.0.0.1", broker.port), BOUND_S) as plain,
        pytest.raises(ssl.SSLCertVerificationError) as caught,
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.1")
    return caught.value.verify_message


def test_a_gateway_may_publish_under_its_own_name(tls_broker: Mosquitto, authority: Authority) -> None:
    with online(tls_broker, authority, "centre", "receiver") as centre:
        centre.subscribe("linli/v1/+/up/#")
        with online(tls_broker, authority, "gw-1") as gateway:
            assert gateway.publish("linli/v1/gw-1/up/alarm", b"pressed") == 0
        assert centre.heard.get(timeout=BOUND_S) == ("linli/v1/gw-1/up/alarm", b"pressed")


@pytest.mark.parametrize(
    "topic",
    [
        "linli/v1/gw-2/up/alarm",
        "linli/v1/gw-1/down/receipt",
        "linli/v1/gw-2/down/receipt",
        "linli/v1/presence/health",
        "linli/v1/content/manifest",
        "elsewhere",
    ],
)
def test_a_foreign_topic_is_refused_with_the_reason(tls_broker: Mosquitto, authority: Authority, topic: str) -> None:
    with online(tls_broker, authority, "gw-1") as gateway:
        assert gateway.publish(topic) == NOT_AUTHORIZED


def test_a_gateway_hears_its_own_way_down_and_nothing_of_others(tls_broker: Mosquitto, authority: Authority) -> None:
    with (
        online(tls_broker, authority, "gw-1") as gateway,
        online(tls_broker, authority, "centre", "desk") as centre,
        online(tls_broker, authority, "gw-2") as other,
    ):
        gateway.subscribe("#")  # granted: the right to read is asked for every message
        gateway.subscribe("linli/v1/gw-2/down/#")
        assert centre.publish("linli/v1/gw-2/down/receipt") in {0, 0x10}
        assert other.publish("linli/v1/gw-2/up/alarm") in {0, 0x10}
        assert centre.publish("linli/v1/presence/health", b"3") == 0
        assert centre.publish("linli/v1/content/manifest", b"v7") == 0
        assert centre.publish("linli/v1/gw-1/down/receipt", b"mine") == 0
        heard = [gateway.heard.get(timeout=BOUND_S) for _ in range(3)]
        assert heard == [
            ("linli/v1/presence/health", b"3"),
            ("linli/v1/content/manifest", b"v7"),
            ("linli/v1/gw-1/down/receipt", b"mine"),
        ]
        assert gateway.heard.empty()


def test_the_centre_reads_every_gateway_in_a_shared_subscription_too(
    tls_broker: Mosquitto, authority: Authority
) -> None:
    with online(tls_broker, authority, "centre", "receiver") as centre:
        centre.subscribe("$share/receivers/linli/v1/+/up/events")
        with online(tls_broker, authority, "gw-1") as gateway:
            assert gateway.publish("linli/v1/gw-1/up/events", b"[]") == 0
        assert centre.heard.get(timeout=BOUND_S) == ("linli/v1/gw-1/up/events", b"[]")


def test_the_centre_cannot_speak_for_a_gateway(tls_broker: Mosquitto, authority: Authority) -> None:
    with online(tls_broker, authority, "centre", "desk") as centre:
        assert centre.publish("linli/v1/gw-1/up/alarm") == NOT_AUTHORIZED


def test_no_gateway_can_take_the_session_of_another(tls_broker: Mosquitto, authority: Authority) -> None:
    with (
        online(tls_broker, authority, "gw-1") as victim,
        online(tls_broker, authority, "gw-2", client_id="gw-1") as intruder,
    ):
        assert intruder.publish("linli/v1/gw-2/up/state") in {0, 0x10}
        assert victim.publish("linli/v1/gw-1/up/state") in {0, 0x10}
        assert victim.ended.empty()


@pytest.mark.parametrize("end", ["in order", "killed a save later"])
def test_what_waits_for_a_gateway_and_what_is_retained_outlive_the_broker(
    tls_broker: Mosquitto, authority: Authority, end: str
) -> None:
    with online(tls_broker, authority, "gw-1") as gateway:
        gateway.subscribe("linli/v1/gw-1/down/request/#")
    with online(tls_broker, authority, "centre", "desk") as centre:
        assert centre.publish("linli/v1/gw-1/down/config", b"wanted", retain=True) in {0, 0x10}
        assert centre.publish("linli/v1/gw-1/down/request/locate", b"where") == 0
    if end == "in order":
        tls_broker.stop()
    else:
        wait_until_saved(tls_broker, b"where")
        tls_broker.kill()
    tls_broker.start()
    back = Client(tls_broker, authority, "gw-1")
    assert back.connect() is True
    assert back.heard.get(timeout=BOUND_S) == ("linli/v1/gw-1/down/request/locate", b"where")
    back.subscribe("linli/v1/gw-1/down/config")
    assert back.heard.get(timeout=BOUND_S) == ("linli/v1/gw-1/down/config", b"wanted")
    back.close()


def wait_until_saved(broker: Mosquitto, payload: bytes) -> None:
    saved, deadline = broker.directory / "mosquitto.db", time.monotonic() + BOUND_S
    while not (saved.exists() and payload in saved.read_bytes()):
        assert time.monotonic() < deadline, "the broker did not save"
        time.sleep(0.05)


def test_no_certificate_is_refused_and_the_client_is_told_so(tls_broker: Mosquitto, authority: Authority) -> None:
    assert refusal(tls_broker, authority, None) == "TLSV13_ALERT_CERTIFICATE_REQUIRED"


def test_an_expired_certificate_is_refused_and_the_client_is_told_so(
    tls_broker: Mosquitto, authority: Authority
) -> None:
    expired = authority.client("gw-1", expired=True)
    assert refusal(tls_broker, authority, expired) == "SSLV3_ALERT_CERTIFICATE_EXPIRED"


def test_a_certificate_of_another_authority_is_refused_and_the_client_is_told_so(
    tls_broker: Mosquitto, authority: Authority, short_tmp: Path
) -> None:
    foreign = Authority(short_tmp / "foreign", name="another CA").client("gw-1")
    assert refusal(tls_broker, authority, foreign) == "TLSV1_ALERT_UNKNOWN_CA"


def test_an_authority_that_only_bears_the_same_name_is_refused_too(
    tls_broker: Mosquitto, authority: Authority, short_tmp: Path
) -> None:
    forged = Authority(short_tmp / "forged").client("gw-1")
    assert refusal(tls_broker, authority, forged) in {"TLSV1_ALERT_DECRYPT_ERROR", "TLSV1_ALERT_UNKNOWN_CA"}


def test_a_servers_certificate_does_not_pass_for_a_gateways(tls_broker: Mosquitto, authority: Authority) -> None:
    assert refusal(tls_broker, authority, authority.server("gw-1")) == "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"


def test_a_broker_with_a_certificate_for_another_host_is_refused_by_the_client(authority: Authority) -> None:
    authority.server("broker", hosts=["broker.example"])
    with Mosquitto(authority.directory, authority) as broker:
        assert "IP address mismatch, certificate is not valid for '127.0.0.1'" in distrust(broker, authority)


def test_a_broker_with_an_expired_certificate_is_refused_by_the_client(authority: Authority) -> None:
    authority.server("broker", expired=True)
    with Mosquitto(authority.directory, authority) as broker:
        assert "certificate has expired" in distrust(broker, authority)


def test_a_broker_of_another_authority_is_refused_by_the_client(tls_broker: Mosquitto, short_tmp: Path) -> None:
    foreign = Authority(short_tmp / "foreign", name="another CA")
    assert re.search("self.signed certificate|local issuer certificate", distrust(tls_broker, foreign))


def test_a_client_without_tls_gets_no_answer(tls_broker: Mosquitto) -> None:
    connect = bytes.fromhex("101000044d5154540502003c00000367772d31")
    with socket.create_connection(("127.0.0.1", tls_broker.port), BOUND_S) as plain:
        plain.sendall(connect)
        try:
            answer = plain.recv(100)
        except ConnectionResetError:
            answer = b""
    assert answer[:1] != b"\x20"


def test_keys_are_readable_by_their_owner_alone(authority: Authority) -> None:
    assert authority.client("gw-1").key.stat().st_mode & 0o777 == 0o600
    assert authority.server("broker").key.stat().st_mode & 0o777 == 0o600
