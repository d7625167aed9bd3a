"""MQTT with TLS over a line that is bad, pulled, and comes back with another address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.demo.authority import Authority
from sync.mqtt import Arrived, Broker, Connection, Tls
from tests.net.broker import HostBroker
from tests.net.net import Net

PATIENCE_S = 20.0
TOPIC = "linli/v1/gw-1/up/call/a"


class Gateway:
    def __init__(self) -> None:
        self.ups = 0
        self.acknowledged: set[int] = set()

    def up(self, session_present: bool) -> None:  # noqa: FBT001 - the protocol of sync.mqtt
        del session_present
        self.ups += 1

    def down(self, reason: str) -> None:
        del reason

    def arrived(self, message: Arrived) -> None:
        del message

    def puback(self, mid: int, code: int) -> None:
        assert code in {0x00, 0x10}
        self.acknowledged.add(mid)


async def until(held: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not held():  # noqa: ASYNC110 - the net is changed by another thread
            await asyncio.sleep(0.01)


def test_mqtt_lives_on_through_loss_a_pulled_line_and_a_new_address(authority: Authority) -> None:
    with Net() as net:
        kiosk, office = net.host("kiosk"), net.host("office")
        with HostBroker(authority.directory, office, authority) as broker:
            own = authority.client("gw-1")
            tls = Tls(str(authority.ca), str(own.cert), str(own.key))
            gateway = Gateway()
            line = Connection(Broker(office.address, broker.port, "gw-1", tls=tls, keepalive_s=1), gateway, [])

            async def said() -> None:
                mid = line.publish(TOPIC, b"x" * 5000)
                await until(lambda: mid in gateway.acknowledged)

            async def story() -> None:
                running = asyncio.create_task(line.run())
                await until(lambda: line.online)
                kiosk.bad(delay_s=0.02, loss=0.05)
                await said()
                kiosk.good()
                kiosk.pull()
                await until(lambda: not line.online)
                kiosk.move("10.77.9.9")
                kiosk.plug()
                await until(lambda: line.online)
                await said()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

            kiosk.call(asyncio.run, story())
            assert gateway.ups == 2
