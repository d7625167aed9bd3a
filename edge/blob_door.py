"""The gateway's side of the blob door, as `sync/blobs.py` describes it: HTTPS with our certificate, resumed, checked.

Blocking; the carrier gives it a thread. Files that follow each other share a connection: a handshake with certificates
costs more than a photo. `rest` ends it, and a certificate that was changed does at once.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from edge.config_shape import Centre
from sync.blobs import OFFSET, content_range, path_of, what_is_left

TIMEOUT_S = 20.0
CHUNK = 64 * 1024
MOST_TEXT = 4096
ROUNDS = 8
"""How often one call goes on after a part, before it is somebody else's turn."""

LOW_PRIORITY = 0x20
"""Class selector 1 of RFC 3662: a picture waits for everything else, an alarm above all."""

_HARMLESS = (OSError, HTTPException)


class DoorError(ConnectionError):
    """It did not work now; the text says why. Try again later."""


class DoorRefused(ValueError):  # noqa: N818 - reads as what it is
    """The door will never take, or never has, this blob."""


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int
    name: str


class BlobDoor:
    """One door, used by one thread at a time; only `cut` may come from another."""

    def __init__(self, centre: Centre) -> None:
        assert centre.blob_url is not None
        url = urlsplit(centre.blob_url)
        host = url.hostname or ""
        name = centre.server_name if centre.server_name and host == centre.host else host
        self._address = _Address(host, url.port or 443, name)
        self._base = url.path.rstrip("/")
        self._centre = centre
        self._connection: _Connection | None = None
        self._made_with: list[tuple[int, int]] = []
        self._cut = False

    def upload(self, path: Path, sha256: str) -> None:
        """The centre has it, on disk, when this returns. Raises DoorError, DoorRefused."""
        total = path.stat().st_size
        before = -1
        for _ in range(ROUNDS):
            offset = self._offset(sha256)
            if offset is None:
                return
            if offset == before:
                raise DoorError("another upload of it runs")
            if self._put(path, sha256, before := offset, total):
                return
        raise DoorError("it goes on in small parts")

    def download(self, part: Path, sha256: str, size: int) -> None:
        """All `size` bytes are in `part` when this returns, whatever they are. Raises DoorError, DoorRefused."""
        have = part.stat().st_size if part.exists() else 0
        if have == size:
            part.touch()
            return
        have = have if have < size else 0
        with self._exchange() as exchange:
            response = self._ask("GET", sha256, {"Range": f"bytes={have}-"} if have else {})
            if response.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
                _text(response)
                exchange.heard(response)
                if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                    part.unlink()
                    raise DoorRefused(f"what the centre has of {sha256[:12]} is shorter than its version says")
                if response.status == HTTPStatus.NOT_FOUND:
                    raise DoorRefused(f"the centre has no {sha256[:12]} for this gateway")
                raise DoorError(f"the centre answers {response.status}")
            _receive(response, part, have if response.status == HTTPStatus.PARTIAL_CONTENT else 0, size)
            exchange.heard(response)

    def rest(self) -> None:
        """Nothing follows for now: the connection ends."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def cut(self) -> None:
        """End what is under way, and everything after it, at once."""
        self._cut = True
        if (connection := self._connection) is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _offset(self, sha256: str) -> int | None:
        """How much of ours is there; None: everything."""
        with self._exchange() as exchange:
            response = self._ask("HEAD", sha256, {})
            _text(response)
            exchange.heard(response)
        if response.status == HTTPStatus.OK:
            return None
        if response.status != HTTPStatus.NOT_FOUND:
            raise DoorError(f"the centre answers {response.status}")
        offset = response.headers.get(OFFSET, "0")
        return int(offset) if offset.isdigit() else 0

    def _put(self, path: Path, sha256: str, offset: int, total: int) -> bool:
        """Whether it is whole there now."""
        part = what_is_left(offset, total)
        headers = {"Content-Length": str(part.length if part else 0), "Content-Type": "application/octet-stream"}
        if part is not None:
            headers["Content-Range"] = content_range(part)
        with self._exchange() as exchange:
            connection = self._kept() or self._connect()
            response, sent = _send(connection, self._base + path_of(sha256), headers, path, offset)
            text = _text(response)
            if sent:
                exchange.heard(response)
        if response.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return True
        if response.status in (HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT):
            return False
        if response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise DoorRefused(f"the centre takes no blob of {total} bytes")
        raise DoorError(f"the centre answers {response.status} {text}")

    def _ask(self, method: str, sha256: str, headers: dict[str, str]) -> HTTPResponse:
        """The answer's head. A connection that was kept may have ended meanwhile: then it is asked over a new one."""
        target = self._base + path_of(sha256)
        if (kept := self._kept()) is not None:
            with contextlib.suppress(*_HARMLESS):
                kept.request(method, target, headers=headers)
                return kept.getresponse()
            self.rest()
        connection = self._connect()
        with _said():
            connection.request(method, target, headers=headers)
            return connection.getresponse()

    @contextlib.contextmanager
    def _exchange(self) -> Iterator[_Exchange]:
        """A question and its answer. The connection is used again only when both were whole."""
        exchange = _Exchange()
        try:
            yield exchange
        finally:
            if not exchange.whole:
                self.rest()

    def _kept(self) -> _Connection | None:
        """The connection of the exchange before, as long as it is what we would make now."""
        if self._connection is None or self._connection.sock is None or self._stamps() != self._made_with:
            self.rest()
        return self._connection

    def _connect(self) -> _Connection:
        try:
            self._made_with = self._stamps()
            context = ssl.create_default_context(cafile=self._centre.ca)
            context.load_cert_chain(self._centre.cert, self._centre.key)
            connection = self._connection = _Connection(self._address, context)
            if self._cut:
                raise DoorError("the gateway stops")
            connection.connect()
        except OSError as error:  # ssl.SSLError is one
            self._connection = None
            raise DoorError(f"{self._address.host}:{self._address.port}: {error}") from None
        return connection

    def _stamps(self) -> list[tuple[int, int]]:
        """Another certificate is another file, or a file of another time."""
        with contextlib.suppress(OSError):
            found = [Path(path).stat() for path in (self._centre.ca, self._centre.cert, self._centre.key)]
            return [(stat.st_ino, stat.st_mtime_ns) for stat in found]
        return []


