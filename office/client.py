"""Asking the receiver that runs on this machine, over its Unix socket. For the command line; blocking."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sync.contract.envelope import encode

TIMEOUT_S = 10.0


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

    def bring(self, what: str, content: bytes) -> None:
        """The bytes of a file."""
        self._ask("PUT", what, content, "application/octet-stream")

    def _ask(self, method: str, what: str, body: bytes | None, kind: str = "application/json") -> Any:
        connection = _UnixConnection(self._path)
        try:
            connection.request(method, f"/v1/{what}", body, {"Content-Type": kind})
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            raise NotRunning(f"no receiver answers at {self._path} ({error}); is it running?") from None
        finally:
            connection.close()
        try:
            value = json.loads(content) if content else None
        except ValueError:
            value = {"error": content[:200].decode("utf-8", "replace")}
        if response.status >= 400:
            raise Declined(value["error"] if isinstance(value, dict) and "error" in value else str(response.status))
        return value


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
