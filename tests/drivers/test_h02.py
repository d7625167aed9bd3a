"""What H02 has that the general tests cannot know: three lengths of binary frames, and status bits of every make."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from drivers.decoder import Decoder, load_driver
from drivers.model import Event, Heard, convert
from edge.repeats import Repeats
from tests.drivers.vectors import instant

BODY = bytes.fromhex("0015002008262813900006112564000e000090fffffffd")
B32 = b"$\x86\x12\x34\x56\x78" + BODY + b"\x00\x24\x00"
B45 = b"$\x86\x12\x34\x56\x79" + BODY + b"\x00\x00\x10\x24*#\x24" + bytes(9)
B42 = b"$\x08\x61\x23\x45\x67\x89\x01\x23" + BODY + b"$" * 10
TEXT = b"*HQ,8612345677,V1,001500,A,2813.9000,N,11256.4000,E,000.00,000,200826,FFFFFFFD#"
FRAMES = {B32: "8612345678", B45: "8612345679", B42: "861234567890123", TEXT: "8612345677"}


def start(**settings: Any) -> Decoder[object]:
    driver = load_driver("h02")
    return driver.make(convert(settings, driver.settings), lambda _: True)


def presses(heard: list[Heard]) -> list[str]:
    return [event.device for one in heard for event in one.events if event.alarm == "sos"]


def fix(status: str, second: int = 0, mark: str = "A") -> bytes:
    return f"*HQ,8612345678,V1,0015{second:02},{mark},2813.9000,N,11256.4000,E,0,0,200826,{status}#".encode()


def fresh_alarms(frames: list[bytes]) -> list[str | None]:
    decoder, repeats = start(), Repeats()
    events: list[Event] = []
    for frame in frames:
        events += [event for heard in decoder.feed(frame, instant()) for event, _ in repeats.fresh(heard)]
    return [event.alarm for event in events if event.alarm]


@pytest.mark.parametrize("order", list(product(FRAMES, repeat=3)))
def test_frames_of_every_length_follow_each_other_in_any_order(order: tuple[bytes, ...]) -> None:
    wanted = [FRAMES[frame] for frame in order]

    assert presses(start().feed(b"".join(order), instant())) == wanted
    bytewise = start()
    assert presses([h for at in b"".join(order) for h in bytewise.feed(at.to_bytes(), instant())]) == wanted


@pytest.mark.parametrize(
    "noise", [b"$", b"$$", b"*", b"*HQ,", b"*HQ,86,V1,$", b"$\x41", b"$\x41\x09\x12", b"\x00$\xab#", b"$" + bytes(40)]
)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_beginning_in_noise_hides_no_press(frame: bytes, noise: bytes) -> None:
    assert presses(start().feed(noise + frame, instant())) == [FRAMES[frame]]


def test_a_bit_that_stays_set_is_one_press_and_the_next_one_is_another() -> None:
    pressed, idle = "FFFFFFFD", "FFFFFFFF"

    assert fresh_alarms([fix(pressed, 1), fix(pressed, 2), fix(idle, 3), fix(pressed, 4)]) == ["sos", "sos"]


def test_a_press_that_comes_again_after_it_ended_is_a_repeat() -> None:
    assert fresh_alarms([fix("FFFFFFFD", 1), fix("FFFFFFFF", 2), fix("FFFFFFFD", 1)]) == ["sos"]


def test_a_clock_that_stands_still_without_a_fix_swallows_no_press() -> None:
    frames = [fix(status, mark="V") for status in ("FFFFFFFD", "FFFFFFFF", "FFFFFFFD")]

    assert fresh_alarms(frames) == ["sos", "sos"]


def test_an_empty_report_ends_a_held_alarm() -> None:
    (heard,) = start().feed(b"*HQ,8612345678,V1,,V,,N,,E,0.00,0,,FFFFFFFF#", instant())

    assert (heard.events, heard.reply, heard.levels) == ((), b"", frozenset())


def test_the_bits_of_a_make_are_settings() -> None:
    decoder = start(alarm_bits={"sos": [5]}, acc_off_bit=None, answer=False)

    (idle,) = decoder.feed(fix("FFFBFFFD"), instant())
    (pressed,) = decoder.feed(fix("FFFFFFDF"), instant())

    assert (idle.levels, idle.reply) == (frozenset(), b"")
    assert pressed.levels == frozenset({"sos"})
    assert "ignition" not in pressed.events[0].attributes


def test_a_plain_number_before_the_status_is_no_status() -> None:
    frame = b"*HQ,8612345678,V19,001500,A,2813.9000,N,11256.4000,E,0,0,200826,,13800138,FFFFFFFF#"

    (heard,) = start().feed(frame, instant())

    assert heard.levels == frozenset()
