"""The desk's ground: doors let in who may, and nobody else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from office.desk.people.roles import Role
from tests.office.desk.house import House, heard, until


def test_who_is_signed_in_reads_their_name_and_rights(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            me = await clerk.get("/v1/session")
            assert (me["name"], "alarms.work" in me["may"], "accounts.edit" in me["may"]) == ("值班一号", True, False)

    asyncio.run(story())


def test_nobody_is_let_in_without_a_session_and_nothing_changes_without_its_token(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            assert (await stranger.ask("GET", "/v1/session")).status == 401
            clerk = await house.signed_in(Role.DUTY)
            clerk.token = "another"
            refused = await clerk.ask("DELETE", "/v1/session")
            assert (refused.status, refused.json["error"]) == (403, "token")

    asyncio.run(story())


def test_a_request_from_another_site_is_refused(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            assert (await clerk.ask("DELETE", "/v1/session", Origin="https://elsewhere.example")).status == 403
            await clerk.delete("/v1/session")
            assert (await clerk.ask("GET", "/v1/session")).status == 401

    asyncio.run(story())


def test_the_page_is_served_with_a_policy_that_runs_only_our_own_scripts(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            shell = await stranger.ask("GET", "/")
            assert "script-src 'self'" in shell.headers["Content-Security-Policy"]
            again = await stranger.ask("GET", "/page/app.js")
            assert (await stranger.ask("GET", "/page/app.js", **{"If-None-Match": again.headers["ETag"]})).status == 304
            assert (await stranger.ask("GET", "/page/../desk/door.py")).status == 404

    asyncio.run(story())


def test_a_live_page_hears_what_it_may_hear(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            async with clerk.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                house.desk.live.tell("secret", 1, may=None, accounts=frozenset({"another"}))
                house.desk.live.tell("open", {"n": 2})
                assert await heard(socket, "open") == {"n": 2}

    asyncio.run(story())


def test_the_description_names_every_door(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            document = json.loads((await (await house.client()).ask("GET", "/v1/openapi.json")).content)
            assert document["paths"]["/v1/session"].keys() == {"get", "post", "delete"}

    asyncio.run(story())
