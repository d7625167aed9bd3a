"""Who is on duty, judged by proofs; and whether anyone is there."""

from __future__ import annotations

from office.desk.duty.attendance import Attendance
from office.desk.duty.watch import Lost, Watch, Why


def on_duty(at_s: float = 0.0, *, visible: bool = True) -> Watch:
    watch = Watch()
    n = watch.test(1, at_s)
    assert watch.heard(1, "a", n, audible=True, visible=visible, at_s=at_s)
    return watch


def test_nobody_is_on_duty_before_they_heard_the_tone() -> None:
    watch = Watch()
    n = watch.test(1, 0.0)
    assert watch.accounts() == []
    assert not watch.heard(1, "a", n + 1, audible=True, visible=True, at_s=1.0)
    assert watch.accounts() == []


def test_a_tone_of_a_minute_ago_says_nothing_about_the_sound_of_now() -> None:
    watch = Watch()
    n = watch.test(1, 0.0)
    assert not watch.heard(1, "a", n, audible=True, visible=True, at_s=61.0)


def test_a_page_whose_sound_is_blocked_cannot_go_on_duty() -> None:
    watch = Watch()
    n = watch.test(1, 0.0)
    assert not watch.heard(1, "a", n, audible=False, visible=True, at_s=1.0)


def test_sound_that_is_blocked_ends_duty_at_once() -> None:
    watch = on_duty()
    assert watch.proof(1, 0, audible=False, visible=True, at_s=1.0) == Lost(1, "a", Why.SILENT)
    assert watch.accounts() == []


def test_a_page_that_answers_stays_on_duty() -> None:
    watch = on_duty()
    for second in range(100):
        at_s = float(second)
        assert watch.tick(at_s) == []
        for key, n in watch.questions(at_s):
            assert watch.proof(key, n, audible=True, visible=True, at_s=at_s + 0.2) is None
    assert watch.accounts() == [("a", 0.0)]


def test_a_page_in_sight_has_five_seconds() -> None:
    watch = on_duty()
    watch.questions(0.0)
    assert watch.tick(5.0) == []
    assert watch.tick(5.1) == [Lost(1, "a", Why.STOPPED)]


def test_a_hidden_page_has_one_second() -> None:
    watch = on_duty(visible=False)
    watch.questions(0.0)
    assert watch.tick(1.0) == []
    assert watch.tick(1.01) == [Lost(1, "a", Why.HIDDEN)]


def test_the_second_of_a_page_that_hides_begins_when_it_hides() -> None:
    watch = on_duty()
    watch.questions(0.0)
    watch.proof(1, 0, audible=True, visible=False, at_s=3.0)
    assert watch.tick(4.0) == []
    assert watch.tick(4.1) == [Lost(1, "a", Why.HIDDEN)]


def test_an_answer_to_an_older_question_proves_nothing() -> None:
    watch = on_duty()
    ((key, n),) = watch.questions(0.0)
    watch.proof(key, n - 1, audible=True, visible=True, at_s=4.0)
    assert watch.tick(5.1) == [Lost(1, "a", Why.STOPPED)]


def test_a_desk_that_stood_still_blames_nobody() -> None:
    watch = on_duty(visible=False)
    watch.questions(0.0)
    watch.stalled(3.0)
    assert watch.tick(3.5) == []


def test_two_pages_of_one_person_are_one_person_until_both_are_gone() -> None:
    watch = on_duty()
    watch.heard(2, "a", watch.test(2, 1.0), audible=True, visible=True, at_s=1.0)
    assert watch.accounts() == [("a", 0.0)]
    assert watch.leave(1, Why.CLOSED) == Lost(1, "a", Why.CLOSED)
    assert watch.accounts() == [("a", 1.0)]


def test_half_a_minute_without_anyone_is_unattended() -> None:
    there = Attendance(0.0)
    assert not there.count(1, 5.0)
    assert there.told == 1
    assert not there.count(0, 10.0)
    assert (there.tick(39.9), there.told) == (False, 1)
    assert (there.tick(40.0), there.told) == (True, 0)
    assert (there.count(2, 50.0), there.attended, there.told) == (True, True, 2)


def test_nothing_is_said_of_a_desk_that_has_just_started() -> None:
    there = Attendance(0.0)
    assert there.told is None
    assert there.tick(30.0)
    assert there.told == 0
