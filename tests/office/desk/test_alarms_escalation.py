"""The escalation, pure: whom an alarm rings at, and when somebody else."""

from __future__ import annotations

from collections.abc import Iterable

from office.desk.alarms.escalation import EVERYBODY, Kind, Mark, Roster, Standing, Times, What, due, rings

TIMES = Times()
BOTH = Roster(("anna", "bo"), attended=True)
EMPTY = Roster((), attended=False)


def standing(kind: Kind = Kind.EMERGENCY, **more: object) -> Standing:
    return Standing("a", kind, 0, **more)  # type: ignore[arg-type]


class Line:
    """One alarm on its way up; `at` gives the steps that became due then, and keeps their marks."""

    def __init__(self, alarm: Standing) -> None:
        self.alarm = alarm
        self.marks: dict[tuple[What, int], Mark] = {}

    def at(self, seconds: float, roster: Roster = BOTH) -> list[What]:
        found = due(self.alarm, self.marks, roster, int(seconds * 1000), TIMES)
        self.marks |= {(mark.what, mark.turn): mark for mark in found}
        return [mark.what for mark in found]

    def rings(self) -> tuple[str, ...]:
        return rings(self.alarm, self.marks)


def played(line: Line, seconds: Iterable[float]) -> list[tuple[float, list[What]]]:
    return [(s, found) for s in seconds if (found := line.at(s))]


def test_an_alarm_rings_at_the_first_then_the_next_then_everyone_and_phones_out_once() -> None:
    line = Line(standing())
    assert played(line, range(200)) == [(0, [What.FIRST]), (30, [What.NEXT]), (60, [What.EVERYONE, What.PHONE])]


def test_the_first_person_keeps_ringing_when_the_next_one_is_called() -> None:
    line = Line(standing())
    line.at(0)
    assert line.rings() == ("anna",)
    line.at(30)
    assert line.rings() == ("anna", "bo")
    line.at(60)
    assert line.rings() == (EVERYBODY,)


def test_with_nobody_on_duty_everyone_is_called_and_the_phone_rings_at_once() -> None:
    assert Line(standing()).at(0, EMPTY) == [What.EVERYONE, What.PHONE]


def test_while_pages_come_back_after_a_restart_nobody_is_phoned() -> None:
    line = Line(standing())
    assert line.at(0, Roster((), attended=True)) == [What.EVERYONE]
    assert line.at(20, EMPTY) == [What.PHONE]


def test_who_is_alone_is_followed_by_everyone() -> None:
    alone = Roster(("anna",), attended=True)
    line = Line(standing())
    assert [line.at(s, alone) for s in (0, 29, 30, 60)] == [[What.FIRST], [], [What.EVERYONE], [What.PHONE]]


def test_when_whoever_it_rings_at_leaves_the_next_one_is_called_at_once() -> None:
    line = Line(standing())
    line.at(0)
    assert line.at(5, Roster(("bo",), attended=True)) == [What.NEXT]


def test_after_an_outage_only_the_largest_step_that_is_due_is_taken() -> None:
    assert Line(standing()).at(300) == [What.EVERYONE, What.PHONE]


def test_marks_of_before_a_restart_are_not_made_again() -> None:
    line = Line(standing())
    line.at(60)
    again = Line(standing())
    again.marks = dict(line.marks)
    assert again.at(61) == []


def test_a_test_rings_at_one_person_and_goes_no_further() -> None:
    line = Line(standing(Kind.TEST))
    assert played(line, range(0, 4000, 10)) == [(0, [What.FIRST])]
    assert Line(standing(Kind.TEST)).at(0, EMPTY) == []


def test_trouble_is_slower_and_phones_nobody() -> None:
    line = Line(standing(Kind.TROUBLE))
    assert played(line, range(2000)) == [(0, [What.FIRST]), (300, [What.NEXT]), (900, [What.EVERYONE])]


def test_a_drill_goes_every_way_an_emergency_goes() -> None:
    assert Line(standing(Kind.DRILL)).at(0, EMPTY) == [What.EVERYONE, What.PHONE]


def test_taken_and_then_nothing_reminds_the_keeper_then_everyone() -> None:
    line = Line(standing(taken=True, keeper="anna", moved_at=1000))
    assert [line.at(s) for s in (600, 601, 720, 721)] == [[], [What.REMIND], [], [What.REMIND_ALL]]
    assert line.rings() == (EVERYBODY,)


def test_a_word_about_it_ends_the_reminder_and_its_time_begins_anew() -> None:
    line = Line(standing(taken=True, keeper="anna", moved_at=1000))
    line.at(700)
    assert line.rings() == ("anna",)
    line.alarm = standing(taken=True, keeper="anna", moved_at=710_000)
    assert line.rings() == ()
    assert line.at(711) == []
    assert line.at(1311) == [What.REMIND]


def test_nobody_is_reminded_before_the_time_that_was_promised() -> None:
    line = Line(standing(taken=True, keeper="anna", moved_at=0, promised_at=1_200_000))
    assert [line.at(s) for s in (601, 1199, 1200)] == [[], [], [What.REMIND]]


def test_another_press_on_a_taken_alarm_rings_at_its_keeper_at_once() -> None:
    line = Line(standing(taken=True, keeper="anna", moved_at=5000, pressed_at=9000))
    assert line.at(9) == [What.REMIND]
    assert line.rings() == ("anna",)
