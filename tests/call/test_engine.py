"""The engine whole: screens, devices, SOS, and the line under it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from edge.call import engine, reception
from sync.contract import call_screen
from sync.contract.call import Reason, State
from sync.contract.call_screen import Preview, Start
from sync.contract.call_signals import Accept, Alive, Ring
from sync.contract.call_signals import Start as StartSignal
from tests.call.house import SOON_S, BrokenCard, House, run
from tests.call.pair import until

NO_WISHES = (b"\n", b"{}\n", b"\xff\n", b'{"type":"start"}\n', b'{"type":"volume","db":1e999}\n')


# --- screens


def test_a_screen_reads_the_whole_of_it_with_its_first_line(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        first = await one.screen()
        await one.connect(first)
        second = await one.screen()
        seen = await second.until(lambda seen: seen.n > 0)
        assert (seen.state, seen.by) == (State.CONNECTED, "desk 3")
        assert seen.remote_frames
        assert seen.own_frames

    run(tmp_path, test)


def test_nobody_is_left_on_camera_when_the_only_screen_vanishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(one: House) -> None:
        monkeypatch.setattr(reception, "SCREEN_S", 1.0)
        screen = await one.screen()
        await one.connect(screen)
        screen.vanish()
        await asyncio.sleep(0.1)
        assert one.camera.opened == 1
        await until(lambda: one.camera.opened == 0, SOON_S, "the camera going out")
        await until(lambda: one.office.ended == {one.seen.call: Reason.IDLE}, SOON_S, "the good-bye")

    run(tmp_path, test)


def test_a_screen_that_comes_back_in_time_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        screen.vanish()
        await until(lambda: one.engine.reception.screens == 0, SOON_S, "the word that it left")
        again = await one.screen()
        await until(lambda: one.engine.reception.screens == 1, SOON_S, "the word that it came")
        monkeypatch.setattr(reception, "SCREEN_S", 0.0)
        began = (await again.until(lambda seen: seen.state is State.CONNECTED)).state_s
        await again.until(lambda seen: seen.state_s > began + 1)
        assert one.office.ended == {}

    run(tmp_path, test)


def test_wishes_that_are_none_are_counted_and_the_screen_stays(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        for n, line in enumerate(NO_WISHES, start=1):
            screen.writer.write(line)
            await until(lambda n=n: one.engine.screens.refused == n, SOON_S, "the refusal")
        await one.connect(screen)

    run(tmp_path, test)


def test_a_line_without_an_end_costs_that_screen_and_nothing_else(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        bad, good = await one.screen(), await one.screen()
        bad.writer.write(b"x" * 200_000)
        await until(lambda: one.engine.screens.refused == 1, SOON_S, "the refusal")
        await one.connect(good)

    run(tmp_path, test)


def test_ten_fingers_make_one_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        for _ in range(200):
            screen.wish(Start(department="civil"))
        await one.connect(screen)
        assert len(one.office.signals(StartSignal)) == 1

    run(tmp_path, test)


def test_the_service_menu_sees_the_camera_without_a_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        screen.wish(Preview(on=True))
        await screen.until(lambda seen: seen.camera and bool(seen.own_frames))
        screen.wish(Preview(on=False))
        await screen.until(lambda seen: not seen.camera)
        assert one.camera.opened == 0
        assert one.office.heard == []

    run(tmp_path, test)


# --- devices


def test_sound_alone_by_choice_opens_no_camera_and_the_picture_can_be_switched_on(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        screen.wish(Start(department="civil", video=False))
        await screen.until(lambda seen: seen.state is State.CONNECTED)
        assert one.camera.opened == 0
        screen.wish(call_screen.Camera(on=True))
        await until(lambda: bool(one.page.ears.pictures), SOON_S, "the kiosk's picture at the office")
        screen.wish(call_screen.Camera(on=False))
        await until(lambda: one.camera.opened == 0, SOON_S, "the camera going out")

    run(tmp_path, test)


def test_a_microphone_that_is_off_sends_silence_and_the_line_stays_open(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        screen.wish(call_screen.Microphone(on=False))
        await screen.until(lambda seen: not seen.microphone)
        sounds = one.page.ears.sounds
        before = len(sounds)
        # Opus needs next to nothing for silence; what was under way still comes
        silent = lambda: len(sounds) > before + 50 and max(len(payload) for _, _, payload in sounds[-50:]) < 30  # noqa: E731
        await until(silent, SOON_S, "silence, packet by packet")

    run(tmp_path, test)


def test_a_card_that_is_broken_is_said_and_the_call_goes_on_with_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(one: House) -> None:
        monkeypatch.setattr(engine, "DEVICE_S", 0.5)
        screen = await one.screen()
        await one.connect(screen)
        seen = await screen.until(lambda seen: seen.trouble == "microphone")
        assert not seen.microphone
        await until(lambda: one.seen.state_s > 1, SOON_S, "the time in which it would have ended")
        assert one.state is State.CONNECTED

    run(tmp_path, test, microphone=BrokenCard())


def test_without_camera_and_microphone_there_is_no_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.camera.pulled = True
        screen = await one.screen()
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.reason is Reason.DEVICE)

    run(tmp_path, test, microphone=BrokenCard())


# --- SOS


def test_a_pressed_button_opens_the_voice_with_the_screen_dead(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        await until(lambda: one.engine._sos_devices == {"kiosk-sos"}, SOON_S, "the box's settings")
        one.office.alarm("0190", "another-button")
        one.office.alarm("0191", "kiosk-sos")
        await until(lambda: one.state is State.CONNECTED, SOON_S, "the voice")
        (start,) = one.office.signals(StartSignal)
        assert (start.department, start.alarm, start.video) == ("general", "0191", False)
        assert one.camera.opened == 0
        await until(lambda: len(one.page.ears.sounds) > 50, SOON_S, "the kiosk's voice")

    run(tmp_path, test)


def test_the_office_reaches_who_pressed_without_a_tap(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.office.grants = False
        one.office.say("r" * 20, Ring(n=0, department="general", by="1", alarm="0191"))
        await until(lambda: bool(one.office.signals(Accept)), SOON_S, "the call being taken")
        await until(lambda: "r" * 20 in one.office.offers, SOON_S, "the offer")
        one.office.grant("r" * 20)
        await until(lambda: one.state is State.CONNECTED, SOON_S, "the voice")
        assert one.camera.opened == 0

    run(tmp_path, test)


# --- the line


def test_without_a_line_a_call_is_refused_at_once(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        one.office.line(up=False)
        screen = await one.screen()
        await until(lambda: not one.engine.reception._online, SOON_S, "the word of the line")
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.reason is Reason.OFFLINE)

    run(tmp_path, test)


def test_a_line_that_breaks_in_a_call_leaves_the_media_alone(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        one.office.line(up=False)
        before_s = one.seen.state_s
        await screen.until(lambda seen: seen.state_s > before_s + 3.5)
        assert one.state is State.CONNECTED
        one.office.line(up=True)
        before = len(one.office.signals(Alive))
        await until(lambda: len(one.office.signals(Alive)) > before, SOON_S, "a word of life")

    run(tmp_path, test)


def test_media_that_died_come_back_in_the_same_call(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call = one.seen.call
        await one.page.fall_silent()
        await screen.until(lambda seen: seen.good is call_screen.Good.AWAY)
        seen = await screen.until(lambda seen: seen.state is State.CONNECTED and seen.good is call_screen.Good.GOOD)
        assert seen.call == call

    run(tmp_path, test)


def test_a_page_that_closes_its_end_is_dialled_anew_before_anybody_wonders(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call = one.seen.call
        await one.page.close()
        await until(lambda: one.office.offers[call].leg == 2, SOON_S, "the next offer")
        await screen.until(lambda seen: seen.state is State.CONNECTED and seen.state_s > 0.5)

    run(tmp_path, test)


def test_another_address_is_noticed_and_dialled_from(tmp_path: Path) -> None:
    async def test(one: House) -> None:
        screen = await one.screen()
        await one.connect(screen)
        call, leg = one.seen.call, one.office.offers[one.seen.call].leg
        one.engine._addresses = lambda: frozenset({"198.51.100.7"})
        await one.page.close()
        await until(lambda: one.office.offers[call].leg > leg, SOON_S, "the next offer")
        await screen.until(lambda seen: seen.state is State.CONNECTED and seen.good is call_screen.Good.GOOD)

    run(tmp_path, test)
