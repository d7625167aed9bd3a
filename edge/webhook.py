"""A second path as an HTTPS POST: somebody else's alarm service, a duty phone's gateway, another centre.

    POST <url>
    Content-Type: application/json
    Idempotency-Key: <alarm id>:<reason>           the same alarm may come twice, never another under this key
    <header>: <content of secret_file>

    {"gateway": "gw-12", "alarm": "<id>", "device": "button-301", "cause": "sos", "reason": "no_receipt",
     "raised_at": "2026-11-20T00:00:00+00:00", "count": 1}

Only 2xx counts: then the other end has it. Redirects are not followed, because they could lead the secret elsewhere. No
name of a person and no place is in it; whoever gets it knows the device's name or asks the office.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from edge.alarm_book import Alarm
from edge.config_shape import WebhookConfig
from edge.second_path import AT_ONCE

log = logging.getLogger("linli.second")

MOST_BYTES = 4096
"""Read of an answer; nothing in it is needed."""


class Webhook:
    """A `SecondPath`. Has threads of its own: a service that hangs must not hold up anything else of the gateway."""

    def __init__(self, config: WebhookConfig, gateway: str) -> None:
        self._config, self._gateway = config, gateway
        self._parts = urlsplit(config.url)
        self.name = f"webhook {self._parts.hostname}"
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")

    async def send(self, alarm: Alarm, reason: str) -> bool:
        """SecondPath: whether the other end said 2xx in time."""
        connection = self._connection()
        body = json.dumps(self._said(alarm, reason)).encode()
        sending = asyncio.get_running_loop().run_in_executor(
            self._threads, self._post, connection, body, f"{alarm.id}:{reason}"
        )
        try:
            async with asyncio.timeout(self._config.timeout_s):
                status = await sending
        except TimeoutError:
            log.warning("%s: no answer in %g s", self.name, self._config.timeout_s)
            return False
        except (OSError, ValueError, http.client.HTTPException) as error:
            log.warning("%s: %s", self.name, error or type(error).__name__)
            return False
        finally:
            _hang_up(connection)  # a thread that still waits for it ends
        if not 200 <= status < 300:
            log.warning("%s: answered %d", self.name, status)
        return 200 <= status < 300

    def close(self) -> None:
        """Give the threads back; what is under way has its own end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _said(self, alarm: Alarm, reason: str) -> dict[str, object]:
        return {
            "gateway": self._gateway,
            "alarm": alarm.id,
            "device": alarm.device,
            "cause": alarm.cause,
            "reason": reason,
            "raised_at": alarm.raised_at,
            "count": alarm.count,
        }

    def _connection(self) -> http.client.HTTPConnection:
        host, port, timeout_s = self._parts.hostname or "", self._parts.port, self._config.timeout_s
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout_s)
        context = ssl.create_default_context(cafile=self._config.ca)
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)

    def _post(self, connection: http.client.HTTPConnection, body: bytes, key: str) -> int:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._config.secret_file is not None:  # read each time: it may have been changed
            headers[self._config.header] = Path(self._config.secret_file).read_text("latin-1").strip()
        path = self._parts.path or "/"
        try:
            connection.request("POST", f"{path}?{self._parts.query}" if self._parts.query else path, body, headers)
            response = connection.getresponse()
            response.read(MOST_BYTES)
            return response.status
        finally:
            connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if isinstance(sock, socket.socket):
        with suppress(OSError):  # it is closed already
            socket.socket.shutdown(
                sock, socket.SHUT_RDWR
            )  # TLS has nothing more to say; its own would touch the reader
