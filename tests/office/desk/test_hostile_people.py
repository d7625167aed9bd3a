"""People who are signed in, and reach for what is another's; and texts that want to be something else."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from office.desk.door import _plain
from office.desk.people.roles import Role
from sync.contract import case_number
from tests.office.desk.house import House

TURNED = '{"name":"王\u202e丽\u2066\u2069","text":"\\u202e\\u202Ea\\\\u202e\\u0000b","rest":"\\n\\"\\\\"}'


def test_signs_that_turn_text_around_are_left_out_and_nothing_else_is() -> None:
    assert json.loads(_plain(TURNED.encode())) == {"name": "王丽", "text": "a\\u202eb", "rest": '\n"\\'}
    for kept in ("中文…“好”👨\u200d👩", 'a\\u4e2d\\\\"', "x"):
        assert _plain(kept.encode()) == kept.encode()


def test_a_name_cannot_be_made_to_read_as_anothers(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            case = await clerk.post("/v1/cases", {"words": "路灯\u202e坏了 <img src=x>", "source": "hotline"})
            assert (await clerk.get(f"/v1/cases/{case['number']}"))["words"] == "路灯坏了 <img src=x>"

    asyncio.run(story())


def test_another_wardens_errand_and_another_departments_case_are_not_there(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            mine, theirs = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            alarm = await house.press()
            sent = await clerk.post(f"/v1/alarms/{alarm}/errands", {"account": mine.me["id"]})
            word = f"/v1/errands/{sent['id']}/words"
            assert (await theirs.get("/v1/errands/mine")) == []
            assert (await theirs.ask("POST", word, {"what": "accept", "minutes": 3})).status == 404
            assert (await mine.ask("POST", word, {"what": "accept", "minutes": 3})).status == 200
            case = (await clerk.post("/v1/cases", {"words": "路灯坏了", "source": "hotline"}))["number"]
            for other in (await house.signed_in(Role.DEPARTMENT, department="elsewhere"), theirs):
                for method, path in (("GET", ""), ("GET", "/link"), ("POST", "/contact"), ("POST", "/files")):
                    body = b'{"files":[]}' if method == "POST" else None
                    answer = await other.ask(method, f"/v1/cases/{case}{path}", body)
                    assert answer.status in (403, 404), (method, path, answer.status)

    asyncio.run(story())


@pytest.mark.parametrize("spread", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_case_numbers_cannot_be_tried_out_by_claiming_another_address(short_tmp: Path, spread: str) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            seen = []
            for n in range(40):
                number = case_number.mint(os.urandom)
                answer = await stranger.ask("GET", f"/v1/public/cases/{number}", **{spread: f"10.0.0.{n}"})
                seen.append(answer.status)
            assert 200 not in seen
            assert seen.count(429) == 40 - 5

    asyncio.run(story())


def test_a_session_that_somebody_brings_along_is_not_the_one_they_get(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            known = await house.signed_in(Role.DUTY, login="wang")
            fresh = await house.client()
            planted = {"Cookie": "__Host-linli=planted-by-another"}
            answer = await fresh.ask(
                "POST", "/v1/session", {"login": "wang", "password": "correct horse battery"}, **planted
            )
            cookie = answer.headers["Set-Cookie"]
            assert answer.status == 200
            assert "planted" not in cookie
            assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
            assert answer.json["token"] != known.token

    asyncio.run(story())
