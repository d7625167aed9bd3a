"""The screen's end of the call engine's socket: one thread, newest news only, and it comes back by itself.

    engine = Engine(Path("/run/linli/call.sock"), mailbox_post)
    engine.start()
    engine.send(Start(department="civil"))      # False: nobody there took it; nothing is kept for later
    engine.close()

A wish that cannot be said now is not said later: the person who made it may have gone. Whoever listens is told
`Seen(there=False)` when the engine is away, and the whole of the call with the first line when it is back.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.contract.call_screen import MAX_LINE, CallSeen, Wish
from sync.contract.envelope import ContractError, decode, encode

log = logging.getLogger("linli.kiosk.engine")

AGAIN_S = 0.25
"""The engine's socket is looked for so often: systemd starts it anew within a second."""
STUCK_S = 2.0
"""An engine that takes no byte for so long hangs."""
MAX_WAITING = 32
MAX_WISHES = 64 * 1024


NO_CALL = CallSeen(n=0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the engine. `at` is when this was heard, on the screen's monotonic clock."""

    there: bool = False
    call: CallSeen = NO_CALL
    at: float = 0.0


class Engine:
    """`heard` is called on the engine's thread and must not wait."""

    def __init__(self, path: Path, heard: Callable[[Seen], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._heard, self._clock = path, heard, clock
        self._wishes: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._there = self._over = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._thread = threading.Thread(target=self._run, name="call engine", daemon=True)

    def start(self) -> None:
        """Look for it from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._over = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join(STUCK_S + 1)
        os.close(self._wake_read)
        os.close(self._wake_write)

    def send(self, wish: Wish) -> bool:
        """Say it to the engine; False when there is none, or when it takes nothing. Never waits."""
        with self._lock:
            if not self._there or len(self._wishes) >= MAX_WAITING:
                return False
            self._wishes.append(encode(wish) + b"\n")
        self._wake()
        return True

    # --- the thread

    def _run(self) -> None:
        lost = False
        self._heard(Seen(at=self._clock()))
        while not self._over:
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                    line.connect(str(self._path))
                    line.settimeout(0)
                    if lost:
                        log.warning("the call engine is there again")
                    lost = False
                    self._begin()
                    _Talk(line, self._wake_read).run(self._next, self._told, lambda: self._over)
            except (OSError, ContractError) as error:
                if not lost and not self._over:
                    log.warning("no call engine at %s: %s", self._path, type(error).__name__)
                lost = True
            if self._there:
                self._end()
            self._rest()

    def _begin(self) -> None:
        with self._lock:
            self._wishes.clear()
            self._there = True

    def _end(self) -> None:
        with self._lock:
            self._wishes.clear()
            self._there = False
        if not self._over:
            self._heard(Seen(at=self._clock()))

    def _told(self, line: bytes) -> None:
        self._heard(Seen(there=True, call=decode(line, CallSeen), at=self._clock()))

    def _next(self) -> bytes:
        with self._lock:
            return self._wishes.popleft() if self._wishes else b""

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake
            os.write(self._wake_write, b".")

    def _rest(self) -> None:
        """Until it is time to look again, or to end."""
        with selectors.DefaultSelector() as wait:
            wait.register(self._wake_read, selectors.EVENT_READ)
            if wait.select(AGAIN_S):
                os.read(self._wake_read, 4096)


class _Talk:
    """One connection, until it breaks. Raises OSError, and ContractError for what is no line of ours."""

    def __init__(self, line: socket.socket, wake: int) -> None:
        self._line, self._wake = line, wake
        self._in = bytearray()
        self._out = bytearray()
        self._stuck_at: float | None = None

    def run(self, wish: Callable[[], bytes], told: Callable[[bytes], None], over: Callable[[], bool]) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(self._wake, selectors.EVENT_READ)
            ready.register(self._line, selectors.EVENT_READ)
            while not over():
                while len(self._out) < MAX_WISHES and (more := wish()):
                    self._out += more
                self._write()
                events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
                ready.modify(self._line, events)
                for key, _ in ready.select(STUCK_S if self._out else None):
                    if key.fd == self._wake:
                        os.read(self._wake, 4096)
                    else:
                        self._read(told)

    def _write(self) -> None:
        if not self._out:
            return
        with contextlib.suppress(BlockingIOError):
            del self._out[: self._line.send(self._out)]
            self._stuck_at = None
        if self._out:
            self._stuck_at = self._stuck_at or time.monotonic()
            if time.monotonic() - self._stuck_at > STUCK_S:
                raise ConnectionError("the call engine takes nothing")

    def _read(self, told: Callable[[bytes], None]) -> None:
        """Of several lines that came together the last says all there is to know."""
        with contextlib.suppress(BlockingIOError):
            piece = self._line.recv(65536)
            if not piece:
                raise ConnectionError("the call engine ended")
            self._in += piece
        whole, end, rest = self._in.rpartition(b"\n")
        if end:
            self._in = bytearray(rest)
            told(bytes(whole.rpartition(b"\n")[2]))
        if len(self._in) > MAX_LINE:
            raise ContractError("a line without an end")
