"""The queue as pure logic: the order, who is rung, places and waits; and the hours of departments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.desk.calls.hours import is_open, opens_at
from office.desk.calls.queue import Clerk, Standing, Waiting, arrange, expected_wait, turned_away
from sync.contract.call import Reason
from sync.contract.departments import Department, Hours, Said

CIVIL = frozenset({"civil"})


def waiting(call: str, since_s: float = 0.0, department: str = "civil", **more: object) -> Waiting:
    return Waiting(call, department, since_s, **more)  # type: ignore[arg-type]


def order(*calls: Waiting, clerks: list[Clerk] | None = None, now_s: float = 0.0) -> list[str]:
    return [standing.call for standing in arrange(calls, clerks or [], now_s)]


def test_an_sos_comes_first_then_what_was_handed_over_then_who_came_first() -> None:
    assert order(
        waiting("a", 1.0), waiting("b", 2.0), waiting("c", 9.0, first=True), waiting("d", 10.0, alarm=True)
    ) == ["d", "c", "a", "b"]


def test_as_many_ring_as_can_be_taken_and_the_rest_have_places_of_their_department() -> None:
    clerks = [Clerk("x", CIVIL), Clerk("y", CIVIL, free=False), Clerk("z", frozenset({"housing"}))]
    calls = [waiting("a", 1), waiting("b", 2), waiting("c", 3), waiting("d", 4, "housing"), waiting("e", 5, "housing")]
    assert arrange(calls, clerks, 0.0) == [
        Standing("a", ("x",)),
        Standing("b", place=1),
        Standing("c", place=2),
        Standing("d", ("z",)),
        Standing("e", place=1),
    ]


def test_a_clerk_of_two_departments_is_not_promised_to_both() -> None:
    clerks = [Clerk("both", frozenset({"civil", "housing"})), Clerk("one", CIVIL)]
    standings = arrange([waiting("a", 1), waiting("b", 2, "housing"), waiting("c", 3)], clerks, 0.0)
    assert standings == [Standing("a", ("both", "one")), Standing("b", ("both",)), Standing("c", place=1)]


def test_the_same_clerk_alone_for_a_while_if_free() -> None:
    clerks = [Clerk("x", CIVIL), Clerk("y", CIVIL)]
    call = waiting("a", again="y", again_until_s=10.0)
    assert arrange([call], clerks, 9.9) == [Standing("a", ("y",))]
    assert arrange([call], clerks, 10.0) == [Standing("a", ("x", "y"))]
    assert arrange([call], [Clerk("x", CIVIL), Clerk("y", CIVIL, free=False)], 0.0) == [Standing("a", ("x",))]


def test_what_is_for_one_person_or_not_heard_or_declined() -> None:
    clerks = [Clerk("x", CIVIL), Clerk("y", frozenset())]
    assert arrange([waiting("a", only="y")], clerks, 0.0) == [Standing("a", ("y",))]
    assert arrange([waiting("a", heard=False)], clerks, 0.0) == [Standing("a", place=1)]
    assert arrange([waiting("a", declined=frozenset({"x"}))], clerks, 0.0) == [Standing("a", place=1)]


def test_an_sos_rings_at_the_duty_whatever_its_department() -> None:
    clerks = [Clerk("duty", frozenset(), duty=True), Clerk("x", CIVIL)]
    assert arrange([waiting("a", alarm=True)], clerks, 0.0) == [Standing("a", ("duty", "x"))]


NAMES = st.sampled_from(["civil", "housing", "labour"])
CALLS = st.lists(
    st.tuples(NAMES, st.integers(0, 100), st.booleans(), st.booleans(), st.booleans()), max_size=12
)  # fmt: skip
CLERKS = st.lists(st.tuples(st.frozensets(NAMES, max_size=3), st.booleans(), st.booleans()), max_size=8)


@given(CALLS, CLERKS)
@settings(max_examples=300, deadline=None)
def test_every_ringing_call_can_be_taken_at_once_and_no_free_clerk_idles(
    calls: list[tuple[str, int, bool, bool, bool]], clerks: list[tuple[frozenset[str], bool, bool]]
) -> None:
    asked = [waiting(f"c{n}", s, d, alarm=a, first=f, heard=h) for n, (d, s, a, f, h) in enumerate(calls)]
    there = [Clerk(f"k{n}", d, free, duty) for n, (d, free, duty) in enumerate(clerks)]
    standings = arrange(asked, there, 0.0)
    assert [s.call for s in standings] == order(*asked)
    ringing = [s for s in standings if s.rings]
    free = {clerk.account for clerk in there if clerk.free}
    assert all(set(s.rings) <= free for s in ringing)
    assert _matching([s.rings for s in ringing]) == len(ringing), "each has a clerk of its own"
    by = {one.call: one for one in asked}
    for name in {one.department for one in asked}:
        places = [s.place for s in standings if not s.rings and by[s.call].department == name]
        assert places == list(range(1, len(places) + 1))
    left = [s for s in standings if not s.rings and by[s.call].heard]
    for standing in left:  # it could not be added to those that ring
        one = by[standing.call]
        may = tuple(c.account for c in there if c.free and (one.department in c.departments or (one.alarm and c.duty)))
        assert _matching([*(s.rings for s in ringing), may]) == len(ringing)


def _matching(choices: list[tuple[str, ...]]) -> int:
    taken: dict[str, int] = {}

    def give(n: int, tried: set[str]) -> bool:
        for account in choices[n]:
            if account not in tried:
                tried.add(account)
                if account not in taken or give(taken[account], tried):
                    taken[account] = n
                    return True
        return False

    return sum(give(n, set()) for n in range(len(choices)))


def test_the_expected_wait_is_the_median_of_the_last_twenty_and_unknown_below_five() -> None:
    assert expected_wait([60.0] * 4, 1, 1) is None
    assert expected_wait([60.0, 60.0, 120.0, 60.0, 600.0], 1, 1) == 60.0
    assert expected_wait([9999.0] * 50 + [100.0] * 20, 3, 2) == 150.0
    assert expected_wait([60.0] * 20, 1, 0) is None


def test_who_is_turned_away() -> None:
    here = {"is_open": True, "there": 1, "free": 0, "waiting": 9, "most": 10}
    assert turned_away(**here) is None  # type: ignore[arg-type]
    assert turned_away(**here | {"waiting": 10}) is Reason.BUSY  # type: ignore[arg-type]
    assert turned_away(**here | {"waiting": 10, "free": 1}) is None  # type: ignore[arg-type]
    assert turned_away(**here | {"there": 0}) is Reason.ABSENT  # type: ignore[arg-type]
    assert turned_away(**here | {"is_open": False, "there": 0}) is Reason.CLOSED  # type: ignore[arg-type]


WORKDAYS = [Hours([1, 2, 3, 4, 5], 540, 720), Hours([1, 2, 3, 4, 5], 810, 1080)]
CIVIL_HOURS = Department(
    id="civil", name=Said("民政科"), hours=WORKDAYS, closed_on=["2026-10-01", "2026-10-02"], open_on=["2026-10-10"]
)


def at(text: str) -> int:
    """Beijing time as milliseconds."""
    return int((datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("moment", "is_it", "next_one"),
    [
        ("2026-09-30T08:59", False, "2026-09-30T09:00+08:00"),
        ("2026-09-30T09:00", True, ""),
        ("2026-09-30T12:00", False, "2026-09-30T13:30+08:00"),
        ("2026-09-30T17:59", True, ""),
        ("2026-09-30T18:00", False, "2026-10-05T09:00+08:00"),
        ("2026-10-01T10:00", False, "2026-10-05T09:00+08:00"),
        ("2026-10-10T10:00", True, ""),
        ("2026-10-11T10:00", False, "2026-10-12T09:00+08:00"),
    ],
)
def test_hours_know_holidays_and_worked_weekends(moment: str, is_it: bool, next_one: str) -> None:  # noqa: FBT001
    assert (is_open(CIVIL_HOURS, at(moment)), opens_at(CIVIL_HOURS, at(moment))) == (is_it, next_one)


def test_without_hours_a_department_is_always_open_and_one_that_never_opens_says_nothing() -> None:
    always = Department(id="general", name=Said("总值班室"))
    never = Department(id="never", name=Said("无"), hours=[Hours([1], 600, 600)])
    assert (is_open(always, at("2026-10-01T03:00")), opens_at(always, at("2026-10-01T03:00"))) == (True, "")
    assert (is_open(never, at("2026-09-28T10:00")), opens_at(never, at("2026-09-28T10:00"))) == (False, "")
