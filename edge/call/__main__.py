"""`python -m edge.call`."""

from __future__ import annotations

import sys

from edge.call.program import main

if __name__ == "__main__":
    sys.exit(main())
