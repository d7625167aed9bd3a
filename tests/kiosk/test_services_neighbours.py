"""Neighbours: what is on, who joins, what is proposed and what is answered, each ending as a submission on disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk_ui.content import Services
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.theme import Glass
from sync.contract.departments import Said
from sync.contract.services import Activity, Poll
from tests.kiosk.services_stage import CALENDARS, Visit

PHONE = "13800000000"
CHESS = Activity(
    id="chess",
    kind="activity",
    title=Said("象棋角", "Chess corner"),
    text=Said("会不会下都欢迎。", "Beginners are welcome."),
    place=Said("永善里活动室", "Activity room"),
    starts="2026-11-28T14:00",
    ends="2026-11-28T16:00",
    room_for=16,
    taken=11,
)


def activity(name: str, **more: object) -> Activity:
    values = {field: getattr(CHESS, field) for field in CHESS.__struct_fields__}
    return Activity(**(values | {"id": name} | more))


CONTENT = Services(
    version="2",
    calendars=CALENDARS,
    activities={
        one.id: one
        for one in (
            CHESS,
            activity("full", title=Said("包饺子"), taken=16),
            activity("over", title=Said("重阳登高"), starts="2026-10-20T09:00", ends="2026-10-20T11:00"),
            activity("lamp", kind="help-wanted", title=Said("帮忙换灯泡"), starts="", ends="", room_for=0),
            activity("phone", kind="help-offered", title=Said("教用手机"), starts="", ends="", room_for=0),
        )
    },
    polls={
        one.id: one
        for one in (
            Poll(
                id="bench",
                question=Said("长椅放哪里？", "Where shall the bench stand?"),
                answers=[Said("银杏树下", "Under the tree"), Said("车站旁", "At the stop"), Said("都好", "Either")],
                ends="2026-12-01",
            ),
            Poll(
                id="music",
                question=Said("广场舞几点结束？", "When shall the dancing end?"),
                answers=[Said("八点半", "8:30"), Said("九点", "9:00")],
                ends="2026-11-01",
                results=[30, 90],
            ),
        )
    },
)


@pytest.fixture
def visit() -> Visit:
    made = Visit()
    made.heard("services", CONTENT)
    made.parts.neighbours.mint = lambda: "482109376"
    made.press("neighbours")
    return made


def test_what_is_to_come_stands_there_soonest_first_and_what_is_over_does_not(visit: Visit) -> None:
    visit.press("activities")
    assert visit.rows("activity") == ["chess", "full", "lamp", "phone"]


def test_somebody_signs_up_with_as_many_as_they_are_and_a_number_to_call(visit: Visit) -> None:
    for control, argument in (("activities", ""), ("activity", "chess"), ("join", "chess"), ("join-people", "2")):
        assert visit.press(control, argument)
    visit.type(PHONE)
    visit.press("enter")
    assert visit.place == "neighbour-sent"
    assert visit.gateway.forms("signup") == [
        {"number": "482109376", "activity": "chess", "phone": PHONE, "people": 2},
    ]
    assert visit.texts["number"]


def test_a_full_activity_says_so_and_still_takes_who_will_wait(visit: Visit) -> None:
    visit.press("activities")
    visit.press("activity", "full")
    [row] = [row for row in visit.shown().view.rows if row.control == "join"]
    assert "排队" in row.title


@pytest.mark.parametrize("phone", ["", "138"])
def test_a_number_too_short_is_asked_for_again(visit: Visit, phone: str) -> None:
    visit.press("activities")
    visit.press("activity", "lamp")
    visit.press("join", "lamp")
    visit.type(phone)
    visit.press("enter")
    assert visit.place == "neighbour-phone"
    assert visit.gateway.kept == {}


@pytest.mark.parametrize("kind", ["activity", "help-wanted", "help-offered"])
def test_a_proposal_of_ready_phrases_is_kept_and_says_that_it_is_looked_at_first(visit: Visit, kind: str) -> None:
    visit.press("propose")
    assert "审核" in visit.texts["strip"]
    visit.press("propose-kind", kind)
    visit.press("keys-phrase", "0")
    visit.press("keys-phrase", "4")
    visit.press("keys-done")
    visit.type(PHONE)
    visit.press("enter")
    [form] = visit.gateway.forms("proposal")
    assert form["kind"] == kind
    assert form["words"].startswith(form["title"])
    assert "，" in form["words"]
    assert "审核" in visit.texts["detail"]


def test_nothing_written_is_nothing_proposed(visit: Visit) -> None:
    visit.press("propose")
    visit.press("propose-kind", "activity")
    visit.press("keys-done")
    assert visit.place == "write"


def test_without_the_gateway_it_waits_and_is_kept_once_when_it_is_back(visit: Visit) -> None:
    visit.line(up=False, gateway=False)
    visit.press("activities")
    visit.press("activity", "lamp")
    visit.press("join", "lamp")
    visit.type(PHONE)
    visit.press("enter")
    assert visit.gateway.kept == {}
    assert visit.texts["tone"] == "warn"
    visit.gateway.there = True
    visit.wait(5)
    assert len(visit.gateway.forms("signup")) == 1
    assert visit.texts["tone"] == "good"


def test_one_session_has_one_ballot_of_a_poll_without_a_person_in_it(visit: Visit) -> None:
    visit.press("polls")
    assert visit.press("poll", "bench")
    visit.press("poll-answer", "1")
    visit.press("poll-answer", "2")
    [form] = visit.gateway.forms("vote")
    assert (form["poll"], form["answer"]) == ("bench", 1)
    assert set(form) == {"poll", "answer", "ballot"}
    assert len(form["ballot"]) == 32
    assert not any(row.live for row in visit.shown().view.rows)


def test_the_next_person_has_their_own_ballot(visit: Visit) -> None:
    for _ in range(2):
        visit.press("neighbours")
        visit.press("polls")
        visit.press("poll", "bench")
        visit.press("poll-answer", "0")
        visit.press("end")
    first, second = (form["ballot"] for form in visit.gateway.forms("vote"))
    assert first != second


@pytest.mark.parametrize("answer", ["3", "-1", "x", "", "999999"])
def test_an_answer_that_is_none_is_no_vote(visit: Visit, answer: str) -> None:
    visit.press("polls")
    visit.press("poll", "bench")
    visit.press("poll-answer", answer)
    assert visit.gateway.kept == {}


def test_how_a_poll_ended_is_said_in_words_and_the_bars_say_the_same(visit: Visit) -> None:
    visit.press("polls")
    assert visit.rows("poll-results") == ["music"]
    visit.press("poll-results", "music")
    assert visit.texts["shares"] == ["25", "75"]
    assert [row.said for row in visit.shown().view.rows] == ["30 票，占 25%", "90 票，占 75%"]


def test_a_poll_that_went_on_is_closed_for_who_comes_after_its_end(visit: Visit) -> None:
    polls = dict(CONTENT.polls) | {
        "bench": Poll(id="bench", question=Said("?"), answers=[Said("a"), Said("b")], ends="2026-11-01")
    }
    visit.press("end")
    visit.heard("services", replace(CONTENT, polls=polls))
    visit.press("neighbours")
    visit.press("polls")
    assert visit.rows("poll") == []


@pytest.mark.parametrize(("control", "argument"), [("activity", "no such"), ("poll", "no such"), ("poll-results", "x")])
def test_what_was_taken_back_meanwhile_says_so(visit: Visit, control: str, argument: str) -> None:
    visit.press("activities" if control == "activity" else "polls")
    visit.press(control, argument)
    assert visit.shown().view.title


def test_the_screens_are_there_in_both_languages_and_on_a_small_glass() -> None:
    made = Visit(Kiosk(Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0), "en"))
    made.heard("services", CONTENT)
    steps = [("neighbours", ""), ("activities", ""), ("activity", "chess"), ("join", "chess"), ("join-people", "1")]
    for control, argument in steps:
        assert made.press(control, argument)
        assert made.shown().view.title
