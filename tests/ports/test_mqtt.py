"""A broker of the house as a port: taken in bursts, acknowledged in order, never before the program says so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from drivers.model import Message
from drivers.ports.clock import system_clock
from drivers.ports.memory import Recorder
from drivers.ports.mqtt import MqttPort


@dataclass(frozen=True)
class Sent:
    """A message as a broker hands it over."""

    topic: str
    payload: bytes = b"{}"
    retain: bool = False
    qos: int = 1
    mid: int = 0
    dup: bool = False


@dataclass
class HouseBroker:
    """The session's end in memory: what was acknowledged, and what was asked of the connection."""

    port: MqttPort | None = None
    topics: Sequence[tuple[str, int]] = ()
    settled: list[Sent] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def connect(self, port: MqttPort, topics: Sequence[tuple[str, int]]) -> HouseBroker:
        self.port, self.topics = port, topics
        return self

    async def run(self) -> None:
        assert self.port is not None
        self.port.up(False)  # noqa: FBT003 - MQTT's own flag
        await asyncio.Event().wait()

    def settle(self, message: Sent) -> None:
        self.settled.append(message)

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def cut(self, reason: str) -> None:
        self.asked.append(f"cut: {reason}")


class Scene:
    """A port, its broker, and a program that records."""

    def __init__(self) -> None:
        self.broker, self.program = HouseBroker(), Recorder()
        self.port = MqttPort("zigbee", ["zigbee2mqtt/#"], self.broker.connect, system_clock)

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.port.run(self.program))
        await asyncio.sleep(0)  # the port opens its line in the first turn, the session says `up` in the second
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def say(self, *messages: Sent) -> list[Message]:
        """Let the broker hand these over in one turn; what the program has got so far."""
        for message in messages:
            self.port.arrived(message)
        await asyncio.sleep(0)
        return self.items

    @property
    def items(self) -> list[Message]:
        return list(self.program.conversations[0].items)


def test_messages_come_in_order_with_what_the_broker_said_of_them() -> None:
    async def main() -> None:
        async with Scene() as scene:
            items = await scene.say(Sent("zigbee2mqtt/a", b"1"), Sent("zigbee2mqtt/b", b"2", retain=True, qos=0))
            assert [(i.topic, i.payload, i.retain, i.qos) for i in items] == [
                ("zigbee2mqtt/a", b"1", False, 1),
                ("zigbee2mqtt/b", b"2", True, 0),
            ]
            assert scene.broker.topics == [("zigbee2mqtt/#", 1)]

    asyncio.run(main())


def test_nothing_is_acknowledged_before_it_is_settled() -> None:
    async def main() -> None:
        async with Scene() as scene:
            first, second = Sent("t/1"), Sent("t/2")
            items = await scene.say(first, second)
            assert scene.broker.settled == []
            scene.port.settle(items[0])
            assert scene.broker.settled == [first]
            scene.port.settle(items[1])
            assert scene.broker.settled == [first, second]

    asyncio.run(main())


def test_settling_the_last_of_a_burst_acknowledges_all_of_it_in_order() -> None:
    async def main() -> None:
        async with Scene() as scene:
            burst = [Sent(f"t/{n}") for n in range(5)]
            items = await scene.say(*burst)
            scene.port.settle(items[-1])
            assert scene.broker.settled == burst

    asyncio.run(main())


def test_what_is_settled_early_waits_for_what_came_before_it() -> None:
    async def main() -> None:
        async with Scene() as scene:
            alarm, rest = Sent("t/alarm"), [Sent("t/1"), Sent("t/2")]
            await scene.say(alarm)
            items = await scene.say(*rest)
            scene.port.settle(items[-1])
            assert scene.broker.settled == [], "the alarm is in memory only, and its broker would forget it"
            scene.port.settle(items[0])
            assert scene.broker.settled == [alarm, *rest]

    asyncio.run(main())


def test_what_came_over_a_lost_connection_is_not_acknowledged_on_the_next() -> None:
    async def main() -> None:
        async with Scene() as scene:
            items = await scene.say(Sent("t/old"))
            scene.port.down("the line broke")
            scene.port.up(True)  # noqa: FBT003 - MQTT's own flag
            again = Sent("t/old")
            await scene.say(again)
            scene.port.settle(items[0])
            assert scene.broker.settled == []
            scene.port.settle(scene.items[-1])
            assert scene.broker.settled == [again]

    asyncio.run(main())


def test_what_could_not_be_stored_is_asked_for_again_by_reconnecting() -> None:
    async def main() -> None:
        async with Scene() as scene:
            items = await scene.say(Sent("t/1"))
            scene.port.close("not stored")
            scene.port.settle(items[0])
            assert scene.broker.asked == ["cut: not stored"]
            assert scene.broker.settled == []

    asyncio.run(main())


def test_the_broker_gone_is_one_fault_and_its_return_is_told() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.port.down("refused")
            scene.port.down("refused again")
            scene.port.up(True)  # noqa: FBT003 - MQTT's own flag
            assert scene.program.history == ["up", "down: refused", "up"]

    asyncio.run(main())


def test_pressing_back_stops_the_reading_of_the_socket() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.port.pause()
            scene.port.resume()
            assert scene.broker.asked == ["pause", "resume"]

    asyncio.run(main())
