"""Runs `linli` as a person does, or in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

from edge.cli.main import main

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
    raw = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    told, err, stdin = BytesIO(), StringIO(), sys.stdin
    out = TextIOWrapper(told, write_through=True)
    sys.stdin = TextIOWrapper(BytesIO(raw))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            ended = main(["decode", protocol, *words, "--lang", "en"])
    finally:
        sys.stdin = stdin
    assert (ended, err.getvalue()) == (code, ""), err.getvalue()
    return [json.loads(line) for line in told.getvalue().splitlines()]
