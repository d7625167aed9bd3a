"""The other end of every kind of port: where a sample is spoken into, and what is heard back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from edge.cli.speech import CannotError

BETWEEN_CHUNKS_S = 0.02
QUIET_S = 0.05
"""Silence after the first answer that ends the wait for more."""

OPENED_S = 15.0
"""A gateway looks for an unplugged serial line every few seconds."""

CONNECT_S = 5.0
KINDS = "tcp://HOST:PORT, udp://HOST:PORT, serial:PATH, mqtt://HOST:PORT, gpio:SOCKET"


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent, in words; what came back, and after how many milliseconds."""

    sent: str
    answer: bytes = b""
    ms: float | None = None


class Target(Protocol):
    """An open port. `answers`: whether a device is answered on it."""

    answers: bool

    def takes(self, sample: dict[str, Any]) -> bool:
        """Whether this sample can be played here."""

    def play(self, sample: dict[str, Any]) -> Played:
        """Play it. Raises OSError when the port is gone."""


@contextmanager
def open_target(target: str, *, pin: int, wait_s: float) -> Iterator[Target]:
    """The port of that name. Raises OSError when it cannot be reached, CannotError when it is no port."""
    scheme, _, rest = target.partition(":")
    if scheme in {"tcp", "udp"}:
        yield Stream(lambda: _connect(target, scheme), wait_s)
    elif scheme == "serial" and rest:
        with _serial(Path(rest)) as fd:
            yield SerialLine(fd, wait_s)
    elif scheme == "mqtt":
        yield MqttBroker(target, wait_s)
    elif scheme == "gpio" and rest:
        from drivers.ports.mockpins import MockPins, MockPinsError  # noqa: PLC0415

        try:
            with MockPins(Path(rest), wait_s=CONNECT_S) as pins:
                yield PinRow(pins.set, pin)
        except MockPinsError as error:
            raise OSError(str(error)) from None
    else:
        raise CannotError(f"{target}: {KINDS}")


class Stream:
    """TCP and UDP: each sample on a connection of its own, its login before it."""

    answers = True

    def __init__(self, connect: Callable[[], socket.socket], wait_s: float) -> None:
        self._connect, self._wait_s = connect, wait_s

    def takes(self, sample: dict[str, Any]) -> bool:
        """Anything that is bytes."""
        return bool(chunks(sample))

    def play(self, sample: dict[str, Any]) -> Played:
        """Login, its answer, the chunks, what comes."""
        with self._connect() as line:

            def hear(timeout_s: float) -> bytes | None:
                line.settimeout(max(timeout_s, 0.001))
                try:
                    return line.recv(65536)
                except TimeoutError:
                    return None

            if login := bytes.fromhex(sample.get("login") or sample.get("login_hex") or ""):
                line.sendall(login)
                _answer(hear, self._wait_s)
            start = _send(line.sendall, sample)
            expected = bool(sample.get("reply")) or "reply" not in sample
            return _played(sample, *_answer(hear, self._wait_s if expected else QUIET_S), start)


class SerialLine:
    """A serial line, or the pseudo terminal that stands for one."""

    answers = True

    def __init__(self, fd: int, wait_s: float) -> None:
        self._fd, self._wait_s = fd, wait_s

    def takes(self, sample: dict[str, Any]) -> bool:
        """Anything that is bytes."""
        return bool(chunks(sample))

    def play(self, sample: dict[str, Any]) -> Played:
        """The chunks, and what comes if something should."""
        start = _send(self._write, sample)
        return _played(sample, *_answer(self._hear, self._wait_s if sample.get("reply") else QUIET_S), start)

    def _write(self, data: bytes) -> None:
        while data:
            _, writable, _ = select.select([], [self._fd], [], CONNECT_S)
            if not writable:
                raise OSError("nobody reads the line")
            data = data[os.write(self._fd, data) :]

    def _hear(self, timeout_s: float) -> bytes | None:
        readable, _, _ = select.select([self._fd], [], [], max(timeout_s, 0.0))
        return os.read(self._fd, 65536) if readable else None


class PinRow:
    """Mock pins: a sample's timeline in real time. A line with a role is the next pin (`button:tamper`)."""

    answers = False

    def __init__(self, drive: Callable[[int, int], float], pin: int) -> None:
        self._drive, self._pin = drive, pin

    def takes(self, sample: dict[str, Any]) -> bool:
        """Levels; there is no converter to play a ratio into."""
        return "timeline" in sample and not any("ratio" in step for step in sample["timeline"])

    def play(self, sample: dict[str, Any]) -> Played:
        """Step by step."""
        pins: dict[str, int] = {}
        start, first = time.monotonic(), sample["timeline"][0]["at_ms"]
        for step in sample["timeline"]:
            time.sleep(max(0.0, start + (step["at_ms"] - first) / 1000 - time.monotonic()))
            if "level" in step:
                self._drive(pins.setdefault(step["line"], self._pin + len(pins)), int(bool(step["level"])))
        return Played(", ".join(f"{line}: pin {pin}" for line, pin in pins.items()))


