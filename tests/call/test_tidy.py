"""What the engine does between two calls."""

from __future__ import annotations

import subprocess
import sys

from edge.call.tidy import AFTER_S, Tidy

GIVES_BACK = """
import ctypes, os, threading
from edge.call.tidy import sparing
from tests.bench.process import resident_mb
sparing()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
def encoder():
    libc.free(libc.malloc(16 << 20))  # from which glibc would learn to keep twice as much
    blocks = [libc.malloc(3 << 20) for _ in range(8)]
    for block in blocks:
        ctypes.memset(block, 1, 3 << 20)
    for block in blocks:
        libc.free(block)
def work():
    thread = threading.Thread(target=encoder)
    thread.start()
    thread.join()
pid = os.getpid()
before = resident_mb(pid)
work()
print(resident_mb(pid) - before)
"""


class Counting(Tidy):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def now(self) -> None:
        super().now()
        self.count += 1


def test_it_tidies_once_after_each_call_and_never_inside_one() -> None:
    tidy = Counting()
    tidy.beat(0.0, in_call=False)
    for tenth in range(100):
        tidy.beat(tenth / 10, in_call=True)
    assert tidy.count == 0
    for tenth in range(100, 200):
        tidy.beat(tenth / 10, in_call=False)
    assert tidy.count == 1


def test_a_call_that_follows_at_once_is_not_disturbed() -> None:
    tidy = Counting()
    tidy.beat(0.0, in_call=True)
    tidy.beat(1.0, in_call=False)
    tidy.beat(1.0 + AFTER_S / 2, in_call=True)
    tidy.beat(1.0 + 2 * AFTER_S, in_call=True)
    assert tidy.count == 0


def test_what_a_thread_had_in_large_blocks_goes_back_when_it_is_freed() -> None:
    done = subprocess.run([sys.executable, "-c", GIVES_BACK], capture_output=True, check=True, text=True)
    assert float(done.stdout) < 8.0, "of 24 MB"
