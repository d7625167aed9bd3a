"""What the kernel says of a process: proc(5). CPU and memory are those of the process alone, never of the machine."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """User and system time of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def fine_cpu_s(pid: int) -> float:
    """The same to the nanosecond, where the scheduler counts it (schedstat); threads that ended are missing."""
    try:
        return sum(int(p.read_text("ascii").split()[0]) for p in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    except OSError:
        return cpu_s(pid)


def resident_mb(pid: int) -> float:
    """VmRSS: what it holds of the machine's memory."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(f"process {pid} is gone")


def written_bytes(pid: int) -> int:
    """Bytes it made dirty on a real file system: what the disk has to take, in pages. A tmpfs counts nothing."""
    for line in Path(f"/proc/{pid}/io").read_text("ascii").splitlines():
        if line.startswith("write_bytes:"):
            return int(line.split()[1])
    raise ProcessLookupError(f"process {pid} is gone")


def confine(pid: int, cores: set[int]) -> None:
    """Let every thread of it run on these cores only."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
