"""Pins without a board: a small program that keeps levels, so that they outlive a gateway that is killed.

    python -m drivers.ports.mockpins --socket /run/linli/pins

It knows no gpiozero and no driver. The gateway's pin factory (`drivers.ports.gpio`) is one client; tests, the simulator
and the demo are others, through `MockPins`. Nothing here is for a real board.

Protocol: a Unix stream socket, one JSON object per line in each direction, at most 4096 bytes. Times are
CLOCK_MONOTONIC seconds, which all processes of a machine share.

    {"do": "set", "pin": 17, "level": 0, "ms": 120}      drive an input; with "ms" it returns to what it was
    {"do": "ratio", "pin": 0, "ratio": 0.67, "ms": 0}    the same for an ADC channel (device * 8 + channel)
    {"do": "pull", "pin": 17, "level": 1}                the level of an input that nobody drives
    {"do": "output", "pin": 27, "level": 1}              what the gateway drives
    {"do": "read"}                                       the whole state
    {"do": "watch"}                                      the whole state, then every change as it happens

    -> {"ok": true, "at": 81.5}  or  {"error": "..."}                                        to set, ratio, pull, output
    -> {"levels": {"17": 1}, "ratios": {"0": 0.5}, "outputs": {"27": 0}, "at": 81.5}         to read, watch
    -> {"what": "level" | "ratio" | "output", "pin": 17, "value": 0, "at": 81.52}            to watchers
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, Self

from drivers.model import Struct, decode_json, encode_json

LINE_LIMIT = 4096
NAME_LIMIT = 107
"""`sun_path` of unix(7) without its final zero."""

UNREAD_LIMIT = 1024 * 1024
"""What a watcher may leave unread; it is dropped then, and gets the whole state when it comes back."""

MAX_PINS = 256
RETRY_S = 0.02


class MockPinsError(ConnectionError):
    """The program that keeps the pins is not there, is there twice, or refused an order."""


class Order(Struct, forbid_unknown_fields=True):
    """One line from a client."""

    do: Literal["set", "ratio", "pull", "output", "read", "watch"]
    pin: int = 0
    level: int = 0
    ratio: float = 0.0
    ms: float = 0.0


class Whole(Struct):
    """The state of all pins. Keys are BCM numbers, or `device * 8 + channel` for ratios."""

    levels: dict[int, int]
    ratios: dict[int, float]
    outputs: dict[int, int]
    at: float


class Change(Struct):
    """One pin that changed."""

    what: Literal["level", "ratio", "output"]
    pin: int
    value: float
    at: float


class Answer(Struct, omit_defaults=True):
    """What an order was answered."""

    ok: bool = False
    error: str = ""
    at: float = 0.0


class Holder:
    """Keeps the pins and tells the watchers."""

    def __init__(self, path: Path, now_s: Callable[[], float] = monotonic) -> None:
        self._path = path
        self._now_s = now_s
        self._values: dict[str, dict[int, float]] = {"level": {}, "ratio": {}, "output": {}}
        self._driven: set[int] = set()
        self._returning: dict[tuple[str, int], tuple[asyncio.TimerHandle, float]] = {}
        self._watchers: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until cancelled. Raises MockPinsError when another one serves this socket."""
        listening = listen(self._path)
        try:
            server = await asyncio.start_unix_server(self._serve, sock=listening, limit=LINE_LIMIT)
            ready()
            try:
                await asyncio.Event().wait()
            finally:
                server.close()
                for client in list(self._clients):
                    client.transport.abort()
                await asyncio.sleep(0)
        finally:
            self._path.unlink(missing_ok=True)
            listening.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                writer.write(encode_json(self._obey(line, writer)) + b"\n")
                await writer.drain()
        except (ValueError, OSError):
            pass  # a line without end, or a client that went away: its pins stay as they are
        finally:
            self._clients.discard(writer)
            self._watchers.discard(writer)
            writer.close()

    def _obey(self, line: bytes, writer: asyncio.StreamWriter) -> Answer | Whole:
        try:
            order = decode_json(line, type=Order)
        except (ValueError, RecursionError) as error:
            return Answer(error=str(error))
        if order.do == "watch":
            self._watchers.add(writer)
        if order.do in {"read", "watch"}:
            return self._whole()
        if not 0 <= order.pin < MAX_PINS:
            return Answer(error=f"pin {order.pin}: 0 to {MAX_PINS - 1}")
        self._apply(order)
        return Answer(ok=True, at=self._now_s())

    def _apply(self, order: Order) -> None:
        match order.do:
            case "ratio":
                self._drive("ratio", order.pin, min(max(order.ratio, 0.0), 1.0), order.ms)
            case "pull":
                if order.pin not in self._driven:
                    self._drive("level", order.pin, int(order.level != 0), 0)
            case "output":
                self._drive("output", order.pin, int(order.level != 0), 0)
            case _:
                self._driven.add(order.pin)
                self._drive("level", order.pin, int(order.level != 0), order.ms)

    def _drive(self, what: Literal["level", "ratio", "output"], pin: int, value: float, ms: float) -> None:
        values = self._values[what]
        before = values.get(pin, 1 - value if what == "level" else 0.0)
        if returning := self._returning.pop((what, pin), None):
            timer, before = returning
            timer.cancel()
        if ms > 0:
            timer = asyncio.get_running_loop().call_later(ms / 1000, self._drive, what, pin, before, 0)
            self._returning[what, pin] = (timer, before)
        if values.get(pin) == value:
            return
        values[pin] = value
        self._tell(Change(what, pin, value, self._now_s()))

    def _tell(self, change: Change) -> None:
        line = encode_json(change) + b"\n"
        for watcher in list(self._watchers):
            if watcher.transport.get_write_buffer_size() > UNREAD_LIMIT:
                watcher.transport.abort()
            else:
                watcher.write(line)

    def _whole(self) -> Whole:
        levels, outputs = self._values["level"], self._values["output"]
        return Whole(
            {pin: int(level) for pin, level in levels.items()},
            dict(self._values["ratio"]),
            {pin: int(level) for pin, level in outputs.items()},
            self._now_s(),
        )


