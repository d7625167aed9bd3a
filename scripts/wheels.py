"""Prints, sorted, the wheels of a pylock.toml (PEP 751) that Debian can use: `sha256  file name`, no address."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

DEBIAN = re.compile(r"-any\.whl$|manylinux\w*_(x86_64|aarch64)[.\w]*\.whl$")


def main() -> None:
    """Read the file named on the command line."""
    lock = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wheels = [(w["url"].rpartition("/")[2], w["hashes"]["sha256"]) for p in lock["packages"] for w in p["wheels"]]
    for name, sha256 in sorted(wheels):
        if DEBIAN.search(name):
            print(f"{sha256}  {name}")


if __name__ == "__main__":
    main()
