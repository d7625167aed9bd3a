"""A session: it can always be ended, it is asked about before it ends by itself, and nothing of it stays."""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import ModuleType

import pytest

from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import IN_SERVICE, Place, Screen
from kiosk_ui.theme import Glass
from tests.kiosk.fake_gateway import FakeGateway
from tests.kiosk.hand import Hand
from tests.kiosk.services_stage import Visit
from tests.kiosk.test_services_neighbours import CONTENT, PHONE

SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)


def joined(made: Visit) -> Visit:
    made.heard("services", CONTENT)
    for control, argument in (("neighbours", ""), ("activities", ""), ("activity", "chess"), ("join", "chess")):
        assert made.press(control, argument)
    made.press("join-people", "2")
    made.type(PHONE)
    return made


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
def test_whoever_has_begun_can_end_it_from_every_screen(hands: Callable[[Kiosk], Hand], glass: Glass) -> None:
    hand = hands(Kiosk(glass))
    assert not hand.find("end").isEnabled()
    for control in ("departments", "home", "guides"):
        hand.tap(control)
        end = hand.find("end")
        assert end.isEnabled()
        assert min(end.width(), end.height()) >= 23 * glass.px_per_mm
    hand.tap("end")
    assert hand.place == "home"
    assert not hand.kiosk.flow.begun


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
def test_the_question_is_seen_and_its_answer_is_a_third_of_the_screen(
    hands: Callable[[Kiosk], Hand], glass: Glass
) -> None:
    hand = hands(Kiosk(glass))
    hand.tap("departments")
    hand.later(IDLE_S + 1)
    assert hand.find("still-here").height() >= hand.window.height() / 3
    assert "还在使用" in hand.texts()
    assert "结束使用" in hand.texts()


def test_the_question_counts_down_in_words() -> None:
    made = Visit()
    made.press("departments")
    made.wait(IDLE_S)
    assert made.shown().countdown == COUNTDOWN_S
    assert "20" in made.shown().countdown_said
    made.wait(5)
    assert made.shown().countdown == COUNTDOWN_S - 5


@pytest.mark.parametrize("hold", ["reading", "printing", "call", "recording"])
def test_reading_printing_and_calls_are_use(hold: str) -> None:
    made = Visit()
    made.press("departments")
    flow = made.kiosk.flow
    for _ in range(20):
        flow.holds.add(hold)
        flow.tick(made.at + 1000)
    assert flow.countdown(made.at + 1000) is None
    assert not flow.at_home


def test_at_the_end_everything_personal_is_let_go_of_and_the_counts_stay() -> None:
    made = joined(Visit())
    made.press("enter")
    assert PHONE in everything(made.kiosk)
    made.press("home")
    opened = dict(made.parts.care.opened)
    made.press("end")
    made.shown()
    assert PHONE not in everything(made.kiosk)
    assert made.parts.care.opened == opened
    assert opened["activity"] == 1


def everything(root: object) -> str:
    """All texts of ours that can be reached from there."""
    seen: set[int] = set()
    waiting, texts = [root], []
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FakeGateway):
            continue
        seen.add(id(one))
        if isinstance(one, str):
            texts.append(one)
        else:
            waiting += [part for part in gc.get_referents(one) if not _shared(part)]
    return "\n".join(texts)


def _shared(part: object) -> bool:
    """The globals of a module are everybody's."""
    return isinstance(part, dict) and "__builtins__" in part


def test_an_answer_that_comes_after_the_end_is_nobodys() -> None:
    made = joined(Visit())
    made.at += 1
    made.kiosk.press("enter", "", made.at)
    late, made.gateway.waiting = made.gateway.waiting, []
    made.press("end")
    made.gateway.waiting = late
    made.gateway.settle(made.at)
    assert made.place == "home"
    assert not made.kiosk.flow.begun
    assert len(made.gateway.forms("signup")) == 1


def test_the_next_person_finds_no_look_no_page_and_no_digits_of_the_last() -> None:
    made = joined(Visit())
    made.press("contrast")
    made.press("language")
    made.press("end")
    fresh = Visit()
    assert made.kiosk.flow.session == fresh.kiosk.flow.session


@pytest.mark.parametrize("screen", sorted(set(Screen) - IN_SERVICE - {Screen.HOME, Screen.NIGHT, Screen.EMERGENCY}))
def test_every_screen_but_the_installers_asks_before_it_ends(screen: Screen) -> None:
    kiosk = Kiosk()
    kiosk.flow.touched(100.0)
    kiosk.flow.show(Place(screen))
    kiosk.tick(100.0 + IDLE_S + 1)
    assert kiosk.flow.countdown(100.0 + IDLE_S + 1) is not None
    kiosk.tick(100.0 + IDLE_S + COUNTDOWN_S)
    assert kiosk.flow.at_home


def test_qml_holds_no_words_of_the_last_person(hand: Hand) -> None:
    made = Visit(hand.kiosk)
    made.at = hand.at
    joined(made)
    hand.at = made.at
    hand.later(0.1)
    assert PHONE in hand.texts()
    hand.tap("end")
    hand.later(1)
    everywhere = [str(item.property(name)) for item in hand.items() for name in ("text", "texts", "title")]
    assert not any(PHONE in text for text in everywhere)
