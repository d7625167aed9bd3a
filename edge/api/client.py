"""Asking the gateway that runs on this machine, over its Unix socket. For the command line; blocking, starts fast.

    client = Client(Path("/run/linli/api.sock"))
    client.get("status")
    client.get("devices", after="button-7", limit=100)
    client.send("POST", "devices/button-7/test", {"minutes": 10})
    client.content("devices/export", language="zh")
    for happening in client.events(kinds="alarm,fault"): ...

Paths are those of `GET /v1/openapi.json`, with or without `/v1/`. Knows no gateway code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from sync.unix_http import Stream, Unreachable, ask

TIMEOUT_S = 10.0
STREAM_TIMEOUT_S = 60.0
"""The gateway says something on every stream each 15 s; a silence this long means that it hangs."""


class NotRunning(ConnectionError):  # noqa: N818 - reads as the state it is
    """No gateway answers there; the text says where and what to do."""


class Declined(ValueError):  # noqa: N818 - reads as what it is
    """The gateway answered and did not do it; the text is its reason, `answer` everything it said."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        self.status = status
        self.answer = answer
        self.code = str(answer.get("error", ""))
        self.hint = str(answer.get("hint", ""))
        self.fields: list[Mapping[str, str]] = list(answer.get("fields", ()))
        super().__init__(str(answer.get("message") or answer.get("error") or status))


@dataclass(frozen=True, slots=True)
class Happening:
    """One message of the live stream. `kind` is `dropped` where this client was too slow."""

    id: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


class Client:
    """One gateway. Answers are JSON values."""

    def __init__(self, path: Path, *, language: str = "zh", timeout_s: float = TIMEOUT_S) -> None:
        self._path, self._language, self._timeout_s = path, language, timeout_s

    def get(self, what: str, **query: str | float | None) -> Any:
        """Something to look at."""
        return _value(self._ask("GET", _with(what, query), None)[1])

    def send(self, method: str, what: str, message: object = None, **query: str | float | None) -> Any:
        """Something to do. `message` is a JSON value, or bytes (a CSV) as they are."""
        content = (
            message if isinstance(message, bytes) else json.dumps(message).encode() if message is not None else b""
        )
        return _value(self._ask(method, _with(what, query), content)[1])

    def post(self, what: str, message: object = None, *, key: str = "", **query: str | float | None) -> Any:
        """As `send` with POST; with the same `key` a submission is kept once however often it is sent."""
        content = (
            message if isinstance(message, bytes) else json.dumps(message).encode() if message is not None else b""
        )
        headers = {"Idempotency-Key": key} if key else {}
        return _value(self._ask("POST", _with(what, query), content, headers)[1])

    def content(self, what: str, **query: str | float | None) -> bytes:
        """Bytes as they are: a CSV, a blob."""
        return self._ask("GET", _with(what, query), None)[1]

    def events(self, *, after: str = "", kinds: str = "") -> Iterator[Happening]:
        """What happens, live, from now on (or after that id), until the gateway ends."""
        query = {"after": after or None, "kinds": kinds or None}
        try:
            with Stream(self._path, _with("events", query), self._said({}), STREAM_TIMEOUT_S) as stream:
                if stream.status != 200:
                    _raise(stream.status, stream.rest())
                yield from _happenings(stream.lines())
        except Unreachable as error:
            raise NotRunning(f"the gateway at {self._path} stopped answering ({error})") from None

    def _ask(
        self, method: str, what: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        try:
            status, content = ask(self._path, method, what, body, self._said(headers or {}), self._timeout_s)
        except Unreachable as error:
            raise NotRunning(f"no gateway answers at {self._path} ({error}); is it running?") from None
        if status >= 400:
            _raise(status, content)
        return status, content

    def _said(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {"Accept-Language": self._language, "Content-Type": "application/json", **headers}


def part(text: str) -> str:
    """Text as one part of a path: an address may hold slashes."""
    return quote(text, safe="")


def _with(what: str, query: Mapping[str, str | float | None]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    path = what.removeprefix("/").removeprefix("v1/")
    return f"/v1/{path}" + ("?" + urlencode(given) if given else "")


def _value(content: bytes) -> Any:
    return json.loads(content) if content else None


def _raise(status: int, content: bytes) -> None:
    try:
        answer = json.loads(content)
    except ValueError:
        answer = {"error": "unreadable", "message": content[:200].decode("utf-8", "replace")}
    raise Declined(status, answer if isinstance(answer, dict) else {"error": str(answer)})


def _happenings(lines: Iterator[bytes]) -> Iterator[Happening]:
    """Server-sent events, as the gateway writes them: one line each of id, event and data."""
    fields: dict[str, str] = {}
    for raw in lines:
        line = raw.decode("utf-8", "replace")
        if not line:
            if "data" in fields:
                yield Happening(fields.get("id", ""), fields.get("event", ""), json.loads(fields["data"]))
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
