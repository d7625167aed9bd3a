"""The door to aiortc: what it carries, what it refuses, and that it notices when the library changes under it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import re
import threading
import time
from typing import Any

import pytest
from aiortc import RTCRtpReceiver, RTCRtpSender
from aiortc.jitterbuffer import JitterBuffer

from edge.call import peer as door
from edge.call.clock_picture import ClockPicture, read_clock
from edge.call.descriptions import with_candidates_everywhere, with_voice_settings
from edge.call.media_port import MediaError
from edge.call.peer import AiortcPeer, hush
from edge.call.pictures import Encoder
from sync.contract.call_signals import IceServer
from tests.call.pair import Ears, pair, until


def test_sound_goes_round_the_librarys_receive_buffer_packet_by_packet() -> None:
    """Pins aiortc: its jitter buffer must be where we put our own, and must be asked with every packet."""

    async def test() -> None:
        async with pair() as (kiosk, here, page, _):
            receiver: Any = kiosk._pc.getReceivers()[0]  # type: ignore[union-attr]
            assert type(receiver._RTCRtpReceiver__jitter_buffer) is door._Tap
            sent = [b"\x78" + bytes([n]) * 40 for n in range(100)]
            for n, payload in enumerate(sent):
                page.send_sound(payload, n * 960)
                await asyncio.sleep(0.002)
            await until(lambda: len(here.sounds) >= 100, what="every packet")
            assert [payload for _, _, payload in here.sounds] == sent
            steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(here.sounds, here.sounds[1:], strict=False)]
            assert set(steps) == {(1, 960)}
            # nothing of it reached the library's own decoder
            assert receiver.track._queue.qsize() == 0

    asyncio.run(test())


def test_the_names_we_rely_on_are_there_and_a_library_without_them_is_refused_loudly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test() -> None:
        peer = AiortcPeer(Ears())
        await peer.offer((), relay_only=False)
        transceiver = peer._pc.getTransceivers()[0]  # type: ignore[union-attr]
        assert isinstance(transceiver.receiver, RTCRtpReceiver)
        assert isinstance(transceiver.sender, RTCRtpSender)
        await peer.close()
        monkeypatch.setitem(door._PRIVATE, "RTCRtpReceiver", ("_RTCRtpReceiver__another_buffer",))
        with pytest.raises(MediaError, match="look again"):
            await AiortcPeer(Ears()).offer((), relay_only=False)

    asyncio.run(test())
    assert JitterBuffer(capacity=16, prefetch=4).capacity == 16


def test_pictures_arrive_whole_each_with_its_own_clock() -> None:
    async def test() -> None:
        async with pair() as (kiosk, here, page, there):
            encoder = Encoder(640, 480, 800_000, 25)
            source = ClockPicture()(640, 480, 25)
            for n in range(20):
                page.send_picture(encoder.encode(next(source), n * 3600, key=n == 0), n * 3600)
                await asyncio.sleep(0.04)
            await until(lambda: len(here.pictures) == 20, what="every picture")
            clocks = [read_clock(picture) for picture in here.pictures]
            assert None not in clocks
            assert clocks == sorted(clocks, key=lambda one: one or 0)
            assert here.keys == 1
            kiosk.picture_torn()
            page.send_picture(encoder.encode(next(source), 90_000, key=False), 90_000)
            await until(lambda: there.keys_wanted > 0, what="the request for a key picture")

    asyncio.run(test())


def test_a_line_that_loses_one_packet_in_twenty_and_is_slow_shows_the_picture_without_a_stop() -> None:
    async def test() -> None:
        async with pair() as (kiosk, here, page, there):
            worsen(kiosk, page, loss=0.05, delay_s=0.05)
            encoder, source = Encoder(640, 480, 700_000, 25), ClockPicture()(640, 480, 1000)
            shown: list[tuple[float, int]] = []
            begun_s = time.monotonic()
            for n in range(1, 126):
                page.send_picture(encoder.encode(next(source), n * 3600, key=n == 1), n * 3600)
                shown.append((time.monotonic(), len(here.pictures)))
                await asyncio.sleep(max(0.0, begun_s + n * 0.04 - time.monotonic()))
            await until(lambda: len(here.pictures) >= 119 or there.keys_wanted > 0, what="the pictures")
            news = [at_s for (at_s, count), (_, before) in zip(shown[1:], shown, strict=False) if count > before]
            assert max(b - a for a, b in itertools.pairwise(news)) < 2.0

    asyncio.run(test())


def worsen(*peers: AiortcPeer, loss: float, delay_s: float) -> None:
    """Every packet of these goes through a line like that."""
    chance = random.Random(1)
    for peer in peers:
        transport: Any = peer._pc.getTransceivers()[0].sender.transport.transport  # type: ignore[union-attr]
        send, loop, late = transport._connection.send, asyncio.get_running_loop(), set[asyncio.Task[None]]()

        async def lossy(data: bytes, send: Any = send, loop: Any = loop, late: Any = late) -> None:
            if chance.random() >= loss:
                loop.call_later(delay_s, lambda: late.add(loop.create_task(send(data))))

        transport._send = lossy


def test_the_other_ends_estimate_and_reports_come_out() -> None:
    async def test() -> None:
        async with pair() as (_kiosk, _, page, there):
            encoder = Encoder(320, 240, 300_000, 25)
            source = ClockPicture()(320, 240, 50)
            end_s = time.monotonic() + 4
            n = 0
            while time.monotonic() < end_s:
                n += 1
                page.send_picture(encoder.encode(next(source), n * 1800, key=n == 1), n * 1800)
                await asyncio.sleep(0.02)
            assert there.bandwidths
            report = await page.report()
            assert 0 <= report.loss < 0.1
            assert 0 <= report.rtt_s < 0.5

    asyncio.run(test())


def test_messages_go_both_ways_on_the_channel_linli() -> None:
    async def test() -> None:
        async with pair() as (kiosk, here, page, there):
            await until(lambda: kiosk.send_message('{"type":"text","text":"听不清"}'), what="the channel")
            await until(lambda: there.messages == ['{"type":"text","text":"听不清"}'], what="the words")
            assert page.send_message(b"\x00" * 16_384)
            await until(lambda: here.messages == [b"\x00" * 16_384], what="the bytes")
            assert page._channel.label == "linli"

    asyncio.run(test())


def test_the_offer_has_vp8_alone_opus_with_fec_and_no_stranger_is_asked() -> None:
    async def test() -> str:
        peer = AiortcPeer(Ears())
        sdp = await peer.offer((), relay_only=False)
        gatherer = peer._pc.getTransceivers()[0].sender.transport.transport.iceGatherer  # type: ignore[union-attr]
        assert gatherer._connection.stun_server is None
        assert gatherer._connection.turn_server is None
        await peer.close()
        return sdp

    sdp = asyncio.run(test())
    assert "VP8" in sdp
    assert "H264" not in sdp
    assert re.search(r"a=fmtp:\d+ minptime=10;useinbandfec=1", sdp)
    assert "srflx" not in sdp
    assert len(sdp) < 8192


def test_the_voice_settings_are_added_once_and_only_to_opus() -> None:
    sdp = "v=0\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:0 PCMU/8000\r\n"
    once = with_voice_settings(sdp)
    settings = "a=fmtp:96 minptime=10;useinbandfec=1;stereo=0;maxplaybackrate=24000\r\n"
    assert once == sdp.replace("a=rtpmap:0", settings + "a=rtpmap:0")
    assert with_voice_settings(once) == once
    assert with_voice_settings("v=0\r\n") == "v=0\r\n"


def test_candidates_of_a_bundle_stand_in_every_section() -> None:
    one, two = "a=candidate:1 1 udp 9 192.0.2.9 9 typ host\r\n", "a=candidate:2 1 udp 8 192.0.2.9 8 typ relay\r\n"
    sdp = f"v=0\r\nm=audio 9 x 96\r\n{one}{two}a=mid:0\r\nm=video 9 x 97\r\na=mid:1\r\nm=application 9 x y\r\na=mid:2"
    done = with_candidates_everywhere(sdp)
    assert done.count(one) == done.count(two) == 3
    assert with_candidates_everywhere(done) == done
    assert with_candidates_everywhere("") == ""
    assert with_candidates_everywhere("v=0\r\n") == "v=0\r\n"


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "v=0",
        "v=0\r\n" * 5000,
        "\x00" * 32_768,
        "m=audio 9 UDP/TLS/RTP/SAVPF 999\r\n",
        "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\n",
    ],
)
def test_a_description_that_is_none_is_a_media_error_and_says_no_address(sdp: str) -> None:
    async def test() -> None:
        peer = AiortcPeer(Ears())
        await peer.offer((), relay_only=False)
        try:
            with pytest.raises(MediaError) as caught:
                await peer.answer(sdp)
            assert "IP4" not in str(caught.value)
        finally:
            await peer.close()

    asyncio.run(test())


def test_without_an_answering_relay_relay_only_is_refused_and_otherwise_it_goes_without_it() -> None:
    async def test() -> None:
        dead = [IceServer(["turn:192.0.2.77:3478"], "u", "p")]
        begun_s = time.monotonic()
        peer = AiortcPeer(Ears())
        sdp = await peer.offer(dead, relay_only=False)
        assert time.monotonic() - begun_s < 4
        assert "candidate" in sdp
        await peer.close()
        with pytest.raises(MediaError):
            await AiortcPeer(Ears()).offer((), relay_only=True)

    asyncio.run(test())


def test_no_address_and_no_description_is_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hush()

    async def test() -> None:
        async with pair() as (_, here, page, _there):
            page.send_sound(b"\x78abc", 0)
            await until(lambda: here.sounds, what="a packet")

    asyncio.run(test())
    logging.getLogger("aiortc.rtcrtpsender").warning("from %s", "192.0.2.9")
    logging.getLogger("aioice.ice").warning("candidate:1 1 udp 192.0.2.9")
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|candidate|a=|fd00", caplog.text)
    assert "complains" in caplog.text


def test_twenty_peers_leave_no_thread_and_no_task() -> None:
    async def test() -> None:
        before = threading.active_count()
        for _ in range(20):
            async with pair():
                pass
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == 1
        assert threading.active_count() <= before + 2  # the loop's own workers for names

    asyncio.run(test())


def test_a_leg_closed_while_it_gathers_ends_with_a_reason() -> None:
    async def story() -> None:
        peer = AiortcPeer(Ears())
        dead = [IceServer(["turn:192.0.2.77:3478"], "u", "p")]
        offering = asyncio.create_task(peer.offer(dead, relay_only=False))
        await until(lambda: peer._gathering is not None, what="it gathers")
        closing = asyncio.create_task(peer.close())
        with pytest.raises(MediaError, match="closed while it gathered"):
            await offering
        await closing

    asyncio.run(story())
