"""A receipt printer as the gateway sees it: it prints a slip, or says why not. Blocking; called on a thread."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from sync.contract.envelope import encode
from sync.contract.slip import Slip, Trouble


class PrinterError(OSError):
    """Nothing, or not all of it, is on paper; `trouble` says why in a word for programs."""

    def __init__(self, trouble: Trouble, reason: str = "") -> None:
        super().__init__(reason or trouble.value)
        self.trouble = trouble


class Printer(Protocol):
    """One printer."""

    def print(self, slip: Slip) -> None:
        """On paper and cut when this returns. Raises PrinterError."""

    def look(self) -> Trouble | None:
        """What is wrong with it now; None: it would print."""


class NoPrinter:
    """A box without one."""

    def print(self, slip: Slip) -> None:
        """See `Printer`."""
        del slip
        raise PrinterError(Trouble.NONE)

    def look(self) -> Trouble | None:
        """See `Printer`."""
        return Trouble.NONE


class FakePrinter:
    """Writes each slip as a file into a folder. A file `paper` or `away` in it is that trouble."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printed = 0

    def print(self, slip: Slip) -> None:
        """See `Printer`."""
        trouble = self.look()
        if trouble is not None:
            raise PrinterError(trouble)
        self._printed += 1
        path = self._folder / f"slip-{os.getpid()}-{self._printed:04d}.json"
        path.write_bytes(encode(slip))

    def look(self) -> Trouble | None:
        """See `Printer`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return Trouble.AWAY
        return next((t for t in (Trouble.AWAY, Trouble.PAPER) if (self._folder / t.value).exists()), None)
