"""The hidden service menu, by touch."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from kiosk_ui.code import hashed
from kiosk_ui.flow import SERVICE_IDLE_S, Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.log_tail import LogTail
from kiosk_ui.service import LOG, Service
from sync.contract.kiosk_box import KioskBox
from sync.unix_http import Answer
from tests.kiosk.fake_engine import Film
from tests.kiosk.hand import Hand

CODE = "246813"
LINE = hashed(CODE, b"0123456789abcdef")


class Bench:
    """A kiosk with its service menu; what it asks of the gateway is noted."""

    def __init__(self, hands: Callable[[Kiosk], Hand], line: str = LINE) -> None:
        kiosk = Kiosk()
        kiosk.heard("settings", KioskBox(installer_code=line), 0.0)
        self.asked: list[str] = []
        self.tail = LogTail()
        self.filming: list[bool] = []
        self.service = Service(kiosk, self.ask, self.tail)
        self.hand = hands(kiosk)

    def ask(self, name: str, method: str, target: str) -> None:
        self.asked.append(f"{name} {method} {target}")

    def film(self, *, on: bool) -> bool:
        self.filming.append(on)
        return True

    def to_code(self) -> Hand:
        self.hand.later(1)
        self.hand.kiosk.flow.show(Place(Screen.CODE))
        self.hand.later(1)
        return self.hand

    def enter(self, code: str) -> None:
        for digit in code:
            self.hand.tap("digit", digit)
        self.hand.tap("enter")

    def to_menu(self) -> Hand:
        self.to_code()
        self.enter(CODE)
        return self.hand


@pytest.fixture
def bench(hands: Callable[[Kiosk], Hand]) -> Bench:
    return Bench(hands)


def test_the_corner_held_for_five_seconds_opens_the_door_and_less_does_not(bench: Bench) -> None:
    hand = bench.hand
    hand.tap_at(QPoint(20, 20))
    hand.down(QPoint(20, 20))
    QTest.qWait(1500)
    assert hand.place == "home"
    hand.until(lambda: hand.place == "code", "the code is asked for")
    hand.up(QPoint(20, 20))


def test_the_code_opens_the_menu_and_back_leads_out_of_it(bench: Bench) -> None:
    hand = bench.to_menu()
    assert hand.place == "service"
    hand.tap("back")
    assert hand.place == "home"


def test_a_wrong_code_is_said_and_five_of_them_lock_also_the_right_one(bench: Bench) -> None:
    hand = bench.to_code()
    bench.enter("111111")
    assert any("还可以试 4 次" in text for text in hand.texts())
    for _ in range(4):
        bench.enter("111111")
    assert any("已锁定" in text for text in hand.texts())
    bench.enter(CODE)
    assert hand.place == "code"
    hand.later(30)
    hand.tap("home")
    bench.to_code()
    assert any("已锁定" in text for text in hand.texts())
    for _ in range(12):
        hand.later(50)
        hand.kiosk.touched(hand.at)
    bench.enter(CODE)
    assert hand.place == "service"


def test_a_box_without_a_code_cannot_be_entered(hands: Callable[[Kiosk], Hand]) -> None:
    bench = Bench(hands, line="")
    assert bench.to_menu().place == "code"
    assert any("没有设置安装密码" in text for text in bench.hand.texts())


def test_what_is_typed_is_shown_as_dots(bench: Bench) -> None:
    hand = bench.to_code()
    for digit in "246":
        hand.tap("digit", digit)
    hand.tap("erase")
    assert "●●" in hand.texts()
    assert not {"246", "24"} & set(hand.texts())


def test_every_field_of_the_touch_test_answers_the_finger(bench: Bench) -> None:
    hand = bench.to_menu()
    hand.tap("service-touch")
    before = hand.picture()
    hand.down(QPoint(400, 700))
    hand.move(QPoint(600, 900))
    hand.up(QPoint(600, 900))
    assert hand.picture() != before


def test_a_box_without_loudspeaker_or_call_engine_says_so(bench: Bench) -> None:
    hand = bench.to_menu()
    hand.tap("service-sound")
    assert any("没有找到扬声器" in text for text in hand.texts())
    hand.tap("service-camera")
    assert any("通话程序没有运行" in text for text in hand.texts())


def test_the_tone_is_played_and_the_camera_is_let_go_again(bench: Bench) -> None:
    bench.service.sound = lambda: True
    bench.service.engine = lambda: True
    bench.service.camera = bench.film
    hand = bench.to_menu()
    hand.tap("service-sound")
    assert any("正在播放" in text for text in hand.texts())
    hand.tap("service-camera")
    hand.tap("back")
    hand.later(0.5)
    assert bench.filming == [True, False]


def test_the_log_shows_the_screen_s_lines_and_the_gateway_s(bench: Bench) -> None:
    hand = bench.to_menu()
    hand.tap("service-log")
    assert bench.asked == ["service-log GET diagnose"]
    hand.kiosk.heard(LOG, Answer(200, json.dumps({"log": ["older", "line up: centre"]}).encode()), hand.at)
    hand.later(0.3)
    assert any("line up: centre" in text for text in hand.texts())


def test_the_menu_leaves_by_itself(bench: Bench) -> None:
    hand = bench.to_menu()
    hand.later(SERVICE_IDLE_S + 1)
    assert hand.place == "home"


def test_the_menu_says_what_runs_and_what_does_not(bench: Bench) -> None:
    bench.service.about = {"Qt": "6.12.0"}
    hand = bench.to_menu()
    said = "\n".join(hand.texts())
    assert "网关不通" in said
    assert "1080x1920" in said
    hand.tap("service-log")
    assert any("Qt 6.12.0" in text for text in hand.texts())


def test_the_camera_s_picture_is_shown_as_the_engine_takes_it(bench: Bench, tmp_path: Path) -> None:
    film = Film(tmp_path / "own")
    film.frame(bytes([200]) * (640 * 480) + bytes([128]) * (640 * 240))
    bench.service.engine = lambda: True
    bench.service.camera = bench.film
    bench.service.frames = lambda: str(film.path)
    hand = bench.to_menu()
    hand.tap("service-camera")
    hand.until(lambda: any(item.property("shows") for item in hand.items()), "a picture")
    hand.tap("back")
    film.close()
