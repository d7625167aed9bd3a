"""Which picture belongs to which sound: what the browser is told, and how long the kiosk holds a picture back."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from edge.call import lips
from edge.call.clock_picture import ClockPicture
from edge.call.pictures import Encoder
from edge.call.sound import BLOCK
from tests.call.pair import pair

TAKEN_NS = 1_700_000_000_000
TAKEN_BEFORE_NS = 30_000_000


@pytest.mark.parametrize("age_s", [0.0, 0.015, 0.4])
def test_a_picture_is_reported_as_old_as_it_is_and_a_little_older(age_s: float) -> None:
    since = lips.picture_since(lips.picture_timestamp(TAKEN_NS) & 0xFFFFFFFF, TAKEN_NS + round(age_s * 1e9))
    assert since / 90_000 == pytest.approx(age_s + lips.SOUND_AFTER_S, abs=1e-4)


def test_a_timestamp_of_another_clock_is_taken_for_now() -> None:
    stranger = lips.picture_timestamp(TAKEN_NS + 5_000_000_000)
    assert lips.picture_since(stranger & 0xFFFFFFFF, TAKEN_NS) == round(lips.SOUND_AFTER_S * 90_000)


@pytest.mark.parametrize(("sound_s", "held_s"), [(0.0, 0.0), (0.040, 0.0), (0.100, 0.060), (2.0, lips.MOST_HELD_S)])
def test_a_picture_waits_for_a_late_sound_but_not_for_ever(sound_s: float, held_s: float) -> None:
    assert lips.held_s(sound_s) == pytest.approx(held_s)


def test_both_reports_name_when_it_was_recorded() -> None:
    """The page reads on one clock when a picture was taken and when a sound was spoken."""

    async def story() -> dict[str, list[int]]:
        async with pair() as (kiosk, _, page, _there):
            told: dict[str, list[int]] = {"audio": [], "video": []}
            assert page._pc is not None
            for receiver in page._pc.getReceivers():
                listen(receiver, told[receiver.track.kind])
            n, frame = 0, Encoder(320, 240, 200_000, 25).encode(next(ClockPicture()(320, 240, 25)), 0, key=True)
            deadline_s = time.monotonic() + 10.0
            while not all(told.values()):
                assert time.monotonic() < deadline_s, "no report came"
                kiosk.send_sound(b"\x78\xff\xfe", n * BLOCK)
                kiosk.send_picture(frame, lips.picture_timestamp(time.monotonic_ns() - TAKEN_BEFORE_NS))
                n += 1
                await asyncio.sleep(0.02)
            return told

    told = asyncio.run(story())
    assert told["audio"][0] == BLOCK
    assert told["video"][0] >= (TAKEN_BEFORE_NS / 1e9 + lips.SOUND_AFTER_S) * 90_000 - 1
    assert told["video"][0] < (lips.MOST_AGE_S + lips.SOUND_AFTER_S) * 90_000


def listen(receiver: Any, told: list[int]) -> None:
    """How far each report is beyond the timestamp that came last."""
    handle_rtcp, handle_rtp = receiver._handle_rtcp_packet, receiver._handle_rtp_packet
    came: list[int] = []

    async def rtcp(packet: Any) -> None:
        if hasattr(packet, "sender_info") and came:
            told.append((packet.sender_info.rtp_timestamp - came[-1]) & 0xFFFFFFFF)
        await handle_rtcp(packet)

    async def rtp(packet: Any, arrival_time_ms: int) -> None:
        came.append(packet.timestamp)
        await handle_rtp(packet, arrival_time_ms)

    receiver._handle_rtcp_packet, receiver._handle_rtp_packet = rtcp, rtp
