"""`python -m edge.call`: as `linli call`."""

from __future__ import annotations

import sys

from edge.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["call", *sys.argv[1:]]))
