"""The command line of the screen: where the gateway and the call engine are, and how large the glass is."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

from kiosk_ui.code import LONGEST, SHORTEST, hashed
from kiosk_ui.theme import Glass
from kiosk_ui.words import LANGUAGES

API, CALL = Path("/run/linli/api.sock"), Path("/run/linli/call.sock")


@dataclass(frozen=True, slots=True)
class Options:
    """What is told on the command line. `glass` None: as the box's configuration says."""

    api: Path = API
    call: Path = CALL
    glass: Glass | None = None
    fullscreen: bool = True
    language: str | None = None
    keep: Path | None = None
    """A folder for the last content, so that guides are there before the gateway is."""


def main(arguments: Sequence[str]) -> int:
    """Run the screen until it is told to stop; the exit code."""
    options = parse(arguments)
    from kiosk_ui.qt.app import run  # noqa: PLC0415 - half of the start is loading Qt: a wrong option needs none of it

    return run(options)


def parse(arguments: Sequence[str]) -> Options:
    """Ends the program with a text when an option is wrong."""
    parser = argparse.ArgumentParser(prog="python -m kiosk_ui", description="The screen of a Linli kiosk.")
    parser.add_argument("--api", type=Path, default=API, help="the gateway's socket")
    parser.add_argument("--call", type=Path, default=CALL, help="the call engine's socket")
    parser.add_argument("--size", type=pair, help="pixels, such as 1080x1920; else as linli.yaml says")
    parser.add_argument("--mm", type=pair, help="millimetres, such as 268x476")
    parser.add_argument("--distance-mm", type=float, help="from the glass to the eye")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--fullscreen", dest="fullscreen", action="store_true", default=True)
    shape.add_argument("--window", dest="fullscreen", action="store_false", help="a window, to look at it at a desk")
    parser.add_argument("--language", choices=LANGUAGES)
    kept = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0]
    parser.add_argument(
        "--keep", type=Path, default=Path(kept) if kept else None, help="folder for the last content ($CACHE_DIRECTORY)"
    )
    parser.add_argument("--new-code", action="store_true", help="make the line installer_code of linli.yaml, and end")
    given = parser.parse_args(arguments)
    if given.new_code:
        parser.exit(message=_new_code(parser))
    glass = _glass(given.size, given.mm, given.distance_mm)
    return Options(given.api, given.call, glass, given.fullscreen, given.language, given.keep)


def _glass(size: tuple[int, int] | None, mm: tuple[int, int] | None, distance_mm: float | None) -> Glass | None:
    if size is None and mm is None and distance_mm is None:
        return None
    usual = Glass()
    width, height = size or (usual.width_px, usual.height_px)
    width_mm, height_mm = mm or (usual.width_mm, usual.height_mm)
    return Glass(width, height, width_mm, height_mm, distance_mm or usual.distance_mm)


def _new_code(parser: argparse.ArgumentParser) -> str:
    """Asks for the code twice where nobody looks over the shoulder; from a pipe once."""
    code = getpass("code (digits): ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if sys.stdin.isatty() and getpass("again: ") != code:
        parser.error("the two are not the same")
    if not (code.isascii() and code.isdecimal() and SHORTEST <= len(code) <= LONGEST):
        parser.error(f"a code is {SHORTEST} to {LONGEST} digits")
    return f"  installer_code: {hashed(code, os.urandom(16))}\n"


def pair(text: str) -> tuple[int, int]:
    """`1080x1920` of a command line."""
    if not (found := re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)):
        raise argparse.ArgumentTypeError(f"{text} is not like 1080x1920")
    return int(found[1]), int(found[2])
