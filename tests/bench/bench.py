"""One run of the benchmarks: how large the loads are, where its files lie, and how much time there is."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.backlog import write_backlog


@dataclass(frozen=True, slots=True)
class Load:
    """How much of everything. `backlog` is the issue's figure and the same in both."""

    presses: int = 300
    presses_on_slow_line: int = 40
    drains: int = 3
    ingest: int = 180_000
    positions: int = 100_000
    starts: int = 5
    lone: int = 30
    rest_s: float = 20.0
    window_s: float = 5.0
    windows: int = 3
    outage_s: float = 60.0
    long_outage_s: float = 150.0
    growth_s: float = 600.0
    backlog: int = 100_000


FULL = Load()
QUICK = Load(
    presses=100,
    presses_on_slow_line=15,
    drains=1,
    ingest=120_000,
    positions=50_000,
    starts=2,
    lone=10,
    rest_s=10.0,
    window_s=3.0,
    windows=2,
    outage_s=12.0,
    long_outage_s=0.0,
    growth_s=120.0,
)


@dataclass(slots=True)
class Bench:
    """Passed to every scenario. `scratch` must lie on a real disk: on a tmpfs an fsync costs nothing."""

    scratch: Path
    quick: bool = False
    say: Callable[[str], None] = lambda _text: None
    load: Load = FULL
    _backlog: Path | None = field(default=None, repr=False)

    @contextmanager
    def directory(self) -> Iterator[Path]:
        """A short-lived directory; its name is short because Unix sockets lie in it."""
        path = Path(tempfile.mkdtemp(prefix="b-", dir=self.scratch))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def backlog(self) -> Path:
        """A gateway's data directory with `load.backlog` events waiting; made once in a run."""
        if self._backlog is None:
            self.say(f"writing {self.load.backlog} waiting events")
            folder = self.scratch / "backlog"
            write_backlog(folder, self.load.backlog)
            self._backlog = folder
        return self._backlog
