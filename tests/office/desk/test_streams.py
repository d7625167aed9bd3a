"""Another system is told what happens: signed, in order, again until it has it, and without names."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from edge.demo.authority import Authority
from office.desk.people.roles import Role
from office.desk.proof.streams import Streams
from office.desk.webhook import Webhook, signature
from sync.contract.alarm import Step
from tests.office.desk.house import Client, House, until
from tests.office.ends import eventually


class Other(BaseHTTPRequestHandler):
    """The other system: answers as told, remembers what it read."""

    answers: list[int]
    heard: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def other(folder: Path, *answers: int) -> Iterator[tuple[str, ssl.SSLContext]]:
    authority = Authority(folder / "other")
    files = authority.server("other")
    Other.answers, Other.heard = [*answers], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.cert, files.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/in", ssl.create_default_context(cafile=str(authority.ca))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def trusting(house: House, context: ssl.SSLContext) -> Streams:
    streams = next(part for part in house.running.parts if isinstance(part, Streams))
    streams.webhook = partial(Webhook, context=context)  # type: ignore[assignment]
    return streams


async def faulty(chief: Client) -> Any:
    return next((stream for stream in await chief.get("/v1/streams") if stream["fault"]), None)


def events() -> list[dict[str, Any]]:
    return [event for _, body in Other.heard for event in json.loads(body)]


def test_an_alarm_and_what_became_of_it_are_told_signed_and_without_names(short_tmp: Path) -> None:
    async def story() -> None:
        with other(short_tmp) as (url, context):
            async with House(short_tmp) as house:
                trusting(house, context)
                chief = await house.signed_in(Role.ADMINISTRATOR)
                clerk = await house.signed_in(Role.DUTY, name="值班一号")
                made = await chief.post("/v1/streams", {"name": "区平台", "url": url})
                alarm = await house.press()
                await until(lambda: any(e["subject"] == alarm for e in events()), "the alarm is told")
                await house.desk.centre.step(alarm, Step.CLOSE, "duty", clerk.me["id"], reason="real")
                await until(lambda: any(e["data"].get("stage") == "closed" for e in events()), "its end is told")
                headers, body = Other.heard[-1]
                at = int(headers["X-Linli-Time"])
                assert headers["X-Linli-Signature"] == signature(made["secret"].encode(), at, body)
                assert "值班一号" not in body.decode()
                assert clerk.me["id"] not in body.decode()

    told(story())


def test_what_was_not_taken_is_told_again_with_the_same_ids(short_tmp: Path) -> None:
    async def story() -> None:
        with other(short_tmp, 503) as (url, context):
            async with House(short_tmp) as house:
                trusting(house, context)
                chief = await house.signed_in(Role.ADMINISTRATOR)
                await chief.post("/v1/streams", {"name": "区平台", "url": url})
                await house.press()
                await eventually(partial(faulty, chief), "it was tried, and the failure is noted")
                house.later(3)
                await until(lambda: len(Other.heard) == 2, "it was tried again")
                first, second = Other.heard
                assert (first[1], first[0]["X-Linli-Id"]) == (second[1], second[0]["X-Linli-Id"])

    told(story())


def test_a_refusal_is_shown_and_waits_until_somebody_looked(short_tmp: Path) -> None:
    async def story() -> None:
        with other(short_tmp, 401) as (url, context):
            async with House(short_tmp) as house:
                trusting(house, context)
                chief = await house.signed_in(Role.ADMINISTRATOR)
                stream = (await chief.post("/v1/streams", {"name": "区平台", "url": url}))["id"]
                await house.press()
                await until(lambda: len(Other.heard) == 1, "it was tried")
                seen = await eventually(partial(faulty, chief), "the refusal is shown")
                assert (seen["fault"], seen["waiting"]) == ("refused (401)", 1)
                await chief.put(f"/v1/streams/{stream}", {"active": True})
                await until(lambda: len(Other.heard) == 2, "it goes on at once")

    told(story())


def test_a_stream_is_set_up_by_administrators_alone_and_every_field_is_checked(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief, clerk = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.DUTY)
            good = {"name": "区平台", "url": "https://platform.example/in"}
            assert (await clerk.ask("POST", "/v1/streams", good)).status == 403
            for field, value in (("name", " "), ("url", "http://platform.example/"), ("url", "file:///etc/passwd")):
                refused = await chief.ask("POST", "/v1/streams", {**good, field: value})
                assert (refused.status, refused.json["field"]) == (400, field)
            made = (await chief.post("/v1/streams", good))["id"]
            await chief.delete(f"/v1/streams/{made}")
            assert (await chief.ask("DELETE", f"/v1/streams/{made}")).status == 404

    told(story())
