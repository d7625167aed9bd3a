"""How fast a load goes through, and what it costs: watched from outside, from the first events to the last receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.bench.process import cpu_s, written_bytes
from tests.bench.rig import RigError

EVERY_S = 0.02
STALL_S = 30.0
RUN_IN, RUN_OUT = 0.05, 0.97
"""What is counted lies between: before, the window of the line still grows; after, the last rows are owed their
deletion, which waits for company."""

LATEST = 0.3
"""Who looks for the first time when so much is through already was held up, and would measure only an end."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`cpu_s` by process, for 10,000 events each; `written` is bytes per event by the first of them."""

    per_s: float
    cpu_s: Mapping[str, float]
    written: float


@dataclass(frozen=True, slots=True)
class _Look:
    at: float
    n: int
    cpu_s: Mapping[str, float]
    written: int


def watch(count: int, done: Callable[[], int], pids: Mapping[str, int], begun: Callable[[], int] | None = None) -> Flow:
    """Watch `done()` go to `count`. Raises RigError when it stands still.

    `begun()` counts what came in, where that is something else: then the clock starts by it, and what was under way at
    that moment is paid for but not counted.
    """
    come, first = begun or done, next(iter(pids.values()))

    def look(n: int) -> _Look:
        return _Look(time.monotonic(), n, {name: cpu_s(pid) for name, pid in pids.items()}, written_bytes(first))

    began: _Look | None = None
    ended: _Look | None = None
    last, moved_at = -1, time.monotonic()
    while (n := done()) < count:
        now = time.monotonic()
        if n != last:
            last, moved_at = n, now
        elif now - moved_at > STALL_S:
            raise RigError(f"stands still at {n} of {count}")
        if began is None and (inside := come()) >= count * RUN_IN:
            began = look(inside)
        if ended is None and n >= count * RUN_OUT:
            ended = look(n)
        time.sleep(EVERY_S)
    if began is None or began.n > count * LATEST:
        raise RigError("most of it was over before it could be watched: the machine is too busy")
    return _between(began, ended or look(n))


def _between(began: _Look, ended: _Look) -> Flow:
    events = ended.n - began.n
    spent = {name: (ended.cpu_s[name] - before) / events * 10_000 for name, before in began.cpu_s.items()}
    return Flow(events / (ended.at - began.at), spent, (ended.written - began.written) / events)
