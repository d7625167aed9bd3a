"""A platform that only counts: subscribes at the centre's broker, confirms, and looks at the time.

For the plain bridge, which has no receiver, and for `custody: puback`, which needs none. It costs as little as such a
thing can, so that what stands beside it is measured and not it.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing
from types import TracebackType
from typing import Self

from edge.demo.stage import Stage
from tests.bench.raw_mqtt import PUBLISH, Reader, opened, puback, published, subscribe

CHUNK = 256 * 1024
RETRY_S = 0.005
BORN = b'"born":'


class Listener:
    """A context manager. Messages on `.../alarm` carry when they were said; `ways_s` has how long each took."""

    def __init__(self, stage: Stage, topic: str = "linli/v1/+/up/#", qos: int = 1) -> None:
        own = stage.authority.client("centre")
        self._tls = ssl.create_default_context(cafile=str(stage.authority.ca))
        self._tls.load_cert_chain(own.cert, own.key)
        self._port, self._topic, self._qos = stage.centre_port, topic, qos
        self.count = 0
        self.ways_s: list[float] = []
        self.listens = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self.listens.wait(10):
            raise TimeoutError("the centre's broker lets nobody listen")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with closing(self._connected()) as connection:
                    self._hear(connection)
            except OSError:
                time.sleep(RETRY_S)

    def _connected(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self._port), timeout=5)
        try:
            connection = self._tls.wrap_socket(plain, server_hostname="127.0.0.1")
        except BaseException:
            plain.close()
            raise
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened(connection, "bench-listener")
        connection.sendall(subscribe(self._topic, self._qos))
        connection.recv(5)
        connection.settimeout(0.2)
        self.listens.set()
        return connection

    def _hear(self, connection: ssl.SSLSocket) -> None:
        reader = Reader()
        while not self._over.is_set():
            try:
                data = connection.recv(CHUNK)
            except TimeoutError:
                continue
            if not data:
                return
            owed = bytearray()
            for packet in reader.feed(data):
                if packet.head & 0xF0 == PUBLISH:
                    topic, packet_id, payload = published(packet)
                    self.count += 1
                    if topic.endswith(b"/alarm") and BORN in payload:
                        self.ways_s.append(time.time() - float(payload.partition(BORN)[2].rstrip(b"}")))
                    if packet_id:
                        owed += puback(packet_id)
            if owed:
                connection.sendall(owed)
