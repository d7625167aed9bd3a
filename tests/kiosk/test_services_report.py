"""A report from the first tap to its number. No display; the gateway answers as its local API does."""

from __future__ import annotations

import wave
from io import BytesIO

import pytest

from kiosk_ui.flow import COUNTDOWN_S, IDLE_S, TAP_GAP_S
from kiosk_ui.keys_lexicon import NEWS as LEXICON
from kiosk_ui.recorder import LONGEST_S, SQUARE, Kind, NoRecorder, RecorderSeen, Taken, tone
from kiosk_ui.recorder import NEWS as RECORDER
from kiosk_ui.report_poles import Pole, Poles, poles
from kiosk_ui.typing import Lexicon
from sync.contract import case_number
from tests.kiosk.fake_gateway import done, refused
from tests.kiosk.services_stage import Visit
from tests.kiosk.tables import lexicon


def placed(visit: Visit, digits: str = "0007") -> None:
    visit.press("report")
    visit.press("report-kind", "lamp")
    visit.type(digits)
    visit.press("enter")


def sent(visit: Visit) -> None:
    """From the place to the number, with one phrase and no telephone."""
    visit.press("report-words")
    visit.press("keys-phrase", "0")
    visit.press("keys-done")
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.press("report-send")


def records(visit: Visit) -> bool:
    return visit.recorder.recording


def looks(visit: Visit) -> bool:
    return visit.recorder.looking


def test_a_report_is_kept_with_everything_that_was_said_and_has_a_number() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.press("voice-down")
    visit.press("voice-up", after_s=2)
    visit.press("report-taken")
    visit.press("report-photo")
    visit.press("photo-snap")
    visit.press("report-taken")
    visit.press("report-words")
    visit.press("keys-phrase", "1")
    visit.press("keys-done")
    visit.press("report-next")
    visit.type("13800000042")
    visit.press("enter")
    assert [row.said for row in visit.shown().view.rows] == [
        "路灯", "永善里7号楼北侧", "一闪一闪", "录了 2 秒", "已拍 1 张", "13800000042",
    ]  # fmt: skip
    visit.press("report-send")
    (form,) = visit.gateway.forms("report")
    number = str(form["number"])
    assert case_number.check(number) == number
    assert visit.texts["number"] == case_number.shown(number)
    assert form == {"number": number, "kind": "lamp", "words": "一闪一闪", "phone": "13800000042", "pole": "YS-0007"}
    (wish,) = (one["wish"] for one in visit.gateway.kept.values())
    assert [visit.gateway.files[name] for name in wish["blobs"]] == [SQUARE, tone(2.0)]


def test_everything_but_the_kind_may_be_left_out() -> None:
    visit = Visit()
    visit.press("report")
    visit.press("report-kind", "noise")
    visit.press("report-near")
    visit.press("report-no-place")
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.press("report-send")
    (form,) = visit.gateway.forms("report")
    assert (form["kind"], form["near"]) == ("noise", "永善里便民超市")
    assert {"words", "phone", "pole"}.isdisjoint(form)


def test_the_place_is_read_back_before_it_is_taken() -> None:
    visit = Visit()
    visit.press("report")
    visit.press("report-kind", "lamp")
    visit.type("7")
    assert "永善里7号楼北侧" in visit.texts["line"]


def test_an_unknown_number_is_said_and_leads_nowhere() -> None:
    visit = Visit()
    placed(visit, "4711")
    assert visit.place == "report-pole"
    assert "没有这个号码" in visit.texts["line"]
    visit.press("erase")
    assert visit.texts["typed"] == "471"
    assert "没有这个号码" not in visit.texts["line"]


def test_without_a_plate_the_poles_around_the_shop_are_offered_nearest_first() -> None:
    visit = Visit()
    visit.press("report")
    visit.press("report-kind", "lamp")
    visit.press("report-near")
    assert visit.rows("report-near-pole")[:3] == ["YS-0007", "YS-0006", "YS-0008"]
    visit.press("report-near-pole", "YS-0006")
    sent(visit)
    assert visit.gateway.forms("report")[0]["pole"] == "YS-0006"


def test_a_place_can_be_written_where_no_pole_is() -> None:
    visit = Visit()
    visit.press("report")
    visit.press("report-kind", "lamp")
    visit.press("report-near")
    visit.press("report-say-place")
    visit.press("keys-method", "letters")
    for key in "no12":
        visit.press("key", key, 0.2)
    visit.press("keys-done")
    assert visit.place == "report-tell"
    sent(visit)
    assert visit.gateway.forms("report")[0]["place_words"] == "no12"


def test_a_box_that_knows_no_poles_passes_the_number_on() -> None:
    visit = Visit()
    visit.heard("poles", Poles())
    placed(visit, "123")
    sent(visit)
    assert visit.gateway.forms("report")[0]["pole"] == "123"