class MqttBroker:
    """A broker of the house, published to as zigbee2mqtt or a device would."""

    answers = False

    def __init__(self, target: str, wait_s: float) -> None:
        self._target, self._wait_s = urlsplit(target), wait_s

    def takes(self, sample: dict[str, Any]) -> bool:
        """Messages."""
        return "topic" in sample

    def play(self, sample: dict[str, Any]) -> Played:
        """Publish with QoS 1 and wait for the broker's word."""
        return asyncio.run(self._publish(sample))

    async def _publish(self, sample: dict[str, Any]) -> Played:
        from sync.mqtt import Broker, Connection  # noqa: PLC0415 - loads paho

        where = self._target
        broker = Broker(
            where.hostname or "127.0.0.1",
            where.port or 1883,
            f"linli-simulate-{os.getpid()}",
            unquote(where.username) if where.username else None,
            unquote(where.password) if where.password else None,
            session_expiry_s=0,
        )
        waiting = _Waiting()
        connection = Connection(broker, waiting)
        work = asyncio.create_task(connection.run())
        try:
            async with asyncio.timeout(CONNECT_S):
                await waiting.online.wait()
            start = time.monotonic()
            payload = sample["payload"]
            connection.publish(sample["topic"], payload.encode(), retain=bool(sample.get("retain", False)))
            async with asyncio.timeout(self._wait_s):
                await waiting.held.wait()
            return Played(sample["topic"], ms=(time.monotonic() - start) * 1000)
        except TimeoutError:
            raise OSError(waiting.reason or "the broker does not answer") from None
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


class _Waiting:
    """A `Handler` of `sync.mqtt` that only waits."""

    def __init__(self) -> None:
        self.online, self.held, self.reason = asyncio.Event(), asyncio.Event(), ""

    def up(self, session_present: bool) -> None:  # noqa: ARG002, FBT001 - MQTT's own flag
        self.online.set()

    def down(self, reason: str) -> None:
        self.reason = reason

    def arrived(self, message: object) -> None:
        del message

    def puback(self, mid: int, code: int) -> None:  # noqa: ARG002
        self.held.set()


def chunks(sample: dict[str, Any]) -> list[bytes]:
    """The bytes of a sample as they arrive; none for messages and pins."""
    if "text" in sample:
        return [sample["text"].encode()]
    return [bytes.fromhex(one) for one in sample.get("chunks", [sample["hex"]] if "hex" in sample else [])]


def _send(write: Callable[[bytes], object], sample: dict[str, Any]) -> float:
    for number, chunk in enumerate(chunks(sample)):
        if number:
            time.sleep(BETWEEN_CHUNKS_S)
        write(chunk)
    return time.monotonic()


def _answer(hear: Callable[[float], bytes | None], wait_s: float) -> tuple[bytes, float | None]:
    """Everything until it is quiet, and when the first of it came."""
    heard, first, until = b"", None, time.monotonic() + wait_s
    while (left := until - time.monotonic()) > 0:
        piece = hear(left)
        if not piece:
            break
        first = first or time.monotonic()
        heard += piece
        until = min(until, time.monotonic() + QUIET_S)
    return heard, first


def _played(sample: dict[str, Any], answer: bytes, first: float | None, start: float) -> Played:
    size = sum(map(len, chunks(sample)))
    return Played(f"{size} bytes", answer, None if first is None else max(0.0, first - start) * 1000)


def _connect(target: str, scheme: str) -> socket.socket:
    where = urlsplit(target)
    if where.hostname is None or where.port is None:
        raise CannotError(f"{target}: {scheme}://HOST:PORT")
    if scheme == "tcp":
        return socket.create_connection((where.hostname, where.port), CONNECT_S)
    family, kind, proto, _, address = socket.getaddrinfo(where.hostname, where.port, type=socket.SOCK_DGRAM)[0]
    line = socket.socket(family, kind, proto)
    line.connect(address)
    return line


@contextmanager
def _serial(path: Path) -> Iterator[int]:
    """The line itself; or where nothing is there, a pseudo terminal, once the gateway has opened it."""
    if path.exists():
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            if os.isatty(fd):
                tty.setraw(fd)
            yield fd
        finally:
            os.close(fd)
        return
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        path.symlink_to(os.ttyname(slave))
        os.close(slave)
        _until_opened(master)
        yield master
        time.sleep(QUIET_S)  # what is closed at once is lost to who has not read it yet
    finally:
        os.close(master)
        path.unlink(missing_ok=True)


def _until_opened(master: int) -> None:
    """A pseudo terminal nobody has open is hung up."""
    line, until = select.poll(), time.monotonic() + OPENED_S
    line.register(master, 0)
    while line.poll(0):
        if time.monotonic() > until:
            raise OSError("nobody opens it; does a serial port of the gateway name this path?")
        time.sleep(0.05)
