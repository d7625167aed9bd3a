"""Cases of other programs and tables: signed, by key, by CSV."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any, Self

from office.desk.cases.signature import sign
from office.desk.people.roles import Role
from tests.office.desk.cases_stage import answered, count, eventually
from tests.office.desk.house import Client, House


async def _way(house: House, source: str, url: str = "") -> str:
    admin = await house.signed_in(Role.ADMINISTRATOR)
    return str((await admin.put(f"/v1/case-ways/{source}", {"url": url}))["secret"])


async def _signed(house: House, client: Client, secret: str, body: bytes, key: str, late: int = 0) -> Any:
    at = int(house.clock.now) - late
    return await client.ask(
        "POST",
        "/v1/hooks/weibo",
        body,
        **{"X-Linli-Time": str(at), "X-Linli-Signature": sign(secret, at, body), "Idempotency-Key": key},
    )


def test_a_signed_message_is_one_case_and_a_wrong_late_or_changed_one_is_none(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            secret, program = await _way(house, "weibo"), await house.client()
            body = json.dumps({"words": "湖边垃圾", "kind": "rubbish"}).encode()
            first = await _signed(house, program, secret, body, "post-1")
            again = await _signed(house, program, secret, body, "post-1")
            assert (first.status, again.status, again.json["number"]) == (201, 200, first.json["number"])
            assert (await _signed(house, program, "another", body, "post-2")).status == 401
            assert (await _signed(house, program, secret, body, "post-2", late=301)).status == 401
            assert (await _signed(house, program, secret, body, "bad key!")).status == 400
            assert (await _signed(house, program, secret, b"[]", "post-3")).status == 400
            assert (await _signed(house, program, secret, b"x" * 70_000, "post-4")).status == 413
            assert await count(house, 1)

    asyncio.run(story())


class _Other:
    """The other side's own endpoint: real HTTP, refuses the first time."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.server: asyncio.Server

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/answers"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.heard.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = b"503 Busy" if len(self.heard) == 1 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


def test_the_answer_goes_back_the_way_the_case_came_until_it_is_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, _Other() as other:
            secret, program = await _way(house, "weibo", other.url), await house.client()
            lead = await house.signed_in(Role.DUTY)
            body = json.dumps({"words": "湖边垃圾"}).encode()
            number = (await _signed(house, program, secret, body, "post-1")).json["number"]
            await answered(lead, number)
            await eventually(lambda: _replies(lead, number, "fault"), "the first try failed")
            assert (await lead.get(f"/v1/cases/{number}"))["replies"][0]["fault"] == "HTTP 503"
            house.later(31)
            await eventually(lambda: _replies(lead, number, "sent_at"), "the second arrived")
            (headers, sent), (later, _) = other.heard[-1], other.heard[0]
            assert (json.loads(sent)["answer"], json.loads(sent)["ref"]) == ("灯已换好", "post-1")
            assert headers["x-linli-signature"] == sign(secret, int(headers["x-linli-time"]), sent)
            assert headers["idempotency-key"] == later["idempotency-key"]

    asyncio.run(story())


async def _replies(clerk: Client, number: str, name: str) -> Any:
    return (await clerk.get(f"/v1/cases/{number}"))["replies"][0][name]


def test_the_district_brings_by_key_and_reads_its_results(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            key, program = await _way(house, "district"), await house.client()
            lead = await house.signed_in(Role.DUTY)
            bearer = {"Authorization": f"Bearer {key}"}
            theirs = {"number": "CY-2026-0001", "words": "井盖缺失", "kind": "safety", "due": "2026-09-30T09:00:00Z"}
            assert (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]})).status == 401
            entered = (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]}, **bearer)).json
            again = (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]}, **bearer)).json
            assert (entered[0]["new"], again[0]["new"], again[0]["number"]) == (True, False, entered[0]["number"])
            number = entered[0]["number"]
            seen = await lead.get(f"/v1/cases/{number}")
            assert (seen["district_number"], seen["district_due"]) == ("CY-2026-0001", "2026-09-30T09:00:00Z")
            await answered(lead, number)
            results = (await program.ask("GET", "/v1/district/results", **bearer)).json
            assert (results[0]["answer"], results[0]["in_time"]) == ("灯已换好", True)

    asyncio.run(story())


def test_a_csv_says_every_bad_row_and_changes_nothing_until_it_is_confirmed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            head = "区编号,内容,类别,地点,时限\n"
            bad = head + "A1,井盖,safety,湖边,2026-09-30\n,没有编号,,,\nA1,重复,,,明天\n"
            checked = (await lead.ask("POST", "/v1/cases/import", bad.encode("gb18030"))).json
            assert [(one["row"], one["field"]) for one in checked["bad"]] == [(3, "number"), (4, "number"), (4, "due")]
            forced = await lead.ask("POST", f"/v1/cases/import?confirm={checked['mark']}", bad.encode("gb18030"))
            assert not forced.json["done"]
            good = (head + "A1,=井盖,safety,湖边,2026/9/30 17:00\nA2,垃圾,,,\n").encode("utf-8-sig")
            checked = (await lead.ask("POST", "/v1/cases/import", good)).json
            assert (checked["rows"], checked["new"], checked["done"]) == (2, 2, False)
            assert await count(house, 0)
            assert (await lead.ask("POST", f"/v1/cases/import?confirm={checked['mark']}", good)).json["done"]
            assert (await lead.ask("POST", "/v1/cases/import", good)).json["known"] == 2
            out = (await lead.ask("GET", "/v1/cases/district.csv")).content.decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(out)))
            assert [(row[0], row[2], row[3]) for row in rows[1:]] == [
                ("A1", "登记", "2026-09-30 17:00"),
                ("A2", "登记", ""),
            ]

    asyncio.run(story())
