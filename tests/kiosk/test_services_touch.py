"""Forms by real touches: keys that fingers hit, everything within reach, and nothing said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem

from kiosk_ui.flow import TAP_GAP_S
from kiosk_ui.keys_lexicon import NEWS as LEXICON
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.theme import GAP_MM, KEY_MM, Glass
from tests.kiosk.fake_gateway import done
from tests.kiosk.hand import Hand
from tests.kiosk.pictures_residents import CASE, NUMBER
from tests.kiosk.services_stage import NOW, TIMES, Visit
from tests.kiosk.tables import lexicon

TALL, SHORT = Glass(), Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)
Lay = Callable[[Kiosk], Hand]


class Touched:
    """A hand on a furnished kiosk; after every touch the gateway answers."""

    def __init__(self, hands: Lay, glass: Glass = TALL, *, online: bool = True) -> None:
        self.visit = Visit(Kiosk(glass), online=online)
        self.hand = hands(self.visit.kiosk)
        self.hand.screen.bridge.wall = lambda: NOW
        self.show()

    def show(self) -> None:
        self.hand.screen.bridge.refresh()
        self.hand.settle()

    def tap(self, control: str, argument: str = "") -> None:
        self.hand.tap(control, argument)
        self.answer()

    def answer(self) -> None:
        self.visit.at = self.hand.at
        self.visit.gateway.settle(self.hand.at)
        self.show()

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds * 4)):
            self.hand.later(0.25)
            self.answer()

    def type(self, digits: str) -> None:
        for digit in digits:
            self.tap("digit", digit)


def rect(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def inside(hand: Hand) -> Iterator[tuple[str, QRectF]]:
    """Every control with its place. A grid's children have theirs only when a picture is drawn."""
    hand.drawn()
    for item in hand.controls():
        yield f"{item.property('control')} {item.property('argument')}", rect(item)


def no_touching(hand: Hand) -> None:
    """Every control is whole on the glass, as large as a key, and apart from the others."""
    mm = hand.kiosk.glass.px_per_mm
    found = list(inside(hand))
    for name, area in found:
        assert min(area.width(), area.height()) >= KEY_MM * mm - 1, (name, area)
        assert area.left() >= 0, name
        assert area.right() <= hand.window.width() + 0.5, name
        assert area.top() >= 0, (name, area)
        assert area.bottom() <= hand.window.height() + 0.5, name
    gap = GAP_MM * mm - 1.5
    for n, (name, area) in enumerate(found):
        grown = area.adjusted(-gap, -gap, gap, gap)
        for other, where in found[n + 1 :]:
            assert not grown.intersects(where), f"{name} and {other} are closer than {GAP_MM} mm"


def writes(hands: Lay, glass: Glass) -> Touched:
    made = Touched(hands, glass)
    made.visit.heard(LEXICON, lexicon())
    for control, argument in (("report", ""), ("report-kind", "lamp")):
        made.tap(control, argument)
    made.type("7")
    made.tap("enter")
    made.tap("report-words")
    return made


@pytest.mark.parametrize("glass", [TALL, SHORT], ids=["tall", "short"])
@pytest.mark.parametrize("method", ["phrases", "pinyin", "strokes", "digits", "letters"])
def test_every_key_is_as_large_as_a_finger_and_apart_from_the_next(hands: Lay, glass: Glass, method: str) -> None:
    made = writes(hands, glass)
    made.tap("keys-method", method)
    if method in ("pinyin", "strokes"):
        for key in "shi" if method == "pinyin" else "121":
            made.tap("key", key)
        assert len([item for item in made.hand.controls() if item.property("control") == "keys-choose"]) == 8
    no_touching(made.hand)
    for look in ("large", "contrast"):
        made.visit.kiosk.flow.deeds[look]("", 0.0)
    made.show()
    no_touching(made.hand)


