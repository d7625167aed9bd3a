"""A corrupt store becomes a sound one: what still reads comes into a new file beside it, then they change places.

    linli.db.suspect        found damaged by a running program, in whatever part a look at the start does not reach
    linli.db.new            being built; thrown away if a start finds it
    linli.db.ready-<stamp>  whole and synced: from this rename on the new file is the store
    linli.db.corrupt-<stamp>    the old one, kept for whoever wants to look

Whatever kills the program, a start finds the old file or the new one, and finishes what was decided. Unsent rows
keep their old epoch; what comes afterwards has a fresh one, because the old one's next sequence is not certain.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sync.contract.lanes import Lane
from sync.failpoint import reach
from sync.store import outbox
from sync.store.readable import Readable
from sync.store.schema import Migration, applied, bring_up, refuse_newer

Connect = Callable[[str], sqlite3.Connection]

NOTE = "salvage"
"""In `meta` until it was told."""

OUTBOX = ("era", "lane", "outbox")
_PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Salvage:
    """What became of a corrupt file: where it lies, how many unsent events and how many other rows came back."""

    kept_as: str
    rows: int
    reason: str
    others: int = 0

    def text(self) -> str:
        """For the fault."""
        came = f"{self.rows} unsent events and {self.others} other rows came back"
        return f"the store was corrupt ({self.reason}); {came}; the old file is kept as {self.kept_as}"


def recall(conn: sqlite3.Connection) -> Salvage | None:
    """A salvage that was not told yet, also of an earlier start."""
    told = outbox.recall(conn, NOTE)
    return Salvage(**json.loads(told)) if told else None


def told(conn: sqlite3.Connection) -> None:
    """It is known to whoever must know."""
    conn.execute("DELETE FROM meta WHERE key = ?", (NOTE,))


def finish(path: Path) -> None:
    """At a start: throw away what was not decided, carry out what was."""
    _remove(path.with_name(path.name + ".new"))
    for ready in sorted(path.parent.glob(f"{path.name}.ready-*")):
        _swap(path, ready)


def salvage(
    path: Path, steps: Sequence[Migration], epoch: Callable[[], str], stamp: str, opener: Connect, reason: str
) -> None:
    """Put a sound file in the place of the corrupt one. Raises SchemaError when a newer program wrote that."""
    fresh = path.with_name(path.name + ".new")
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    _remove(fresh)
    with closing(opener(str(fresh))) as conn:
        bring_up(conn, steps)
        conn.execute("BEGIN IMMEDIATE")
        with closing(Readable(path)) as old:
            with suppress(sqlite3.Error):
                refuse_newer(applied(old.conn), steps)
            rows, others = _outbox(conn, old), _others(conn, old)
        fresh_epoch(conn, epoch())
        record = Salvage(str(kept), rows, reason, others)
        outbox.note(conn, NOTE, json.dumps(asdict(record)))
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    _sync(fresh)
    reach("salvage-built")
    ready = path.with_name(f"{path.name}.ready-{stamp}")
    fresh.rename(ready)
    _sync(path.parent)
    reach("salvage-decided")
    _swap(path, ready)


def suspect(path: Path, reason: str) -> None:
    """Let the next start salvage it, whatever that finds."""
    with suppress(OSError):
        _suspect(path).write_text(reason, encoding="utf-8")


def suspected(path: Path) -> str | None:
    """Why a running program found it damaged."""
    with suppress(OSError):
        return _suspect(path).read_text(encoding="utf-8") or "unknown"
    return None


def fresh_epoch(conn: sqlite3.Connection, epoch: str) -> None:
    """What comes now is counted anew."""
    era = conn.execute("INSERT INTO era (epoch) VALUES (?)", (epoch,)).lastrowid
    conn.executemany("INSERT INTO lane (era, lane) VALUES (?, ?)", [(era, int(lane)) for lane in Lane])


def _swap(path: Path, ready: Path) -> None:
    stamp = ready.name.rpartition(".ready-")[2]
    kept = path.with_name(f"{path.name}.corrupt-{stamp}")
    _suspect(path).unlink(missing_ok=True)
    for suffix in _PARTS:  # the old log too: beside the new file it would be taken for its own
        part, aside = path.with_name(path.name + suffix), kept.with_name(kept.name + suffix)
        if part.exists():
            part.rename(aside)
            reach("salvage-aside")
    _sync(path.parent)
    ready.rename(path)
    _sync(path.parent)
    reach("salvage-done")


def _outbox(conn: sqlite3.Connection, old: Readable) -> int:
    """Eras, lanes and what waits. An era that cannot be read is known from the events that name it."""
    eras = {e: name for e, name in old.rows("era", ("era", "epoch")) if isinstance(e, int) and isinstance(name, str)}
    lanes = _lanes(old)
    waiting = {}
    for era, lane, seq, body in old.waiting({place: following for place, (following, _) in lanes.items()}):
        place = _place(body)
        if place is None or place[1:] != (Lane(lane).label, seq) or eras.setdefault(era, place[0]) != place[0]:
            continue  # not what was written: sequence and epoch are in the event itself
        waiting[era, lane, seq] = body
        following, receipted = lanes.get((era, lane), (0, seq - 1))
        lanes[era, lane] = (max(following, seq + 1), min(receipted, seq - 1))
    for era, name in sorted(eras.items()):
        conn.execute("INSERT OR IGNORE INTO era (era, epoch) VALUES (?, ?)", (era, name))
    known = {era for (era,) in conn.execute("SELECT era FROM era").fetchall()}
    conn.executemany(
        "INSERT INTO lane (era, lane, next, receipted) VALUES (?, ?, ?, ?)",
        [(*place, *track) for place, track in lanes.items() if place[0] in known],
    )
    conn.executemany(
        "INSERT INTO outbox (era, lane, seq, body) VALUES (?, ?, ?, ?)",
        [(*place, body) for place, body in sorted(waiting.items()) if place[0] in known],
    )
    return len(waiting)


def _others(conn: sqlite3.Connection, old: Readable) -> int:
    """Every other table, as far as its rows can be read and are what their columns say."""
    count = 0
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    for (table,) in tables:
        if table in OUTBOX or table.startswith(("sqlite_", "_")):
            continue
        kinds = {name: kind for _, name, kind, *_ in conn.execute(f"PRAGMA table_info({table})").fetchall()}
        columns = [c for c in kinds if c in old.columns(table)]
        if not columns:
            continue
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        for row in old.rows(table, columns):
            if all(_fits(value, kinds[c]) for c, value in zip(columns, row, strict=True)):
                with suppress(sqlite3.IntegrityError, sqlite3.InterfaceError, UnicodeError):  # not: a full disk
                    conn.execute(insert, row)
                    count += 1
    # Numbers that were given are not given again, also where their rows are gone.
    for table, n in old.rows("sqlite_sequence", ("name", "seq")):
        if isinstance(n, int) and (table,) in tables:
            before = conn.execute("DELETE FROM sqlite_sequence WHERE name = ? RETURNING seq", (table,)).fetchone()
            newest = max(n, before[0] if before else 0)
            conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, newest))
    return count


def _lanes(old: Readable) -> dict[tuple[int, int], tuple[int, int]]:
    """By (era, lane): the next sequence, and how far the centre has it."""
    lanes = {}
    for era, lane, following, receipted in old.rows("lane", ("era", "lane", "next", "receipted")):
        if isinstance(era, int) and isinstance(lane, int) and isinstance(following, int) and isinstance(receipted, int):
            lanes[era, lane] = (following, receipted)
    return lanes


def _fits(value: object, kind: str) -> bool:
    types = {"INTEGER": int, "TEXT": str, "BLOB": bytes, "REAL": float}
    return value is None or isinstance(value, types.get(kind, object))


def _place(body: bytes) -> tuple[str, str, int] | None:
    """Epoch, lane and sequence as the event itself names them; None when it is no event any more."""
    try:
        event = json.loads(body)
        return str(event["epoch"]), str(event["lane"]), int(event["sequence"])
    except (ValueError, KeyError, TypeError):
        return None


def _suspect(path: Path) -> Path:
    return path.with_name(path.name + ".suspect")


def _remove(path: Path) -> None:
    for suffix in _PARTS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
