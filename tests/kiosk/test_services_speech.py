"""What is spoken is what is shown; a touch silences; nobody is spoken over."""

from __future__ import annotations

import gc
import io
import math
import shutil
import threading
import time
import wave
from array import array
from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from kiosk_ui import sound_files
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.sound_files import Sound, VoiceError, heard
from kiosk_ui.speaking import Espeak, Speaker, scaled, sentences
from kiosk_ui.speaking_sinks import CommandSink, RecordingSink
from kiosk_ui.speech import HOLD, MEANT_S, MOST_DB, Piece, Speech, Utterance, spoken
from kiosk_ui.theme import Glass, Look
from tests.kiosk import pictures
from tests.kiosk.services_stage import NOW

WITHIN_S = 5.0
SILENT_S = 0.2
HUM_S = 1.0


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.005)


class Mouth:
    """Who would say it."""

    def __init__(self) -> None:
        self.said: list[Utterance] = []
        self.gains: list[float] = []
        self.hushed = self.stopped = 0

    def say(self, utterance: Utterance, gain_db: float) -> None:
        self.said.append(utterance)
        self.gains.append(gain_db)

    def hush(self) -> None:
        self.hushed += 1

    def go_on(self, gain_db: float) -> None:
        self.gains.append(gain_db)

    def stop(self) -> None:
        self.stopped += 1


