"""Who follows `docs/add-a-device.md` word by word has a working device: its files are written and its commands run."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, block, blocks

PAGE = "add-a-device.md"
NEEDED = ("drivers", "edge", "firmware_profiles", "office", "sync", "tests/drivers", "tests/vectors")
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source with the two files of the page in it; and nothing else changed."""
    tree = tmp_path_factory.mktemp("tree")
    for name in NEEDED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(ROOT / name, tree / name)
    written = [b.name for b in blocks(PAGE, "file")]
    assert written == ["drivers/bell.py", "firmware_profiles/bell.yaml"]
    for name in written:
        (tree / name).write_text(block(PAGE, "file", name), encoding="utf-8")
    return tree


@pytest.fixture
def trial() -> Iterator[Path]:
    """Short, because the path of a Unix socket is."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def environment(tree: Path) -> dict[str, str]:
    """`linli` and `python` are those of this environment, on the tree."""
    linli = tree / "bin" / "linli"
    linli.parent.mkdir(exist_ok=True)
    linli.write_text(f'#!/bin/sh\nexec {sys.executable} -m edge.cli "$@"\n', encoding="utf-8")
    linli.chmod(0o755)
    return {**os.environ, "PYTHONPATH": str(tree), "PATH": f"{linli.parent}:{os.environ['PATH']}", "LINLI_LANG": "en"}


def sh(script: str, tree: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tree,
        env=environment(tree),
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_general_tests_play_the_new_device_without_knowing_it(tree: Path) -> None:
    (arguments,) = re.findall(r'make test ARGS="(.*)"', block(PAGE, "run", "tests"))

    said = sh(f"{sys.executable} -m pytest -q -p no:cacheprovider {arguments}", tree)

    assert re.search(r"\b(\d+) passed", said)
    assert int(re.findall(r"\b(\d+) passed", said)[0]) > 15


def test_the_example_is_written_as_this_project_writes(tree: Path) -> None:
    tools = Path(sys.executable).parent
    sh(f"{tools}/ruff check drivers/bell.py && {tools}/ruff format --check drivers/bell.py", tree)
    sh(f"{tools}/mypy drivers/bell.py", tree)


def test_the_profile_is_checked_and_the_bytes_are_decoded(tree: Path) -> None:
    sh("linli profiles check", tree)

    decoded = json.loads(sh(block(PAGE, "run", "decode"), tree))

    assert [event["alarm"] for event in decoded["events"]] == ["sos"]
    assert bytes.fromhex(decoded["reply_hex"][0]) == b"!17*06\r\n"


def test_a_forgotten_repeat_key_is_found_by_the_general_tests(tree: Path, tmp_path: Path) -> None:
    """The page promises that the tests guard its rules."""
    careless = tmp_path / "careless"
    shutil.copytree(tree, careless)
    driver = careless / "drivers" / "bell.py"
    text = re.sub(r"\n +repeat=.*", "", driver.read_text(encoding="utf-8"))
    driver.write_text(text, encoding="utf-8")

    with pytest.raises(AssertionError, match="raises_nothing_new"):
        sh(f"{sys.executable} -m pytest -q -p no:cacheprovider tests/drivers/test_any_driver.py -k bell", careless)


def test_the_device_speaks_through_a_whole_gateway(tree: Path, trial: Path) -> None:
    port = free_port()

    def here(script: str) -> str:
        return script.replace("/tmp/linli-trial", str(trial)).replace("5099", str(port))

    sh(here(block(PAGE, "run", "trial")), tree)
    command = [sys.executable, "-m", "edge.cli", "run", "--config", str(trial / "trial.yaml")]
    gateway = subprocess.Popen(command, cwd=tree, env=environment(tree), stderr=subprocess.DEVNULL)
    try:
        until_listening(port, trial / "api.sock")
        said = sh(here(block(PAGE, "run", "play")), tree)
    finally:
        gateway.send_signal(signal.SIGTERM)
        gateway.wait(PATIENCE_S)

    assert "press: 32 bytes -> 2131372a30360d0a" in said
    assert "bell-17" in said
    alarms = [line for line in said.splitlines() if re.search(r"\bsos\b", line) and "raised" in line]
    assert len(alarms) == 1, said
    assert re.search(r"sos +\S+ +3 ", alarms[0]), "three presses, and the repeat of the first is none"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def until_listening(port: int, api: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0 and api.exists():
                return
        time.sleep(0.05)
    raise AssertionError("the gateway does not listen")
