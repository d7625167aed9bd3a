"""A broker of the house sends again what a killed gateway had stored and not acknowledged: it is one press."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge.demo.broker_files import free_ports
from edge.demo.stage import Stage
from sync.mqtt import Arrived, Broker, Connection
from tests.proof.theatre import until

TOPIC = "zigbee2mqtt/sos-301"


class Bridge:
    """A `sync.mqtt.Handler` that publishes each word until somebody listens (PUBACK 0x00)."""

    def __init__(self, words: list[bytes]) -> None:
        self.words, self.done = words, asyncio.Event()

    def serve(self, connection: Connection) -> None:
        self._connection = connection

    def up(self, session_present: bool) -> None:  # noqa: ARG002, FBT001 - the handler's contract
        self._say()

    def down(self, reason: str) -> None: ...

    def arrived(self, message: Arrived) -> None: ...

    def puback(self, mid: int, code: int) -> None:  # noqa: ARG002
        if code == 0:
            self.words.pop(0)
        if self.words:
            asyncio.get_running_loop().call_later(0.0 if code == 0 else 0.05, self._say)
        else:
            self.done.set()

    def _say(self) -> None:
        self._connection.publish(TOPIC, self.words[0])


async def publish(port: int, words: list[bytes]) -> None:
    bridge = Bridge(words)
    connection = Connection(Broker("127.0.0.1", port, "zigbee2mqtt", session_expiry_s=0), bridge)
    bridge.serve(connection)
    async with asyncio.timeout(20):
        serving = asyncio.create_task(connection.run())
        await bridge.done.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def alarms(stage: Stage) -> list[int]:
    """How often each alarm was pressed, as the gateway counts."""
    with closing(sqlite3.connect(f"file:{stage.gateway_data / 'linli.db'}?mode=ro", uri=True)) as conn:
        return [count for (count,) in conn.execute("SELECT count FROM alarm ORDER BY id")]


@pytest.mark.e2e
@pytest.mark.parametrize("word", [b'{"action": "emergency"}', b'{"sos": true, "battery": 90}'])
@pytest.mark.parametrize(("failpoint", "stored"), [("before-answer", 1), ("mapped", 0)])
def test_a_press_without_a_time_counts_once_however_the_gateway_died(
    short_tmp: Path, word: bytes, failpoint: str, stored: int
) -> None:
    (house,) = free_ports(1)
    port = {
        "name": "zigbee",
        "kind": "mqtt",
        "profile": "z2m-sos-button",
        "broker": {"host": "127.0.0.1", "port": house},
        "topics": ["zigbee2mqtt/#"],
    }
    with Stage(short_tmp, [port]) as stage:
        stage.start_house_broker(house)
        stage.start_gateway()
        asyncio.run(publish(house, [b'{"linkquality": 80}']))
        until(lambda: listens(stage), 10)
        stage.gateway.stop()  # the session stays: what comes now is kept for it

        asyncio.run(publish(house, [word]))
        stage.start_gateway({"LINLI_FAILPOINT": failpoint}, wait=False)
        assert stage.gateway.wait(20) == -signal.SIGKILL, stage.gateway.tail()
        stage.gateway.kill()
        assert len(alarms(stage)) == stored

        stage.start_gateway()
        until(lambda: alarms(stage) == [1], 10, lambda: str(alarms(stage)))
        asyncio.run(publish(house, [b'{"action": "emergency"}']))
        until(lambda: alarms(stage) == [2], 10, lambda: f"a real second press: {alarms(stage)}")


def listens(stage: Stage) -> bool:
    """Whether the reading came: then the gateway is subscribed."""
    with closing(sqlite3.connect(f"file:{stage.gateway_data / 'linli.db'}?mode=ro", uri=True)) as conn:
        return bool(conn.execute("SELECT 1 FROM outbox WHERE instr(body, 'linkquality')").fetchone())
