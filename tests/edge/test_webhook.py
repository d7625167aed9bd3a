"""An alarm that goes the second way as an HTTPS POST: taken when the other end says 2xx, and only then."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from edge.config_shape import WebhookConfig
from edge.demo.authority import Authority
from edge.gateway import Gateway
from edge.webhook import Webhook
from sync.contract.envelope import replaced
from tests.edge.moments import Hands, alarm
from tests.edge.way_down import PROFILES, configured


class Service(ThreadingHTTPServer):
    """Somebody's alarm service. `says` is the status; `slow_s` how long it thinks."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.says, self.slow_s = 200, 0.0
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever does not like our certificate hangs up."""


class Taker(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), json.loads(body)))
        time.sleep(self.server.slow_s)
        self.send_response(self.server.says)
        self.send_header("Location", "https://elsewhere.example/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


@contextmanager
def service(tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    with Service() as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def send(settings: WebhookConfig, reason: str = "no_receipt") -> bool:
    async def body() -> bool:
        path = Webhook(settings, "gw-1")
        try:
            return await path.send(alarm(Hands()(), "a-1"), reason)
        finally:
            path.close()

    return asyncio.run(body())


def plain(server: Service, **more: Any) -> WebhookConfig:
    return WebhookConfig(url=f"http://127.0.0.1:{server.port}/in?site=7", unencrypted=True, **more)


def test_what_the_other_end_confirms_is_delivered_with_its_secret(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("Bearer abc\n")
    with service() as server:
        assert send(plain(server, secret_file=str(secret), header="X-Key"))
        ((headers, said),) = server.got
    assert headers["X-Key"] == "Bearer abc"
    assert headers["Idempotency-Key"] == "a-1:no_receipt"
    assert set(said) == {"gateway", "alarm", "device", "cause", "reason", "raised_at", "count"}
    assert (said["gateway"], said["alarm"], said["reason"]) == ("gw-1", "a-1", "no_receipt")


@pytest.mark.parametrize("status", [300, 302, 401, 500, 503])
def test_any_other_word_is_no_delivery(status: int) -> None:
    with service() as server:
        server.says = status
        assert not send(plain(server))
        assert len(server.got) == 1, "a redirect is not followed"


def test_nobody_there_is_no_delivery() -> None:
    with service() as server:
        gone = plain(server)
    assert not send(gone)


def test_who_thinks_for_too_long_is_cut_off() -> None:
    with service() as server:
        server.slow_s = 1.0
        began = time.monotonic()
        assert not send(plain(server, timeout_s=0.2))
        assert time.monotonic() - began < 0.9


def test_a_secret_that_is_gone_is_no_delivery(tmp_path: Path) -> None:
    with service() as server:
        assert not send(plain(server, secret_file=str(tmp_path / "missing")))
        assert server.got == []


def test_tls_is_checked_against_the_authority_and_the_name(authority: Authority, short_tmp: Path) -> None:
    own = authority.server("alarms")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.cert, own.key)
    with service(context) as server:
        url = f"https://127.0.0.1:{server.port}/in"
        assert send(WebhookConfig(url=url, ca=str(authority.ca)))
        assert not send(WebhookConfig(url=url)), "of an authority that this machine does not know"
        other = Authority(short_tmp / "other")
        assert not send(WebhookConfig(url=url, ca=str(other.ca)))
        assert len(server.got) == 1


def test_a_gateway_takes_the_second_path_of_its_configuration(tmp_path: Path) -> None:
    with service() as server:
        settings = replaced(configured(tmp_path), second_path=plain(server))

        async def body() -> None:
            gateway = Gateway(settings, PROFILES)
            gateway.start()
            assert gateway.guard.watch.second is not None
            assert await gateway.guard.watch.second.path.send(alarm(Hands()(), "a-2"), "no_receipt")
            await gateway.stop()

        asyncio.run(body())
        assert server.got[0][1]["gateway"] == settings.gateway.name
