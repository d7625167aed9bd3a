"""The head of the audit log, written outside the database: what was anchored cannot be cut off or written anew unseen.

One file, one line each time: `2026-11-22T05:00:00Z 200 <hash of row 200>`. Only ever appended to, and on disk when
`append` returns. Who can write both this folder and the database can forge both: the folder belongs on another disk,
or is copied off the machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NAME = "audit.anchors"
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (\d{1,18}) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """At that time row `n` had that hash."""

    at: str
    n: int
    hash: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the file holds; `unreadable` are the numbers of lines that nobody can read."""

    held: tuple[Anchor, ...] = ()
    unreadable: tuple[int, ...] = ()


def read(folder: Path) -> Anchors:
    """All of them; none when there is no file. Raises OSError when there is one and it cannot be read."""
    try:
        lines = (folder / NAME).read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return Anchors()
    held, unreadable = [], []
    for number, line in enumerate(lines, 1):
        if matched := LINE.fullmatch(line):
            held.append(Anchor(matched[1], int(matched[2]), matched[3]))
        elif line:
            unreadable.append(number)
    return Anchors(tuple(held), tuple(unreadable))


def append(folder: Path, at_ms: int, n: int, hash_: str) -> None:
    """One more, on disk. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    line = f"{moment} {n} {hash_}\n".encode("ascii")
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a power cut in the middle of a line
            line = b"\n" + line
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
