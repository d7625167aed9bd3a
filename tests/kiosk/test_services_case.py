"""One's own case by number and by slip, and the word about it. No display."""

from __future__ import annotations

import pytest

from kiosk_ui.code import LOCK_S
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from sync.contract import case_number
from sync.contract.call_screen import Start
from tests.kiosk.fake_gateway import done, refused
from tests.kiosk.pictures_residents import CASE, CLOSED, NUMBER
from tests.kiosk.services_stage import Visit


def looked(visit: Visit, number: str = NUMBER) -> None:
    visit.press("case")
    visit.type(number)
    visit.press("enter")


def having(result: dict[str, object], *, online: bool = True) -> Visit:
    visit = Visit(online=online)
    visit.gateway.questions["my-case"] = lambda _: done(**result)
    return visit


def test_a_number_leads_to_five_steps_in_words_with_their_days() -> None:
    visit = having(dict(CASE))
    looked(visit)
    assert visit.place == "case-found"
    assert visit.texts["steps"] == ["派遣", "处理", "核查", "回复", "结案"]
    assert visit.texts["states"] == ["done", "now", "open", "open", "open"]
    assert visit.texts["days"][:2] == ["11月20日", "11月20日起"]
    assert visit.texts["line"] == "城市管理科正在处理"
    assert visit.gateway.asked == [("my-case", {"number": NUMBER})]


def test_the_number_is_grouped_as_on_the_slip_while_it_is_typed() -> None:
    visit = Visit()
    visit.press("case")
    visit.type("482109379999")
    assert visit.texts["typed"] == case_number.shown(NUMBER)


def test_a_slip_of_the_finger_is_said_and_asks_nobody() -> None:
    visit = having(dict(CASE))
    looked(visit, "482109370")
    assert "编号不对" in visit.texts["line"]
    assert visit.gateway.asked == []


def test_offline_it_says_so_and_asks_nobody() -> None:
    visit = having(dict(CASE), online=False)
    looked(visit)
    assert "网络不通" in visit.texts["line"]
    assert visit.place == "case"


def test_a_centre_that_does_not_answer_is_said_and_can_be_asked_again() -> None:
    visit = having(dict(CASE))
    visit.gateway.there = False
    looked(visit)
    assert "现在查不到" in visit.texts["line"]
    visit.gateway.there = True
    visit.press("enter")
    assert visit.place == "case-found"


def test_five_wrong_numbers_lock_the_look_up_for_ten_minutes_over_sessions() -> None:
    visit = Visit()
    visit.gateway.questions["my-case"] = lambda _: refused("none", "没有这个编号的案件,请核对")
    for _ in range(5):
        looked(visit, case_number.mint())
        visit.press("home")
    visit.kiosk.flow.end()
    looked(visit, case_number.mint())
    assert len(visit.gateway.asked) == 5
    assert "错了五次" in visit.texts["line"]
    visit.wait(LOCK_S)
    visit.gateway.questions["my-case"] = lambda _: done(**CASE)
    looked(visit)
    assert visit.place == "case-found"


def test_what_the_centre_locked_is_said_in_the_language_of_who_stands_there() -> None:
    visit = Visit()
    visit.gateway.questions["my-case"] = lambda _: refused("locked", "查询次数过多")
    visit.press("language")
    looked(visit)
    assert visit.texts["line"].startswith("Too many")


@pytest.mark.parametrize(
    "code",
    [
        NUMBER,
        case_number.shown(NUMBER),
        f"https://desk.example/p/case#{NUMBER}/abc",
        f"Linli {case_number.shown(NUMBER)}",
    ],
)
def test_a_scanned_slip_says_where_it_stands_at_once(code: str) -> None:
    visit = having(dict(CASE))
    visit.heard("scanned", code)
    visit.gateway.settle(visit.at)
    assert visit.place == "case-found"
    visit.press("back")
    assert visit.place == "case"
    visit.wait(IDLE_S + COUNTDOWN_S + 1)
    assert visit.place == "home"


