"""One screen as a picture, without a gateway: what the desk shows as a preview is what a kiosk will show.

    python -m kiosk_ui.render --content FOLDER --screen guide:ID --size 1080x1920 --look normal --out x.png

FOLDER holds a version's files: guides.json and so on, and media under the names that items give. Exit codes: 2, it
cannot be shown, with a line that says why; 3, PySide6 is not installed here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk_ui.content_loading import folder
from kiosk_ui.flow import Place, Screen
from kiosk_ui.program import pair
from kiosk_ui.theme import Glass, Look
from kiosk_ui.words import LANGUAGES
from sync.contract.envelope import ContractError

LOOKS = {"normal": Look(), "contrast": Look(contrast=True), "large": Look(large=True), "low": Look(low=True)}
MOST_PX = 4000
SHORT_PX = 1400
"""A glass of fewer lines is that of a small kiosk, nearer to the eye."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be drawn, and where the picture goes."""

    content: Path
    place: Place
    glass: Glass
    look: Look
    language: str
    out: Path
    page: int = 0


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    wanted = parse(arguments)
    try:
        services, places = folder(wanted.content)
    except (ContractError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    try:
        from kiosk_ui.qt.rendering import draw  # noqa: PLC0415 - Qt reads its environment when it is loaded
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        return 3

    draw(wanted, services, places)
    return 0


def parse(arguments: Sequence[str]) -> Wanted:
    """Ends the program with a text when an option is wrong."""
    parser = argparse.ArgumentParser(prog="python -m kiosk_ui.render", description="One screen of a kiosk as a PNG.")
    parser.add_argument("--content", type=Path, required=True, help="folder with guides.json and the others")
    parser.add_argument("--screen", type=_place, required=True, help="such as guide:elder-card or notices")
    parser.add_argument("--size", type=pair, default=(1080, 1920))
    parser.add_argument("--look", choices=LOOKS, default="normal")
    parser.add_argument("--language", choices=LANGUAGES, default="zh")
    parser.add_argument("--page", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    if max(given.size) > MOST_PX:
        parser.error(f"a glass has at most {MOST_PX} pixels to a side")
    return Wanted(
        given.content, given.screen, glass(*given.size), LOOKS[given.look], given.language, given.out, given.page
    )


def glass(width: int, height: int) -> Glass:
    """With the millimetres that a glass of so many pixels has at a kiosk."""
    if height >= SHORT_PX:
        return Glass(width, height)
    return Glass(width, height, 136.0 * width / 800, 217.0 * height / 1280, 450.0, 1000.0)


def _place(text: str) -> Place:
    screen, _, subject = text.partition(":")
    try:
        return Place(Screen(screen), subject)
    except ValueError:
        raise argparse.ArgumentTypeError(f"there is no screen {screen}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
