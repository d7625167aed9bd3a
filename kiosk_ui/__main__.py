"""`python -m kiosk_ui`: the screen as a program."""

from __future__ import annotations

import sys

from kiosk_ui import wiping
from kiosk_ui.program import main

if __name__ == "__main__":
    wiping.again(sys.argv[1:])
    sys.exit(main(sys.argv[1:]))
