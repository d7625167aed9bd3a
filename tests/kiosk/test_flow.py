"""Where controls lead, and when nobody is there any more. No display."""

from __future__ import annotations

import pytest

from kiosk_ui.flow import (
    COUNTDOWN_S,
    EVERYWHERE,
    HOME,
    IDLE_S,
    IN_SERVICE,
    LEADS,
    SERVICE_IDLE_S,
    TAP_GAP_S,
    Flow,
    Go,
    Place,
    Screen,
)


class Person:
    """Presses with time between."""

    def __init__(self, flow: Flow) -> None:
        self.flow, self.at = flow, 100.0

    def press(self, control: str, argument: str = "", after_s: float = 1.0) -> bool:
        self.at += after_s
        return self.flow.press(control, argument, self.at)

    def wait(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end:
            self.at = min(end, self.at + 0.25)
            self.flow.tick(self.at)


@pytest.fixture
def person() -> Person:
    return Person(Flow())


def test_every_screen_has_its_row_and_every_lead_a_screen() -> None:
    assert set(LEADS) == set(Screen)
    for leads in (*LEADS.values(), EVERYWHERE):
        assert all(lead.screen in LEADS for lead in leads.values() if isinstance(lead, Go))


def test_a_tile_leads_on_back_leads_back_and_home_leads_home(person: Person) -> None:
    person.press("departments")
    assert person.flow.place == Place(Screen.DEPARTMENTS)
    person.press("looks")
    person.press("back")
    assert person.flow.place == Place(Screen.DEPARTMENTS)
    person.press("home")
    assert person.flow.place == HOME


def test_a_control_of_another_screen_does_nothing(person: Person) -> None:
    assert not person.press("department", "civil")
    assert not person.press("enter")
    assert not person.press("no such thing")
    assert person.flow.place == HOME


def test_the_second_of_two_quick_taps_is_the_same_tap(person: Person) -> None:
    assert person.press("later", "guides")
    assert not person.press("home", after_s=TAP_GAP_S * 0.9)
    assert person.flow.place == Place(Screen.LATER, "guides")
    assert person.press("home", after_s=TAP_GAP_S)


def test_keys_of_a_pad_may_be_hit_quickly(person: Person) -> None:
    person.flow.show(Place(Screen.CODE))
    person.press("digit", "1")
    for digit in "23456":
        assert person.press("digit", digit, after_s=0.12)
    assert person.flow.session.typed == "123456"


@pytest.mark.parametrize("forged", ["12", "x", "", "１", "-1"])
def test_only_one_digit_is_a_digit(person: Person, forged: str) -> None:
    person.flow.show(Place(Screen.CODE))
    person.press("digit", forged)
    assert person.flow.session.typed == ""


def test_whoever_walks_in_circles_grows_nothing(person: Person) -> None:
    for _ in range(200):
        person.press("looks")
        person.press("back")
        person.press("departments")
        person.press("home")
    assert person.flow.at_home


def test_home_alone_waits_for_ever(person: Person) -> None:
    person.wait(3600)
    assert person.flow.countdown(person.at) is None
    assert person.flow.visit == 0


def test_after_a_minute_one_is_asked_and_after_twenty_seconds_more_it_is_home(person: Person) -> None:
    person.press("departments")
    person.wait(IDLE_S - 1)
    assert person.flow.countdown(person.at) is None
    person.wait(1)
    assert person.flow.countdown(person.at) == COUNTDOWN_S
    person.wait(COUNTDOWN_S)
    assert person.flow.at_home
    assert person.flow.countdown(person.at) is None


def test_a_touch_anywhere_keeps_the_session(person: Person) -> None:
    person.press("departments")
    person.wait(IDLE_S + 10)
    person.flow.touched(person.at)
    assert person.flow.countdown(person.at) is None
    person.wait(IDLE_S - 1)
    assert person.flow.place == Place(Screen.DEPARTMENTS)


def test_at_the_end_of_a_session_everything_of_it_is_gone(person: Person) -> None:
    ended: list[bool] = []
    person.flow.on_end.append(lambda: ended.append(True))
    before = person.flow.session
    for control in ("large", "contrast", "low", "language"):
        person.press(control)
    person.flow.session.attached = "guide-1"
    person.wait(IDLE_S + COUNTDOWN_S)
    assert ended == [True]
    assert person.flow.session is not before
    assert person.flow.session == Flow().session


def test_while_something_goes_on_the_clock_of_a_session_stands_still(person: Person) -> None:
    person.press("departments")
    person.flow.holds.add("call")
    person.wait(1000)
    assert person.flow.place == Place(Screen.DEPARTMENTS)
    person.flow.holds.discard("call")
    person.wait(IDLE_S - 1)
    assert person.flow.countdown(person.at) is None


@pytest.mark.parametrize("screen", sorted(IN_SERVICE))
def test_the_service_menu_leaves_by_itself_without_a_question(person: Person, screen: Screen) -> None:
    person.flow.touched(person.at)
    person.flow.show(Place(screen))
    person.wait(SERVICE_IDLE_S - 1)
    assert person.flow.countdown(person.at) is None
    assert person.flow.place.screen is screen
    person.wait(1)
    assert person.flow.at_home


def test_only_home_has_the_hidden_door(person: Person) -> None:
    assert person.press("service")
    assert person.flow.place.screen is Screen.CODE
    person.press("home")
    person.press("departments")
    assert not person.press("service")


@pytest.mark.parametrize("forged", ["-1", "x", "", "9" * 5000])
def test_a_page_that_cannot_be_is_not_turned_to(person: Person, forged: str) -> None:
    person.press("departments")
    person.press("turn", forged)
    assert 0 <= person.flow.session.page < 10**6


def test_the_language_of_the_next_person_is_the_box_s(person: Person) -> None:
    person.press("language")
    person.flow.speak("zh")
    assert person.flow.session.language == "en"
    person.flow.end()
    assert person.flow.session.language == "zh"


def test_i_am_done_forgets_the_person_at_once(person: Person) -> None:
    before = person.flow.session
    person.press("contrast")
    person.press("departments")
    person.press("end")
    assert person.flow.at_home
    assert person.flow.session is not before
    assert person.flow.session == Flow().session
