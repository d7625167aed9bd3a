"""Care from afar, and the night: what the screen tells, what it refuses, and when it sleeps."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QImage

from kiosk_ui.care import EVERY_S, Care, memory_mb
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Line, Status, Versions
from kiosk_ui.night import HOLD, hours_said, is_open
from kiosk_ui.theme import NIGHT, NORMAL
from kiosk_ui.words import Words
from sync.contract.departments import Said
from sync.contract.envelope import encode
from sync.contract.kiosk_box import Hotline, KioskBox, Opening
from sync.contract.messages import Notice
from sync.unix_http import Answer
from tests.kiosk.hand import Hand
from tests.kiosk.services_stage import Visit

ZONE = ZoneInfo("Asia/Shanghai")
SHOP = (Opening(days=(1, 2, 3, 4, 5, 6, 7), opens="08:00", closes="21:00"),)


class Office:
    """Who looks after the screen, through a gateway that is there."""

    def __init__(self) -> None:
        self.kiosk = Kiosk()
        self.asked: list[tuple[str, str, Any]] = []
        self.busy = False
        self.restarts = 0
        self.care = Care(self.kiosk, self._ask, lambda: self.busy, lambda: 120)
        self.care.picture = lambda: b"\x89PNG"
        self.care.restart = self._restart
        self.kiosk.heard("gateway", news=True, at=0.0)
        self.kiosk.heard("status", Status("gw", Line(up=True), Versions(linli="0.1.0")), 0.0)

    def _ask(self, name: str, method: str, target: str, message: object, key: str) -> None:
        assert key == ""
        told = message if isinstance(message, bytes) else json.loads(encode(message))
        self.asked.append((name, f"{method} {target}", told))

    def _restart(self) -> None:
        self.restarts += 1

    def ask(self, do: str, at: float = 50.0) -> list[tuple[str, str, Any]]:
        self.asked.clear()
        self.kiosk.heard("screen", encode({"id": "o-1", "do": do}), at)
        return self.asked


@pytest.fixture
def office() -> Office:
    return Office()


def test_every_thirty_seconds_it_says_how_it_is_and_never_who_is_there(office: Office) -> None:
    office.kiosk.press("departments", "", 10.0)
    office.kiosk.press("department", "civil", 12.0)
    for at in range(13, 13 + 2 * int(EVERY_S)):
        office.kiosk.tick(float(at))
    states = [told for _, target, told in office.asked if target == "PUT screen"]
    assert len(states) == 2
    assert states[-1] == {
        "page": "call",
        "busy": True,
        "version": "0.1.0",
        "memory_mb": 120,
        "up_s": 30,
        "opened": {"departments": 1, "call": 1},
    }


def test_pages_are_counted_over_the_end_of_a_session(office: Office) -> None:
    for at in (10.0, 20.0):
        office.kiosk.press("departments", "", at)
        office.kiosk.press("end", "", at + 5)
    assert office.care.opened == {"departments": 2}


def test_a_picture_of_the_resting_screen_goes_up_as_a_file_and_is_named(office: Office) -> None:
    [(_, target, content)] = office.ask("screenshot")
    assert (target, content) == ("PUT blob", b"\x89PNG")
    office.kiosk.heard("screen-shot", Answer(201, encode({"sha256": "abc", "size": 4})), 51.0)
    assert office.asked[-1][1:] == ("POST screen/o-1", {"picture": "abc"})


def test_a_picture_that_cannot_be_kept_is_said(office: Office) -> None:
    office.ask("screenshot")
    office.kiosk.heard("screen-shot", Answer(503, b"{}"), 51.0)
    assert office.asked[-1][2] == {"refused": "not kept"}


@pytest.mark.parametrize("touch", ["departments", "report", "large"])
def test_while_somebody_is_here_no_picture_is_taken(office: Office, touch: str) -> None:
    office.kiosk.press(touch, "", 10.0)
    assert office.ask("screenshot") == [("screen-answered", "POST screen/o-1", {"refused": "personal"})]


@pytest.mark.parametrize("do", ["screenshot", "home", "restart"])
def test_nothing_is_done_to_a_screen_in_a_call(office: Office, do: str) -> None:
    office.busy = True
    [(_, _, told)] = office.ask(do)
    assert told == {"refused": "call"}
    office.kiosk.tick(60.0)
    assert office.restarts == 0


def test_home_ends_the_session_and_everything_of_it(office: Office) -> None:
    office.kiosk.press("departments", "", 10.0)
    before = office.kiosk.flow.session
    assert office.ask("home")[-1][2] == {}
    assert office.kiosk.flow.at_home
    assert office.kiosk.flow.session is not before


def test_it_restarts_once_its_answer_is_taken_or_after_a_moment(office: Office) -> None:
    office.ask("restart")
    assert office.restarts == 0
    office.kiosk.heard("screen-answered", Answer(204, b""), 50.2)
    office.kiosk.tick(60.0)
    assert office.restarts == 1
    office.ask("restart", at=100.0)
    office.kiosk.tick(103.0)
    assert office.restarts == 2


@pytest.mark.parametrize("news", [b"", b"{}", b'{"id":1}', None, b'{"id":"x","do":"format"}'])
def test_what_is_no_wish_is_none(office: Office, news: object) -> None:
    office.kiosk.heard("screen", news, 50.0)
    assert office.asked == []


def test_memory_is_read_from_the_system(tmp_path: object) -> None:
    del tmp_path
    assert memory_mb() > 10
    assert memory_mb("/no/such/file") == 0


# --- the night


@pytest.mark.parametrize(
    ("opens", "closes", "days", "clock", "there"),
    [
        ("08:00", "21:00", (1,), "2026-11-23T08:00", True),
        ("08:00", "21:00", (1,), "2026-11-23T20:59", True),
        ("08:00", "21:00", (1,), "2026-11-23T21:00", False),
        ("08:00", "21:00", (2,), "2026-11-23T12:00", False),
        ("18:00", "02:00", (1,), "2026-11-24T01:59", True),
        ("18:00", "02:00", (1,), "2026-11-24T02:00", False),
        ("18:00", "02:00", (1,), "2026-11-23T01:00", False),
    ],
)
def test_it_is_open_from_the_first_minute_to_the_last(
    opens: str,
    closes: str,
    days: tuple[int, ...],
    clock: str,
    there: bool,  # noqa: FBT001 - a row of the table
) -> None:
    now = datetime.fromisoformat(clock).replace(tzinfo=ZONE)
    assert is_open([Opening(days=days, opens=opens, closes=closes)], now) is there
    assert is_open([], now)


def by_night() -> Visit:
    made = Visit()
    made.parts.night.wall = lambda: datetime(2026, 11, 23, 23, 0, tzinfo=ZONE)
    hotlines = (Hotline(name=Said("街道总机", "Street office"), number="12345"),)
    made.heard("settings", KioskBox(place="永善里便民超市", open=SHOP, hotlines=hotlines))
    made.wait(1)
    return made


def test_by_night_it_is_dark_and_says_hours_and_hotlines() -> None:
    made = by_night()
    shown = made.shown()
    assert (made.place, shown.theme.colours, shown.theme.contrast, shown.begun) == ("night", NIGHT, True, False)
    assert "08:00–21:00" in str(shown.view.texts["hours"])
    assert "12345" in str(shown.view.texts["hotlines"])
    made.wait(3600)
    assert (made.place, made.shown().countdown) == ("night", -1)


def test_a_touch_wakes_it_and_it_sleeps_again_when_they_have_gone() -> None:
    made = by_night()
    made.kiosk.touched(made.at)
    assert (made.place, made.shown().theme.colours) == ("home", NORMAL)
    made.press("departments")
    made.wait(30)
    assert made.place == "departments"
    made.wait(60)
    assert made.place == "night"


def test_in_the_morning_it_is_the_first_screen_again() -> None:
    made = by_night()
    made.parts.night.wall = lambda: datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)
    made.wait(1)
    assert made.place == "home"
    assert HOLD not in made.kiosk.flow.holds


def test_an_emergency_notice_is_shown_by_night_too() -> None:
    made = by_night()
    made.heard("emergency", (Notice(id="n-1", text="今夜停水"),))
    made.wait(1)
    assert made.place == "emergency"
    made.heard("emergency", ())
    made.wait(1)
    assert made.place == "night"


def test_the_hours_are_said_as_people_say_them() -> None:
    box = KioskBox(
        open=(Opening(days=(1, 2, 3, 4, 5), opens="08:00", closes="20:00"), Opening(days=(6,), opens="9", closes="12"))
    )
    first, second = hours_said(box, Words("zh"))
    assert "至" in first
    assert "至" not in second


def test_touched_by_a_real_finger_it_wakes(hand: Hand) -> None:
    made = Visit(hand.kiosk)
    made.parts.night.wall = lambda: datetime(2026, 11, 23, 23, 0, tzinfo=ZONE)
    made.heard("settings", KioskBox(open=SHOP))
    hand.later(1)
    assert hand.place == "night"
    hand.tap("help")
    assert hand.kiosk.flow.session.touched
    assert hand.place != "night"


def test_a_picture_is_of_the_whole_glass_as_it_is_drawn(hand: Hand) -> None:
    picture = QImage.fromData(hand.screen.png())
    assert picture.size() == hand.window.size()
    assert len({picture.pixel(x, 40) for x in range(0, picture.width(), 20)}) > 1
