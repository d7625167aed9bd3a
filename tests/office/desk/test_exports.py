"""Tables to take away: everything is in them, in order, and nothing in them is a formula."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from office.desk.people.roles import Role
from office.desk.proof.datasets import BY_NAME, DATASETS, PAGE
from office.desk.proof.exports import Exports
from tests.office.desk.house import Client, House
from tests.office.sending import positions


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def taken(clerk: Client, dataset: str, kind: str, since: int = 0, until: int = 10**14) -> bytes:
    wanted = {"dataset": dataset, "kind": kind, "since": since, "until": until}
    export = (await clerk.post("/v1/exports", wanted))["id"]
    async with asyncio.timeout(20):
        while True:
            found = next(one for one in (await clerk.get("/v1/exports"))["exports"] if one["id"] == export)
            if found["state"] != "waiting":
                break
            await asyncio.sleep(0.01)
    assert found["state"] == "ready", found
    answer = await clerk.ask("GET", f"/v1/exports/{export}/file")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.content


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("dataset", [dataset.name for dataset in DATASETS])
def test_every_table_can_be_taken_in_every_format(short_tmp: Path, dataset: str) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            await house.press()
            assert rows_of(await taken(chief, dataset, "csv"))[0] == [c.zh for c in BY_NAME[dataset].columns]
            lines = (await taken(chief, dataset, "jsonl")).decode().splitlines()
            assert all(json.loads(line).keys() == {c.name for c in BY_NAME[dataset].columns} for line in lines)
            with zipfile.ZipFile(io.BytesIO(await taken(chief, dataset, "xlsx"))) as book:
                assert "xl/worksheets/sheet1.xml" in book.namelist()

    told(story())


def test_a_long_table_comes_whole_and_in_order_over_many_pages(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            count = 2 * PAGE + 7
            for first in range(1, count + 1, 500):
                await house.arrive("gw-1", "events", positions(first, min(first + 499, count)))
            rows = rows_of(await taken(chief, "events", "csv"))
            assert [int(row[0]) for row in rows[1:]] == list(range(1, count + 1))

    told(story())


def test_only_what_happened_between_the_two_times_is_in_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            moments = []
            for _ in range(4):
                house.later(60)
                moments.append(house.desk.now())
                await house.press()
            since, until = moments[1], moments[3]
            alarms = rows_of(await taken(chief, "alarms", "csv", since, until))
            events = rows_of(await taken(chief, "events", "csv", since, until))
            assert (len(alarms), len(events)) == (3, 3)

    told(story())


def test_what_somebody_wrote_is_no_formula_in_a_spreadsheet(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)

            def evil(conn: sqlite3.Connection) -> None:
                conn.execute(
                    "INSERT INTO outcalls(at, reason, about, text, numbers) VALUES (1, '=1+1', 'x', '@SUM(A1)', '[]')"
                )

            await house.desk.change(evil)
            row = rows_of(await taken(chief, "outcalls", "csv"))[1]
            assert (row[2], row[4]) == ("'=1+1", "'@SUM(A1)")
            with zipfile.ZipFile(io.BytesIO(await taken(chief, "outcalls", "xlsx"))) as book:
                assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")

    told(story())


def test_a_wish_that_makes_no_sense_is_refused_at_its_field(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            good = {"dataset": "alarms", "kind": "csv", "since": 0, "until": 1}
            for field, value in (("dataset", "secrets"), ("kind", "exe"), ("since", 5)):
                refused = await chief.ask("POST", "/v1/exports", {**good, field: value})
                assert (refused.status, refused.json["field"]) == (400, field)
            clerk = await house.signed_in(Role.DUTY)
            assert (await clerk.ask("POST", "/v1/exports", good)).status == 403

    told(story())


def test_a_file_is_gone_after_a_day_and_its_row_says_so(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            await taken(chief, "alarms", "csv")
            exports = next(part for part in house.running.parts if isinstance(part, Exports))
            folder = short_tmp / "data" / "exports"
            await exports.sweep()
            assert len(list(folder.iterdir())) == 1
            house.clock.now += 25 * 3600
            await exports.sweep()
            assert list(folder.iterdir()) == []
            states = await house.desk.look(lambda conn: [row[0] for row in conn.execute("SELECT state FROM exports")])
            assert states == ["gone"]

    told(story())
