"""Which processes are left."""

from __future__ import annotations

from pathlib import Path


def running_under(directory: Path) -> list[str]:
    """Command lines of processes that name this directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(directory) in line:
            found.append(line)
    return found
