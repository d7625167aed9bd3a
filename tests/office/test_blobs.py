"""The blob door: what is visible is whole and has the hash it is named by; what broke off goes on where it was."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.demo.authority import Authority
from office import blob_door
from office.blobs import ABANDONED_S, Blobs, Quota
from office.store import Store
from office.web import Server, server_context
from sync.blobs import Part, RangeError, content_range, is_name, read_content_range, read_range, what_is_left

DATA = bytes(range(256)) * 40
NAME = hashlib.sha256(DATA).hexdigest()
SMALL = Quota(largest=20_000, of_gateway=25_000, total=40_000)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Door:
    """The door's address, and a client for each gateway."""

    def __init__(self, port: int, authority: Authority, folder: Path) -> None:
        self.port, self.authority, self.folder = port, authority, folder

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        gateway: str = "gw-1",
        authority: Authority | None = None,
        **headers: str,
    ) -> Answer:
        connection = self.connect(gateway, authority)
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read())
        finally:
            connection.close()

    def connect(self, gateway: str, authority: Authority | None = None) -> http.client.HTTPSConnection:
        identity = (authority or self.authority).client(gateway)
        context = ssl.create_default_context(cafile=str(self.authority.ca))
        context.load_cert_chain(identity.cert, identity.key)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=5)

    def put(self, first: int, last: int, data: bytes = DATA, gateway: str = "gw-1") -> Answer:
        name, part = hashlib.sha256(data).hexdigest(), Part(first, last, len(data))
        where = content_range(part)
        return self.ask("PUT", f"/blob/{name}", data[first : last + 1], gateway=gateway, Content_Range=where)

    def parts(self) -> list[Path]:
        return list((self.folder / "parts").iterdir())


def at_the_door(tmp_path: Path, story: Callable[[Door], None], quota: Quota = SMALL) -> None:
    """The client is blocking and another program's, so it runs in a thread."""

    async def run() -> None:
        authority = Authority(tmp_path / "ca")
        own = authority.server("office")
        store = Store(tmp_path / "office.sqlite", lambda: 1e9)
        store.open()
        blobs = Blobs(tmp_path / "blobs", store, quota)
        await blobs.open()
        server = Server(blob_door.routes(blobs))
        try:
            port = await server.listen_tls("127.0.0.1", 0, server_context(authority.ca, own.cert, own.key))
            await asyncio.to_thread(story, Door(port, authority, tmp_path / "blobs"))
        finally:
            await server.close()
            await store.close()

    asyncio.run(run())


def test_a_blob_goes_in_and_comes_out(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        assert door.ask("PUT", f"/blob/{NAME}", DATA).status == 201
        answer = door.ask("GET", f"/blob/{NAME}")
        assert (answer.status, answer.body) == (200, DATA)
        head = door.ask("HEAD", f"/blob/{NAME}")
        assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(DATA)), b"")
        assert door.parts() == []

    at_the_door(tmp_path, story)


