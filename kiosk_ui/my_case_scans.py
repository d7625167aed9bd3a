"""What the reader of the box reads: one thread on `GET /v1/scans`. A code is passed on and kept nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk_ui.my_case import SCANNED
from sync.contract.envelope import ContractError, Struct, decode
from sync.unix_http import Stream, Unreachable

AGAIN_S = 2.0
SILENCE_S = 40.0
"""The gateway says something on every stream each few seconds, also when nothing is read."""
OK = 200


class _Scan(Struct, frozen=True):
    code: str


class Scans:
    """Posts each code under `SCANNED`. A gateway without a reader is asked again, quietly."""

    def __init__(self, path: Path, post: Callable[[str, object], None]) -> None:
        self._path, self._post = path, post
        self._stopped = threading.Event()
        self._stream: Stream | None = None
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        if self._stream is not None:
            self._stream.close()
        if self._thread.is_alive():
            self._thread.join(AGAIN_S + 1)

    def _run(self) -> None:
        while not self._stopped.is_set():
            with suppress(Unreachable, ContractError):  # `local` says already that the gateway is away
                self._follow()
            self._stopped.wait(AGAIN_S)

    def _follow(self) -> None:
        with Stream(self._path, "/v1/scans", timeout_s=SILENCE_S) as stream:
            self._stream = stream
            if stream.status != OK:
                return
            for line in stream.lines():
                if self._stopped.is_set():
                    return
                if line:
                    self._post(SCANNED, decode(line, _Scan).code)
