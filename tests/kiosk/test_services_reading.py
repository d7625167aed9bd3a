"""Content by touch: every screen within three taps, lists of any length, pages that lose no line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk_ui.content import Services
from kiosk_ui.flow import Place, Screen
from kiosk_ui.guides_deeds import GuideDeeds
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.slip import Printing
from kiosk_ui.theme import Glass, Look, theme
from kiosk_ui.wardens_deeds import WardenDeeds
from sync.contract.departments import Said
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.contract.slip import fits
from tests.kiosk.fake_gateway import FakeGateway
from tests.kiosk.hand import Hand
from tests.kiosk.services import example, version

SHORT = Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)
FRAME_S = 0.05

Hands = Callable[[Kiosk], Hand]


def lay(
    hands: Hands, services: Services | None = None, *, glass: Glass | None = None, look: Look | None = None
) -> Hand:
    kiosk = Kiosk(glass or Glass())
    kiosk.heard("settings", KioskBox(pole="YS-1007", hotlines=(Hotline(name=Said("热线"), number="12345"),)), 0.0)
    kiosk.heard("services", services or example(), 0.0)
    GuideDeeds(kiosk)
    WardenDeeds(kiosk)
    if look is not None:
        kiosk.flow.session.look = look
        kiosk.flow.touched(1000.0)
    return hands(kiosk)


def go(hand: Hand, screen: Screen, subject: str = "") -> Hand:
    hand.kiosk.flow.at = hand.at
    hand.kiosk.flow.touched(hand.at)
    hand.kiosk.flow.show(Place(screen, subject))
    hand.later(0.1)
    return hand


@pytest.mark.parametrize(
    ("taps", "place", "text"),
    [
        ([("guides", ""), ("guide-event", "ageing"), ("guide", "elder-card")], "guide", "带什么"),
        ([("notices", ""), ("notice", "")], "notice", "幸福路部分楼夜间停水"),
        (
            [("nearby", ""), ("merchants", "pharmacy"), ("merchant", "pharmacy-north")],
            "merchant",
            "诚信D级：失信，请小心",
        ),
        ([("nearby", ""), ("wardens", ""), ("warden", "area-1")], "warden", "演示网格员1号"),
        ([("nearby", ""), ("hotlines", "")], "hotlines", "12345"),
        ([("neighbours", ""), ("publicity", ""), ("public-case", "0")], "public-case", "更换灯头两只，夜间复查已亮"),
        ([("neighbours", ""), ("lessons", "")], "lessons", "手指操：跟着节拍做"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_everything_is_reached_within_three_taps(
    hands: Hands, taps: list[tuple[str, str]], place: str, text: str
) -> None:
    hand = lay(hands)
    assert len(taps) <= 3
    for tap in taps:
        hand.tap(*(tap if tap != ("notice", "") else ("notice", "water-off")))
    assert hand.place == place
    assert text in hand.texts()
    for _ in taps:
        hand.tap("back")
    assert hand.place == "home"


def test_asking_from_a_guide_calls_its_department_with_the_guide_in_hand(hands: Hands) -> None:
    hand = go(lay(hands), Screen.GUIDE, "elder-card")
    hand.tap("guide-ask")
    assert hand.kiosk.flow.place == Place(Screen.CALL, "civil")
    assert hand.kiosk.flow.session.attached == "elder-card"
    hand.kiosk.flow.home()
    hand.later(0.3)
    assert hand.kiosk.flow.session.attached == ""


def test_the_help_bar_beside_a_guide_brings_the_guide_too(hands: Hands) -> None:
    hand = go(lay(hands), Screen.GUIDE, "elder-card")
    hand.tap("help")
    assert hand.kiosk.flow.place == Place(Screen.CALL, "reception")
    assert hand.kiosk.flow.session.attached == "elder-card"


def test_a_guide_is_taken_along_as_a_code_that_is_drawn_in_dark_and_light(hands: Hands) -> None:
    hand = go(lay(hands), Screen.GUIDE, "elder-card")
    hand.tap("guide-take")
    (code,) = [
        item
        for item in hand.items()
        if str(item.property("source").toString() if item.property("source") else "").startswith("image://qr/")
    ]
    middle = hand.centre(code)
    picture = hand.picture()
    row = {picture.pixelColor(x, middle.y()).name() for x in range(middle.x() - 150, middle.x() + 150)}
    assert row == {"#000000", "#ffffff"}


def test_a_guide_is_printed_where_there_is_a_printer_and_what_became_of_it_is_said(hands: Hands) -> None:
    hand = lay(hands)
    gateway = FakeGateway(hand.kiosk)
    GuideDeeds(hand.kiosk, Printing(hand.kiosk, gateway.ask))
    go(hand, Screen.GUIDE, "elder-card")
    hand.tap("slip-print")
    gateway.settle(hand.at)
    hand.later(0.3)
    (slip,) = gateway.slips
    assert slip.lines[0].text == "老年人优待卡"
    assert fits(slip)
    assert hand.kiosk.flow.session.slip.said == "slip.printed"
    assert hand.kiosk.texts()["slip"]["printed"] in hand.texts()


def test_my_warden_is_found_by_the_digits_on_a_pole(hands: Hands) -> None:
    hand = go(lay(hands), Screen.WARDENS)
    hand.tap("warden-pole")
    for digit in "9999":
        hand.tap("digit", digit)
    hand.tap("enter")
    assert any("没有找到这根灯杆" in text for text in hand.texts())
    for digit in "2031":
        hand.tap("digit", digit)
    hand.tap("enter")
    assert hand.kiosk.flow.place == Place(Screen.WARDEN, "area-2")
    hand.tap("warden-call")
    assert hand.kiosk.flow.place == Place(Screen.CALL, "order")


def test_a_complaint_leads_on_once_somebody_takes_complaints(hands: Hands) -> None:
    hand = go(lay(hands), Screen.MERCHANT, "pharmacy-north")
    assert not hand.shows("complain")
    taken: list[str] = []
    hand.kiosk.flow.deeds["complain"] = lambda shop, _at: taken.append(shop)
    hand.later(0.3)
    hand.tap("complain")
    assert taken == ["pharmacy-north"]


def one_notice(title: str, text: str) -> dict[str, Any]:
    said = {"title": {"zh": title}, "text": {"zh": text}}
    return {"notices": [{"id": "n", **said, "starts": "2020-01-01", "ends": "2099-01-01"}]}


def many(count: int) -> Services:
    """So many of each kind."""
    cards = {name: {"text": {"zh": "身份证"}} for name in ("who", "bring", "where", "how_long", "cost")}
    said = [{"zh": f"第{n}条"} for n in range(count)]
    made: dict[str, Any] = {
        "guides": [
            {"id": f"g{n}", "title": said[n], "event": "birth", "department": "family", **cards} for n in range(count)
        ],
        "notices": [
            {"id": f"n{n}", "title": said[n], "text": said[n], "starts": "2020-01-01", "ends": "2099-01-01"}
            for n in range(count)
        ],
        "merchants": [
            {"id": f"m{n}", "name": said[n], "kind": "food", "grade": "ABCD"[n % 4], "why": said[n]}
            for n in range(count)
        ],
        "learning": [{"id": f"l{n}", "title": said[n], "media": "m/b.wav", "type": "audio/wav"} for n in range(count)],
        "wardens": [{"area": f"a{n}", "area_name": said[n], "called": said[n]} for n in range(count)],
    }
    return version(made)


@pytest.mark.parametrize("count", [0, 1, 500])
@pytest.mark.parametrize(
    ("screen", "subject"),
    [
        (Screen.GUIDES, ""),
        (Screen.GUIDE_LIST, "birth"),
        (Screen.NOTICES, ""),
        (Screen.NEARBY, ""),
        (Screen.MERCHANTS, "food"),
        (Screen.WARDENS, ""),
        (Screen.LESSONS, ""),
        (Screen.PUBLICITY, ""),
    ],
)
def test_a_list_of_none_one_and_many_stands(hands: Hands, screen: Screen, subject: str, count: int) -> None:
    hand = go(lay(hands, many(count)), screen, subject)
    assert len(hand.texts()) > 3
    if hand.shows("turn"):
        hand.tap("turn", "1")
        hand.tap("turn", "0")
    assert hand.kiosk.flow.session.page == 0


LOST = (Screen.GUIDE, Screen.GUIDE_TAKE, Screen.NOTICE, Screen.MERCHANT, Screen.WARDEN, Screen.PUBLIC_CASE)


@pytest.mark.parametrize("screen", LOST)
def test_what_is_no_more_in_the_new_version_says_so(hands: Hands, screen: Screen) -> None:
    hand = go(lay(hands), screen, "gone-long-ago")
    assert "这一条已经更新" in hand.texts()


def test_a_new_version_waits_for_the_next_screen(hands: Hands) -> None:
    hand = go(lay(hands), Screen.GUIDE, "elder-card")
    hand.kiosk.heard("services", many(3), hand.at)
    hand.later(0.3)
    assert "老年人优待卡" in hand.texts()
    hand.tap("home")
    hand.tap("guides")
    assert "3 项" in hand.texts()


def test_markup_in_a_title_is_text(hands: Hands) -> None:
    title = "<b>粗</b><img src='http://x/y'>&amp;"
    services = version(one_notice(title, title))
    hand = go(lay(hands, services), Screen.NOTICES)
    assert title in hand.texts()
    hand.tap("notice")
    assert hand.texts().count(title) == 2
    drawn = next(item for item in hand.items() if item.property("text") == title)
    # As markup it would be three letters, not three lines.
    assert float(drawn.property("contentHeight")) > 1.5 * float(drawn.property("lineHeight"))


@pytest.mark.parametrize("glass", [Glass(), SHORT], ids=["tall", "short"])
@pytest.mark.parametrize("look", [Look(), Look(large=True), Look(low=True)], ids=["normal", "large", "low"])
def test_a_long_text_is_read_to_its_end_page_by_page(hands: Hands, glass: Glass, look: Look) -> None:
    lines = "\n".join(f"第{n}行" for n in range(60))
    services = version(one_notice("长", lines))
    hand = go(lay(hands, services, glass=glass, look=look), Screen.NOTICE, "n")
    shown = 0
    while True:
        (window,) = [item for item in hand.items() if item.property("clip") and item.height() > 0 and item.childItems()]
        (text,) = [item for item in window.childItems() if item.inherits("QQuickText")]
        line = float(text.property("lineHeight"))
        assert round(-text.y() / line) == shown
        shown += round(window.height() / line)
        turned = hand.kiosk.flow.session.page + 1
        following = [item for item in hand.controls() if item.property("argument") == str(turned) and item.isEnabled()]
        if not following:
            break
        hand.tap("turn", str(turned))
    assert shown == 60


def test_two_thousand_shops_turn_their_pages_without_a_stutter(hands: Hands) -> None:
    hand = go(lay(hands, many(2000)), Screen.MERCHANTS, "food")
    size = theme(Glass(), Look()).entries
    frames: list[bool] = []
    hand.window.frameSwapped.connect(lambda: frames.append(True))
    took = []
    for page in range(1, 40):
        hand.later(1.0)
        frames.clear()
        before = time.process_time()  # the machine of a test has other work
        hand.kiosk.press("turn", str(page), hand.at)
        hand.screen.bridge.refresh()
        while not frames:
            QGuiApplication.processEvents()
        took.append(time.process_time() - before)
        hand.settle()
        assert f"第{page * size}条" in hand.texts()
    assert max(took) < FRAME_S, took


def test_content_of_five_thousand_items_is_read_in_a_moment() -> None:
    made = many(5000)
    assert len(made.merchants) == 5000
    assert json.dumps(list(made.merchants_of)) == '["food"]'