def test_it_is_never_offered_as_a_page(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        page = b"<html><script>alert(1)</script>"
        name = hashlib.sha256(page).hexdigest()
        assert door.ask("PUT", f"/blob/{name}", page, Content_Type="text/html").status == 201
        headers = door.ask("GET", f"/blob/{name}").headers
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"

    at_the_door(tmp_path, story)


def test_an_upload_goes_on_where_it_was(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        assert door.ask("HEAD", f"/blob/{NAME}").headers["Upload-Offset"] == "0"
        answer = door.put(0, 3999)
        assert (answer.status, answer.headers["Upload-Offset"]) == (202, "4000")
        head = door.ask("HEAD", f"/blob/{NAME}")
        assert (head.status, head.headers["Upload-Offset"]) == (404, "4000")
        assert door.ask("GET", f"/blob/{NAME}").status == 404, "a part is not visible"
        assert door.put(4000, len(DATA) - 1).status == 201
        assert door.ask("GET", f"/blob/{NAME}").body == DATA

    at_the_door(tmp_path, story)


def test_what_arrived_before_the_line_broke_is_kept(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        connection = door.connect("gw-1")
        connection.putrequest("PUT", f"/blob/{NAME}")
        connection.putheader("Content-Length", str(len(DATA)))
        connection.endheaders()
        connection.send(DATA[:6000])
        deadline = time.monotonic() + 10
        while (offset := int(door.ask("HEAD", f"/blob/{NAME}").headers["Upload-Offset"])) < 6000:
            assert time.monotonic() < deadline, "what came is not kept"
        assert door.put(6000, len(DATA) - 1).status == 409, "one upload of it at a time"
        connection.close()
        part = what_is_left(offset, len(DATA))
        assert part is not None
        while (answer := door.put(part.first, part.last)).status == 409:
            assert time.monotonic() < deadline, "the first upload is not seen to be gone"
        assert answer.status == 201

    at_the_door(tmp_path, story)


def test_a_part_that_does_not_fit_is_told_where_to_go_on(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        door.put(0, 999)
        answer = door.put(2000, 2999)
        assert (answer.status, answer.headers["Upload-Offset"]) == (409, "1000")
        assert door.put(500, 1999).headers["Upload-Offset"] == "2000", "an overlap is written over"

    at_the_door(tmp_path, story)


def test_a_wrong_hash_is_refused_and_removed(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        assert door.ask("PUT", f"/blob/{NAME}", DATA[:-1] + b"?").status == 422
        assert door.parts() == []
        assert door.ask("GET", f"/blob/{NAME}").status == 404

    at_the_door(tmp_path, story)


def test_an_existing_blob_is_taken_at_once_and_gives_no_right_to_read_it(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        door.ask("PUT", f"/blob/{NAME}", DATA)
        assert door.ask("PUT", f"/blob/{NAME}", DATA).status == 200
        assert door.ask("PUT", f"/blob/{NAME}", b"", gateway="gw-2").status == 200
        assert door.ask("GET", f"/blob/{NAME}", gateway="gw-2").status == 404

    at_the_door(tmp_path, story)


def test_size_and_quotas_are_kept(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        assert door.ask("PUT", f"/blob/{NAME}", os.urandom(20_001)).status == 413
        blobs = [os.urandom(9_000) for _ in range(5)]
        names = [hashlib.sha256(b).hexdigest() for b in blobs]
        outcomes = [door.ask("PUT", f"/blob/{n}", b).status for n, b in zip(names[:3], blobs[:3], strict=True)]
        assert outcomes == [201, 201, 507]
        assert door.put(0, 99, blobs[2], "gw-2").status == 202
        assert door.ask("PUT", f"/blob/{names[3]}", blobs[3], gateway="gw-2").status == 201
        assert door.ask("PUT", f"/blob/{names[4]}", blobs[4], gateway="gw-3").status == 201
        assert door.put(0, 0, os.urandom(9_000), "gw-4").status == 507, "the door as a whole is full"

    at_the_door(tmp_path, story)


@pytest.mark.parametrize(
    "path",
    [
        "/blob/../../etc/passwd",
        "/blob/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/blob/" + NAME.upper(),
        "/blob/" + NAME + "/x",
        "/blob/" + NAME[:-1],
        "/blob/" + NAME + "%00",
        "/blob/" + NAME + "%0a",
        "/blob/",
        "/parts/gw-1." + NAME,
    ],
)
def test_no_other_name_is_ever_a_path(tmp_path: Path, path: str) -> None:
    def story(door: Door) -> None:
        for method in ("GET", "PUT", "HEAD"):
            assert door.ask(method, path, b"x" if method == "PUT" else None).status == 404
        assert door.parts() == []

    at_the_door(tmp_path, story)


def test_ranges_are_served(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        door.ask("PUT", f"/blob/{NAME}", DATA)
        answer = door.ask("GET", f"/blob/{NAME}", Range="bytes=10-19")
        assert (answer.status, answer.body) == (206, DATA[10:20])
        assert answer.headers["Content-Range"] == f"bytes 10-19/{len(DATA)}"
        assert door.ask("GET", f"/blob/{NAME}", Range="bytes=-5").body == DATA[-5:]
        assert door.ask("GET", f"/blob/{NAME}", Range="bytes=99999-").status == 416
        assert door.ask("GET", f"/blob/{NAME}", Range="furlongs=1-2").status == 200

    at_the_door(tmp_path, story)


def test_only_gateways_with_a_certificate_of_ours_come_in(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        foreign = Authority(tmp_path / "foreign")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            door.ask("GET", f"/blob/{NAME}", authority=foreign)
        context = ssl.create_default_context(cafile=str(door.authority.ca))
        connection = http.client.HTTPSConnection("127.0.0.1", door.port, context=context, timeout=5)
        connection.connect()
        connection.sock.send(b"GET / HTTP/1.0\r\n\r\n")
        try:
            assert connection.sock.recv(1) == b""
        except (ssl.SSLError, ConnectionError):
            pass
        finally:
            connection.close()
        assert door.ask("GET", f"/blob/{NAME}", gateway="Not A Gateway").status == 403

    at_the_door(tmp_path, story)


def test_nonsense_in_headers_is_an_answer_not_a_crash(tmp_path: Path) -> None:
    def story(door: Door) -> None:
        assert door.ask("PUT", f"/blob/{NAME}", b"abc", Content_Range="bytes 5-1/3").status == 400
        assert door.ask("PUT", f"/blob/{NAME}", b"abc", Content_Range="bytes 0-9/10").status == 400
        assert door.ask("PUT", f"/blob/{NAME}", b"", Transfer_Encoding="chunked").status in (400, 411)
        assert door.ask("DELETE", f"/blob/{NAME}").status == 405

    at_the_door(tmp_path, story)


def test_what_the_office_publishes_everyone_may_read(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store(tmp_path / "office.sqlite", lambda: 1e9)
        store.open()
        blobs = Blobs(tmp_path / "blobs", store, SMALL)
        await blobs.open()
        source = tmp_path / "content"
        source.write_bytes(DATA)
        await blobs.publish(source, NAME)
        assert await blobs.size_for(NAME, "gw-77") == len(DATA)
        with pytest.raises(ValueError, match="hash"):
            await blobs.publish(source, "0" * 64)
        await store.close()

    asyncio.run(run())


def test_the_same_file_published_many_times_at_once_is_there_once(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store(tmp_path / "office.sqlite", lambda: 1e9)
        store.open()
        blobs = Blobs(tmp_path / "blobs", store, SMALL)
        await blobs.open()
        source = tmp_path / "content"
        source.write_bytes(DATA)
        await asyncio.gather(*(blobs.publish(source, NAME) for _ in range(8)))
        assert await blobs.size_for(NAME, "gw-77") == len(DATA)
        assert blobs.path(NAME).read_bytes() == DATA
        assert not list((tmp_path / "blobs" / "parts").iterdir())
        await store.close()

    asyncio.run(run())


def test_a_part_nobody_goes_on_with_is_removed(tmp_path: Path) -> None:
    async def run() -> None:
        store = Store(tmp_path / "office.sqlite", lambda: 1e9)
        store.open()
        parts = tmp_path / "blobs" / "parts"
        parts.mkdir(parents=True)
        old, new = parts / f"gw-1.{NAME}", parts / f"gw-2.{NAME}"
        for path in (old, new):
            path.write_bytes(b"x")
        past = old.stat().st_mtime - ABANDONED_S - 10
        os.utime(old, (past, past))
        await Blobs(tmp_path / "blobs", store, SMALL).open()
        assert list(parts.iterdir()) == [new]
        await store.close()

    asyncio.run(run())


@given(st.text(max_size=70))
def test_only_hex_of_the_right_length_is_a_name(text: str) -> None:
    assert is_name(text) == (len(text) == 64 and all(c in "0123456789abcdef" for c in text))


@given(st.text(max_size=40), st.integers(0, 100))
def test_any_header_is_a_part_or_an_error(header: str, length: int) -> None:
    for read in (read_content_range, read_range):
        try:
            part = read(header, length)
        except RangeError:
            continue
        assert part is None or 0 <= part.first <= part.last < part.total


@given(st.integers(0, 50), st.integers(1, 50))
def test_what_is_left_completes_what_is_there(offset: int, total: int) -> None:
    part = what_is_left(offset, total)
    assert (part is None) == (offset >= total)
    if part is not None:
        assert part.ends
        assert read_content_range(content_range(part), part.length) == part