@pytest.mark.parametrize("method", ["phrases", "pinyin", "strokes", "digits", "letters"])
def test_in_the_low_position_all_keys_are_in_the_lower_half(hands: Lay, method: str) -> None:
    made = writes(hands, TALL)
    made.tap("keys-method", method)
    if method == "pinyin":
        made.tap("key", "s")
    made.tap("low")
    assert min(area.top() for _, area in inside(made.hand)) >= made.hand.window.height() / 2
    no_touching(made.hand)


def test_a_word_written_with_a_finger_by_strokes_goes_up_with_the_report(hands: Lay) -> None:
    made = writes(hands, TALL)
    made.tap("keys-method", "strokes")
    for key in "4524 1345":
        made.tap("key", key)
    made.tap("keys-choose", str(made.visit.texts["candidates"].index("社区")))
    made.tap("keys-done")
    assert made.hand.place == "report-tell"
    assert "社区" in [text.replace("\u2060", "") for text in made.hand.texts()]
    made.tap("report-next")
    made.tap("report-no-phone")
    made.tap("report-send")
    (form,) = made.visit.gateway.forms("report")
    assert form["words"] == "社区"
    assert made.visit.texts["number"] in made.hand.texts()


def test_quick_fingers_on_keys_are_all_heard_and_a_bounce_is_one(hands: Lay) -> None:
    made = writes(hands, TALL)
    made.tap("keys-method", "letters")
    for _ in range(3):
        made.hand.at += 0.12
        made.hand.tap_at(made.hand.centre(made.hand.find("key", "a")))
    made.hand.at += 0.02
    made.hand.tap_at(made.hand.centre(made.hand.find("key", "a")))
    assert made.visit.texts["text"] == "aaa"


def test_two_fingers_on_two_keys_are_two_letters_at_most(hands: Lay) -> None:
    made = writes(hands, TALL)
    made.tap("keys-method", "letters")
    spots = [made.hand.centre(made.hand.find("key", key)) for key in "ap"]
    for finger, spot in enumerate(spots):
        made.hand.down(spot, finger)
    for finger, spot in enumerate(spots):
        made.hand.up(spot, finger)
    assert len(made.visit.texts["text"]) <= 2


def test_holding_the_button_records_and_letting_go_ends_it(hands: Lay) -> None:
    made = Touched(hands)
    made.tap("report")
    made.tap("report-kind", "lamp")
    made.type("7")
    made.tap("enter")
    made.tap("report-voice")
    hold = made.hand.find("voice-hold")
    made.hand.at += 1
    made.hand.down(made.hand.centre(hold))
    assert made.visit.recorder.recording
    made.hand.later(2)
    made.hand.up(made.hand.centre(hold))
    made.show()
    assert "录好了，2 秒。不满意就按住重新录" in made.hand.texts()
    made.tap("voice-play")
    assert made.visit.recorder.played == 1
    made.tap("report-taken")
    assert "录了 2 秒" in made.hand.texts()


def test_a_photo_is_shown_before_it_is_taken_along(hands: Lay) -> None:
    made = Touched(hands)
    made.tap("report")
    made.tap("report-kind", "lamp")
    made.type("7")
    made.tap("enter")
    made.tap("report-photo")
    made.tap("photo-snap")
    images = [item for item in made.hand.items() if item.inherits("QQuickImage")]
    shown = [item for item in images if str(item.property("source").toString()).startswith("data:")]
    made.hand.until(lambda: shown and shown[0].property("paintedWidth") > 0, "the photo")
    made.tap("report-taken")
    assert made.hand.place == "report-tell"


def test_a_double_tap_on_a_kind_does_not_press_what_comes_next(hands: Lay) -> None:
    made = Touched(hands)
    made.tap("report")
    spot = made.hand.centre(made.hand.find("report-kind", "blocked"))
    made.hand.at += 1
    made.hand.tap_at(spot)
    made.hand.at += TAP_GAP_S * 0.8
    made.hand.tap_at(spot)
    assert made.hand.place == "report-pole"
    assert made.visit.texts["typed"] == ""