class _Exchange:
    whole = False

    def heard(self, response: HTTPResponse) -> None:
        """Everything was said, and the answer read as far as we want it."""
        self.whole = response.isclosed() and not response.will_close


@contextlib.contextmanager
def _said() -> Iterator[None]:
    """What a line can do to us is a DoorError."""
    try:
        yield
    except _HARMLESS as error:
        raise DoorError(str(error) or type(error).__name__) from None


def _text(response: HTTPResponse) -> str:
    with _said():
        return response.read(MOST_TEXT).decode("utf-8", "replace")


def _send(
    connection: _Connection, target: str, headers: dict[str, str], path: Path, offset: int
) -> tuple[HTTPResponse, bool]:
    """The answer's head, and whether the file was sent to its end."""
    sent = False
    with _said():
        connection.putrequest("PUT", target)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError), path.open("rb") as file:
            file.seek(offset)
            while chunk := file.read(CHUNK):
                connection.send(chunk)
            sent = True
        return connection.getresponse(), sent  # also when it hung up early: its reason may be there


def _receive(response: HTTPResponse, part: Path, have: int, size: int) -> None:
    with _said(), part.open("r+b" if have else "wb") as file:
        file.seek(have)
        while have < size and (chunk := response.read(min(CHUNK, size - have))):
            file.write(chunk)
            have += len(chunk)
    if have < size:
        raise DoorError(f"the line broke off after {have} of {size} bytes")


class _Connection(HTTPSConnection):
    """With the name the certificate must carry, and behind everything else on the line."""

    def __init__(self, address: _Address, context: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=TIMEOUT_S, context=context)  # its own takes 0.2 s to make
        self._to, self._tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._to.host, self._to.port), TIMEOUT_S)
        self.sock = plain
        with contextlib.suppress(OSError):
            plain.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, LOW_PRIORITY)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self._to.name)
        except OSError:
            plain.close()
            raise
