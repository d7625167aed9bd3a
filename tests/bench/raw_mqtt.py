"""The few packets of MQTT 3.1.1 that sources and listener need, encoded beforehand and read without a library.

Our own client would cost the machine more than the load it makes. OASIS MQTT 3.1.1, sections 2 and 3.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import NamedTuple

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90
PUBACK_BYTES = 4
QOS_1 = 0x02
LARGEST_ID = 65_535


class Packet(NamedTuple):
    """One packet: the first byte, and what follows the length."""

    head: int
    body: bytes


def connect(client_id: str) -> bytes:
    """A clean session that is never asked whether it is alive."""
    return _packet(0x10, _text("MQTT") + b"\x04\x02\x00\x00" + _text(client_id))


def subscribe(topic: str, qos: int) -> bytes:
    """To one filter."""
    return _packet(0x82, b"\x00\x01" + _text(topic) + bytes([qos]))


def publish(topic: str, payload: bytes, packet_id: int) -> bytes:
    """With QoS 1."""
    return _packet(PUBLISH | QOS_1, _text(topic) + packet_id.to_bytes(2) + payload)


def puback(packet_id: bytes) -> bytes:
    """For what came with that id."""
    return b"\x40\x02" + packet_id


def published(packet: Packet) -> tuple[bytes, bytes, bytes]:
    """Topic, packet id (empty with QoS 0) and payload of a PUBLISH."""
    end = 2 + int.from_bytes(packet.body[:2])
    if packet.head & 0x06:
        return packet.body[2:end], packet.body[end : end + 2], packet.body[end + 2 :]
    return packet.body[2:end], b"", packet.body[end:]


class Reader:
    """Cuts bytes into packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Every packet these bytes complete."""
        self._buffer += data
        buffer, at = self._buffer, 0
        while True:
            head = _head(buffer, at)
            if head is None or at + head[0] + head[1] > len(buffer):
                break
            start = at + head[0]
            yield Packet(buffer[at], bytes(buffer[start : start + head[1]]))
            at = start + head[1]
        del buffer[:at]


def opened(connection: socket.socket, client_id: str) -> socket.socket:
    """Say CONNECT and wait for its CONNACK; raises ConnectionError when it is refused."""
    connection.sendall(connect(client_id))
    answer = connection.recv(4)
    if len(answer) < 4 or answer[0] != CONNACK or answer[3]:
        raise ConnectionError(f"the broker refused {client_id}: {answer.hex()}")
    return connection


def _head(buffer: bytearray, at: int) -> tuple[int, int] | None:
    """Bytes before the body and in it; None while that is not known."""
    size, shift = 0, 0
    for offset in range(1, 5):
        if at + offset >= len(buffer):
            return None
        byte = buffer[at + offset]
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            return offset + 1, size
        shift += 7
    raise ValueError("not MQTT: a length of more than four bytes")


def _packet(head: int, body: bytes) -> bytes:
    left, length = len(body), bytearray()
    while True:
        left, low = divmod(left, 128)
        length.append(low | (0x80 if left else 0))
        if not left:
            return bytes([head]) + bytes(length) + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw
