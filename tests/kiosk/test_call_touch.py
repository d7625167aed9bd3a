"""A call by real touches: the real window, the real socket of an engine, pictures through shared memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.engine import Engine
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from kiosk_ui.sos import AlarmNow
from kiosk_ui.sos_deeds import SosDeeds
from kiosk_ui.theme import Glass
from sync.contract.call import Reason, State
from sync.contract.call_screen import Accept, CallSeen, Camera, HangUp, PutAway, Say, Start, Still
from sync.contract.call_signals import Ways
from sync.contract.envelope import encode
from sync.unix_http import Answer
from tests.kiosk.fake_engine import FakeEngine, Film, coloured, halves
from tests.kiosk.hand import Hand

ID = "k3q8d2m1x7b9c4t6"
ALARM = "0198a000-0000-7000-8000-000000000001"


class Shop:
    """A hand at a kiosk whose engine is a real program's end of the real socket."""

    def __init__(self, hand: Hand, folder: Path) -> None:
        self.hand, self.folder = hand, folder
        self.asked: list[tuple[Any, ...]] = []
        self.fake = FakeEngine(folder / "call.sock").start()
        post = hand.screen.bridge.mailbox.post
        self.engine = Engine(self.fake.path, lambda seen: post("call", seen), lambda: hand.at)
        self.deeds = CallDeeds(hand.kiosk, self.engine.send, lambda *asked: self.asked.append(asked))
        self.sos = SosDeeds(hand.kiosk, self.deeds, lambda *asked: self.asked.append(asked))
        self.engine.start()
        self.hand.until(lambda: self.deeds.calls.seen.there, "the engine is there")
        self.films: list[Film] = []

    def close(self) -> None:
        self.engine.close()
        self.fake.die()
        for film in self.films:
            film.close()

    def show(self, **changes: Any) -> None:
        """The engine says it, and the glass shows it."""
        seen = self.fake.show(**changes)
        self.hand.until(lambda: self.deeds.calls.call.n == seen.n, "heard")
        self.hand.settle()

    def wished(self, kind: type[Any], count: int = 1) -> Any:
        self.hand.until(lambda: len(self.fake.wished(kind)) >= count, f"wish {kind.__name__}")
        return self.fake.wished(kind)[-1]

    def film(self, name: str, planes: bytes, width: int = 640, height: int = 480) -> str:
        self.films.append(Film(self.folder / name, width, height))
        self.films[-1].frame(planes)
        return str(self.films[-1].path)

    def call(self, department: str = "civil") -> None:
        self.hand.tap("departments")
        self.hand.tap("department", department)
        assert self.wished(Start).department == department

    def talk(self, **more: Any) -> None:
        self.call()
        self.show(**{"call": ID, "state": State.CONNECTED, "department": "civil", "by": "民政科 2号台"} | more)

    def end(self, reason: Reason, **more: Any) -> None:
        self.show(**{"call": ID, "state": State.ENDED, "reason": reason, "department": "civil"} | more)

    def says(self, words: str) -> bool:
        return any(words in text for text in self.hand.texts())


@pytest.fixture
def shop(hands: Callable[[Kiosk], Hand], short_tmp: Path) -> Iterator[Shop]:
    logging.getLogger("linli.kiosk.engine").setLevel(logging.CRITICAL)
    opened = Shop(hands(Kiosk(Glass())), short_tmp)
    yield opened
    opened.close()


def test_from_home_to_a_face_and_back_by_touch(shop: Shop) -> None:
    shop.call()
    assert shop.says("正在呼叫民政科")
    shop.show(call=ID, state=State.QUEUED, department="civil", place=2, wait_s=100.0)
    assert shop.says("您前面还有 1 人")
    shop.show(state=State.RINGING)
    assert shop.says("民政科的电话响了")
    shop.show(state=State.CONNECTING, by="民政科 2号台")
    remote = shop.film("remote", coloured(640, 480, 120, 60, 200))
    shop.show(state=State.CONNECTED, remote_frames=remote, camera=True, microphone=True)
    assert shop.says("正在和民政科 2号台通话")
    assert shop.says("不录音，不录像")
    shop.hand.tap("call-hang-up")
    assert shop.wished(HangUp).reason is Reason.RESIDENT
    shop.end(Reason.RESIDENT, remote_frames="")
    shop.hand.later(0.3)
    assert shop.says("这次通话怎么样")
    shop.hand.tap("call-face", "good")
    shop.hand.tap("call-word", "solved")
    assert shop.asked[-1][3]["form"]["word"] == "solved"
    shop.hand.tap("home")
    assert shop.hand.place == "home"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_end_is_said_on_the_glass_and_home_is_a_touch_away(shop: Shop, reason: Reason) -> None:
    shop.call()
    shop.end(reason, ways=Ways(callback=True, hotline="021-5555 0123", others=["labour", "housing"]))
    title = shop.deeds.calls.reason()
    assert title is reason
    assert shop.hand.find("home")
    shop.hand.tap("home")
    assert shop.hand.place == "home"


