"""Voice notes and photos by the call engine: it keeps them at the gateway, the screen names them. And the reader."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

from kiosk_ui.engine import Seen
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from kiosk_ui.my_case import SCANNED
from kiosk_ui.my_case_scans import Scans
from kiosk_ui.recorder import SQUARE
from kiosk_ui.recorder_engine import EngineRecorder
from kiosk_ui.report import HEARING
from sync.contract.call import State
from sync.contract.call_screen import CallSeen, Forget, Play, Preview, Record, Snap
from sync.unix_http import Answer
from tests.kiosk.services_stage import Visit

NOTE, PHOTO = "a" * 64, "b" * 64


class Engine(Visit):
    """A kiosk whose recorder is the call engine; `say` is the engine's word."""

    def __init__(self) -> None:
        super().__init__(recorder=False)
        assert isinstance(self.parts.report.recorder, EngineRecorder)
        self.say()
        for control, argument in (
            ("report", ""),
            ("report-kind", "lamp"),
            ("report-near", ""),
            ("report-no-place", ""),
        ):
            self.press(control, argument)

    def say(self, **seen: object) -> None:
        self.heard("call", Seen(there=True, call=CallSeen(n=1, **seen), at=self.at))  # type: ignore[arg-type]

    def wished(self, kind: type[object]) -> int:
        return sum(isinstance(wish, kind) for wish in self.wishes)


def test_a_note_is_named_by_its_hash_and_never_comes_to_the_screen() -> None:
    visit = Engine()
    visit.press("report-voice")
    visit.press("voice-down")
    visit.say(recording_s=0.5)
    visit.press("voice-up", after_s=2)
    assert visit.wishes[-2:] == [Record(on=True), Record(on=False)]
    visit.say(note=NOTE, note_s=2.0)
    visit.press("report-taken")
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.press("report-send")
    (wish,) = (one["wish"] for one in visit.gateway.kept.values())
    assert wish["blobs"] == [NOTE]
    assert visit.gateway.files == {}
    assert {Forget(photo=False), Forget(voice=False)} <= set(visit.wishes), "the report has it: nobody else needs it"


def test_what_was_taken_is_forgotten_when_it_is_dropped_and_when_its_person_has_gone() -> None:
    visit = Engine()
    visit.press("report-voice")
    visit.press("voice-down")
    visit.say(recording_s=0.5)
    visit.press("voice-up", after_s=2)
    visit.say(note=NOTE, note_s=2.0)
    visit.press("voice-drop")
    assert visit.wishes[-1] == Forget(photo=False)
    visit.press("end")
    assert visit.wishes[-1] == Forget()


def test_the_note_of_somebody_before_is_nobodys_now() -> None:
    visit = Engine()
    visit.say(note=NOTE, note_s=2.0)
    visit.press("report-voice")
    assert not visit.texts["has"]


def test_a_note_that_the_engine_ends_by_itself_is_there_and_nothing_is_held() -> None:
    visit = Engine()
    visit.press("report-voice")
    visit.press("voice-down")
    visit.say(recording_s=1.0)
    visit.say(note=NOTE, note_s=60.0)
    assert visit.texts["has"]
    assert not visit.texts["records"]
    assert not visit.kiosk.flow.holds


def test_a_microphone_in_trouble_is_said() -> None:
    visit = Engine()
    visit.press("report-voice")
    visit.press("voice-down")
    visit.say(trouble="microphone")
    assert "写几个字" in visit.texts["line"]
    assert not visit.texts["records"]


def test_a_photo_is_fetched_to_be_looked_at_and_named_once() -> None:
    visit = Engine()
    visit.press("report-photo")
    assert visit.wishes[-1] == Preview(on=True)
    visit.say(own_frames="/dev/shm/linli-own")
    assert visit.texts["frames"] == "/dev/shm/linli-own"
    visit.kiosk.press("photo-snap", "", visit.at + 1)
    visit.say(own_frames="/dev/shm/linli-own", photo=PHOTO)
    (asked,) = visit.gateway.waiting
    assert (asked.method, asked.target) == ("GET", f"blob/{PHOTO}")
    visit.gateway.waiting.clear()
    visit.heard(asked.name, Answer(200, SQUARE))
    assert visit.texts["photo"].startswith("data:image/jpeg")
    visit.say(photo=PHOTO)
    assert visit.gateway.waiting == []
    assert visit.wished(Snap) == 1


