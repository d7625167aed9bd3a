"""Where sound goes: a player of the system as a process, or a record of what would have been heard."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import threading
import time
from array import array
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIPE = 4096
"""Bytes between us and the player: a tenth of a second."""
RATE = 22_050
"""Of espeak-ng."""
PLAY_OUT_S = 3.0
AHEAD_S = 0.1


def player(rate: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command that plays raw sound of one channel from its standard input; empty: there is none."""
    piped = Path(environ.get("XDG_RUNTIME_DIR", "/nowhere")) / "pipewire-0"
    if piped.exists() and (found := shutil.which("pw-play")):
        return [found, "--raw", f"--rate={rate}", "--channels=1", "--format=s16", "--latency=100ms", "-"]
    if found := shutil.which("aplay"):
        return [found, "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate), "--buffer-time=100000"]
    return []


def able() -> bool:
    """Whether this box has a voice and a player."""
    return shutil.which("espeak-ng") is not None and bool(player(RATE))


class CommandSink:
    """pw-play(1) or aplay(1). Killed, it is silent at once."""

    def __init__(self, command: Callable[[int], list[str]] = player) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rate = 0

    def write(self, block: bytes, rate: int) -> None:
        """See `speaking.Sink`."""
        process = self._open(rate)
        assert process.stdin is not None
        process.stdin.write(block)
        process.stdin.flush()

    def drop(self) -> None:
        """See `speaking.Sink`."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            _end(process)

    def close(self) -> None:
        """See `speaking.Sink`."""
        process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PLAY_OUT_S)
        self.drop()

    def _open(self, rate: int) -> subprocess.Popen[bytes]:
        if self._process is not None and rate != self._rate:
            self.close()
        with self._lock:
            if self._process is None:
                command = self._command(rate)
                if not command:
                    raise FileNotFoundError("no pw-play and no aplay")
                made = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
                assert made.stdin is not None
                fcntl.fcntl(made.stdin, fcntl.F_SETPIPE_SZ, PIPE)
                self._process, self._rate = made, rate
            return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    process.wait()


@dataclass
class RecordingSink:
    """A loudspeaker that is only written down, at the pace of a real one."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    played: list[tuple[float, float]] = field(default_factory=list)
    """When a block would have been heard, and how loud (root mean square, of 32,768)."""
    seconds: float = 0.0
    drops: list[float] = field(default_factory=list)
    _until: float = 0.0

    def write(self, block: bytes, rate: int) -> None:
        """See `speaking.Sink`."""
        now, samples = self.clock(), array("h", block)
        self._until = max(self._until, now)
        self.played.append((self._until, (sum(sample * sample for sample in samples) / max(1, len(samples))) ** 0.5))
        self._until += len(samples) / rate
        self.seconds += len(samples) / rate
        if (wait := self._until - AHEAD_S - now) > 0:
            self.sleep(wait)

    def drop(self) -> None:
        """See `speaking.Sink`."""
        now = self.clock()
        self.played = [one for one in self.played if one[0] <= now]
        self._until = now
        self.drops.append(now)

    def close(self) -> None:
        """See `speaking.Sink`."""

    def heard(self, since: float = 0.0, until: float = float("inf"), least: float = 20.0) -> bool:
        """Whether anything was to be heard then."""
        return any(loud >= least for at, loud in self.played if since <= at < until)
