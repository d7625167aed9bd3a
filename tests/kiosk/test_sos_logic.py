"""The emergency without a display: no press by mistake, no press lost, and nothing said that is not so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk_ui.call import ENGINE_S
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S, Screen
from kiosk_ui.local import Failed
from kiosk_ui.sos import HOLD_S, KEEP_S, SLOW_S, AlarmNow, Stage
from kiosk_ui.sos_deeds import AGAIN_S, VOICE_S, SosDeeds
from sync.contract.call import Reason, State
from sync.contract.call_screen import Start
from sync.contract.envelope import encode
from sync.unix_http import Answer
from tests.kiosk.test_call_logic import Standing

ALARM = "0198a000-0000-7000-8000-000000000001"
WHEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Pressing(Standing):
    def __init__(self, language: str = "zh") -> None:
        super().__init__(language)
        self.sos = SosDeeds(self.kiosk, self.deeds, lambda *asked: self.asked.append(asked))

    def finger(self, *, down: bool) -> None:
        self.kiosk.press("sos-down" if down else "sos-up", "", self.at)

    def hold(self, seconds: float = HOLD_S + 0.2) -> None:
        self.finger(down=True)
        self.later(seconds)
        self.finger(down=False)

    def kept(self, **more: Any) -> None:
        self.kiosk.heard("sos-pressed", Answer(201, encode(alarm(**more))), self.at)

    def news(self, **more: Any) -> None:
        self.at += 0.1
        self.kiosk.heard("alarm", alarm(**more), self.at)

    @property
    def stage(self) -> str:
        return str(self.view.texts["stage"])

    @property
    def presses(self) -> list[tuple[Any, ...]]:
        return [asked for asked in self.asked if asked[0] == "sos-pressed"]


def alarm(**more: Any) -> AlarmNow:
    return AlarmNow(**{"id": ALARM, "device": "kiosk", "stage": "raised"} | more)


def test_a_tap_raises_nothing_and_says_how() -> None:
    one = Pressing()
    one.hold(0.3)
    assert (one.place, one.stage) == (Screen.SOS, "short")
    assert one.asked == []


def test_letting_go_a_moment_too_soon_takes_it_back() -> None:
    one = Pressing()
    one.hold(HOLD_S - 0.1)
    assert one.asked == []
    one.later(2.0)
    assert one.asked == []


def test_a_hold_counts_down_and_raises_one_alarm_at_the_gateway() -> None:
    one = Pressing()
    one.finger(down=True)
    one.later(0.4)
    assert one.sos.sos.left(one.at) == 2
    one.later(0.6)
    assert one.sos.sos.left(one.at) == 1
    one.later(0.7)
    assert (one.place, one.stage) == (Screen.SOS, "sending")
    one.later(5.0)
    one.finger(down=False)
    ((_, method, target, message, key),) = one.presses
    assert (method, target, message) == ("POST", "alarms", {"cause": "sos", "from": "screen"})
    assert key


def test_a_gateway_that_does_not_take_it_is_asked_until_it_does_with_one_key() -> None:
    one = Pressing()
    one.hold()
    one.kiosk.heard("sos-pressed", Failed("no gateway"), one.at)
    assert one.stage == "unkept"
    assert one.view.texts["number"] == "12345"
    one.later(AGAIN_S + 0.2)
    one.kiosk.heard("sos-pressed", Answer(503, b"{}"), one.at)
    one.later(AGAIN_S + 0.2)
    assert len({asked[4] for asked in one.presses}) == 1
    assert len(one.presses) == 3
    one.kept()
    assert one.stage == "raised"


def test_it_opens_the_voice_for_this_alarm_by_sound_only() -> None:
    one = Pressing()
    one.hold()
    assert one.said(Start) == []
    one.kept()
    assert one.said(Start) == [Start(department="duty", video=False, alarm=ALARM)]
    one.later(10.0)
    one.news(stage="received")
    assert len(one.said(Start)) == 1
    assert one.place == Screen.SOS


def test_who_is_in_a_call_stays_on_the_screen_of_the_emergency() -> None:
    one = Pressing()
    one.hold()
    one.kept()
    one.see(call="k3q8d2m1x7b9c4t6", state=State.CONNECTED, department="duty", alarm=ALARM)
    one.later(1.0)
    assert (one.place, one.view.texts["voice"]) == (Screen.SOS, "值班台听得见您，请说话")
    one.see(call="k3q8d2m1x7b9c4t6", state=State.ENDED, reason=Reason.LOST, department="duty", alarm=ALARM)
    assert one.view.texts["voice_again"]
    one.tap("sos-voice")
    assert len(one.said(Start)) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_stage_is_said_only_when_the_gateway_says_it(language: str) -> None:
    one = Pressing(language)
    one.hold()
    seen = [one.stage]
    one.kept()
    for more in (
        {},
        {"stage": "at_broker"},
        {"stage": "received"},
        {"stage": "acknowledged", "acknowledged_by": "duty"},
        {"stage": "acknowledged", "acknowledged_by": "duty", "on_the_way_at": WHEN, "text": "五分钟到"},
        {"stage": "closed", "acknowledged_by": "duty"},
    ):
        one.news(**more)
        assert one.view.title.strip()
        seen.append(one.stage)
    assert seen == ["sending", "raised", "raised", "at-office", "taken", "coming", "closed"]


def test_without_a_line_it_says_what_is_left() -> None:
    one = Pressing()
    one.hold()
    one.kept()
    one.see(call="k3q8d2m1x7b9c4t6", state=State.ENDED, reason=Reason.OFFLINE, department="duty", alarm=ALARM)
    one.later(SLOW_S + 1)
    assert (one.stage, one.view.texts["number"]) == ("held-up", "12345")
    one.news(escalated_at=WHEN)
    assert "鸣响" in str(one.view.texts["detail"])
    one.news(escalated_at=WHEN, second_path_at=WHEN)
    assert "第二条路" in str(one.view.texts["detail"])


def test_i_am_fine_is_told_and_the_alarm_stays_on_the_screen() -> None:
    one = Pressing()
    one.hold()
    one.kept()
    assert one.view.texts["fine"]
    one.tap("sos-fine")
    assert one.asked[-1][:3] == ("sos-fine", "POST", f"alarms/{ALARM}/fine")
    one.kiosk.heard("sos-fine", Failed("no gateway"), one.at)
    assert one.view.texts["fine_said"] == "没有送到，请再按一次"
    one.kiosk.heard("sos-fine", Answer(200, encode(alarm(fine_at=WHEN))), one.at)
    assert not one.view.texts["fine"]
    assert "值班台知道您没事了" in str(one.view.texts["fine_said"])
    assert one.stage == "raised"


def test_another_hold_is_another_press() -> None:
    one = Pressing()
    one.hold()
    one.kept()
    one.later(2.0)
    one.hold()
    one.kept(count=2)
    assert len({asked[4] for asked in one.presses}) == 2
    assert one.view.texts["presses"] == "已按 2 次"
    assert len(one.said(Start)) == 1, "the voice is there already"


def test_the_wired_button_brings_the_screen_and_a_voice_if_the_engine_opened_none() -> None:
    one = Pressing()
    one.news()
    assert (one.place, one.stage) == (Screen.SOS, "raised")
    assert one.said(Start) == []
    one.later(VOICE_S + 0.5)
    assert one.said(Start)[0].alarm == ALARM

    other = Pressing()
    other.see(call="k3q8d2m1x7b9c4t6", state=State.CALLING, department="duty", alarm=ALARM)
    other.news()
    other.later(VOICE_S + 0.5)
    assert other.said(Start) == [], "the engine did it itself"


def test_a_test_calls_nobody() -> None:
    one = Pressing()
    one.hold()
    one.kept(test=True)
    one.later(5.0)
    assert one.said(Start) == []
    assert one.view.texts["test"] == "这是测试"


def test_an_emergency_takes_the_kiosk_from_a_call() -> None:
    one = Pressing()
    one.talk()
    one.hold()
    one.kept()
    assert one.said(Start)[-1].alarm == ALARM
    one.see(call="z3q8d2m1x7b9c4t6", state=State.RINGING, department="duty", alarm=ALARM)
    one.later(1.0)
    assert (one.place, one.stage) == (Screen.SOS, "raised")


def test_the_end_of_an_old_emergency_says_nothing_to_the_next_person() -> None:
    one = Pressing()
    one.news(stage="closed")
    assert one.place == Screen.HOME
    one.hold()
    one.kept()
    one.news(stage="closed")
    assert one.stage == "closed"
    one.later(ENGINE_S + IDLE_S + COUNTDOWN_S + 1)
    assert one.place == Screen.HOME
    assert one.sos.sos.stage(one.at) is Stage.READY


def test_an_open_emergency_keeps_its_screen_but_not_for_ever() -> None:
    one = Pressing()
    one.hold()
    one.kept()
    one.see(call="k3q8d2m1x7b9c4t6", state=State.ENDED, reason=Reason.OFFICE, department="duty", alarm=ALARM)
    one.later(KEEP_S - 10)
    assert one.place == Screen.SOS
    one.later(IDLE_S + COUNTDOWN_S + 20)
    assert one.place == Screen.HOME
    one.news(stage="received")
    assert one.place == Screen.HOME, "it was seen"
    one.hold(0.2)
    assert one.stage == "at-office", "who comes back finds it as it stands"
