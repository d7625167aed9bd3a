"""One desk for a file: a lock beside it, held by the program and let go by the system however the program ends.

Two desks on one file would both escalate, phone out and answer what is waiting, each without knowing of the other.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from office.database import StoreError


class Alone:
    """Held from `take` to `leave`. The file stays: one that is removed would lock a name that is no more."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file = database.with_name(f"{database.name}.lock")
        self._held: int | None = None

    def take(self) -> None:
        """Raises StoreError when another desk holds it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise StoreError(f"{self._database} is in use: another desk runs on it; stop that one first") from None
        except OSError as error:  # a file system without locks
            os.close(held)
            raise StoreError(f"{self._file} cannot be locked ({error.strerror})") from None
        self._held = held

    def leave(self) -> None:
        """Another may have it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
