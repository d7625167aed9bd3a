"""What the devices said and what they saw answered, written down by themselves: the judge's only truth.

One JSON line each, appended and synced (fsync) in groups of a few milliseconds. The gateway has no part in it: a line
`answered` is written when the *device* has read its answer, whoever sent it.

What counts as an answer, by protocol:

    GT06, JT/T 808, watch   the platform's answer to this very message, read on the device's own connection
    Zigbee                  PUBACK 0x00 of the house's broker: it holds the message for the gateway's persistent
                            session, and the gateway acknowledges by hand after its commit. Custody has moved, so
                            it counts. PUBACK 0x10 (nobody listens) does not.
    GPIO button             its lamp: it blinks only once the alarm is on disk
    433 MHz, GPIO contact,  nothing is ever answered. They are written as `said` alone: they cannot be lost in the sense
    a watch's position      of this ledger, but must not arrive twice, out of order or from nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

SYNC_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Word:
    """One thing a device said, as the centre can know it again.

    `key` is the device's own time (or counter), "" where its protocol has neither. `n` counts what the device said, in
    order. `kind` is position, contact, status or alarm; `lane` the lane it belongs into.
    """

    device: str
    protocol: str
    kind: str
    lane: str
    key: str
    n: int
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the ledger."""

    answered: bool
    word: Word


class Ledger:
    """Appends; `run` syncs what was appended, `close` the rest. `on_note` is told every line: `said` or `answered`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said_count = self.answered_count = self.answered_by_gateway = 0
        self.on_note: Callable[[str, Word], None] = lambda _what, _word: None
        self._file: IO[bytes] = path.open("ab")
        self._waiting: list[bytes] = []

    def said(self, word: Word) -> None:
        """The device has something to say; before the first byte goes out."""
        self.said_count += 1
        self._note("said", word)

    def answered(self, word: Word) -> None:
        """The device has read the answer and may forget."""
        self.answered_count += 1
        self.answered_by_gateway += word.protocol != "zigbee"
        self._note("answered", word)

    async def run(self) -> None:
        """Sync in groups until cancelled."""
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(SYNC_EVERY_S)
                if self._waiting:
                    lines, self._waiting = self._waiting, []
                    await asyncio.shield(asyncio.to_thread(self._write, lines))

    def flush(self) -> None:
        """Everything noted so far is on disk afterwards."""
        self._write(self._waiting)
        self._waiting = []

    def close(self) -> None:
        """Flush, and note no more."""
        self.flush()
        self._file.close()

    def _note(self, what: str, word: Word) -> None:
        self.on_note(what, word)
        self._waiting.append(json.dumps({"what": what, **asdict(word)}, ensure_ascii=False).encode() + b"\n")

    def _write(self, lines: list[bytes]) -> None:
        self._file.write(b"".join(lines))
        self._file.flush()
        os.fsync(self._file.fileno())


def read(path: Path) -> Iterator[Record]:
    """The records of a ledger in order; a last line that was cut off by a power cut is left out."""
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                return
            fields = json.loads(line)
            yield Record(fields.pop("what") == "answered", Word(**fields))
