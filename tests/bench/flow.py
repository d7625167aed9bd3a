"""How fast a load goes through, and what it costs: watched from outside, from the first events to the last receipt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.bench.process import cpu_s, written_bytes
from tests.bench.rig import RigError

EVERY_S = 0.02
STALL_S = 30.0
LATEST = 0.3
"""Who looks for the first time when so much is through already was held up, and would measure only an end."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`cpu_s` by process, for 10,000 events each; `written` is bytes per event by the first of them."""

    per_s: float
    cpu_s: Mapping[str, float]
    written: float


def watch(count: int, done: Callable[[], int], pids: Mapping[str, int], begun: Callable[[], int] | None = None) -> Flow:
    """Watch `done()` go to `count`. Raises RigError when it stands still.

    `begun()` counts what came in, where that is something else: then the clock starts by it, and what was under way at
    that moment is paid for but not counted.
    """
    come = begun or done
    first = next(iter(pids.values()))
    began = (0.0, 0, dict[str, float](), 0)
    last, moved_at = -1, time.monotonic()
    while (n := done()) < count:
        now = time.monotonic()
        if n != last:
            last, moved_at = n, now
        elif now - moved_at > STALL_S:
            raise RigError(f"stands still at {n} of {count}")
        if not began[1] and (inside := come()):
            began = now, inside, {name: cpu_s(pid) for name, pid in pids.items()}, written_bytes(first)
        time.sleep(EVERY_S)
    if not 0 < began[1] <= count * LATEST:
        raise RigError("most of it was over before it could be watched: the machine is too busy")
    took, events = time.monotonic() - began[0], n - began[1]
    spent = {name: (cpu_s(pid) - began[2][name]) / events * 10_000 for name, pid in pids.items()}
    return Flow(events / took, spent, (written_bytes(first) - began[3]) / events)
