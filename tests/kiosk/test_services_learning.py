"""Lessons: they begin with a tap, can be held and made louder, and end with who listens."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.learning_player import HOLD, Clockwork, LessonDeeds, State
from kiosk_ui.local import Api
from kiosk_ui.qt.lessons import PIECE, LessonPlayer
from office.desk import example_content
from sync.unix_http import Unreachable
from tests.edge.at_the_socket import at_the_socket
from tests.kiosk.hand import Hand
from tests.kiosk.services import example, version

BEAT_S = 30


class Bench:
    """A kiosk whose lessons play in time and silence."""

    def __init__(self, hands: Callable[[Kiosk], Hand]) -> None:
        self.kiosk = Kiosk()
        self.kiosk.heard("services", example(), 0.0)
        self.clockwork = Clockwork()
        self.deeds = LessonDeeds(self.kiosk)
        self.deeds.make = lambda: self.clockwork
        self.hand = hands(self.kiosk)

    def begin(self) -> Hand:
        for tap in (("neighbours", ""), ("lessons", ""), ("lesson", "finger-beat")):
            self.hand.tap(*tap)
        return self.hand

    @property
    def at_s(self) -> float:
        return self.clockwork.heard(self.hand.at).at_s


@pytest.fixture
def bench(hands: Callable[[Kiosk], Hand]) -> Bench:
    return Bench(hands)


def test_the_third_tap_plays_it_and_shows_how_far_it_is(bench: Bench) -> None:
    hand = bench.begin()
    hand.later(12)
    assert "0:12 / 0:30" in hand.texts()
    assert any(text.startswith("正在播放") for text in hand.texts())
    assert "这台机器没有声音，只能看" in hand.texts()


def test_it_waits_when_it_is_told_to_and_goes_on_from_there(bench: Bench) -> None:
    hand = bench.begin()
    hand.later(5)
    hand.tap("lesson-play")
    stood = bench.at_s
    hand.later(20)
    assert bench.at_s == stood
    hand.tap("lesson-play")
    hand.later(2)
    assert bench.at_s == pytest.approx(stood + 2)
    hand.tap("lesson-again")
    assert bench.at_s < 1


def test_nobody_is_asked_whether_they_are_there_while_it_plays_but_afterwards(bench: Bench) -> None:
    hand = bench.begin()
    hand.later(BEAT_S - 1)
    assert HOLD in bench.kiosk.flow.holds
    hand.later(2)
    assert HOLD not in bench.kiosk.flow.holds
    assert any(text.startswith("放完了") for text in hand.texts())
    hand.later(61)
    assert hand.shows("still-here")


@pytest.mark.parametrize("control", ["home", "back"])
def test_whoever_goes_away_hears_it_no_more(bench: Bench, control: str) -> None:
    hand = bench.begin()
    hand.tap(control)
    hand.later(0.3)
    assert bench.clockwork.file == ""
    assert HOLD not in bench.kiosk.flow.holds


def test_it_ends_with_the_session_and_the_next_person_hears_it_at_normal(bench: Bench) -> None:
    hand = bench.begin()
    for _ in range(3):
        hand.tap("lesson-louder")
    assert bench.clockwork.db == 18
    assert not hand.find("lesson-louder").isEnabled()
    bench.kiosk.flow.end()
    assert bench.clockwork.file == ""
    hand.later(1)
    bench.begin()
    assert bench.clockwork.db == 0


def test_what_comes_over_it_makes_it_wait(bench: Bench) -> None:
    hand = bench.begin()
    hand.later(3)
    bench.kiosk.flow.at = hand.at
    bench.kiosk.flow.show(Place(Screen.EMERGENCY, "n"))
    hand.later(0.3)
    stood = bench.at_s
    hand.later(5)
    assert bench.at_s == stood
    bench.kiosk.flow.leave(Screen.EMERGENCY)
    hand.later(0.3)
    hand.tap("lesson-play")
    hand.later(1)
    assert bench.at_s > stood


def test_a_lesson_that_is_no_more_says_so(bench: Bench) -> None:
    hand = bench.begin()
    bench.kiosk.heard("services", version({"learning": []}), hand.at)
    hand.tap("home")
    bench.kiosk.flow.show(Place(Screen.LESSON, "finger-beat"))
    hand.later(0.3)
    assert "这一条已经更新" in hand.texts()


def test_sound_of_the_gateway_is_played_from_its_own_files(qapp: QGuiApplication) -> None:
    assert qapp is not None
    sound = example_content.sounds()["smoke"]

    async def story(place: Path) -> None:
        async with at_the_socket(place) as box:
            sha256 = await box.way.gateway.local.files.store.keep(sound)
            await asyncio.to_thread(play, Api(box.socket).part, sha256)

    def play(part: Callable[[str, int, int], bytes], sha256: str) -> None:
        whole = b"".join(part(sha256, first, min(PIECE, len(sound) - first)) for first in range(0, len(sound), PIECE))
        assert whole == sound

    with tempfile.TemporaryDirectory(prefix="box") as name:
        asyncio.run(asyncio.wait_for(story(Path(name)), 60))


def within(true: Callable[[], object]) -> None:
    for _ in range(1000):
        if true():
            return
        QTest.qWait(10)
    raise AssertionError("not within 10 s")


def test_the_player_decodes_goes_on_waits_and_lets_go(qapp: QGuiApplication) -> None:
    assert qapp is not None
    sound = example_content.sounds()["smoke"]
    player = LessonPlayer(lambda _sha256, first, length: sound[first : first + length])
    try:
        player.begin("x", len(sound), 12, 0.0)
        within(lambda: player.heard(0.0).at_s > 0.2)
        assert player.heard(0.0).length_s == pytest.approx(12, abs=0.1)
        player.pause(0.0)
        assert player.heard(0.0).state is State.PAUSED
        player.loud(18.0)
        player.play(0.0)
        assert player.heard(0.0).state is State.PLAYING
    finally:
        player.end()


def test_what_cannot_be_decoded_has_failed(qapp: QGuiApplication) -> None:
    assert qapp is not None
    player = LessonPlayer(lambda _sha256, _first, length: bytes(length))
    try:
        player.begin("x", 5000, 12, 0.0)
        within(lambda: player.heard(0.0).state is State.FAILED)
    finally:
        player.end()


def test_a_gateway_that_goes_in_the_middle_is_a_lesson_that_cannot_be_played(qapp: QGuiApplication) -> None:
    assert qapp is not None

    def part(_sha256: str, first: int, length: int) -> bytes:
        if first:
            raise Unreachable("gone")
        return bytes(length)

    player = LessonPlayer(part)
    player.begin("x", 2 * PIECE, 12, 0.0)
    assert player.heard(0.0).state is State.LOADING
    within(lambda: player.heard(0.0).state is State.FAILED)
    player.end()


def test_lessons_may_be_changed_as_fast_as_fingers_are(qapp: QGuiApplication, tmp_path: Path) -> None:
    assert qapp is not None
    sound = example_content.sounds()["smoke"]
    player = LessonPlayer(lambda _sha256, first, length: sound[first : first + length], tmp_path)
    for n in range(12):
        player.begin("x", len(sound), 12, 0.0)
        QTest.qWait(30 * (n % 4))
        player.pause(0.0)
        player.play(0.0)
        player.end()
    assert list(tmp_path.iterdir()) == [], "nothing of it stays"
