"""Elders with a GT06 button: each is connected, presses once, and looks at the time until its device is answered.

The answer is written only when the alarm is on disk, so the time until it is read is an upper bound for "deciding byte
to disk"; when the centre's receipt came stands in the gateway's own row of the alarm.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from edge.neighbourhood.gt06 import ALARM, Gt06Device
from tests.bench.devices import TRACKERS, imei
from tests.bench.rig import Rig, RigError

ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Press:
    """Whose, at what wall time the frame was written, and how long until the answer was read."""

    address: str
    at: float
    answered_s: float


class Pressers:
    """A context manager; inside it `count` devices are logged in."""

    def __init__(self, port: int, count: int, first: int = 0) -> None:
        self._port = port
        self._devices = [Gt06Device(imei(TRACKERS + first + n)) for n in range(count)]
        self._sockets: list[socket.socket] = []
        self.pressed: list[Press] = []

    def __enter__(self) -> Self:
        for device in self._devices:
            connection = socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(connection)
            connection.sendall(device.login())
            while not device.answered(connection.recv(1024)):
                pass
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for connection in self._sockets:
            connection.close()

    @property
    def left(self) -> int:
        """Who has not pressed."""
        return len(self._devices) - len(self.pressed)

    def press(self) -> Press:
        """The next one presses. Raises RigError when it is not answered."""
        n = len(self.pressed)
        device, connection = self._devices[n], self._sockets[n]
        frame = device.alarm("sos")
        at, began = time.time(), time.perf_counter()
        connection.sendall(frame)
        while True:
            try:
                data = connection.recv(1024)
            except TimeoutError:
                data = b""
            took = time.perf_counter() - began
            if not data:
                raise RigError(f"the press of {device.imei} was not answered")
            if any(number == ALARM for number, _ in device.answered(data)):
                break
        self.pressed.append(Press(device.imei, at, took))
        return self.pressed[-1]

    def press_all(self, gap_s: float, until: Callable[[], bool] = lambda: False) -> None:
        """One after another, until it is over."""
        while self.left and not until():
            self.press()
            time.sleep(gap_s)

    def to_disk_ms(self) -> list[float]:
        """Of every press, an upper bound."""
        return [press.answered_s * 1000 for press in self.pressed]

    def to_receipt_ms(self, rig: Rig, within_s: float = 30.0) -> list[float]:
        """Of every press; waits until all have their receipt. Raises RigError."""
        wanted = {press.address for press in self.pressed}
        rig.until(lambda: wanted <= rig.received_at().keys(), within_s, "a receipt for every press", every_s=0.05)
        received = rig.received_at()
        return [(received[press.address] - press.at) * 1000 for press in self.pressed]