def test_two_plates_with_the_same_digits_are_chosen_by_their_words() -> None:
    visit = Visit()
    visit.heard("poles", poles([Pole("YS-12", "东门"), Pole("BL-012", "西门"), Pole("YS-13", "南门", aliases="老12")]))
    placed(visit, "12")
    assert visit.rows("report-near-pole") == ["YS-12", "BL-012", "YS-13"]
    visit.press("report-near-pole", "BL-012")
    assert visit.place == "report-tell"


def test_whoever_changes_something_comes_back_to_the_summary() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-next")
    visit.press("report-no-phone")
    for what, screen, press in (
        ("kind", "report", ("report-kind", "road")),
        ("words", "write", ("keys-done", "")),
        ("phone", "report-phone", ("report-no-phone", "")),
    ):
        visit.press("report-change", what)
        assert visit.place == screen
        visit.press(*press)
        if visit.place == "report-pole":
            visit.press("enter")
        assert visit.place == "report-check", what
    visit.press("report-change", "place")
    visit.press("report-near")
    visit.press("report-near-pole", "YS-0008")
    assert visit.place == "report-check"
    visit.press("report-send")
    assert visit.gateway.forms("report")[0]["pole"] == "YS-0008"


def test_a_finger_that_taps_instead_of_holding_records_until_the_next_tap() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.press("voice-down")
    visit.press("voice-up", after_s=0.2)
    assert records(visit)
    visit.wait(5)
    visit.press("voice-down")
    visit.press("voice-up", after_s=0.1)
    assert not records(visit)
    assert visit.texts["has"]


def test_a_voice_note_ends_after_a_minute_and_the_idle_clock_stands_meanwhile() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.press("voice-down")
    visit.wait(LONGEST_S - 1)
    assert records(visit)
    assert visit.shown().countdown == -1
    visit.wait(2)
    assert not records(visit)


def test_whoever_leaves_while_it_records_is_not_recorded_any_longer() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.press("voice-down")
    visit.press("home")
    visit.wait(0.5)
    assert not records(visit)
    assert not visit.kiosk.flow.holds


def test_a_microphone_that_fails_says_what_else_one_can_do() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.parts.report.recorder = NoRecorder()
    visit.press("voice-down")
    assert "写几个字" in visit.texts["line"]
    visit.heard(RECORDER, Taken(Kind.VOICE, b""))
    assert "写几个字" in visit.texts["line"]


def test_without_a_recorder_its_ways_are_off_and_say_so() -> None:
    visit = Visit(recorder=False)
    placed(visit)
    ways = {row.control: row for row in visit.shown().view.rows}
    assert not ways["report-voice"].live
    assert not ways["report-photo"].live
    assert ways["report-words"].live


def test_the_camera_is_open_only_while_it_is_looked_through() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-photo")
    assert looks(visit)
    visit.press("photo-snap")
    visit.wait(0.5)
    assert not looks(visit)
    visit.press("photo-drop")
    assert looks(visit)
    visit.press("back")
    visit.wait(0.5)
    assert not looks(visit)


def test_a_gateway_that_is_away_is_tried_again_and_keeps_the_report_once() -> None:
    visit = Visit()
    visit.line(up=False, gateway=False)
    placed(visit)
    sent(visit)
    assert "还没有存上" in visit.texts["line"]
    assert visit.texts["number"] == ""
    visit.wait(6)
    visit.line(up=False)
    visit.wait(3)
    assert len(visit.gateway.forms("report")) == 1
    assert visit.texts["number"]
    assert "网络一通" in visit.texts["line"]


def test_an_answer_that_was_lost_does_not_make_a_second_report() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.kiosk.press("report-send", "", visit.at + 1)
    (asked,) = visit.gateway.waiting
    visit.gateway._answer(asked)  # on disk, but the answer never arrives
    visit.gateway.there = False
    visit.at += 1
    visit.gateway.settle(visit.at)
    visit.gateway.there = True
    visit.wait(3)
    assert len(visit.gateway.kept) == 1
    assert visit.texts["number"]


def test_a_double_tap_on_send_is_one_report() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-next")
    visit.press("report-no-phone")
    visit.kiosk.press("report-send", "", visit.at + 1)
    visit.kiosk.press("report-send", "", visit.at + 1 + TAP_GAP_S / 2)
    visit.at += 2
    visit.gateway.settle(visit.at)
    assert len(visit.gateway.forms("report")) == 1


def test_a_disk_that_takes_no_files_offers_to_send_the_words_alone() -> None:
    visit = Visit()
    visit.gateway.disk = False
    placed(visit)
    visit.press("report-photo")
    visit.press("photo-snap")
    visit.press("report-taken")
    sent(visit)
    assert "还没有存上" in visit.texts["line"]
    visit.press("report-without")
    assert len(visit.gateway.forms("report")) == 1
    assert "照片或录音没有存上" in visit.texts["line"]


