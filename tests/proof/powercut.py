"""Every state in which a power cut may leave the files: what was synced, and any part of what was not.

A sync makes everything written to that file before it durable. What came after may be on the disk in whole, in part,
in any order or not at all; a write may be torn between sectors. New names and deleted ones are durable once the folder
is synced: SQLite does that with the first sync of a journal or WAL it has made (`UNIXFILE_DIRSYNC` in its os_unix.c),
and with some deletions.

    write a | write b | SYNC | write c | write d            after the cut: a b, and any of {}, c, d, c d, half of c ...
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.proof.apsw_sqlite import Op

SECTOR = 512
RANDOM_SUBSETS = 3

Files = dict[str, bytes]


@dataclass(slots=True)
class Log:
    """A watcher that lets everything happen and writes it down."""

    ops: list[Op] = field(default_factory=list)

    def see(self, op: Op) -> None:
        self.ops.append(op)


@dataclass(slots=True)
class _Medium:
    """Durable files, and what was done to them since."""

    files: dict[str, bytearray]
    pending: list[Op] = field(default_factory=list)
    made: set[str] = field(default_factory=set)

    def take(self, op: Op) -> None:
        what, name, number, _ = op
        if what == "sync":
            if name in self.made:
                self.made.remove(name)
                self._sync_folder()
            self._settle([o for o in self.pending if o[1] == name])
            return
        self.pending.append(op)
        if what == "create" and name.endswith(("-wal", "-journal")):
            self.made.add(name)
        elif what == "delete" and number:
            self._sync_folder()

    def _sync_folder(self) -> None:
        self._settle([o for o in self.pending if o[0] in ("create", "delete")])

    def _settle(self, ops: list[Op]) -> None:
        for op in ops:
            _apply(self.files, op)
        self.pending = [o for o in self.pending if not any(o is done for done in ops)]

    def with_these(self, ops: list[Op]) -> Files:
        touched = {name for _, name, _, _ in ops}
        files = {name: bytearray(data) if name in touched else data for name, data in self.files.items()}
        for op in ops:
            _apply(files, op)
        return {name: bytes(data) for name, data in files.items()}


def _apply(files: dict[str, bytearray], op: Op) -> None:
    what, name, number, data = op
    if what == "delete":
        files.pop(name, None)
    elif what == "create":
        files[name] = bytearray()
    elif name in files:
        content = files[name]
        if what == "truncate":
            del content[number:]
        else:
            content.extend(bytes(max(0, number - len(content))))
            content[number : number + len(data)] = data


def states(before: Files, ops: list[Op], dice: random.Random) -> Iterator[tuple[int, str, Files]]:
    """(operations done, which variant, the files) for a cut after every operation; no state twice in a row."""
    medium = _Medium({name: bytearray(data) for name, data in before.items()})
    yield 0, "nothing", dict(before)
    for done, op in enumerate(ops, 1):
        medium.take(op)
        seen: set[int] = set()
        for variant, chosen in _variants(medium.pending, dice):
            files = medium.with_these(chosen)
            fingerprint = hash(frozenset(files.items()))
            if fingerprint not in seen:
                seen.add(fingerprint)
                yield done, variant, files


def _variants(pending: list[Op], dice: random.Random) -> Iterator[tuple[str, list[Op]]]:
    """All, none, all but one, one alone, the newest torn, one after another turned round, and subsets by chance."""
    yield "all", pending
    if not pending:
        return
    yield "none", []
    for i in range(len(pending)):
        yield f"without {i}", pending[:i] + pending[i + 1 :]
        yield f"only {i}", [pending[i]]
    for name, torn in _torn(pending[-1]):
        yield f"torn {name}", [*pending[:-1], torn]
        yield f"only torn {name}", [torn]
    for _ in range(RANDOM_SUBSETS):
        yield "by chance", [op for op in pending if dice.random() < 0.5]


def _torn(op: Op) -> Iterator[tuple[str, Op]]:
    what, name, at, data = op
    if what != "write" or at // SECTOR == (at + len(data) - 1) // SECTOR:
        return
    edge = (at // SECTOR + 1) * SECTOR - at
    yield "head", (what, name, at, data[:edge])
    yield "tail", (what, name, at + edge, data[edge:])
    if len(data) > 2 * SECTOR:
        middle = edge + (len(data) - edge) // SECTOR // 2 * SECTOR
        yield "half", (what, name, at, data[:middle])
        yield "other half", (what, name, at + middle, data[middle:])
