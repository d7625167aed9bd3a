"""The gateway's local API as the screen needs it: one thread that looks, and looks again when something happens.

    local = Local(Path("/run/linli/api.sock"), mailbox.post)
    local.looks.append(Look("alarm", ("alarm.",), lambda api: ...))   # before start
    local.start()

Each `Look` is posted under its name: at the start, after every interruption, and when a happening of its kinds comes
by. News replace older news of the same name, so a look always fetches the whole of its subject. `gateway` is posted as
True or False when it answers and when it does not. `ask` does something once, on a thread of its own, and posts what
came of it. Nothing here waits for the screen or is waited for by it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar
from urllib.parse import quote

from kiosk_ui.departments import Presence
from sync.contract import departments as content
from sync.contract.departments import Departments
from sync.contract.envelope import ContractError, Raw, Struct, decode, encode
from sync.contract.kiosk_box import KioskBox
from sync.unix_http import Answer, Stream, Unreachable, ask

log = logging.getLogger("linli.kiosk")

T = TypeVar("T")
Post = Callable[[str, object], None]

AGAIN_S = 1.0
SILENCE_S = 40.0
"""The gateway says something on every stream each 15 s."""
TIMEOUT_S = 15.0


class Api:
    """Questions to one gateway. Every answer is checked against its shape."""

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._path, self._timeout_s = path, timeout_s

    def get(self, target: str, shape: type[T]) -> T | None:
        """None: there is no such thing. Raises Unreachable, and ContractError when the answer has another shape."""
        status, body = self.send("GET", target)
        if status == 404:
            return None
        if status != 200:
            raise ContractError(f"{target}: status {status}")
        return decode(body, shape)

    def send(self, method: str, target: str, message: object = None, key: str = "") -> Answer:
        """One question, whatever the answer; bytes go as they are. With a `key` a submission is kept once.

        Raises Unreachable.
        """
        body = message if isinstance(message, bytes | None) else encode(message)
        kind = "application/octet-stream" if isinstance(message, bytes) else "application/json"
        headers = {"Content-Type": kind, **({"Idempotency-Key": key} if key else {})}
        return ask(self._path, method, f"/v1/{target}", body, headers, self._timeout_s)

    def part(self, sha256: str, first: int, length: int) -> bytes:
        """Some bytes of a file of content. Raises Unreachable, also when it is not there."""
        headers = {"Range": f"bytes={first}-{first + length - 1}"}
        target = f"/v1/blob/{quote(sha256, safe='')}"
        status, body = ask(self._path, "GET", target, headers=headers, timeout_s=self._timeout_s)
        if status != 206 or len(body) != length:
            raise Unreachable(f"a part of a file: status {status}, {len(body)} bytes")
        return body


@dataclass(frozen=True, slots=True)
class Look:
    """What is fetched under which name, and the kinds of happenings (or beginnings of them) that make it new."""

    name: str
    kinds: tuple[str, ...]
    fetch: Callable[[Api], object]

    def wants(self, kind: str) -> bool:
        """Whether it must look again."""
        return kind.startswith(self.kinds) if self.kinds else False


@dataclass(frozen=True, slots=True)
class Failed:
    """Posted instead of an Answer when the gateway could not be asked."""

    reason: str


class Line(Struct, frozen=True):
    """Of `GET /v1/status`: the line."""

    up: bool


class Versions(Struct, frozen=True):
    """Of `GET /v1/status`: what runs."""

    linli: str = ""
    python: str = ""
    system: str = ""


class Status(Struct, frozen=True):
    """The parts of `GET /v1/status` that the screen shows."""

    gateway: str
    line: Line
    versions: Versions = Versions()


class _Presences(Struct, frozen=True):
    departments: list[Presence]


def _presence(api: Api) -> dict[str, Presence]:
    found = api.get("presence", _Presences)
    return {one.department: one for one in found.departments} if found else {}


def _departments(api: Api) -> Departments | None:
    file = quote(content.FILE, safe="")
    return api.get(f"content/{content.CONTENT}/file?file={file}", Departments)


LOOKS = (
    Look("settings", (), lambda api: api.get("kiosk", KioskBox)),
    Look("status", ("line",), lambda api: api.get("status", Status)),
    Look("departments", ("content",), _departments),
    Look("presence", ("presence", "line"), _presence),
)


class _Told(Struct, frozen=True):
    """A happening of the live stream."""

    data: Raw


class Local:
    """Two threads: one looks and listens, one asks. Both end with the process, or by `stop`."""

    def __init__(self, path: Path, post: Post) -> None:
        self.api = Api(path)
        self.looks: list[Look] = list(LOOKS)
        self.passed: set[str] = set()
        """Kinds of happenings whose data is handed on as it came, posted under their kind."""
        self._path, self._post = path, post
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._stopped = threading.Event()
        self._stream: Stream | None = None
        self._reached: bool | None = None
        self._threads = [
            threading.Thread(target=self._listen, name="local API", daemon=True),
            threading.Thread(target=self._work, name="local API questions", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End both, and wait for it."""
        self._stopped.set()
        self._asked.put(None)
        if self._stream is not None:
            self._stream.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(TIMEOUT_S + AGAIN_S)

    def ask(self, name: str, method: str, target: str, message: object = None, key: str = "") -> None:
        """Do it once; an Answer, or Failed, is posted under that name."""

        def do() -> None:
            try:
                self._post(name, self.api.send(method, target, message, key))
            except Unreachable as error:
                self._post(name, Failed(str(error)))

        self._asked.put(do)

    def _work(self) -> None:
        while (do := self._asked.get()) is not None:
            do()
            del do  # it holds what was sent

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                self._follow()
            except Unreachable as error:
                self._reach(up=False, reason=str(error))
            self._stopped.wait(AGAIN_S)

    def _follow(self) -> None:
        """Until the gateway goes. The stream is opened before the first look, so that nothing falls in between."""
        with Stream(self._path, "/v1/events", timeout_s=SILENCE_S) as stream:
            self._stream = stream
            if stream.status != 200:
                raise Unreachable(f"status {stream.status}")
            self._reach(up=True)
            self._look(self.looks)
            for kind, data in _happenings(stream.lines()):
                if self._stopped.is_set():
                    return
                if kind in self.passed:
                    self._pass_on(kind, data)
                missed = kind == "dropped"
                self._look([look for look in self.looks if missed or look.wants(kind)])
        raise Unreachable("the gateway ended")

    def _pass_on(self, kind: str, told: bytes) -> None:
        try:
            self._post(kind, bytes(decode(told, _Told).data))
        except ContractError as error:
            log.warning("%s: %s", kind, error)

    def _look(self, looks: list[Look]) -> None:
        for look in looks:
            try:
                self._post(look.name, look.fetch(self.api))
            except ContractError as error:
                log.warning("%s: %s", look.name, error)

    def _reach(self, *, up: bool, reason: str = "") -> None:
        if up == self._reached:
            return
        self._reached = up
        log.warning("the gateway answers") if up else log.warning("no gateway at %s (%s)", self._path, reason)
        self._post("gateway", up)


def _happenings(lines: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Server-sent events: their kinds, and their one line of data."""
    kind = ""
    for line in lines:
        if line.startswith(b"event: "):
            kind = line[7:].decode("utf-8", "replace")
        elif line.startswith(b"data: ") and kind:
            yield kind, line[6:]
            kind = ""
