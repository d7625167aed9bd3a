"""Two ends that no network brings together hold a conversation through the shipped relay, by every way to it."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription

from edge.demo.authority import Authority
from office.turn import ice
from tests.net.net import Host, Net
from tests.net.turn import Coturn

PATIENCE_S = 20.0
RTT_S = 0.1


class Post:
    """Carries the two descriptions between threads, as the desk would."""

    def __init__(self) -> None:
        self.offer: Future[str] = Future()
        self.answer: Future[str] = Future()
        self.over: Future[None] = Future()


def peer(coturn: Coturn, way: int) -> RTCPeerConnection:
    (one,) = ice(coturn.calls, "k3v9q0x2m7t5w8z1", time.time())
    server = RTCIceServer(one.urls[way], one.username, one.credential)
    return RTCPeerConnection(RTCConfiguration([server]))


async def offering(post: Post, coturn: Coturn, way: int) -> tuple[str, float]:
    """What the other end says, and how long it took from nothing."""
    start = time.monotonic()
    connection = peer(coturn, way)
    channel = connection.createDataChannel("chat")
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    channel.on("open", lambda: channel.send("你好"))
    channel.on("message", heard.set_result)
    await connection.setLocalDescription(await connection.createOffer())
    post.offer.set_result(connection.localDescription.sdp)
    answer = await asyncio.wait_for(asyncio.wrap_future(post.answer), PATIENCE_S)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    said = await asyncio.wait_for(heard, PATIENCE_S)
    took = time.monotonic() - start
    post.over.set_result(None)
    await connection.close()
    return said, took


async def answering(post: Post, coturn: Coturn, way: int) -> None:
    connection = peer(coturn, way)
    connection.on("datachannel", lambda channel: channel.on("message", lambda text: channel.send(f"{text}, {text}")))
    offer = await asyncio.wait_for(asyncio.wrap_future(post.offer), PATIENCE_S)
    await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    post.answer.set_result(connection.localDescription.sdp)
    await asyncio.wait_for(asyncio.wrap_future(post.over), PATIENCE_S)
    await connection.close()


def conversation(kiosk: Host, office: Host, coturn: Coturn, way: int) -> tuple[str, float]:
    post = Post()
    far = threading.Thread(target=office.call, args=(asyncio.run, answering(post, coturn, way)))
    far.start()
    try:
        talked: tuple[str, float] = kiosk.call(asyncio.run, offering(post, coturn, way))
        return talked
    finally:
        if not post.over.done():
            post.over.set_result(None)
        far.join()


@pytest.mark.parametrize("way", [0, 1], ids=["udp", "tcp"])
def test_ends_that_cannot_reach_each_other_talk_through_the_relay(tmp_path: Path, way: int) -> None:
    with Net() as net:
        kiosk, office, relay = (net.host(name) for name in ("kiosk", "office", "relay"))
        with Coturn(tmp_path, Authority(tmp_path / "ca"), relay) as coturn:
            net.sever(kiosk, office)
            if way:
                net.sever(kiosk, relay, "udp")
            relay.bad(delay_s=RTT_S / 4)  # to the relay and on to the other end and back: a round trip of 0.1 s
            said, took = conversation(kiosk, office, coturn, way)
            assert said == "你好, 你好"
            assert took < PATIENCE_S / 4  # 1.2 s on a quiet machine: no step waited for a dead way
            assert net.counts()["severed"] > 0
