"""Nobody is on duty at the centre: the second path at once, and the elder is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.attendance import Attendance
from edge.feedback import ALONE, Look, look_of
from edge.neighbourhood.jt808 import Jt808Device
from sync.contract.kiosk import Presence
from tests.edge.house import House, live
from tests.edge.moments import Hands, alarm
from tests.edge.way_down import until

DUTY = "linli/v1/presence/duty"
PHONE = "13800138000"


def said(house: House, there: int, valid_s: float = 45.0) -> None:
    house.way.send(DUTY, {"there": there, "waiting": 0, "valid_s": valid_s}, retain=True)
    house.tick()


def test_while_nobody_is_on_duty_an_alarm_takes_the_second_path_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 0, 0)
        await house.press()
        house.tick()
        await until(lambda: house.called() == ["unattended"], "second path called")

    live(tmp_path, story)


def test_an_alarm_that_waits_goes_as_soon_as_the_last_one_leaves_and_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 2)
        one = await house.press()
        house.receipt(one)
        house.tick(2)
        assert house.called() == []
        said(house, 0)
        await until(lambda: house.called() == ["unattended"], "second path called")
        said(house, 1)
        said(house, 0)
        house.tick(5)
        await house.quiet()
        assert house.called() == ["unattended"]

    live(tmp_path, story)


def test_a_word_that_nobody_renewed_means_nobody(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 1)
        one = await house.press()
        house.receipt(one)
        house.tick(44)
        assert house.called() == []
        house.tick(1)
        await until(lambda: house.called() == ["unattended"], "second path called")

    live(tmp_path, story)


def test_a_word_that_is_said_again_is_good_for_another_while(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 1)
        one = await house.press()
        house.receipt(one)
        await house.act(one, "acknowledge")
        for _ in range(8):
            house.tick(15)
            said(house, 1)
        two = await house.press()
        assert two is one
        assert not house.gateway.guard.watch.care.unattended

    live(tmp_path, story)


def test_once_somebody_is_there_again_everything_is_as_before(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 0)
        said(house, 1)
        one = await house.press()
        house.receipt(one)
        house.tick(10)
        assert house.called() == []

    live(tmp_path, story)


def test_a_gateway_that_never_heard_of_it_waits_its_ten_seconds(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.way.send("linli/v1/presence/health", {"there": 0}, retain=True)
        await house.press()
        house.tick(9)
        assert house.called() == []
        house.tick(1)
        await until(lambda: house.called() == ["no_receipt"], "second path called")

    live(tmp_path, story)


def test_nonsense_about_it_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 1)
        house.way.send(DUTY, b"nobody", retain=True)
        house.tick()
        assert not house.gateway.guard.watch.care.unattended

    live(tmp_path, story)


def test_whom_a_person_has_taken_is_called_by_nobody_else(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        one = await house.press()
        house.receipt(one)
        await house.act(one, "acknowledge")
        said(house, 0)
        house.tick(100)
        await house.quiet()
        assert house.called() == []

    live(tmp_path, story)


def test_the_elder_is_told_by_the_device_that_others_are_being_called(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        tag = Jt808Device(PHONE)
        await house.register("tag-1", "jt808", PHONE)
        said(house, 0)
        peer = house.connect(tag.register(), port=1)
        await until(lambda: peer.replies, "registered")
        tag.answered(b"".join(peer.replies))
        peer.send(tag.authenticate())
        peer.send(tag.sos(house.hands.utc))
        await until(lambda: house.gateway.book.open, "alarm")
        await house.quiet()
        house.tick()
        tag.answered(b"".join(peer.replies))
        assert tag.texts == [ALONE["zh"]]

    live(tmp_path, story)


def test_a_restart_does_not_call_the_second_path_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        said(house, 0)
        one = await house.press()
        house.receipt(one)
        house.tick()
        await until(lambda: house.called() == ["unattended"], "second path called")
        await house.killed()
        said(house, 0)
        await house.quiet()
        assert house.called() == ["unattended"]

    live(tmp_path, story)


@pytest.mark.parametrize(("test", "look"), [(False, Look.ALONE), (True, Look.FAST)])
def test_the_lamp_shows_it_for_what_is_no_test(*, test: bool, look: Look) -> None:
    one = alarm(Hands()())
    one.test = test
    assert look_of(one, alone=True) is look


def test_a_word_that_is_taken_back_is_as_if_none_had_come() -> None:
    there = Attendance()
    there.heard(Presence(0), 0.0)
    assert there.unattended(1.0)
    there.heard(None, 2.0)
    assert not there.unattended(100.0)
