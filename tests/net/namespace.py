"""Network namespaces: entering one with this thread alone, names that tell whose they are, and what a crash left."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

CLONE_NEWNET = 0x40000000
NAMED = Path("/run/netns")
PREFIX = "linli"

T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)


class ImpossibleError(RuntimeError):
    """This process cannot make namespaces; the text says what is missing."""


def require() -> None:
    """Raise ImpossibleError with the reason, if there is one."""
    missing = [tool for tool in ("ip", "unshare", "nsenter") if shutil.which(tool) is None]
    if os.geteuid() != 0:
        raise ImpossibleError(
            "network namespaces need root: run these tests as root, or in a container with CAP_SYS_ADMIN"
        )
    if missing:
        raise ImpossibleError(f"network namespaces need {', '.join(missing)}: install iproute2 and util-linux")


def own_namespace() -> Path:
    """The one this thread is in."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/ns/net")


def unshare() -> None:
    """Put this thread into a new one."""
    _call(_libc.unshare(CLONE_NEWNET))


def enter(descriptor: int) -> None:
    """Put this thread into an open one. Threads and processes it starts from now on are born there."""
    _call(_libc.setns(descriptor, CLONE_NEWNET))


def call_inside(path: Path, function: Callable[..., T], *arguments: Any) -> T:
    """What the function returns or raises, called by a thread in that namespace, which is gone afterwards."""
    done: Future[T] = Future()

    def work() -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                enter(descriptor)
            finally:
                os.close(descriptor)
            done.set_result(function(*arguments))
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            done.set_exception(error)

    thread = threading.Thread(target=work, name=f"in {path.name}")
    thread.start()
    thread.join()
    return done.result()


def run(*command: str, given: str = "") -> str:
    """What a tool says; its complaint is in the error."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, input=given)
    if done.returncode != 0:
        raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def owned_name(number: int, host: str) -> str:
    """A name nobody else gives: a process id comes back, but not with the same time of start."""
    return f"{PREFIX}-{os.getpid()}-{_started(os.getpid())}-{number}-{host}"


def clear_stale() -> list[str]:
    """Remove the namespaces of processes that are dead, and those only."""
    removed = []
    for path in NAMED.glob(f"{PREFIX}-*") if NAMED.is_dir() else ():
        found = re.fullmatch(rf"{PREFIX}-(\d+)-(\d+)-\d+-.+", path.name)
        if found and _started(int(found[1])) != found[2]:
            done = subprocess.run(["ip", "netns", "delete", path.name], check=False, capture_output=True)
            removed += [path.name] if done.returncode == 0 else []  # else another process was faster
    return removed


def _started(pid: int) -> str:
    """When that process started, in ticks since boot (proc(5), field 22); nothing if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *_ = after = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else after[19]


def _call(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
