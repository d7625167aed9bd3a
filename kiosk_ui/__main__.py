"""`python -m kiosk_ui`: the screen as a program."""

from __future__ import annotations

import gc
import sys

from kiosk_ui import wiping


def start(arguments: list[str]) -> int:
    """First the memory, then the rest: what is loaded before would be loaded twice."""
    wiping.again(arguments)
    gc.disable()  # until the first screen is there: everything that is made now stays
    from kiosk_ui.program import main  # noqa: PLC0415 - see above

    return main(arguments)


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
