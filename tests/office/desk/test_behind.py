"""Behind a declared proxy an address is the visitor's own; whoever comes without it says nothing that counts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from multidict import CIMultiDict

from office.desk.behind import came_from
from office.desk.people.roles import Role
from tests.office.desk.house import House

PROXY = "10.0.0.5"


@pytest.mark.parametrize(
    ("remote", "lines", "proxy", "came"),
    [
        ("203.0.113.9", ["198.51.100.7"], "", "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.7"], PROXY, "203.0.113.9"),
        (PROXY, [], PROXY, PROXY),
        (PROXY, ["198.51.100.7"], PROXY, "198.51.100.7"),
        (PROXY, ["127.0.0.1, 198.51.100.7"], PROXY, "198.51.100.7"),
        (PROXY, ["127.0.0.1", "198.51.100.7"], PROXY, "198.51.100.7"),
        (PROXY, ["198.51.100.7, 10.0.0.5"], PROXY, "198.51.100.7"),
        (PROXY, ["198.51.100.7, unknown"], PROXY, PROXY),
        (PROXY, ["[2001:db8::1]:4711"], PROXY, "2001:db8::1"),
        ("::ffff:10.0.0.5", ["198.51.100.7:80"], PROXY, "198.51.100.7"),
        ("fe80::1%eth0", ["198.51.100.7"], "fe80::1", "198.51.100.7"),
    ],
)
def test_only_the_hop_that_the_proxy_itself_added_counts(remote: str, lines: list[str], proxy: str, came: str) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    assert came_from(remote, headers, proxy) == came


@pytest.mark.parametrize(("proxy", "seen"), [("127.0.0.1", "198.51.100.7"), ("", "127.0.0.1")])
def test_sessions_show_where_somebody_is_behind_the_proxy(short_tmp: Path, proxy: str, seen: str) -> None:
    async def story() -> None:
        async with House(short_tmp, proxy=proxy) as house:
            clerk = await house.signed_in(Role.DUTY, login="li")
            again = {"login": "li", "password": "correct horse battery"}
            other = await house.client()
            await other.ask("POST", "/v1/session", again, **{"X-Forwarded-For": "192.0.2.1, 198.51.100.7"})
            rows = await clerk.get("/v1/me/sessions")
            assert [row["remote"] for row in rows if not row["this"]] == [seen]

    asyncio.run(story())
