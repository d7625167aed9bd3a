"""The emergency notice: over everything but a call and an SOS, told once it is drawn, gone when it is withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kiosk_ui.emergency import NEWS, SHOWN, EmergencyDeeds
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S, Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from sync.contract.messages import Notice
from sync.unix_http import Answer
from tests.kiosk.hand import Hand

NOW = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)
RAIN = Notice(id="rain", title="暴雨预警", text="请不要出门", expires_at=NOW + timedelta(hours=2))
FIRE = Notice(id="fire", title="火情", text="请离开中路社区三号楼")


class Bench:
    """A kiosk with the notice's deeds; what it asks and says is noted."""

    def __init__(self, hands: Callable[[Kiosk], Hand]) -> None:
        self.kiosk = Kiosk()
        self.now = NOW
        self.busy = False
        self.asked: list[str] = []
        self.said: list[str | None] = []
        self.deeds = EmergencyDeeds(self.kiosk, self.ask, lambda: self.busy, lambda: self.now)
        self.deeds.speak = self.said.append
        self.hand = hands(self.kiosk)
        self.hand.screen.frames.told = self.deeds.drawn

    def ask(self, name: str, method: str, target: str, _message: object, _key: str) -> None:
        assert name == SHOWN
        self.asked.append(f"{method} {target}")

    def hear(self, *notices: Notice) -> Hand:
        self.kiosk.heard(NEWS, notices, self.hand.at)
        self.hand.screen.bridge.refresh()
        self.hand.settle()
        return self.hand

    @property
    def place(self) -> str:
        return self.hand.place


@pytest.fixture
def bench(hands: Callable[[Kiosk], Hand]) -> Bench:
    return Bench(hands)


def test_it_is_shown_spoken_and_told_only_once_it_is_drawn(bench: Bench) -> None:
    bench.kiosk.heard(NEWS, (RAIN,), bench.hand.at)
    assert bench.place == "emergency"
    assert bench.asked == []
    hand = bench.hear(RAIN)
    assert {"暴雨预警", "请不要出门"} <= set(hand.texts())
    assert bench.said == ["暴雨预警。请不要出门"]
    hand.until(lambda: bench.asked == ["POST notices/rain/shown"], "told")
    bench.kiosk.heard(SHOWN, Answer(200, b'{"news": true}'), hand.at)
    for _ in range(5):
        hand.later(3)
    assert len(bench.asked) == 1


def test_a_gateway_that_does_not_answer_is_told_again(bench: Bench) -> None:
    hand = bench.hear(RAIN)
    hand.until(lambda: bench.asked, "told")
    bench.kiosk.heard(SHOWN, Failed("away"), hand.at)
    hand.later(3)
    assert len(bench.asked) == 2


def test_withdrawn_it_is_gone_at_once_and_what_was_under_it_is_back(bench: Bench) -> None:
    bench.hand.tap("guides")
    bench.hear(RAIN)
    assert bench.place == "emergency"
    bench.hear()
    assert bench.place == "guides"
    assert bench.said[-1] is None


def test_it_ends_by_itself_when_its_time_is_over(bench: Bench) -> None:
    hand = bench.hear(RAIN)
    bench.now += timedelta(hours=2)
    hand.later(0.3)
    assert bench.place == "home"


def test_of_several_the_newest_comes_first_and_the_other_when_it_is_read(bench: Bench) -> None:
    hand = bench.hear(FIRE, RAIN)
    assert "火情" in hand.texts()
    hand.tap("emergency-read")
    assert "暴雨预警" in hand.texts()
    hand.tap("emergency-read")
    assert bench.place == "home"


def test_a_newer_one_replaces_the_one_in_front(bench: Bench) -> None:
    bench.hear(RAIN)
    hand = bench.hear(FIRE, RAIN)
    assert "火情" in hand.texts()


@pytest.mark.parametrize("control", ["back", "home", "emergency-read"])
def test_who_has_read_it_goes_on_and_the_next_person_meets_it_again(bench: Bench, control: str) -> None:
    bench.hand.tap("guides")
    hand = bench.hear(RAIN)
    hand.tap(control)
    assert bench.place == "guides"
    hand.later(1)
    assert bench.place == "guides"
    hand.later(IDLE_S + COUNTDOWN_S)
    hand.later(0.3)
    assert bench.place == "emergency"


def test_it_never_covers_a_call_or_an_sos_and_comes_after_it(bench: Bench) -> None:
    bench.busy = True
    hand = bench.hear(RAIN)
    assert bench.place == "home"
    bench.kiosk.flow.at = hand.at
    bench.kiosk.flow.show(Place(Screen.SOS))
    bench.busy = False
    hand.later(0.3)
    assert bench.place == "sos"
    assert bench.asked == []
    hand.tap("home")
    hand.later(0.3)
    assert bench.place == "emergency"


def test_from_it_a_person_is_still_one_tap_away(bench: Bench) -> None:
    hand = bench.hear(RAIN)
    bench.busy = True  # as it is from the tap on that begins a call
    hand.tap("help")
    hand.later(1)
    assert bench.place == "call"


def test_nobody_is_asked_whether_they_are_there_while_nobody_is(bench: Bench) -> None:
    hand = bench.hear(RAIN)
    for _ in range(10):
        hand.later(30)
    assert bench.place == "emergency"
    assert not hand.shows("still-here")


def test_a_text_longer_than_the_glass_is_read_page_by_page(bench: Bench) -> None:
    long = Notice(id="long", title="通知", text="请大家注意安全。" * 120)
    hand = bench.hear(long)
    hand.tap("turn", "1")
    assert bench.place == "emergency"
    assert bench.kiosk.flow.session.page == 1


def test_news_of_another_kind_changes_nothing(bench: Bench) -> None:
    bench.hear(RAIN)
    for news in (None, "x", 3, Failed("away")):
        bench.kiosk.heard(NEWS, news, bench.hand.at)
    assert bench.place == "emergency"