def test_the_code_becomes_the_residents_own_link_once_the_centre_has_the_case() -> None:
    visit = Visit()
    answers = iter([refused("", "暂时没有链接"), done(link="https://desk.example/p/case#1/x")])
    visit.gateway.questions["slip-link"] = lambda _: next(answers)
    placed(visit)
    sent(visit)
    assert bytes.fromhex(visit.texts["code"]).decode() == visit.texts["number"]
    visit.wait(5)
    assert bytes.fromhex(visit.texts["code"]).decode() == "https://desk.example/p/case#1/x"
    assert visit.gateway.asked[0] == ("slip-link", {"id": "event-1"})


@pytest.mark.parametrize(
    ("trouble", "said"), [("none", "没有打印机"), ("away", "没有响应"), ("paper", "没纸"), ("", "已打印")]
)
def test_a_slip_is_printed_or_it_is_said_what_to_do_instead(trouble: str, said: str) -> None:
    visit = Visit()
    visit.gateway.printer = trouble
    placed(visit)
    sent(visit)
    visit.press("slip-print")
    assert said in visit.texts["slip"]
    assert visit.texts["code"]
    assert not visit.kiosk.flow.holds
    for slip in visit.gateway.slips:
        assert [line.text for line in slip.lines][1] == visit.texts["number"]
        assert all("灯" not in line.text for line in slip.lines)


def test_nothing_of_a_report_outlives_its_session_and_a_late_answer_is_nobodys() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-photo")
    visit.press("photo-snap")
    visit.press("report-taken")
    visit.line(up=False, gateway=False)
    sent(visit)
    late = list(visit.gateway.waiting)
    visit.wait(IDLE_S + COUNTDOWN_S + 1)
    assert visit.place == "home"
    session = visit.kiosk.flow.session
    assert (session.report.photo, session.report.letter, session.keys.texts) == (b"", None, {})
    assert not [name for name in visit.kiosk.hears if name.startswith("sent-")]
    visit.line(up=True)
    for asked in late:
        visit.heard(asked.name, visit.gateway._answer(asked))
    assert visit.kiosk.flow.session.report.letter is None


def test_a_second_report_in_the_same_session_begins_empty_with_a_number_of_its_own() -> None:
    visit = Visit()
    placed(visit)
    sent(visit)
    visit.press("done")
    placed(visit, "0008")
    assert visit.shown().view.rows[2].detail == "点现成的话，或用键盘"
    sent(visit)
    first, second = visit.gateway.forms("report")
    assert first["number"] != second["number"]
    assert second["pole"] == "YS-0008"


def test_writing_by_pinyin_and_by_strokes_gives_the_same_word_and_other_keys_keep_it() -> None:
    visit = Visit()
    visit.heard(LEXICON, lexicon())
    placed(visit)
    visit.press("report-words")
    visit.press("keys-method", "pinyin")
    for key in "ludeng":
        visit.press("key", key, 0.2)
    visit.press("keys-choose", str(visit.texts["candidates"].index("路灯")))
    visit.press("keys-method", "strokes")
    assert visit.texts["text"] == "路灯"
    for key in "4524 1345":
        visit.press("key", key, 0.2)
    visit.press("keys-choose", str(visit.texts["candidates"].index("社区")))
    visit.press("keys-method", "digits")
    visit.press("key", "3")
    visit.press("keys-done")
    assert visit.kiosk.flow.session.keys.texts["report-words"].text == "路灯社区3"


def test_tables_that_are_not_loaded_yet_say_so_and_phrases_work() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-words")
    visit.press("keys-method", "pinyin")
    visit.press("key", "l")
    assert "正在准备" in visit.texts["hint"]
    visit.press("keys-method", "phrases")
    visit.press("keys-phrase", "0")
    visit.heard(LEXICON, Lexicon((), ()))
    assert visit.texts["text"] == "灯不亮"


def test_words_of_the_place_are_found() -> None:
    visit = Visit()
    visit.heard(LEXICON, lexicon())
    placed(visit)
    visit.press("report-words")
    visit.press("keys-method", "pinyin")
    for key in "yongshanli":
        visit.press("key", key, 0.2)
    assert "永善里" in visit.texts["candidates"]


def test_a_tone_is_a_wave_file() -> None:
    with wave.open(BytesIO(tone(0.5))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (16_000, 1, 8_000)


def test_what_was_taken_for_somebody_who_has_gone_is_dropped() -> None:
    visit = Visit()
    placed(visit)
    visit.press("report-voice")
    visit.kiosk.flow.end()
    visit.heard(RECORDER, Taken(Kind.VOICE, b"RIFF", 3.0))
    visit.heard(RECORDER, RecorderSeen(voice=True))
    assert visit.kiosk.flow.session.report.voice == b""
