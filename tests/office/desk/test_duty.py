"""Duty at a whole desk: tone, proofs, everyone told, gateways told, phoned out once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from office.desk.duty.duty import Duty
from office.desk.outcall import FakeOutcall
from office.desk.people.roles import Role
from tests.office.desk.house import Client, House, heard, until


async def say(socket: aiohttp.ClientWebSocketResponse, **word: Any) -> None:
    await socket.send_json({"topic": "duty", "data": word})


@asynccontextmanager
async def on_duty(client: Client) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, str]]:
    """A page that has heard its tone; with its secret."""
    async with client.live() as socket:
        await say(socket, do="test")
        tone = await heard(socket, "duty-you")
        await say(socket, do="heard", n=tone["n"], audible=True)
        on = await heard(socket, "duty-you")
        assert on["you"] == "on"
        yield socket, on["key"]


def test_a_clerk_who_heard_the_tone_is_on_duty_and_everyone_reads_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            warden = await house.signed_in(Role.WARDEN)
            async with warden.live() as other, on_duty(clerk):
                assert [one["name"] for one in (await heard(other, "duty"))["on_duty"]] == ["值班一号"]
            assert (await heard_state(warden))["on_duty"] == []

    asyncio.run(story())


async def heard_state(client: Client) -> Any:
    return await client.get("/v1/duty")


def test_a_page_that_proves_nothing_ends_its_duty_and_says_why(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            duty = house.desk.part(Duty)
            clerk = await house.signed_in(Role.DUTY)
            async with on_duty(clerk) as (socket, _):
                duty.tick()
                house.later(6)
                duty.tick()
                while (word := await heard(socket, "duty-you")).get("ask"):
                    pass
                assert word == {"you": "off", "why": "stopped"}
                assert (await heard_state(clerk))["lost"]["why"] == "stopped"

    asyncio.run(story())


def test_whoever_may_not_work_alarms_is_never_on_duty(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden = await house.signed_in(Role.WARDEN)
            async with warden.live() as socket:
                await say(socket, do="test")
                await say(socket, do="heard", n=1, audible=True)
                await socket.send_str("nonsense")
                house.desk.live.tell("end", 1)
                await heard(socket, "end")
                assert house.desk.part(Duty).on_duty() == []

    asyncio.run(story())


def test_a_desk_that_nobody_watches_tells_the_gateways_and_phones_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            duty = house.desk.part(Duty)
            duty.calls.way = way = FakeOutcall()
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            await _planned(house, clerk, "13800000000")
            async with on_duty(clerk):
                await until(lambda: _there(house) == 1, "gateways know that somebody is there")
            await until(lambda: not duty.on_duty(), "gone")
            house.later(31)
            duty.tick()
            assert not duty.attended
            await until(lambda: _there(house) == 0, "gateways know that nobody is there")
            await until(lambda: way.rung, "phoned")
            assert way.rung[0].numbers == ("13800000000",)
            duty.tick()
            async with on_duty(clerk):
                await until(lambda: duty.attended, "attended again")
            calls = await clerk.get("/v1/duty/calls")
            assert [(c["reason"], c["state"], c["to"][0]["number"]) for c in calls] == [("unattended", "done", "…0000")]

    asyncio.run(story())


def test_a_page_whose_line_broke_takes_its_place_again_without_a_tone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            duty = house.desk.part(Duty)
            clerk = await house.signed_in(Role.DUTY)
            async with on_duty(clerk) as (_, key):
                pass
            await until(lambda: not duty.on_duty(), "gone")
            house.later(20)
            async with clerk.live() as socket:
                await say(socket, do="resume", key=key, audible=True)
                assert (await heard(socket, "duty-you"))["you"] == "on"
            await until(lambda: not duty.on_duty(), "gone again")
            house.later(120)
            async with clerk.live() as socket:
                await say(socket, do="resume", key=key, audible=True)
                assert (await heard(socket, "duty-you"))["you"] == "off"

    asyncio.run(story())


def test_signing_out_ends_duty(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            async with on_duty(clerk):
                await clerk.delete("/v1/session")
                await until(lambda: not house.desk.part(Duty).on_duty(), "off duty")

    asyncio.run(story())


def test_who_is_planned_and_not_there_is_named_after_five_minutes(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            await _planned(house, clerk, "")
            house.later(301)
            await house.desk.part(Duty).look_at_plan()
            assert [one["name"] for one in (await heard_state(clerk))["missing"]] == ["值班一号"]
            async with on_duty(clerk):
                assert (await heard_state(clerk))["missing"] == []

    asyncio.run(story())


async def _planned(house: House, client: Client, phone: str) -> None:
    """On a shift that begins now."""
    await house.desk.change(
        lambda conn: conn.execute("UPDATE accounts SET phone=? WHERE id=?", (phone, client.me["id"]))
    )
    at = house.desk.now()
    row = ("s1", client.me["id"], at, at + 3_600_000, 1, "", "", "", at, "system")
    await house.desk.change(lambda conn: conn.execute("INSERT INTO shifts VALUES (?,?,?,?,?,?,?,?,?,?)", row))
    await house.desk.part(Duty).look_at_plan()


def _there(house: House) -> int | None:
    with closing(sqlite3.connect(f"file:{house.config.database}?mode=ro", uri=True)) as conn:
        row = conn.execute("SELECT there FROM presence WHERE department='duty'").fetchone()
    return int(row[0]) if row else None
