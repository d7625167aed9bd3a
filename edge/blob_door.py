"""The gateway's side of the blob door, as `sync/blobs.py` describes it: HTTPS with our certificate, resumed, checked.

Blocking; the carrier gives it a thread. Each call is one connection, so a changed certificate is seen at once.
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
    """One door. `cut` may be called from another thread."""

    def __init__(self, centre: Centre) -> None:
        assert centre.blob_url is not None
        url = urlsplit(centre.blob_url)
        host = url.hostname or ""
        name = centre.server_name if centre.server_name and host == centre.host else host
        self._address = _Address(host, url.port or 443, name)
        self._base = url.path.rstrip("/")
        self._centre = centre
        self._connection: _Connection | None = None
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
        with self._open() as connection:
            headers = {"Range": f"bytes={have}-"} if have else {}
            response = self._ask(connection, "GET", sha256, headers)
            if response.status == HTTPStatus.OK:
                have = 0
            elif response.status == HTTPStatus.NOT_FOUND:
                raise DoorRefused(f"the centre has no {sha256[:12]} for this gateway")
            elif response.status != HTTPStatus.PARTIAL_CONTENT:
                raise DoorError(f"the centre answers {response.status}")
            self._receive(response, part, have, size)

    def cut(self) -> None:
        """End what is under way, and everything after it, at once."""
        self._cut = True
        if (connection := self._connection) is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _offset(self, sha256: str) -> int | None:
        """How much of ours is there; None: everything."""
        with self._open() as connection:
            response = self._ask(connection, "HEAD", sha256, {})
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
        with self._open() as connection:
            response = self._send(connection, sha256, headers, path, offset)
            text = response.read(300).decode("utf-8", "replace")
        if response.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return True
        if response.status in (HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT):
            return False
        if response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise DoorRefused(f"the centre takes no blob of {total} bytes")
        raise DoorError(f"the centre answers {response.status} {text}")

    def _send(
        self, connection: _Connection, sha256: str, headers: dict[str, str], path: Path, offset: int
    ) -> HTTPResponse:
        try:
            connection.putrequest("PUT", self._base + path_of(sha256))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError), path.open("rb") as file:
                file.seek(offset)
                while chunk := file.read(CHUNK):
                    connection.send(chunk)
            return connection.getresponse()  # also when it hung up early: its reason may be there
        except _HARMLESS as error:
            raise DoorError(str(error) or type(error).__name__) from None

    def _ask(self, connection: _Connection, method: str, sha256: str, headers: dict[str, str]) -> HTTPResponse:
        try:
            connection.request(method, self._base + path_of(sha256), headers=headers)
            return connection.getresponse()
        except _HARMLESS as error:
            raise DoorError(str(error) or type(error).__name__) from None

    def _receive(self, response: HTTPResponse, part: Path, have: int, size: int) -> None:
        try:
            with part.open("r+b" if have else "wb") as file:
                file.seek(have)
                while have < size and (chunk := response.read(min(CHUNK, size - have))):
                    file.write(chunk)
                    have += len(chunk)
        except _HARMLESS as error:
            raise DoorError(str(error) or type(error).__name__) from None
        if have < size:
            raise DoorError(f"the line broke off after {have} of {size} bytes")

    @contextlib.contextmanager
    def _open(self) -> Iterator[_Connection]:
        try:
            context = ssl.create_default_context(cafile=self._centre.ca)
            context.load_cert_chain(self._centre.cert, self._centre.key)
            connection = self._connection = _Connection(self._address, context)
            if self._cut:
                raise DoorError("the gateway stops")
            connection.connect()
        except OSError as error:  # ssl.SSLError is one
            self._connection = None
            raise DoorError(f"{self._address.host}:{self._address.port}: {error}") from None
        try:
            yield connection
        finally:
            self._connection = None
            connection.close()


class _Connection(HTTPSConnection):
    """With the name the certificate must carry, and behind everything else on the line."""

    def __init__(self, address: _Address, context: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=TIMEOUT_S)
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
