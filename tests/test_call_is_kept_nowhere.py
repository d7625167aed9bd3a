"""A broker that keeps what it owes to who is away keeps no description and no credential of a call, either way."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path

from sync.contract import topics
from sync.contract.call_qos import call_qos
from sync.contract.call_signals import Alive, Answer, IceServer, Offer, Ringing, write
from tests.broker import Mosquitto
from tests.edge.at_the_socket import at_the_socket
from tests.edge.test_calls import post
from tests.office.ends import Centre, Gateway, until

CALL = "c0ffee0123456789"
SDP = "v=0\r\nc=IN IP4 192.0.2.77\r\n"


def test_what_carries_a_description_is_kept_for_nobody_and_the_rest_proves_that_the_line_lives() -> None:
    assert call_qos(write(Offer(n=1, leg=1, sdp=SDP))) == 0
    assert call_qos(write(Answer(n=1, leg=1, sdp=SDP))) == 0
    relay = IceServer(["turn:relay"], "1700003600:c0ffee0123456789", "c3dvcmRmaXNo")
    assert call_qos(write(Ringing(n=1, department="civil", ice=[relay]))) == 0
    assert call_qos(write(Ringing(n=1, department="civil"))) == 1
    assert call_qos(write(Alive(n=1))) == 1


def test_the_brokers_file_holds_no_description_for_a_kiosk_that_is_away(short_tmp: Path) -> None:
    save = short_tmp / "mosquitto.db"
    # Started by root, mosquitto would become another user, who may not write here.
    extra = f"user {getpass.getuser()}\npersistence true\nautosave_interval 1\npersistence_location {short_tmp}/\n"

    async def story(broker: Mosquitto) -> None:
        async with Centre(broker.port, short_tmp / "office.sqlite") as centre:
            async with Gateway(broker.port):
                pass  # from now on the broker owes it
            assert centre.receiver.calls.send("gw-1", CALL, write(Answer(n=1, leg=1, sdp=SDP)))
            assert centre.receiver.calls.send("gw-1", CALL, write(Alive(n=2)))
            await until(lambda: save.exists() and b'"alive"' in save.read_bytes(), "saved what is owed")
            assert b"192.0.2.77" not in save.read_bytes()

    with Mosquitto(short_tmp, extra=extra) as broker:
        asyncio.run(story(broker))


def test_a_kiosk_that_is_there_gets_every_signal_in_order(broker: Mosquitto, tmp_path: Path) -> None:
    async def story() -> None:
        async with Centre(broker.port, tmp_path / "office.sqlite") as centre, Gateway(broker.port) as gateway:
            sent = [write(Answer(n=n, leg=1, sdp=SDP) if n % 2 else Alive(n=n)) for n in range(1, 101)]
            assert all(centre.receiver.calls.send("gw-1", CALL, payload) for payload in sent)
            await until(lambda: len(gateway.heard) >= 100, "all signals")
            heard = [m.payload for m in gateway.heard if m.topic == topics.down_call("gw-1", CALL)]
            assert heard == sent

    asyncio.run(story())


def test_the_gateway_sends_a_description_the_same_way(tmp_path: Path) -> None:
    async def story() -> None:
        async with at_the_socket(tmp_path) as box:
            for signal, qos in ((Offer(n=1, leg=1, sdp=SDP), 0), (Alive(n=2), 1)):
                assert await post(box, CALL, write(signal)) == (202, None)
                assert box.way.wire.published[-1][2]["qos"] == qos

    asyncio.run(story())
