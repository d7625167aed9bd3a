"""Whether a TURN or STUN server answers, asked ahead: a dead one costs the media library's gathering five seconds.

    Allocate without credential -->                     RFC 8656 section 7.1 (RFC 8489 section 9.2.3)
            <-- error 401 with realm and nonce          a relay that would serve us
    Binding -->                                         RFC 8489 section 7, for stun:
            <-- success

    0             2             4             8                            20
    | type        | length      | 0x2112A442  | transaction, 12 bytes      | attributes

Over UDP the question is asked three times within the bound. Over TLS the server's half of the handshake, with a
certificate we trust, is taken for the answer: the rest would cost one or two more round trips. Pure protocol, no
library; knows nothing of calls.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

BOUND_S = 0.3
REMEMBER_S = 30.0
ASKED = 3
MOST_KNOWN = 32
"""Verdicts kept; the oldest goes first."""
LARGEST = 2048
"""Bytes of an answer; real ones have about 100."""

URL = re.compile(r"(stun|turns?):([^?:@/\s\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?")
COOKIE = 0x2112A442
BINDING, ALLOCATE = 0x0001, 0x0003
SUCCESS, ERROR = 0x0100, 0x0110
ERROR_CODE, REQUESTED_TRANSPORT = 0x0009, 0x0019
UDP = 17
UNAUTHORIZED, STALE_NONCE = 401, 438


@dataclass(frozen=True, slots=True)
class Server:
    """What a URL of RFC 7064 or 7065 says."""

    scheme: str
    host: str
    port: int
    udp: bool

    @classmethod
    def of(cls, url: str) -> Server | None:
        """None for what is no such URL."""
        found = URL.fullmatch(url)
        if found is None:
            return None
        scheme, host, port, transport = found.groups()
        number = int(port or (5349 if scheme == "turns" else 3478))
        return (
            cls(scheme, host.strip("[]"), number, scheme != "turns" and transport != "tcp") if number < 65536 else None
        )


class TurnProbe:
    """Asks each server once, and remembers what it found. One for the life of an engine."""

    def __init__(
        self,
        *,
        bound_s: float = BOUND_S,
        remember_s: float = REMEMBER_S,
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls`: which certificates to trust; as the system does if none is given."""
        self._bound_s, self._remember_s, self._clock, self._tls = bound_s, remember_s, clock, tls
        self._known: dict[str, _Known] = {}

    async def living(self, urls: Iterable[str]) -> list[str]:
        """Those that answer, in their order. All are asked at once, so it takes `bound_s` at most."""
        asked = list(dict.fromkeys(urls))
        verdicts = await asyncio.gather(*map(self.alive, asked))
        return [url for url, alive in zip(asked, verdicts, strict=True) if alive]

    async def alive(self, url: str) -> bool:
        """Whether that one answers, or answered within the last `remember_s`."""
        known = self._known.get(url) or self._new(url)
        async with known.lock:  # who asks while it is being asked gets the same answer
            if known.until <= self._clock():
                known.verdict = await self._ask(url)
                known.until = self._clock() + self._remember_s
            return known.verdict

    def forget(self) -> None:
        """After a change of network nothing found before it holds."""
        self._known.clear()

    def _new(self, url: str) -> _Known:
        while len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return self._known.setdefault(url, _Known())

    async def _ask(self, url: str) -> bool:
        server = Server.of(url)
        if server is None:
            return False
        question = Question.of(server)
        try:
            async with asyncio.timeout(self._bound_s):
                if server.udp:
                    return await _over_udp(server, question, self._bound_s / ASKED)
                return await self._over_tcp(server, question)
        except (OSError, EOFError, UnicodeError):  # also TimeoutError, and a name nobody has
            return False

    async def _over_tcp(self, server: Server, question: Question) -> bool:
        reader, writer = await asyncio.open_connection(server.host, server.port, limit=LARGEST)
        try:
            if server.scheme == "turns":
                return await _trusted(reader, writer, self._tls or ssl.create_default_context(), server.host)
            writer.write(question.sent)
            head = await reader.readexactly(20)
            (length,) = struct.unpack_from("!H", head, 2)
            return length <= LARGEST and question.answered(head + await reader.readexactly(length))
        finally:
            writer.transport.abort()  # nothing is owed to anybody


@dataclass(slots=True)
class _Known:
    verdict: bool = False
    until: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and what counts as its answer."""

    method: int
    transaction: bytes

    @classmethod
    def of(cls, server: Server) -> Question:
        """The one to ask that server."""
        return cls(BINDING if server.scheme == "stun" else ALLOCATE, secrets.token_bytes(12))

    @property
    def sent(self) -> bytes:
        """The request as it goes out."""
        wanted = struct.pack("!HHB3x", REQUESTED_TRANSPORT, 4, UDP) if self.method == ALLOCATE else b""
        return struct.pack("!HHI12s", self.method, len(wanted), COOKIE, self.transaction) + wanted

    def answered(self, data: bytes) -> bool:
        """Whether this answers it, from a server that would serve us. Never raises."""
        if len(data) < 20:
            return False
        kind, length, cookie, transaction = struct.unpack_from("!HHI12s", data)
        if (cookie, transaction, length) != (COOKIE, self.transaction, len(data) - 20):
            return False
        if kind == self.method | ERROR and self.method == ALLOCATE:
            return _error_code(data[20:]) in {UNAUTHORIZED, STALE_NONCE}
        return bool(kind == self.method | SUCCESS)


def _error_code(attributes: bytes) -> int:
    while len(attributes) >= 4:
        kind, length = struct.unpack_from("!HH", attributes)
        if kind == ERROR_CODE and 4 <= length <= len(attributes) - 4:
            return (attributes[6] & 7) * 100 + attributes[7]
        attributes = attributes[4 + length + -length % 4 :]
    return 0


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, question: Question) -> None:
        self._question = question
        self.heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _: object) -> None:
        if not self.heard.done() and self._question.answered(data):
            self.heard.set_result(True)

    def error_received(self, exc: Exception) -> None:
        """Somebody on the way says that nobody is there."""
        del exc
        if not self.heard.done():
            self.heard.set_result(False)


async def _over_udp(server: Server, question: Question, again_s: float) -> bool:
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(lambda: _Ear(question), remote_addr=(server.host, server.port))
    try:
        while True:  # ended by the answer or by the caller's bound
            transport.sendto(question.sent)
            with suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(ear.heard), again_s)
    finally:
        transport.abort()


async def _trusted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: ssl.SSLContext, name: str) -> bool:
    """Whether the server's half of a handshake comes, and our side has an answer to it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    handshake = tls.wrap_bio(incoming, outgoing, server_hostname=name)
    heard = False
    while True:
        try:
            handshake.do_handshake()
        except ssl.SSLWantReadError:
            if heard and outgoing.pending:
                return True
        else:
            return True
        writer.write(outgoing.read())
        data = await reader.read(LARGEST)
        if not data:
            return False
        incoming.write(data)
        heard = True
