"""The pages of the documentation, and the blocks in them that tests run or read.

A block is marked by a comment before its fence: `<!-- run: name -->`, `<!-- file: path -->`, `<!-- payload: Shape -->`.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"<!-- (?P<kind>\w+): (?P<name>[^>]+?) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)


class Block(NamedTuple):
    """A marked block: `kind` and `name` as in its comment."""

    kind: str
    name: str
    text: str


def blocks(page: str, kind: str) -> list[Block]:
    """The blocks of that kind in a page of `docs/`, in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = [Block(m["kind"], m["name"], m["text"]) for m in _BLOCK.finditer(text)]
    marked = len(re.findall(r"^<!-- \w+: ", text, re.MULTILINE))
    assert len(found) == marked, f"{page}: a mark stands before no block"
    return [block for block in found if block.kind == kind]


def block(page: str, kind: str, name: str) -> str:
    """The text of one block."""
    (one,) = [b for b in blocks(page, kind) if b.name == name]
    return one.text


def tracked(pattern: str = "") -> list[Path]:
    """Files that are committed, or would be: never what somebody's machine only happens to hold."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [
        path for name in sorted(filter(None, names)) if (path := ROOT / name).is_file() and path.match(pattern or "*")
    ]
