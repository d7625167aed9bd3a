"""A kiosk's screen from afar: what it says of itself, and the picture of it that an order brought."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from office.desk.people.roles import Role
from sync.contract.messages import Outcome
from tests.office.desk.house import Client, House
from tests.office.desk.test_devices import said
from tests.office.desk.test_devices_looks import JPEG, answered, picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)


async def asked(clerk: Client, do: str = "screenshot") -> str:
    """The order's id."""
    body = {"command": "screen", "arguments": {"do": do}, "sure": True}
    return str((await clerk.post("/v1/gateways/gw-1/orders", body))["id"])


def test_what_a_screen_says_of_itself_stands_with_its_gateway(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.INSTALLER)
            told = {"page": "home", "busy": False, "content": "v1", "up_s": 60, "opened.guides": 7}
            await said(house, screen=told)
            assert (await clerk.get("/v1/gateways/gw-1"))["gateway"]["screen"] == told

    asyncio.run(story())


def test_a_screenshot_is_shown_to_whoever_may_order_it_and_to_nobody_else(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.INSTALLER)
            await said(house)
            order = await asked(clerk)
            path = f"/v1/orders/{order}/picture"
            assert (await clerk.ask("GET", path)).status == 404, "there is no answer yet"
            await answered(house, order, Outcome.DONE, picture=await picture(house, PNG))
            shown = await clerk.ask("GET", path)
            assert (shown.status, shown.headers["Content-Type"], shown.content) == (200, "image/png", PNG)
            assert (await (await house.signed_in(Role.CONTENT)).ask("GET", path)).status == 403

    asyncio.run(story())


@pytest.mark.parametrize("spoiled", ["refused", "another's", "no-picture", "no-name", "restart"])
def test_what_is_no_screenshot_of_that_gateway_is_not_shown(short_tmp: Path, spoiled: str) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.INSTALLER)
            await said(house)
            order = await asked(clerk, "restart" if spoiled == "restart" else "screenshot")
            content = JPEG if spoiled == "no-picture" else PNG
            name = await picture(house, content, "gw-2" if spoiled == "another's" else "gw-1")
            name = "../../desk.sqlite" if spoiled == "no-name" else name
            outcome = Outcome.REFUSED if spoiled == "refused" else Outcome.DONE
            result = {} if spoiled in ("refused", "restart") else {"picture": name}
            await answered(house, order, outcome, **result)
            assert (await clerk.ask("GET", f"/v1/orders/{order}/picture")).status in (404, 422)

    asyncio.run(story())


def test_only_known_deeds_are_asked_of_a_screen_and_only_of_a_gateway(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.INSTALLER)
            await said(house)
            for body in (
                {"command": "screen", "arguments": {"do": "format"}, "sure": True},
                {"command": "screen", "arguments": {}, "sure": True},
                {"command": "screen", "device": "watch-1", "arguments": {"do": "home"}, "sure": True},
            ):
                assert (await clerk.ask("POST", "/v1/gateways/gw-1/orders", body)).status == 400
            unsure = {"command": "screen", "arguments": {"do": "restart"}}
            assert (await clerk.ask("POST", "/v1/gateways/gw-1/orders", unsure)).json["error"] == "sure"

    asyncio.run(story())
