"""An emergency notice reaches every gateway, also one that comes later, and its withdrawal takes it back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sync.contract import topics
from sync.contract.envelope import decode
from sync.contract.messages import Notice
from tests.broker import Mosquitto
from tests.office.ends import Centre, Gateway, eventually, until

TOPIC = topics.down_notice("gw-1")
LATER = datetime.now(UTC) + timedelta(hours=1)
NOTICE = Notice(id="n-1", text="请勿外出", title="台风", expires_at=LATER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "office.sqlite"


def heard(gateway: Gateway) -> list[Notice]:
    return [decode(message.payload, Notice) for message in gateway.heard if message.topic == TOPIC]


async def born(gateway: Gateway, centre: Centre) -> None:
    gateway.state()

    async def known() -> bool:
        return "gw-1" in await centre.store.known_gateways()

    await eventually(known, "the gateway is known")


def test_a_notice_and_its_withdrawal_reach_the_gateway_once_each(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre, Gateway(broker.port) as gateway:
            await born(gateway, centre)
            withdrawn = Notice(id="n-1", text="请勿外出", title="台风", expires_at=LATER, withdrawn=True)
            for word in (NOTICE, NOTICE, withdrawn, withdrawn):
                await centre.store.notice(["gw-1"], word)
                centre.receiver.dispatch.wake()
            await until(lambda: withdrawn in heard(gateway), "the withdrawal")
            assert [word.withdrawn for word in heard(gateway)] in ([False, True], [True])

    asyncio.run(run())


def test_a_gateway_that_was_away_is_told_when_it_comes(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            async with Gateway(broker.port) as gateway:
                await born(gateway, centre)
            await centre.store.notice(["gw-1"], NOTICE)
            centre.receiver.dispatch.wake()
            async with Gateway(broker.port) as gateway:
                gateway.state(boot=2)
                await until(lambda: NOTICE in heard(gateway), "the notice")

    asyncio.run(run())


def test_what_was_withdrawn_before_it_was_sent_is_never_sent(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            async with Gateway(broker.port) as gateway:
                await born(gateway, centre)
            await centre.store.notice(["gw-1"], NOTICE)
            await centre.store.notice(["gw-1"], Notice(id="n-1", text="x", expires_at=LATER, withdrawn=True))
            waiting = [decode(sending.payload, Notice).withdrawn for sending in await centre.store.pending()]
            assert waiting == [True]

    asyncio.run(run())