def test_inside_a_call_nothing_is_taken() -> None:
    visit = Engine()
    visit.say(state=State.CONNECTED, call="x", incoming=True, department="civil")
    visit.kiosk.flow.leave(visit.kiosk.flow.place.screen)
    ways = {row.control: row.live for row in visit.shown().view.rows}
    assert not ways.get("report-voice", False)


def test_codes_of_the_reader_are_passed_on_one_by_one_and_garbage_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "api.sock"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"

    def serve() -> None:
        for lines in (b'\n{"code":"4821-0937-9"}\nnot json\n', b'{"code":"second"}\n'):
            line, _ = listener.accept()
            line.recv(4096)
            line.sendall(head + lines)
            line.close()

    threading.Thread(target=serve, daemon=True).start()
    heard: list[tuple[str, object]] = []
    both = threading.Event()

    def post(name: str, news: object) -> None:
        heard.append((name, news))
        if len(heard) == 2:
            both.set()

    scans = Scans(path, post)
    scans.start()
    assert both.wait(10)
    scans.stop()
    listener.close()
    assert heard == [(SCANNED, "4821-0937-9"), (SCANNED, "second")]


def noted(visit: Engine) -> None:
    visit.press("report-voice")
    visit.press("voice-down")
    visit.say(recording_s=0.5)
    visit.press("voice-up", after_s=2)
    visit.say(note=NOTE, note_s=2.0)


def test_a_note_is_heard_before_it_is_sent_and_nobody_is_asked_meanwhile_whether_they_are_here() -> None:
    visit = Engine()
    noted(visit)
    assert (visit.texts["plays"], visit.texts["playing"]) == (True, False)
    visit.press("voice-play")
    assert visit.wishes[-1] == Play(on=True)
    visit.say(note=NOTE, note_s=2.0, playing_s=0.0)
    assert visit.texts["playing"]
    assert visit.parts.speech.able
    assert visit.kiosk.flow.holds == {HEARING}
    visit.wait(IDLE_S + COUNTDOWN_S)
    assert (visit.place, visit.kiosk.speech) == ("report-voice", "never")
    visit.say(note=NOTE, note_s=2.0)
    assert not visit.kiosk.flow.holds
    assert not visit.texts["playing"]


def test_any_touch_silences_a_note_and_the_second_tap_on_its_button_does_no_more() -> None:
    visit = Engine()
    noted(visit)
    for control in ("voice-play", "large", "report-taken"):
        visit.wishes.clear()
        visit.say(note=NOTE, note_s=2.0, playing_s=0.0)
        visit.press(control)
        assert [wish for wish in visit.wishes if isinstance(wish, Play)] == [Play(on=False)]
        visit.say(note=NOTE, note_s=2.0)


def test_a_note_that_is_thrown_away_is_asked_for_no_more_and_leaves_the_report() -> None:
    visit = Engine()
    noted(visit)
    visit.press("voice-drop")
    assert visit.wishes[-1] == Forget(photo=False)
    assert not visit.texts["has"]
    visit.press("voice-play")
    assert visit.wished(Play) == 0
    visit.press("back")
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.press("report-send")
    (wish,) = (one["wish"] for one in visit.gateway.kept.values())
    assert wish["blobs"] == []


def test_whoever_goes_takes_the_sound_of_their_note_along() -> None:
    visit = Engine()
    noted(visit)
    visit.say(note=NOTE, note_s=2.0, playing_s=0.0)
    visit.press("end")
    assert Play(on=False) in visit.wishes
    assert Forget() in visit.wishes
    assert not visit.kiosk.flow.holds
