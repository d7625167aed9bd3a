"""Whoever comes to the desk's door with bad manners is let go, and nobody else notices."""

from __future__ import annotations

import asyncio
import base64
import gzip
import os
import socket
import ssl
from pathlib import Path

import aiohttp
import pytest

from office import web
from office.desk.cases.signature import sign
from office.desk.people.roles import Role
from tests.office.desk.house import House, until

HEAD = b"POST /v1/session HTTP/1.1\r\nHost: x\r\n"
BROKEN = {
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length and chunks": HEAD
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a signed length": HEAD + b"Content-Length: +5\r\n\r\nhello",
    "a folded header": b"GET /v1/session HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "a space before the colon": b"GET /v1/session HTTP/1.1\r\nHost : x\r\n\r\n",
    "a long header": b"GET /v1/session HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(20_000)) + b"\r\n",
    "a long query": b"GET /v1/session?" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def said_to(house: House, words: bytes) -> bytes:
    """Everything that comes back until the desk closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.running.port, ssl=trusting())
    try:
        writer.write(words)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_a_connection_that_never_says_a_whole_request_is_closed(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SILENT_S", 0.3)
    monkeypatch.setattr(web, "LOOK_S", 0.05)

    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            for words in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX"):
                assert await said_to(house, words) == b""
            async with clerk.live() as page:
                await asyncio.sleep(0.6)
                house.desk.live.tell("x", 1)
                assert await page.receive_str()

    asyncio.run(story())


def test_a_body_that_never_ends_is_not_waited_for(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "STALLED_S", 0.3)

    async def story() -> None:
        async with House(short_tmp) as house:
            for pause_s in (0.05, 2.0):  # a byte now and then, and nothing at all
                assert (await said_slowly(house, pause_s)).startswith(b"HTTP/1.1 400")

    asyncio.run(story())


async def said_slowly(house: House, pause_s: float) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.running.port, ssl=trusting())
    writer.write(HEAD + b"Connection: close\r\nContent-Length: 1000\r\n\r\n")
    answer = asyncio.create_task(reader.read(12))
    for _ in range(60):
        writer.write(b" ")
        await asyncio.wait({answer}, timeout=pause_s)
        if answer.done():
            break
    writer.close()
    return await asyncio.wait_for(answer, 1)


@pytest.mark.parametrize("words", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_http_is_refused_once_and_the_rest_is_not_taken_for_a_second_request(
    short_tmp: Path, words: bytes
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            answer = await said_to(house, words)
            assert answer[:12] in (b"HTTP/1.0 400", b"HTTP/1.1 400", b""), answer[:80]
            assert answer.count(b"HTTP/1.") <= 1

    asyncio.run(story())


def test_no_address_leads_out_of_the_pages_folder(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            for path in (
                *("/page/..%2f..%2fweb.py", "/page/%2e%2e/%2e%2e/web.py", "/page/..%5cweb.py", "/page//etc/passwd"),
                *("/page/app.js%00.css", "/page/%ff%fe", "/v1/files/..%2f..%2fdesk.sqlite", "/page/%00"),
            ):
                answer = await said_to(house, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                assert answer[9:12] in (b"404", b"401"), (path, answer[:60])

    asyncio.run(story())


def test_a_packed_body_is_refused_and_never_unpacked(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            for body in (gzip.compress(b" " * 100_000_000, 1), b"hello"):
                packed = {"Content-Encoding": "gzip"}
                assert (await stranger.ask("POST", "/v1/session", body, **packed)).status == 415

    asyncio.run(story())


def test_a_page_that_never_reads_is_let_go_and_keeps_nothing(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "UNREAD_S", 0.3)

    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            (cookie,) = [morsel.value for morsel in clerk.http.cookie_jar]
            page = await asyncio.to_thread(deaf, house.running.port, cookie)
            await until(lambda: house.desk.live.pages, "the page")
            while house.desk.live.pages:
                house.desk.live.tell("x", "x" * 20_000)
                await asyncio.sleep(0.001)
            page.close()

    asyncio.run(asyncio.wait_for(story(), 20))


def deaf(port: int, cookie: str) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", port))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    page = trusting().wrap_socket(plain)
    key = base64.b64encode(os.urandom(16)).decode()
    page.sendall(
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nCookie: __Host-linli={cookie}\r\n\r\n".encode()
    )
    assert page.recv(12) == b"HTTP/1.1 101"
    return page


def test_a_page_of_another_origin_gets_no_line(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            for origin in ("https://elsewhere.example", "null", f"http{house.base[5:]}"):
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await clerk.http.ws_connect(house.base + "/live", ssl=False, headers={"Origin": origin})

    asyncio.run(story())


def test_a_page_that_talks_without_end_holds_up_nobody(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, other = await house.signed_in(Role.DUTY), await house.signed_in(Role.DUTY)
            async with clerk.live() as page:
                talking = asyncio.create_task(talk(page))
                for _ in range(5):
                    assert (await asyncio.wait_for(other.ask("GET", "/v1/alarms"), 5)).status == 200
                await talking

    asyncio.run(story())


async def talk(page: aiohttp.ClientWebSocketResponse) -> None:
    for n in range(4000):
        await page.send_str('{"topic":"front","data":null}' if n % 2 else "x" * 16_000)


def test_a_number_that_no_table_holds_is_refused_in_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            keeper = await house.signed_in(Role.ADMINISTRATOR)
            await house.press()
            answer = await keeper.ask("POST", "/v1/gateways/gw-1/configs/check", {"text": "{}", "against": 2**64})
            assert (answer.status, answer.json["zh"]) == (422, "数字超出范围")

    asyncio.run(story())


def signed(secret: str, at: int, body: bytes, key: str) -> dict[str, str]:
    return {"X-Linli-Time": str(at), "X-Linli-Signature": sign(secret, at, body), "Idempotency-Key": key}


def test_a_signed_message_that_was_overheard_makes_no_second_case_under_another_key(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            keeper, other = await house.signed_in(Role.ADMINISTRATOR), await house.client()
            secret = (await keeper.put("/v1/case-ways/weibo", {}))["secret"]
            body, at = '{"words":"路灯坏了"}'.encode(), int(house.clock())
            for key, status in (("a", 201), ("a", 200), ("b", 401)):
                answer = await other.ask("POST", "/v1/hooks/weibo", body, **signed(secret, at, body, key))
                assert answer.status == status
            later = signed(secret, at + 1, body, "b")
            assert (await other.ask("POST", "/v1/hooks/weibo", body, **later)).status == 201
            house.later(302)
            assert (await other.ask("POST", "/v1/hooks/weibo", body, **later)).status == 401

    asyncio.run(story())


def test_headers_of_any_bytes_are_no_fault_of_the_program(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            keeper = await house.signed_in(Role.ADMINISTRATOR)
            await keeper.put("/v1/case-ways/weibo", {})
            await keeper.put("/v1/case-ways/district", {})
            time = str(int(house.clock())).encode()
            for path, headers in (
                (b"POST /v1/hooks/weibo", b"X-Linli-Time: " + time + b"\r\nX-Linli-Signature: \xff\xfe\r\n"),
                (b"POST /v1/district/cases", b"Authorization: Bearer \xff\xfe\r\n"),
                (b"GET /v1/session", b"Cookie: __Host-linli=\xff\xfe; a=\xff\r\nUser-Agent: \xff\r\n"),
            ):
                rest = b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"
                answer = await said_to(house, path + b" HTTP/1.1\r\nHost: x\r\n" + headers + rest)
                assert answer[9:12] == b"401", answer[:200]

    asyncio.run(story())
