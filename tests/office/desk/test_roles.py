"""Every role before every door of the running desk; every changing door before another site. Grows with the doors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from office.desk.door import SAFE, Access, Door
from office.desk.people.roles import Permission, Role, permissions
from tests.office.desk.house import PASSWORD, Answer, Client, House

OPEN_TO_ANYONE = {
    "/", "/page/{file:.+}", "/v1/openapi.json", "/v1/session", "/round", "/round-worker.js",
}  # fmt: skip
"""The page and the way in. Whoever adds one says here that it is meant."""

PUBLIC = ("/p/", "/v1/public/", "/help/", "/v1/help/{token}", "/v1/hooks/{source}", "/v1/district/")
"""Doors for residents with limits of their own, for whoever got a link, and for systems that sign what they bring."""

ENDS_THE_SESSION = {("DELETE", "/v1/session")}


def doors_of(house: House) -> Sequence[Door]:
    return house.running.doors


def address(door: Door) -> str:
    """Somewhere behind that door where nothing is."""
    return re.sub(r"\{(\w+)(?::[^}]*)?\}", "nothing-here", door.path)


async def knock(client: Client, door: Door, **headers: str) -> Answer:
    body: dict[str, str] | None = None if door.method in SAFE else {}
    return await client.ask(door.method, address(door), body, **headers)


def word(answer: Answer) -> str:
    if not answer.content or "json" not in answer.headers.get("Content-Type", ""):
        return ""
    told = answer.json
    return str(told.get("error", "")) if isinstance(told, dict) else ""


def test_every_role_passes_exactly_the_doors_that_are_its_own(short_tmp: Path) -> None:
    async def story() -> list[str]:
        wrong = []
        async with House(short_tmp) as house:
            for role in Role:
                client = await house.signed_in(role, login=role)
                for door in doors_of(house):
                    answer = await knock(client, door)
                    if (door.method, door.path) in ENDS_THE_SESSION:
                        await client.sign_in(role)
                    named = isinstance(door.may, Permission)  # other doors may ask more of whoever is signed in
                    refused = word(answer) in ("sign-in", "token", "set-up", *(("may-not",) if named else ()))
                    lacking = named and door.may not in permissions(frozenset({role}))
                    if refused != lacking or (lacking and answer.status != 403) or answer.status >= 500:
                        wrong.append(f"{role} at {door.method} {door.path}: {answer.status} {word(answer)}")
        return wrong

    assert asyncio.run(story()) == []


def test_nobody_passes_only_what_is_open_to_anyone(short_tmp: Path) -> None:
    async def story() -> tuple[list[str], set[str]]:
        async with House(short_tmp) as house:
            stranger, wrong = await house.client(), []
            for door in doors_of(house):
                answer = await knock(stranger, door)
                stopped = (answer.status, word(answer)) == (401, "sign-in")
                if stopped != (door.may is not Access.ANYONE):
                    wrong.append(f"{door.method} {door.path}: {answer.status}")
            return wrong, {door.path for door in doors_of(house) if door.may is Access.ANYONE}

    wrong, open_to_anyone = asyncio.run(story())
    assert wrong == []
    assert {path for path in open_to_anyone if path not in OPEN_TO_ANYONE and not path.startswith(PUBLIC)} == set()


def test_every_door_says_who_may_pass_and_what_it_is_for(short_tmp: Path) -> None:
    async def story() -> list[Door]:
        async with House(short_tmp) as house:
            return list(doors_of(house))

    doors = asyncio.run(story())
    assert [door.path for door in doors if not isinstance(door.may, Permission | Access) or not door.summary] == []
    assert [door.path for door in doors if door.early and isinstance(door.may, Permission)] == []
    assert len({(door.method, door.path) for door in doors}) == len(doors)


def test_whoever_must_still_set_up_passes_no_door_but_those_for_it(short_tmp: Path) -> None:
    async def story() -> list[str]:
        async with House(short_tmp, second_factor="everyone") as house:
            client = await house.signed_in(*Role, login="everything")
            assert client.me["stage"] == "factor"
            passed = []
            for door in doors_of(house):
                if (door.method, door.path) in ENDS_THE_SESSION or door.may is Access.ANYONE or door.early:
                    continue
                answer = await knock(client, door)
                if (answer.status, word(answer)) != (403, "set-up"):
                    passed.append(f"{door.method} {door.path}: {answer.status}")
            return passed

    assert asyncio.run(story()) == []


@pytest.mark.parametrize("headers", [
    {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": "http://{host}"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
], ids=lambda headers: "-".join(*headers.items()))  # fmt: skip
def test_no_changing_door_follows_another_site(short_tmp: Path, headers: dict[str, str]) -> None:
    async def story() -> list[str]:
        async with House(short_tmp) as house:
            client = await house.signed_in(*Role, login="everything")
            sent = {name: text.format(host=house.base.removeprefix("https://")) for name, text in headers.items()}
            answers = [(door, await knock(client, door, **sent)) for door in doors_of(house) if door.method not in SAFE]
            assert (await client.ask("GET", "/v1/session")).status == 200
            return [f"{door.method} {door.path}" for door, answer in answers if answer.status != 403]

    assert asyncio.run(story()) == []


def test_no_changing_door_for_people_follows_without_the_sessions_own_token(short_tmp: Path) -> None:
    async def story() -> list[str]:
        async with House(short_tmp) as house:
            client = await house.signed_in(*Role, login="everything")
            token, passed = client.token, []
            for door in doors_of(house):
                if door.method in SAFE or door.may is Access.ANYONE:
                    continue
                for client.token in ("", "x" * len(token), token[:-1], "é"):
                    if word(await knock(client, door)) != "token":
                        passed.append(f"{door.method} {door.path}")
            return passed

    assert asyncio.run(story()) == []


def test_a_live_page_of_another_site_is_refused(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            client = await house.signed_in(Role.DUTY)
            for origin, status in (("https://elsewhere.example", 403), ("null", 403)):
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await client.http.ws_connect(house.base + "/live", ssl=False, headers={"Origin": origin})
                assert refused.value.status == status
            async with client.http.ws_connect(house.base + "/live", ssl=False, headers={"Origin": house.base}):
                pass

    asyncio.run(story())


def test_every_answer_carries_its_safety(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            client = await house.signed_in(Role.DUTY)
            for path in ("/", "/page/app.js", "/v1/session", "/v1/openapi.json", "/v1/nothing-here", "/nothing"):
                headers = (await client.ask("GET", path)).headers
                assert (path, headers.get("X-Content-Type-Options")) == (path, "nosniff")
                assert (path, "Content-Security-Policy" in headers) == (path, True)
                assert (path, "aiohttp" in headers.get("Server", "").lower()) == (path, False)
                assert (path, headers.get("Strict-Transport-Security")) == (path, "max-age=31536000")
            policy = (await client.ask("GET", "/")).headers["Content-Security-Policy"]
            for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"):
                assert rule in policy
            assert "unsafe" not in policy

    asyncio.run(story())


def test_the_cookie_is_out_of_reach_of_scripts_other_sites_and_plain_http(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.signed_in(Role.DUTY, login="li")
            stranger = await house.client()
            answer = await stranger.ask("POST", "/v1/session", {"login": "li", "password": PASSWORD})
            said = answer.headers["Set-Cookie"]
            assert said.startswith("__Host-linli=")
            assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in said.split(";")}
            assert "Domain" not in said

    asyncio.run(story())