class Listener:
    """A kiosk, somebody at it, and what they hear."""

    def __init__(self) -> None:
        self.kiosk, self.mouth, self.at, self.busy = Kiosk(Glass()), Mouth(), 100.0, False
        self.speech = Speech(self.kiosk, self.mouth, lambda: self.busy)
        self.speech.glass = lambda: [Piece("部门", 0, 0, 20), Piece(self.kiosk.flow.place.screen, 0, 50, 20)]

    def press(self, control: str, argument: str = "", after_s: float = 1.0) -> bool:
        self.at += after_s
        return self.kiosk.press(control, argument, self.at)

    def wait(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end:
            self.at = min(end, self.at + 0.25)
            self.kiosk.tick(self.at)


@pytest.fixture
def listener() -> Listener:
    return Listener()


# --- what is said


def test_it_is_read_from_the_top_each_control_whole_and_from_left_to_right() -> None:
    shown = [
        Piece("右", 500, 101, 30, 2, "tile"),
        Piece("右边的话", 480, 140, 30, 2, "tile"),
        Piece("左", 10, 100, 30, 1, "tile"),
        Piece("左边的话", 10, 140, 30, 1, "tile"),
        Piece("标题", 0, 0, 40),
        Piece("下面", 0, 300, 30),
    ]
    assert spoken(shown) == "标题。\n左，左边的话。\n右，右边的话。\n下面"


def test_keys_of_a_pad_and_what_was_typed_on_it_are_not_said() -> None:
    shown = [Piece("您的电话", 0, 0, 20), Piece("13800000000", 0, 50, 20), Piece("7", 0, 90, 20, 1, "digit")]
    assert spoken(shown, ("13800000000",)) == "您的电话"


def test_what_helps_to_break_lines_is_not_said() -> None:
    assert spoken([Piece("要\u2060带\n什么。", 0, 0, 20)]) == "要带，什么"


def test_read_says_the_screen_in_front_in_the_language_of_whoever_is_here(listener: Listener) -> None:
    listener.press("departments")
    listener.press("language")
    listener.press("read")
    assert listener.mouth.said == [Utterance("部门。\ndepartments", "en")]
    assert listener.kiosk.speech == "sounds"


# --- when it ends


def test_a_touch_silences_at_once_and_a_second_tap_on_the_button_ends_it(listener: Listener) -> None:
    listener.press("read")
    listener.press("read")
    assert (listener.mouth.hushed, len(listener.mouth.said)) == (1, 1)
    assert listener.kiosk.speech == "silent"


def test_a_touch_beside_everything_ends_it_too(listener: Listener) -> None:
    listener.press("read")
    listener.kiosk.touched(listener.at + 1)
    assert listener.mouth.hushed == 1
    listener.wait(MEANT_S + 2)
    assert not listener.speech.sounds


def test_another_screen_ends_it(listener: Listener) -> None:
    listener.press("read")
    listener.press("departments")
    listener.wait(0.5)
    assert not listener.speech.sounds


def test_louder_goes_on_louder_up_to_eighteen_decibels_and_then_as_usual_again(listener: Listener) -> None:
    listener.press("read")
    for _ in range(4):
        listener.press("read-louder")
    assert listener.mouth.gains == [0, 6, 12, MOST_DB, 0]
    assert listener.speech.sounds


def test_the_next_person_hears_it_as_usual(listener: Listener) -> None:
    listener.press("read")
    listener.press("read-louder")
    listener.press("end")
    assert not listener.speech.sounds
    listener.press("read")
    assert listener.mouth.gains[-1] == 0


def test_while_it_is_read_nobody_is_asked_whether_they_are_still_here(listener: Listener) -> None:
    listener.press("departments")
    listener.press("read")
    listener.wait(10 * IDLE_S)
    assert listener.kiosk.flow.place.screen == "departments"
    listener.kiosk.heard("speaking", news=False, at=listener.at)
    assert HOLD not in listener.kiosk.flow.holds
    listener.wait(IDLE_S + 1)
    assert listener.kiosk.flow.countdown(listener.at) is not None


def test_the_countdown_is_said_once_and_does_not_stop_itself(listener: Listener) -> None:
    listener.press("departments")
    listener.wait(IDLE_S + 5)
    assert [("20" in one.text) for one in listener.mouth.said] == [True]
    listener.wait(COUNTDOWN_S)
    assert listener.kiosk.flow.at_home


def test_nothing_is_said_while_the_sound_of_a_call_is_open(listener: Listener) -> None:
    listener.press("read")
    listener.busy = True
    listener.wait(0.5)
    assert (listener.speech.sounds, listener.kiosk.speech) == (False, "never")
    listener.press("read")
    listener.speech.announce("通知")
    assert len(listener.mouth.said) == 1


# --- the thread that plays


class Hum:
    """A voice that says everything with the same hum."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def sound(self, text: str, language: str) -> Sound:
        del language
        self.made.append(text)
        count = int(16_000 * HUM_S)
        return Sound(array("h", (int(8000 * math.sin(n / 10)) for n in range(count))), 16_000)


class Played:
    """A speaker with a loudspeaker that writes down."""

    def __init__(self, fetch: Callable[[str], bytes | None] = lambda _: None) -> None:
        self.voice, self.sink, self.over = Hum(), RecordingSink(), threading.Event()
        self.speaker = Speaker(self.voice, lambda: self.sink, self.told, fetch)

    def told(self, sounds: bool) -> None:  # noqa: FBT001 - as it is called
        if not sounds:
            self.over.set()


@pytest.fixture
def played() -> Iterator[Played]:
    made = Played()
    yield made
    made.speaker.close()


def test_speech_is_heard_and_silent_within_a_fifth_of_a_second_after_a_touch(played: Played) -> None:
    played.speaker.say(Utterance("一。二。三。", "zh"), 0.0)
    until(lambda: played.sink.seconds > 0.2, "it begins")
    touched = time.monotonic()
    played.speaker.hush()
    time.sleep(2 * SILENT_S)  # what is wrong would be heard now
    assert played.sink.heard(until=touched)
    assert not played.sink.heard(since=touched + SILENT_S)


def test_it_goes_on_where_it_was_and_louder(played: Played) -> None:
    played.speaker.say(Utterance("一", "zh"), 0.0)
    until(lambda: played.sink.seconds > 0.1, "it begins")
    played.speaker.hush()
    before = max(loud for _, loud in played.sink.played)
    played.speaker.go_on(MOST_DB)
    assert played.over.wait(WITHIN_S)
    after = max(loud for _, loud in played.sink.played)
    assert 20 * math.log10(after / before) == pytest.approx(MOST_DB, abs=0.5)
    assert played.voice.made == ["一"]


def test_the_newest_is_said_and_what_was_before_is_forgotten(played: Played) -> None:
    played.speaker.say(Utterance("旧的。" * 50, "zh"), 0.0)
    until(lambda: played.voice.made, "it begins")
    played.speaker.say(Utterance("新的", "zh"), 0.0)
    assert played.over.wait(WITHIN_S)
    assert played.voice.made[-1] == "新的"
    assert len(played.voice.made) < 10


def test_words_that_were_spoken_at_the_centre_are_played_and_the_engine_says_the_rest() -> None:
    spoken_there = wav(array("h", [9000, -9000] * 800))
    made = Played(lambda sha256: spoken_there if sha256 == "abc" else None)
    made.speaker.say(Utterance("带什么。\n身份证，户口本。\n去哪办", "zh", (("身份证，户口本", "abc"),)), 0.0)
    assert made.over.wait(WITHIN_S)
    assert made.voice.made == ["带什么", "去哪办"]
    assert made.sink.seconds == pytest.approx(0.1 + 2 * HUM_S)
    made.over.clear()
    made.speaker.say(Utterance("您好", "zh", (("您好", "unknown"),)), 0.0)
    assert made.over.wait(WITHIN_S)
    assert made.voice.made[2:] == ["您好"]
    made.speaker.close()


@pytest.mark.parametrize(
    ("sounds", "parts"),
    [
        ((), [("一。二。三", "")]),
        ((("二", "b"),), [("一", ""), ("二", "b"), ("三", "")]),
        ((("三", "c"), ("一", "a")), [("一", "a"), ("二", ""), ("三", "c")]),
        ((("四", "d"),), [("一。二。三", "")]),
    ],
)
def test_every_word_is_said_once_and_in_its_place(
    sounds: tuple[tuple[str, str], ...], parts: list[tuple[str, str]]
) -> None:
    assert list(Utterance("一。二。三", "zh", sounds).parts()) == parts


def encoded(kind: str, codec: str, seconds: float = 1.0) -> bytes:
    """A hum as a file of that kind."""
    rate = 48_000
    samples = np.array([int(9000 * math.sin(n / 20)) for n in range(int(rate * seconds))], np.int16)
    whole = io.BytesIO()
    with av.open(whole, "w", format=kind) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for n, at in enumerate(range(0, len(samples) - 960, 960)):
            frame = av.AudioFrame.from_ndarray(samples[at : at + 960].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, n * 960
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return whole.getvalue()


KINDS = [("ogg", "libopus"), ("mp3", "libmp3lame"), ("wav", "pcm_s16le")]


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_sound_of_every_kind_that_comes_with_content_is_heard_and_silent_after_a_touch(kind: str, codec: str) -> None:
    made = Played(lambda _sha256: encoded(kind, codec, 4.0))
    made.speaker.say(Utterance("您好", "zh", (("您好", "abc"),)), 0.0)
    until(lambda: made.sink.seconds > 0.3, "it begins")
    made.speaker.hush()
    (dropped,) = made.sink.drops[-1:]
    time.sleep(2 * SILENT_S)  # what is wrong would be heard now
    assert made.sink.heard(until=dropped)
    after = [at for at, _ in made.sink.played if at > dropped]
    assert len(after) <= 1  # the block of 20 ms that was on its way
    assert made.voice.made == []
    made.speaker.close()


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_a_file_is_played_whole_and_as_fast_as_it_was_spoken(kind: str, codec: str) -> None:
    heard_of = list(sound_files.sounds(encoded(kind, codec)))
    assert sum(len(sound.samples) / sound.rate for sound in heard_of) == pytest.approx(1.0, abs=0.1)
    assert max(abs(sample) for sound in heard_of for sample in sound.samples) > 4000


@pytest.mark.parametrize("broken", [b"OggS" + b"x" * 400, b"ID3" + b"\0" * 400, b"%PDF-1.7", b""])
def test_what_cannot_be_played_is_said_by_the_engine(broken: bytes) -> None:
    made = Played(lambda _sha256: broken)
    made.speaker.say(Utterance("您好", "zh", (("您好", "abc"),)), 0.0)
    assert made.over.wait(WITHIN_S)
    assert made.voice.made == ["您好"]
    made.speaker.close()


def test_without_an_engine_or_a_player_it_ends_and_nothing_else_happens() -> None:
    over = threading.Event()
    for voice, sink in ((Espeak("no-such-program"), RecordingSink), (Hum(), lambda: CommandSink(lambda _rate: []))):
        over.clear()
        speaker = Speaker(voice, sink, lambda sounds: None if sounds else over.set())
        speaker.say(Utterance("您好", "zh"), 0.0)
        assert over.wait(WITHIN_S)
        speaker.close()


def test_a_player_that_dies_ends_it() -> None:
    over = threading.Event()
    speaker = Speaker(Hum(), lambda: CommandSink(lambda _rate: ["true"]), lambda sounds: None if sounds else over.set())
    speaker.say(Utterance("您好", "zh"), 0.0)
    assert over.wait(WITHIN_S)
    speaker.close()


def test_a_player_is_fed_and_killed_when_it_shall_be_silent() -> None:
    sink = CommandSink(lambda _rate: [shutil.which("cat") or "cat"])
    sink.write(b"\0" * 800, 8000)
    process = sink._process
    assert process is not None
    sink.drop()
    assert process.returncode == -9


def wav(samples: array[int]) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    return made.getvalue()


def test_long_texts_are_said_sentence_by_sentence() -> None:
    assert sentences("一。二！三\n四") == ["一。", "二！", "三", "四"]
    assert max(map(len, sentences("长" * 10_000))) <= 200


def test_the_loudest_is_never_cut_off() -> None:
    assert array("h", scaled(array("h", [32767, -32768]), 40.0)).tolist() == [32767, -32768]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" + b"x" * 100])
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(VoiceError):
        heard(content)


@pytest.mark.parametrize(("text", "language"), [("您好，请带身份证。", "zh"), ("Please bring your card.", "en")])
def test_the_engine_says_both_languages(text: str, language: str) -> None:
    sound = Espeak().sound(text, language)
    loud = max(abs(sample) for sample in sound.samples)
    assert sound.rate == 22_050
    assert len(sound.samples) > sound.rate * 0.8
    assert loud > 3000


# --- every screen

pictures.load()
IN_USE = ("call", "sos", "report-voice", "lesson")
"""Scenes in which somebody else is heard."""


@pytest.fixture(scope="module")
def engine() -> Iterator[tuple[Speaker, RecordingSink]]:
    sink = RecordingSink()
    speaker = Speaker(Espeak(), lambda: sink, lambda _sounds: None)
    yield speaker, sink
    speaker.close()


@pytest.mark.filterwarnings("ignore:Implicitly cleaning up")  # scenes of calls leave their folder to the collector
@pytest.mark.parametrize("name", sorted(pictures.SCENES))
def test_every_screen_is_heard_and_silent_within_a_fifth_of_a_second_after_a_tap(
    qapp: QGuiApplication, engine: tuple[Speaker, RecordingSink], name: str
) -> None:
    assert qapp is not None
    with pictures.stage(pictures.Drawn("", Look())) as shown:
        pictures.SCENES[name](shown)
        glass = shown.hand.screen.words()
        in_use = "read" in shown.kiosk.flow.deeds and shown.kiosk.speech == "never"
        assert not in_use or name.startswith(IN_USE)
        if in_use:
            return
        text = spoken(glass, (str(shown.kiosk.texts_shown().get("typed", "")),))
        title = shown.kiosk.show(shown.hand.at, NOW).view.title
    del shown
    gc.collect()
    said = "".join(text.split())
    assert all("".join(part.split()) in said for part in title.splitlines())
    speaker, sink = engine
    sink.played.clear()
    speaker.say(Utterance(text, "zh"), 0.0)
    until(sink.heard, "speech")
    touched = time.monotonic()
    speaker.stop()
    until(lambda: speaker._sink is None, "the end of it")  # from then on it has nothing more to say
    assert not sink.heard(since=touched + SILENT_S)


def test_nothing_personal_of_a_pad_is_heard_on_any_screen_that_has_one(qapp: QGuiApplication) -> None:
    assert qapp is not None
    for name in ("booking-phone", "neighbour-phone"):
        with pictures.stage(pictures.Drawn("", Look())) as shown:
            pictures.SCENES[name](shown)
            typed = str(shown.kiosk.texts_shown()["typed"])
            glass = shown.hand.screen.words()
            assert any(piece.text == typed for piece in glass)
            assert typed not in spoken(glass, (typed,))
