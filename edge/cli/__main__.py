"""`python -m edge.cli` is `linli`."""

import sys

from edge.cli.main import main

sys.exit(main())
