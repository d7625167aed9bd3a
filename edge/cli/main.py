"""`linli`: finds the command and runs it. Other packages add commands by the entry point group `linli.commands`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point; the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["run"]:
        from edge.program import run  # noqa: PLC0415

        return run(Path(words[words.index("--config") + 1]))
    for found in entry_points(group="linli.commands"):
        if found.name == words[0]:
            return int(found.load()(words[1:]))
    return 2