@pytest.mark.parametrize("code", ["", "6901234567892", "x" * 5000, "482109370", "１２３", "1" * 500, "\x00\x1b[31m"])
def test_a_reader_that_types_garbage_changes_nothing(code: str) -> None:
    visit = having(dict(CASE))
    visit.press("report")
    visit.heard("scanned", code)
    assert visit.place == "report"
    assert visit.gateway.asked == []


def test_a_slip_before_the_reader_does_not_end_a_call() -> None:
    visit = having(dict(CASE))
    visit.press("help")
    visit.heard("scanned", NUMBER)
    assert visit.place == "call"


def test_two_cases_with_one_number_are_told_apart_by_their_day() -> None:
    both = {
        "cases": 2,
        "1.kiosk": "kiosk-1",
        "1.day": "2026-11-01",
        "1.kind.zh": "路灯",
        "2.kiosk": "kiosk-2",
        "2.day": "2026-11-20",
        "2.kind.zh": "垃圾",
    }
    visit = Visit()
    visit.gateway.questions["my-case"] = lambda asked: done(**(CASE if asked.get("which") == 2 else both))
    looked(visit)
    assert visit.place == "case-which"
    visit.press("case-which", "2")
    assert visit.place == "case-found"
    assert visit.gateway.asked[-1] == ("my-case", {"number": NUMBER, "which": 2})


def test_one_tap_rings_the_department_that_has_it_about_this_case() -> None:
    visit = having(dict(CASE))
    looked(visit)
    visit.press("case-call")
    visit.wait(0.5)
    (start,) = (wish for wish in visit.wishes if isinstance(wish, Start))
    assert (start.department, start.case, start.again) == ("city", NUMBER, NUMBER)
    assert visit.place == "call"


def test_a_closed_case_is_judged_once_by_face_solved_and_word() -> None:
    visit = having(dict(CLOSED))
    looked(visit)
    visit.press("case-judge")
    visit.press("case-face", "good")
    visit.press("case-solved", "yes")
    visit.press("case-why", "fast")
    assert visit.gateway.forms("evaluation") == [{"number": NUMBER, "stars": 5, "solved": True, "words": "办得快"}]
    assert "交给办事处" in visit.texts["empty"]
    visit.press("back")
    assert visit.rows("case-judge") == []
    visit.press("case-why", "kind")
    assert len(visit.gateway.forms("evaluation")) == 1


def test_a_case_that_is_worked_on_cannot_be_judged() -> None:
    visit = having(dict(CASE))
    looked(visit)
    assert not [row for row in visit.shown().view.rows if row.control == "case-judge"]


def test_a_word_that_cannot_be_kept_yet_is_not_said_to_be() -> None:
    visit = having(dict(CLOSED))
    looked(visit)
    visit.press("case-judge")
    visit.press("case-face", "bad")
    visit.press("case-solved", "no")
    visit.gateway.there = False
    visit.press("case-why", "")
    assert "还没有存上" in visit.texts["empty"]
    visit.gateway.there = True
    visit.wait(3)
    assert visit.gateway.forms("evaluation") == [{"number": NUMBER, "stars": 1, "solved": False, "words": ""}]
    assert "交给办事处" in visit.texts["empty"]


def test_an_answer_for_somebody_who_has_gone_is_not_shown_to_the_next() -> None:
    visit = having(dict(CASE))
    visit.press("case")
    visit.type(NUMBER)
    visit.kiosk.press("enter", "", visit.at + 1)
    visit.kiosk.flow.end()
    visit.gateway.settle(visit.at + 2)
    assert visit.place == "home"
    visit.press("case", after_s=3)
    assert visit.texts["typed"] == ""


def test_a_damaged_answer_shows_what_there_is() -> None:
    visit = having({"number": "x", "step": 7, "handle.state": None, "handle.at": "yesterday"})
    looked(visit)
    assert visit.texts["states"] == ["open"] * 5
    assert visit.texts["days"] == [""] * 5
