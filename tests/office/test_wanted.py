"""A configuration that the office wishes reaches its gateway: retained, the newest version, again when it was lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sync.contract import topics
from sync.contract.envelope import decode, encode
from sync.contract.messages import ConfigStatus, GatewayState, WantedConfig
from tests.broker import Mosquitto
from tests.office.ends import Centre, Gateway, eventually, until
from tests.office.sending import EPOCH

TOPIC = topics.down_config("gw-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "office.sqlite"


def heard(gateway: Gateway) -> list[WantedConfig]:
    return [decode(message.payload, WantedConfig) for message in gateway.heard if message.topic == TOPIC]


def test_a_wanted_configuration_is_retained_for_a_gateway_that_comes_later(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            assert await centre.store.want("gw-1", 1, {"intervals": {"state_s": 30}})
            assert await centre.store.want("gw-1", 2, {"intervals": {"state_s": 20}})
            centre.receiver.dispatch.wake()
            async with Gateway(broker.port) as gateway:
                wish = WantedConfig(version=2, config={"intervals": {"state_s": 20}})
                await until(lambda: wish in heard(gateway), "the newest version")

    asyncio.run(run())


def test_an_older_version_or_another_of_the_same_is_not_taken(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            assert await centre.store.want("gw-1", 5, {})
            assert await centre.store.want("gw-1", 5, {})
            assert not await centre.store.want("gw-1", 5, {"intervals": {"state_s": 20}})
            assert not await centre.store.want("gw-1", 4, {})
            assert await centre.store.want("gw-2", 1, {})

    asyncio.run(run())


def test_a_birth_brings_the_configuration_again_unless_the_gateway_says_it_has_it(
    broker: Mosquitto, path: Path
) -> None:
    def state(boot: int, version: int) -> bytes:
        status = ConfigStatus(version=version, accepted=True, in_force=version)
        return encode(GatewayState(gateway="gw-1", online=True, epoch=EPOCH, boot=boot, config=status))

    async def run() -> None:
        async with Centre(broker.port, path) as centre, Gateway(broker.port) as gateway:
            await centre.store.want("gw-1", 3, {})
            centre.receiver.dispatch.wake()
            await until(lambda: len(heard(gateway)) == 1, "the configuration")
            gateway.connection.publish(topics.up_state("gw-1"), state(1, 2), retain=True)
            await until(lambda: len(heard(gateway)) == 2, "again, for a gateway that has another")
            gateway.connection.publish(topics.up_state("gw-1"), state(2, 3), retain=True)

            async def knows() -> bool:
                row = await centre.store.look(lambda conn: conn.execute("SELECT boot FROM gateways").fetchone())
                return bool(row["boot"] == 2)

            await eventually(knows, "its second birth")
            assert await centre.count("sendings WHERE confirmed_at IS NULL") == 0

    asyncio.run(run())


def test_the_same_order_given_twice_is_one_order(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            for _ in range(2):
                assert await centre.store.order("gw-1", "locate", "w", {}, "duty", 60, "mine-1") == "mine-1"
            assert (await centre.count("orders"), await centre.count("sendings")) == (1, 1)

    asyncio.run(run())
