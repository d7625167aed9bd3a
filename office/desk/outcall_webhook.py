"""Phoning out by a webhook: an HTTPS POST to a service that sends messages or calls people.

    POST <url>
    Content-Type: application/json
    X-Linli-Id: <the same for every try of one call: whoever has it already does nothing>
    X-Linli-Time: <seconds since 1970>
    X-Linli-Signature: sha256=<hex HMAC-SHA256 (RFC 2104) of time, a dot, and the body>

    {"id", "reason", "text", "numbers"}

Any 2xx is a yes. 4xx but 408 and 429 is a no for good; everything else is tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit
from uuid import uuid4

from office.desk.outcall import OutcallError

TIMEOUT_S = 5.0
PAUSES_S = (1.0, 3.0, 8.0)
FOR_GOOD = range(400, 500)
AGAIN = (408, 429)


class _RefusedError(OutcallError):
    """The service understood and refused."""


def signature(secret: bytes, at: int, body: bytes) -> str:
    """What the other end computes too."""
    return "sha256=" + hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()


class WebhookOutcall:
    """One address. `pauses_s` between tries; `context` None: the system's certificates."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        *,
        context: ssl.SSLContext | None = None,
        pauses_s: Sequence[float] = PAUSES_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("the webhook's address begins with https:// and names a host")
        self.name = f"webhook to {parts.hostname}"
        self._host, self._port = parts.hostname, parts.port or 443
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret, self._pauses_s, self._clock = secret, pauses_s, clock
        self._context = context or ssl.create_default_context()

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:
        """Outcall: a first try and one after each pause."""
        call = str(uuid4())
        body = json.dumps(
            {"id": call, "reason": reason, "text": text, "numbers": list(numbers)}, ensure_ascii=False
        ).encode()
        last = "not tried"
        for pause_s in (0.0, *self._pauses_s):
            await asyncio.sleep(pause_s)
            try:
                await asyncio.to_thread(self._post, call, body)
            except _RefusedError:
                raise
            except (OSError, HTTPException, OutcallError) as error:
                last = str(error) or type(error).__name__
            else:
                return
        raise OutcallError(f"{self.name}: {last}")

    def _post(self, call: str, body: bytes) -> None:
        at = int(self._clock())
        headers = {
            "Content-Type": "application/json",
            "X-Linli-Id": call,
            "X-Linli-Time": str(at),
            "X-Linli-Signature": signature(self._secret, at, body),
        }
        connection: HTTPConnection = HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._context)
        try:
            connection.request("POST", self._path, body, headers)
            status = connection.getresponse().status
        finally:
            connection.close()
        if 200 <= status < 300:
            return
        if status in FOR_GOOD and status not in AGAIN:
            raise _RefusedError(f"{self.name}: refused ({status})")
        raise OutcallError(f"answered {status}")
