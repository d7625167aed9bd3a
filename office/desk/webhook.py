"""A signed message to another system's address: an HTTPS POST that the other end can check.

    POST <url>
    Content-Type: application/json (or as given)
    X-Linli-Id: <the same for every try of one message: whoever has it already does nothing>
    X-Linli-Time: <seconds since 1970>
    X-Linli-Signature: sha256=<hex HMAC-SHA256 (RFC 2104) of time, a dot, and the body>

Any 2xx is a yes. 4xx but 408 and 429 is a no for good; everything else may be tried again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

TIMEOUT_S = 5.0
FOR_GOOD = range(400, 500)
AGAIN = (408, 429)


class NotTakenError(OSError):
    """The other end has not taken it; it may be tried again."""


class RefusedError(NotTakenError):
    """The other end understood and refused; trying again changes nothing."""


def signature(secret: bytes, at: int, body: bytes) -> str:
    """What the other end computes too."""
    return "sha256=" + hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()


class Webhook:
    """One address. Raises ValueError when it is none; `context` None: the system's certificates."""

    def __init__(
        self, url: str, secret: bytes, context: ssl.SSLContext | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("the webhook's address begins with https:// and names a host")
        self.host, self._port = parts.hostname, parts.port or 443
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret, self._clock = secret, clock
        self._context = context or ssl.create_default_context()

    async def post(self, id_: str, body: bytes, content_type: str = "application/json") -> None:
        """One try, on a thread. Raises RefusedError and NotTakenError."""
        await asyncio.to_thread(self._post, id_, body, content_type)

    def _post(self, id_: str, body: bytes, content_type: str) -> None:
        at = int(self._clock())
        headers = {
            "Content-Type": content_type,
            "X-Linli-Id": id_,
            "X-Linli-Time": str(at),
            "X-Linli-Signature": signature(self._secret, at, body),
        }
        connection: HTTPConnection = HTTPSConnection(self.host, self._port, timeout=TIMEOUT_S, context=self._context)
        try:
            connection.request("POST", self._path, body, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise NotTakenError(str(error) or type(error).__name__) from None
        finally:
            connection.close()
        if 200 <= status < 300:
            return
        if status in FOR_GOOD and status not in AGAIN:
            raise RefusedError(f"refused ({status})")
        raise NotTakenError(f"answered {status}")