class Client:
    """A client's connection: orders out, lines in."""

    def __init__(self, path: Path, *, wait_s: float = 0.0, timeout_s: float | None = 5.0) -> None:
        self._socket = _connect(path, wait_s, timeout_s)
        self._lines = self._socket.makefile("rb")

    def send(self, order: Order) -> None:
        """Send without waiting for the answer."""
        try:
            self._socket.sendall(encode_json(order) + b"\n")
        except OSError as error:
            raise MockPinsError(f"the mock pins do not listen: {error}") from error

    def line(self) -> bytes:
        """The next line. Raises MockPinsError when there will be none."""
        try:
            line = self._lines.readline()
        except (OSError, ValueError) as error:
            raise MockPinsError(f"the mock pins do not answer: {error}") from error
        if not line:
            raise MockPinsError("the mock pins went away")
        return line

    def patience(self, timeout_s: float | None) -> None:
        """How long `line` waits; None: for ever."""
        self._socket.settimeout(timeout_s)

    def finish(self) -> None:
        """Say that no order will follow, from any thread; the keeper answers the rest and hangs up."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def hang_up(self) -> None:
        """Wake whoever waits in `line`, from any thread, whatever the keeper does."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the connection back."""
        self._lines.close()
        self._socket.close()


class MockPins:
    """What tests, the simulator and the demo do to the pins, and what they see of the outputs.

    Connects at once, for `wait_s` seconds if need be; every method returns when the order is carried out. Raises
    MockPinsError when the program is not there or refuses.
    """

    def __init__(self, path: Path, *, wait_s: float = 5.0) -> None:
        self._client = Client(path, wait_s=wait_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set(self, pin: int, level: int) -> float:
        """Drive an input high (1) or low (0); return the moment."""
        return self._order(Order("set", pin, level=level))

    def press(self, pin: int, ms: float = 120, level: int = 0) -> float:
        """Drive an input for so long, then let it return to what it was; return the moment of the press at once."""
        return self._order(Order("set", pin, level=level, ms=ms))

    def set_ratio(self, channel: int, ratio: float, ms: float = 0, *, device: int = 0) -> float:
        """Put a fraction of the reference voltage on an ADC channel, for `ms` or for good; return the moment."""
        return self._order(Order("ratio", device * 8 + channel, ratio=ratio, ms=ms))

    def read(self) -> Whole:
        """All pins as they are."""
        self._client.send(Order("read"))
        return decode_json(self._client.line(), type=Whole)

    def output(self, pin: int) -> bool:
        """Whether the gateway drives this output high; an output nobody touched is low."""
        return bool(self.read().outputs.get(pin, 0))

    def close(self) -> None:
        """Hang up; the pins stay as they are."""
        self._client.close()

    def _order(self, order: Order) -> float:
        self._client.send(order)
        answer = decode_json(self._client.line(), type=Answer)
        if not answer.ok:
            raise MockPinsError(answer.error)
        return answer.at


@contextlib.contextmanager
def within_reach(path: Path) -> Iterator[str]:
    """A name for this path that a Unix socket can take; long folders are reached through their descriptor."""
    if len(os.fsencode(path)) <= NAME_LIMIT:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path) -> socket.socket:
    """Bind, replacing a socket that nobody serves any more. Raises MockPinsError when somebody does."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with within_reach(path) as name:
            try:
                listening.bind(name)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                _remove_stale(path)
                listening.bind(name)
        path.chmod(0o600)
        listening.listen(16)
    except BaseException:
        listening.close()
        raise
    listening.setblocking(False)  # noqa: FBT003 - the standard library's signature
    return listening


def main() -> int:
    """Keep pins until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m drivers.ports.mockpins", description="pins without a board")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    path: Path = parser.parse_args().socket

    def ready() -> None:
        sys.stdout.write(f"ready {path}\n")
        sys.stdout.flush()

    async def serve() -> None:
        task = asyncio.ensure_future(Holder(path).run(ready))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(serve())
    except OSError as error:
        sys.stderr.write(f"{path}: {error}\n")
        return 1
    return 0


def _remove_stale(path: Path) -> None:
    if not path.is_socket():
        raise MockPinsError(f"{path} is there and is no socket")
    try:
        _connect(path, 0.0, 5.0).close()
    except MockPinsError:
        path.unlink(missing_ok=True)
    else:
        raise MockPinsError(f"{path} is served by another program")


def _connect(path: Path, wait_s: float, timeout_s: float | None) -> socket.socket:
    give_up_s = monotonic() + wait_s
    while True:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(timeout_s)
        try:
            with within_reach(path) as name:
                client.connect(name)
        except OSError as error:
            client.close()
            if monotonic() >= give_up_s:
                raise MockPinsError(f"nobody keeps the mock pins at {path}: {error.strerror or error}") from error
            sleep(RETRY_S)
        else:
            return client


if __name__ == "__main__":
    raise SystemExit(main())
