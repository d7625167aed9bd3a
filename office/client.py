"""Asking the receiver that runs on this machine, over its Unix socket. For the command line; blocking."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode

from sync.contract.envelope import encode
from sync.unix_http import Unreachable, ask


class NotRunning(ConnectionError):  # noqa: N818 - reads as the state it is
    """No receiver answers there; the text says where and what to do."""


class Declined(ValueError):  # noqa: N818 - reads as what it is
    """The receiver answered and did not do it; the text is its reason."""


class Client:
    """One receiver. Answers are JSON values."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, what: str, **query: str | int | None) -> Any:
        """Something to look at."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", what + ("?" + urlencode(given) if given else ""), None)

    def send(self, method: str, what: str, message: object) -> Any:
        """Something to do."""
        return self._ask(method, what, encode(message))

    def bring(self, what: str, content: bytes | Path) -> None:
        """The bytes of a file, or a file as it lies on the disk. Raises OSError when that cannot be read."""
        with contextlib.ExitStack() as opened:
            body = opened.enter_context(content.open("rb")) if isinstance(content, Path) else content
            self._ask("PUT", what, body, "application/octet-stream")

    def _ask(self, method: str, what: str, body: bytes | BinaryIO | None, kind: str = "application/json") -> Any:
        headers = {"Content-Type": kind}
        if body is not None and not isinstance(body, bytes):
            headers["Content-Length"] = str(os.fstat(body.fileno()).st_size)
        try:
            status, content = ask(self._path, method, f"/v1/{what}", body, headers)
        except Unreachable as error:
            raise NotRunning(f"no receiver answers at {self._path} ({error}); is it running?") from None
        try:
            value = json.loads(content) if content else None
        except ValueError:
            value = {"error": content[:200].decode("utf-8", "replace")}
        if status >= 400:
            raise Declined(value["error"] if isinstance(value, dict) and "error" in value else str(status))
        return value