def test_a_case_is_found_by_touches_and_rung_about_in_three_taps_after_its_number(hands: Lay) -> None:
    made = Touched(hands)
    made.visit.gateway.questions["my-case"] = lambda _: done(**CASE)
    made.tap("case")
    made.type(NUMBER)
    made.tap("enter")
    assert "城市管理科正在处理" in made.hand.texts()
    made.tap("case-call")
    made.wait(0.5)
    assert made.hand.place == "call"


def test_a_booking_by_touches_is_confirmed_and_its_slip_printed(hands: Lay) -> None:
    made = Touched(hands)
    made.visit.gateway.questions |= {
        "free-slots": lambda _: done(**dict.fromkeys(TIMES, 1)),
        "my-booking": lambda _: done(state="confirmed"),
    }
    for control, argument in (
        ("booking", ""),
        ("booking-calendar", "family-card"),
        ("booking-day", TIMES[0][:10]),
        ("booking-time", TIMES[0]),
    ):
        made.tap(control, argument)
    made.type("13800000042")
    made.tap("enter")
    made.wait(1)
    assert "约好了，请按时来" in made.hand.texts()
    made.tap("slip-print")
    assert len(made.visit.gateway.slips) == 1
    made.tap("done")
    assert made.hand.place == "home"


SCREENS: dict[str, list[tuple[str, str]]] = {
    "report": [("report", "")],
    "report-pole": [("report", ""), ("report-kind", "lamp"), ("digit", "7")],
    "report-near": [("report", ""), ("report-kind", "lamp"), ("report-near", "")],
    "report-tell": [("report", ""), ("report-kind", "lamp"), ("report-near", ""), ("report-no-place", "")],
    "report-voice": [
        ("report", ""),
        ("report-kind", "lamp"),
        ("report-near", ""),
        ("report-no-place", ""),
        ("report-voice", ""),
    ],
    "report-photo": [
        ("report", ""),
        ("report-kind", "lamp"),
        ("report-near", ""),
        ("report-no-place", ""),
        ("report-photo", ""),
    ],
    "report-phone": [
        ("report", ""),
        ("report-kind", "lamp"),
        ("report-near", ""),
        ("report-no-place", ""),
        ("report-next", ""),
    ],
    "report-check": [
        ("report", ""),
        ("report-kind", "lamp"),
        ("report-near", ""),
        ("report-no-place", ""),
        ("report-next", ""),
        ("report-no-phone", ""),
    ],
    "report-sent": [
        ("report", ""),
        ("report-kind", "lamp"),
        ("report-near", ""),
        ("report-no-place", ""),
        ("report-next", ""),
        ("report-no-phone", ""),
        ("report-send", ""),
    ],
    "case": [("case", ""), ("digit", "4")],
    "booking": [("booking", "")],
    "booking-day": [("booking", ""), ("booking-calendar", "family-card")],
    "booking-time": [("booking", ""), ("booking-calendar", "family-card"), ("booking-day", TIMES[0][:10])],
    "booking-phone": [
        ("booking", ""),
        ("booking-calendar", "family-card"),
        ("booking-day", TIMES[0][:10]),
        ("booking-time", TIMES[1]),
    ],
}


@pytest.mark.parametrize("glass", [TALL, SHORT], ids=["tall", "short"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_form_has_its_controls_whole_and_apart_in_every_look(hands: Lay, glass: Glass, screen: str) -> None:
    made = Touched(hands, glass)
    for control, argument in SCREENS[screen]:
        made.visit.press(control, argument)
    made.hand.at = made.visit.at
    for look in ("", "large", "language", "low"):
        if look:
            made.visit.kiosk.flow.deeds[look]("", made.hand.at)
        made.hand.later(0.1)
        made.answer()
        assert made.hand.place == screen
        no_touching(made.hand)
        if look == "low" and glass.tall:
            assert min(area.top() for _, area in inside(made.hand)) >= made.hand.window.height() / 2
