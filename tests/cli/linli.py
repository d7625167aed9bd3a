"""Runs `linli` as a person does, or in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def linli(
    *words: str | Path, given: bytes = b"", lang: str = "en_US.UTF-8", timeout: float = 60.0
) -> subprocess.CompletedProcess[bytes]:
    """The program itself."""
    environ = {**os.environ, "LANG": lang, "LC_ALL": lang, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-m", "edge.cli", *map(str, words)]
    return subprocess.run(
        command,
        input=given,
        env=environ,
        cwd=ROOT,
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def decode(protocol: str, lines: Iterable[Any], *words: str, code: int = 0) -> list[dict[str, Any]]:
    """What `linli decode` prints for these lines; a line is an object, or text as it is."""
    raw = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = linli("decode", protocol, *words, given=raw.encode())
    assert (done.returncode, done.stderr) == (code, b""), done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]