def test_the_picture_is_the_newest_frame_and_the_own_one_is_mirrored(shop: Shop) -> None:
    remote = shop.film("remote", coloured(640, 480, 81, 90, 240))
    own = shop.film("own", halves(640, 480, 235, 16))
    shop.talk(remote_frames=remote, own_frames=own, camera=True)
    pictures = [item for item in shop.hand.items() if item.property("path") and item.property("shows") is not None]
    shop.hand.until(lambda: all(item.property("shows") for item in pictures), "both pictures")
    shop.hand.settle()
    large = max(pictures, key=lambda item: item.width())
    small = min(pictures, key=lambda item: item.width())
    grab = shop.hand.picture()
    red = grab.pixelColor(shop.hand.centre(large))
    assert red.red() > 200
    assert max(red.green(), red.blue()) < 60
    left = grab.pixelColor(shop.hand.centre(small) - QPoint(int(small.width() / 4), 0)).lightness()
    right = grab.pixelColor(shop.hand.centre(small) + QPoint(int(small.width() / 4), 0)).lightness()
    assert (left < 60, right > 200) == (True, True), "mirrored"
    for luma in (40, 60, 80, 200):
        shop.films[0].frame(coloured(640, 480, luma, 128, 128))
    shop.hand.until(
        lambda: shop.hand.picture().pixelColor(shop.hand.centre(large)).lightness() > 180, "the newest, not the next"
    )


def test_the_memory_is_let_go_when_the_call_ends(shop: Shop) -> None:
    remote = shop.film("remote", coloured(640, 480, 120, 128, 128))
    shop.talk(remote_frames=remote)
    maps = Path("/proc/self/maps")
    shop.hand.until(lambda: maps.read_text().count(remote) > 1, "mapped by writer and reader")
    shop.end(Reason.OFFICE, remote_frames="")
    shop.hand.until(lambda: maps.read_text().count(remote) == 1, "only the writer has it")


def test_the_paper_is_shown_with_what_is_circled(shop: Shop) -> None:
    still = shop.film("still", coloured(1280, 960, 200, 128, 128), 1280, 960)
    shop.talk(still=Still(still, 1280, 960, [[(0.4, 0.5), (0.6, 0.5)]]))
    assert shop.says("红圈处请看")
    paper = next(item for item in shop.hand.items() if item.property("marks"))
    shop.hand.until(lambda: paper.property("shows"), "the paper")
    shop.hand.settle()
    there = shop.hand.picture().pixelColor(shop.hand.centre(paper))
    assert there.red() > 150
    assert there.green() < 80
    shop.hand.tap("call-put-away")
    shop.wished(PutAway)


def test_what_the_clerk_writes_stands_there_and_phrases_go_back(shop: Shop) -> None:
    shop.talk(texts=["请带身份证"])
    assert shop.says("请带身份证")
    shop.hand.tap("call-say", "slowly")
    assert shop.wished(Say).text == "请说慢一点"


def test_a_closed_camera_is_said(shop: Shop) -> None:
    shop.talk(camera=True)
    shop.hand.tap("call-camera")
    assert shop.wished(Camera) == Camera(on=False)
    shop.show(camera=False)
    assert shop.says("摄像头已关")


def test_home_in_a_call_asks_first(shop: Shop) -> None:
    shop.talk()
    shop.hand.tap("home")
    assert shop.says("离开这里会挂断")
    shop.hand.tap("call-stay")
    assert shop.hand.place == "call"
    shop.hand.tap("back")
    shop.hand.tap("call-leave")
    assert shop.hand.place == "home"
    shop.wished(HangUp)


def test_the_office_rings_and_is_answered_by_a_touch(shop: Shop) -> None:
    shop.show(call=ID, state=State.RINGING, incoming=True, department="civil", by="民政科 2号台")
    assert shop.says("民政科 2号台打来电话")
    shop.hand.tap("call-accept")
    shop.wished(Accept)
    shop.show(state=State.CONNECTED, incoming=False)
    assert shop.hand.place == "call"


