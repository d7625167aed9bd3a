"""A 433 MHz receiver on a serial line: a pseudo terminal behind a path that stays, as /dev/serial/by-id does.

Whatever transmits in the house is heard by the receiver and passed on as FD ... DF frames. Nothing is ever answered, so
nothing here is repeated: an elder who sees no lamp presses again. What is transmitted while no gateway listens is gone.
"""

from __future__ import annotations

import os
import tty
from pathlib import Path

from edge.demo.ledger import Ledger, Word
from edge.neighbourhood.rf433 import DoorMagnet, Rf433Pendant

PROTOCOL = "rf433"
TRANSMISSION_S = 0.25
"""Some five frames: enough for a receiver that asks for two equal ones."""


class Receiver:
    """The receiver module; `path` is what the gateway opens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        path.symlink_to(os.ttyname(slave))
        self._slave = slave  # kept open: a terminal nobody holds hangs up on its reader

    def passes_on(self, frames: bytes) -> None:
        """Frames off the air; a full line drops them, as the module does."""
        try:
            os.write(self._master, frames)
        except BlockingIOError:
            return

    def close(self) -> None:
        """Unplug it."""
        os.close(self._master)
        os.close(self._slave)
        self.path.unlink(missing_ok=True)


class Pendant:
    """One button round an elder's neck."""

    def __init__(self, device: str, code: str, receiver: Receiver, ledger: Ledger) -> None:
        self.device, self.address = device, code
        self._pendant, self._receiver, self._ledger = Rf433Pendant(code), receiver, ledger
        self._count = 0

    def press(self) -> str:
        """Transmit while the button is held; the device."""
        self._count += 1
        self._ledger.said(Word(self.device, PROTOCOL, "alarm", "alarm", "", self._count, "sos"))
        self._receiver.passes_on(self._pendant.press(TRANSMISSION_S))
        return self.device


class Magnet:
    """One door with a magnet."""

    def __init__(self, device: str, address: str, receiver: Receiver, ledger: Ledger) -> None:
        self.device, self.address, self.open = device, address, False
        self._magnet, self._receiver, self._ledger = DoorMagnet(address), receiver, ledger
        self._count = 0

    def move(self) -> None:
        """Open it if it was closed, else close it."""
        self.open = not self.open
        self._count += 1
        key = "open" if self.open else "closed"
        self._ledger.said(Word(self.device, PROTOCOL, "contact", "state", key, self._count))
        magnet = self._magnet
        self._receiver.passes_on(magnet.opened() if self.open else magnet.closed())
