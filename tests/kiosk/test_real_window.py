"""On a real X server with OpenGL: the way a box with a GPU shows the call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def display() -> Iterator[str]:
    """A free X server of our own."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1200x2000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def test_a_real_window_shows_the_frames_of_the_call_through_its_video_output(display: str) -> None:
    environment = {**os.environ, "DISPLAY": display, "LIBGL_ALWAYS_SOFTWARE": "1"}
    for name in ("QT_QPA_PLATFORM", "QT_QUICK_BACKEND"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.kiosk.real_window"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert (seen["platform"], seen["software"], seen["warned"]) == ("xcb", False, [])
    red, blue = seen["colours"]
    assert red[0] > 180
    assert max(red[1:]) < 90
    assert blue[2] > 180
    assert max(blue[:2]) < 90