def test_an_engine_that_dies_in_mid_call_leaves_nobody_alone(shop: Shop) -> None:
    shop.talk()
    shop.fake.die()
    shop.hand.until(lambda: shop.says("通话程序正在重新启动"), "said")
    shop.hand.find("home")
    shop.fake.seen = CallSeen(n=0)
    shop.fake.start()
    shop.hand.until(lambda: shop.says("通话程序出了问题"), "it is back, the call is not")
    shop.hand.tap("call-again")
    assert shop.wished(Start, 2).department == "civil"


def test_lines_that_are_none_of_ours_end_the_connection_and_it_comes_back(shop: Shop) -> None:
    for noise in (b"{}\n", b"\xff\xfe\n", b'{"type":"call","n":"x"}\n', b"x" * 70_000):
        shop.fake.raw(noise)
        shop.hand.until(lambda: not shop.deeds.calls.seen.there, "given up")
        shop.hand.until(lambda: shop.deeds.calls.seen.there, "back")


def test_a_number_is_left_digit_by_digit(shop: Shop) -> None:
    shop.call()
    shop.end(Reason.BUSY)
    shop.hand.tap("callback")
    for digit in "13900001234":
        shop.hand.tap("digit", digit)
    assert shop.says("139 0000 1234")
    shop.hand.tap("erase")
    shop.hand.tap("digit", "5")
    shop.hand.tap("enter")
    assert shop.asked[-1][3]["form"]["phone"] == "13900001235"
    shop.hand.kiosk.heard("call-callback", Failed("no gateway"), shop.hand.at)
    shop.hand.later(0.2)
    assert shop.says("没有存上")
    shop.hand.kiosk.heard("call-callback", Answer(201, b"{}"), shop.hand.at)
    shop.hand.later(0.2)
    assert shop.says("已经记下了")
    assert not shop.says("1390")


def test_the_emergency_is_held_and_letting_go_takes_it_back(shop: Shop) -> None:
    shop.hand.press("sos-hold")
    shop.hand.later(0.5)
    shop.hand.release("sos-hold")
    assert (shop.hand.place, shop.asked) == ("sos", [])
    shop.hand.later(1.0)
    shop.hand.press("sos-hold")
    shop.hand.later(0.8)
    assert shop.says("继续按住…1")
    shop.hand.later(0.8)
    shop.hand.release("sos-hold")
    assert shop.asked[0][2:4] == ("alarms", {"cause": "sos", "from": "screen"})
    raised = AlarmNow(id=ALARM, device="kiosk", stage="raised")
    shop.hand.kiosk.heard("sos-pressed", Answer(201, encode(raised)), shop.hand.at)
    assert shop.wished(Start) == Start(department="duty", video=False, alarm=ALARM)
    shop.hand.later(0.3)
    assert shop.says("已经求助")
    shop.hand.tap("sos-fine")
    assert shop.asked[-1][2] == f"alarms/{ALARM}/fine"


def test_ten_fingers_a_palm_and_keys_do_no_harm_in_a_call(shop: Shop) -> None:
    shop.talk()
    hand = shop.hand
    before = len(shop.fake.wishes)
    event = QTest.touchEvent(hand.window, hand.device)
    for finger in range(10):
        event.press(finger, QPoint(100 + 90 * finger, 400 + 40 * finger), hand.window)
    event.commit()
    hand.settle()
    event = QTest.touchEvent(hand.window, hand.device)
    for finger in range(10):
        event.release(finger, QPoint(100 + 90 * finger, 400 + 40 * finger), hand.window)
    event.commit()
    hand.settle()
    for key in (Qt.Key.Key_F4, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Q, Qt.Key.Key_Return):
        for how in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier):
            QTest.keyClick(hand.window, key, how)
    hand.settle()
    assert hand.place == "call"
    assert [type(wish) for wish in shop.fake.wishes[before:]] == []


def test_double_taps_are_one_wish(shop: Shop) -> None:
    shop.talk(camera=True)
    shop.hand.later(1.0)
    point = shop.hand.centre(shop.hand.find("call-camera"))
    shop.hand.tap_at(point)
    shop.hand.tap_at(point)
    shop.wished(Camera)
    shop.hand.tap("call-hang-up")
    shop.wished(HangUp)
    assert len(shop.fake.wished(Camera)) == 1
