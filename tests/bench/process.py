"""What the kernel says of a process: proc(5). CPU and memory are those of the process alone, never of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def before_others(nice: int = -20) -> Iterator[None]:
    """This process and all it started go before everything else the machine does, as if it were theirs alone.

    A nice value counts inside a session only, so this is the sessions' own (sched(7), autogroup). Where there is none,
    or no right to it, nothing changes.
    """
    sessions: dict[str, tuple[int, int]] = {}
    for pid in _family(os.getpid()):
        with suppress(OSError, ValueError):
            session, _, was = Path(f"/proc/{pid}/autogroup").read_text("ascii").split()
            sessions.setdefault(session, (pid, int(was)))
    try:
        for pid, _ in sessions.values():
            _session_nice(pid, nice)
        yield
    finally:
        for pid, was_nice in sessions.values():
            _session_nice(pid, was_nice)


def _session_nice(pid: int, nice: int) -> None:
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(nice), "ascii")


def _family(first: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text("ascii", "replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    family = [first]
    for pid in family:
        family.extend(children.get(pid, ()))
    return family


def confine(pid: int, cores: set[int]) -> None:
    """Let every thread of it run on these cores only."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
