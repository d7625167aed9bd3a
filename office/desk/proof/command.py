"""`linli office prove`: the proof of one alarm as a page, and checking such a page without any office."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from office import config
from office.database import StoreError
from office.desk.proof.evidence import Proof, broken, proof
from office.desk.proof.page import page, read
from office.desk.proof.part import kept_anchors
from sync.contract.envelope import ContractError, encode

Add = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]

HOLDS, BROKEN, CANNOT = 0, 1, 2


def add_to(add: Add) -> None:
    """This command, into the parser of `linli office`."""
    sub = add("prove", _prove, "write the proof of one alarm as a page that checks itself; or check such a page")
    sub.add_argument("alarm", nargs="?", help="the alarm's id, as `linli office alarms` lists it")
    sub.add_argument("--out", type=Path, metavar="FILE", help="default: proof-ALARM.html in this folder")
    sub.add_argument(
        "--verify", type=Path, metavar="FILE", help="check a page that was written earlier; needs no database"
    )


def _prove(arguments: argparse.Namespace) -> int:
    if (arguments.verify is None) == (arguments.alarm is None):
        print("linli office prove: name an alarm, or a page with --verify", file=sys.stderr)
        return CANNOT
    return _verify(arguments) if arguments.verify is not None else _write(arguments)


def _verify(arguments: argparse.Namespace) -> int:
    try:
        shown = read(arguments.verify.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ContractError) as error:
        print(f"linli office prove: {arguments.verify}: {error}", file=sys.stderr)
        return CANNOT
    why = broken(shown)
    if arguments.json:
        print(encode({"alarm": shown.alarm, "holds": not why, "reason": why, "rows": len(shown.links)}).decode())
    else:
        print(f"{shown.alarm}: {why or f'{len(shown.links)} rows of the audit log hold together'}")
    return BROKEN if why else HOLDS


def _write(arguments: argparse.Namespace) -> int:
    found = _gather(config.load(arguments.config, files=False), arguments.alarm)
    if found is None:
        print(f"linli office prove: there is no alarm {arguments.alarm}", file=sys.stderr)
        return BROKEN
    if arguments.json and arguments.out is None:
        print(encode(found).decode())
        return HOLDS
    out: Path = arguments.out or Path(f"proof-{found.alarm}.html")
    out.write_text(page(found), encoding="utf-8")
    print(out)
    return HOLDS


def _gather(loaded: config.Config, alarm: str) -> Proof | None:
    """Read both files beside the programs that own them. Raises StoreError."""
    door = loaded.desk
    if door is None:
        raise StoreError("this office has no desk, and so no log of what people did")
    try:
        with closing(sqlite3.connect(f"file:{loaded.desk_database}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            conn.execute("ATTACH ? AS centre", (f"file:{loaded.database}?mode=ro",))
            return proof(conn, alarm, int(time.time() * 1000), door.office, kept_anchors(Path(door.anchors)))
    except sqlite3.Error as error:
        raise StoreError(f"{loaded.desk_database}: {error}") from None
