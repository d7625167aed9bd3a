"""A case is worked in five steps, by who may, by one at a time, and nothing of it is rewritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from office.desk.cases import book, office_time
from office.desk.cases.book import NewCase, Source
from office.desk.cases.moves import Move, get
from office.desk.cases.office_time import HOUR_MS, OfficeTime
from office.desk.cases.steps import RULES, Action, Step
from office.desk.mistake import Mistake
from office.desk.people.accounts import Person
from office.desk.people.roles import Role
from office.desk.people.vault import Vault
from office.desk.schema import MIGRATIONS
from sync.contract import case_number

LEAD = Person(id="lead", login="lead", name="值班一号", roles=frozenset({Role.DUTY}))
CITY = Person(id="city", login="city", name="城管", roles=frozenset({Role.DEPARTMENT}), department="city")
CIVIL = Person(id="civil", login="civil", name="民政", roles=frozenset({Role.DEPARTMENT}), department="civil")
NOW = 1_790_125_200_000
"""Wednesday 23 September 2026, 09:00 in Beijing."""


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "desk.sqlite")
    connection.row_factory = sqlite3.Row
    for _, script in MIGRATIONS:
        connection.executescript(script)
    for who in (LEAD, CITY, CIVIL):
        connection.execute(
            "INSERT INTO accounts(id, login, name, roles, department, password, made_at, changed_at) "
            "VALUES (?,?,?,'[]',?,'',0,0)",
            (who.id, who.login, who.name, who.department),
        )
    yield connection
    connection.close()


def begun(conn: sqlite3.Connection, **more: object) -> str:
    known: dict[str, object] = {"source": Source.HOTLINE, "words": "路灯不亮", "kind": "lamp", "accepted": True}
    return book.begin(conn, NOW, NewCase(**{**known, **more}))  # type: ignore[arg-type]


def do(conn: sqlite3.Connection, number: str, action: Action, who: Person = LEAD, **more: object) -> sqlite3.Row:
    move = Move(action, **{"words": "说明", **more})  # type: ignore[arg-type]
    return book.step(conn, NOW, number, get(conn, number)["version"], move, who)


def to_close(conn: sqlite3.Connection, number: str) -> None:
    do(conn, number, Action.DISPATCH, department="city")
    do(conn, number, Action.DONE, CITY)
    do(conn, number, Action.VERIFIED)
    do(conn, number, Action.REPLY)


def test_a_case_goes_through_the_five_steps_and_a_resident_ends_it(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    to_close(conn, number)
    assert book.evaluate(conn, NOW, number, 5, "谢谢", "link", solved=True)["step"] == Step.ENDED
    steps = [row["step"] for row in conn.execute("SELECT step FROM case_history ORDER BY n")]
    assert steps == ["dispatch", "handle", "verify", "reply", "close", "ended"]
    assert conn.execute("SELECT count(*) FROM case_spans").fetchone()[0] == 5


def test_each_action_is_possible_from_its_steps_and_from_no_other(conn: sqlite3.Connection) -> None:
    for action, rule in RULES.items():
        for step in Step:
            number = begun(conn)
            conn.execute("UPDATE cases SET step=?, department='city' WHERE number=?", (step, number))
            more: dict[str, object] = {"department": "civil"}
            if action is Action.HOLD:
                more["until"] = NOW + HOUR_MS
            if action is Action.RESUME:
                conn.execute("UPDATE cases SET held_until=1 WHERE number=?", (number,))
            if action is Action.MERGE:
                more["leader"] = begun(conn)
            if action is Action.SPLIT:
                conn.execute("UPDATE cases SET leader=? WHERE number=?", (begun(conn), number))
            if step in rule.start:
                assert do(conn, number, action, LEAD, **more)["step"] == (rule.to or step)
            else:
                with pytest.raises(Mistake) as refused:
                    do(conn, number, action, LEAD, **more)
                assert refused.value.status == 409


def test_of_two_clerks_the_second_reads_who_was_first(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    version = get(conn, number)["version"]
    book.step(conn, NOW, number, version, Move(Action.DISPATCH, department="city"), LEAD)
    with pytest.raises(Mistake, match="值班一号") as refused:
        book.step(conn, NOW, number, version, Move(Action.NOTE, "也看到了"), CITY)
    assert (refused.value.status, refused.value.code) == (409, "stale")


def test_history_is_never_changed_and_never_removed(conn: sqlite3.Connection) -> None:
    begun(conn)
    for sql in ("UPDATE case_history SET words='x'", "DELETE FROM case_history"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            conn.execute(sql)


def test_a_department_works_its_own_cases_only(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    do(conn, number, Action.DISPATCH, department="city")
    with pytest.raises(Mistake) as refused:
        do(conn, number, Action.DONE, CIVIL)
    assert refused.value.status == 403
    with pytest.raises(Mistake):
        do(conn, number, Action.HAND_OVER, CITY, department="civil")
    assert do(conn, number, Action.HAND_OVER, CITY, assignee="city")["assignee"] == "city"
    assert do(conn, number, Action.RETURN, CITY)["department"] == ""


def test_whoever_has_a_case_may_finish_it_also_without_a_department(conn: sqlite3.Connection) -> None:
    warden = Person(id="civil", roles=frozenset({Role.WARDEN}))
    number = begun(conn)
    do(conn, number, Action.DISPATCH, department="city", assignee="civil")
    assert do(conn, number, Action.DONE, warden)["step"] == Step.VERIFY


def test_what_does_not_pass_goes_back_and_what_was_not_solved_opens_again(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    do(conn, number, Action.DISPATCH, department="city")
    do(conn, number, Action.DONE, CITY)
    assert do(conn, number, Action.SEND_BACK)["step"] == Step.HANDLE
    do(conn, number, Action.DONE, CITY)
    do(conn, number, Action.VERIFIED)
    do(conn, number, Action.REPLY)
    opened = book.evaluate(conn, NOW, number, 1, "还是不亮", "link", solved=False)
    assert (opened["step"], opened["open"], opened["round"], opened["department"]) == ("handle", 1, 2, "city")


def test_an_answer_is_evaluated_once_and_in_time(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    with pytest.raises(Mistake, match="answered"):
        book.evaluate(conn, NOW, number, 5, "", "link", solved=True)
    to_close(conn, number)
    with pytest.raises(Mistake, match="over"):
        book.evaluate(conn, NOW + book.EVALUATE_MS + 1, number, 1, "", "link", solved=False)
    book.evaluate(conn, NOW, number, 5, "", "link", solved=True)
    with pytest.raises(Mistake, match="already"):
        book.evaluate(conn, NOW, number, 1, "", "link", solved=False)


def test_a_word_with_proof_takes_the_place_of_one_at_a_kiosk_and_not_the_other_way(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    to_close(conn, number)
    assert book.evaluate(conn, NOW, number, 5, "", book.AT_KIOSK, solved=True)["step"] == Step.ENDED
    with pytest.raises(Mistake, match="already"):
        book.evaluate(conn, NOW, number, 1, "", book.AT_KIOSK, solved=False)
    assert book.evaluate(conn, NOW, number, 1, "", "phone", solved=False)["step"] in (Step.HANDLE, Step.DISPATCH)
    assert [tuple(row) for row in conn.execute("SELECT stars, way FROM case_evaluations")] == [(1, "phone")]


def test_a_refused_report_says_why_and_can_be_opened_again(conn: sqlite3.Connection) -> None:
    number = begun(conn, accepted=False)
    refused = do(conn, number, Action.REFUSE, words="不属于街道职责,请拨打 12345")
    assert (refused["step"], refused["answer"][:2], refused["outcome"]) == (Step.CLOSE, "不属", "refused")
    assert do(conn, number, Action.REOPEN)["step"] == Step.DISPATCH


def test_a_case_on_hold_keeps_the_working_time_it_had_left(conn: sqlite3.Connection) -> None:
    number = begun(conn)
    dispatched = do(conn, number, Action.DISPATCH, department="city")
    week = NOW + 7 * office_time.DAY_MS
    held = do(conn, number, Action.HOLD, until=week)
    assert (held["due_at"], held["held_left"]) == (week, 15 * HOUR_MS)
    with pytest.raises(Mistake):
        do(conn, number, Action.HOLD, until=week)
    resumed = do(conn, number, Action.RESUME)
    assert resumed["due_at"] == dispatched["due_at"]


def test_merged_cases_follow_their_leader_and_can_be_split_again(conn: sqlite3.Connection) -> None:
    first, second, third = begun(conn), begun(conn), begun(conn)
    do(conn, third, Action.MERGE, leader=second)
    do(conn, second, Action.MERGE, leader=case_number.shown(first))
    assert {get(conn, third)["leader"], get(conn, second)["leader"]} == {first}
    with pytest.raises(Mistake):
        do(conn, first, Action.MERGE, leader=first)
    with pytest.raises(Mistake):
        do(conn, second, Action.DISPATCH, department="city")
    to_close(conn, first)
    assert book.evaluate(conn, NOW, second, 1, "", "link", solved=False)["number"] == first
    assert get(conn, first)["step"] == Step.HANDLE
    split = do(conn, second, Action.SPLIT)
    assert (split["leader"], split["open"], split["step"]) == ("", 1, Step.DISPATCH)


# --- numbers


def test_the_same_report_begins_one_case(conn: sqlite3.Connection) -> None:
    first = begun(conn, source_ref="event-1")
    assert begun(conn, source_ref="event-1") == first
    assert conn.execute("SELECT count(*) FROM cases").fetchone()[0] == 1


def test_a_number_minted_twice_leaves_both_cases_findable_by_the_slip(conn: sqlite3.Connection) -> None:
    minted = case_number.mint()
    first = begun(conn, number=minted, gateway="kiosk-1", source_ref="a")
    second = begun(conn, number=minted, gateway="kiosk-2", source_ref="b")
    assert first == minted != second
    assert [row["number"] for row in book.with_number(conn, minted)] == [first, second]
    assert [row["number"] for row in book.with_number(conn, second)] == [second]


def test_a_number_that_is_none_is_replaced_and_the_case_kept(conn: sqlite3.Connection) -> None:
    assert case_number.check(begun(conn, number="123")) is not None


def test_a_telephone_number_is_sealed_to_its_case(conn: sqlite3.Connection) -> None:
    vault = Vault(bytes(32))
    number = book.begin(conn, NOW, NewCase(Source.KIOSK, "占道", phone="13800138000"), vault)
    kept = get(conn, number)["phone"]
    assert "138" not in kept
    assert vault.open(kept, book.phone_of(number)) == "13800138000"


# --- working time

HOURS = ((540, 720), (810, 1080))


def at(text: str) -> int:
    """Beijing time."""
    return int(datetime.fromisoformat(text + "+08:00").timestamp() * 1000)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-09-23T09:00", 3, "2026-09-23T12:00"),
        ("2026-09-23T11:00", 2, "2026-09-23T14:30"),
        ("2026-09-23T20:00", 1, "2026-09-24T10:00"),
        ("2026-09-24T17:00", 2, "2026-09-28T10:00"),  # Mid-Autumn Friday and the weekend lie between
        ("2026-09-19T10:00", 1, "2026-09-20T10:00"),  # a Sunday that is worked
        ("2026-09-30T17:30", 1, "2026-10-08T09:30"),  # the National Day week
    ],
)
def test_deadlines_count_office_hours_only(conn: sqlite3.Connection, start: str, hours: int, end: str) -> None:
    time = office_time.load(conn)
    assert time.add(at(start), hours * HOUR_MS) == at(end)
    assert time.between(at(start), at(end)) == hours * HOUR_MS


def test_an_office_that_never_opens_does_not_search_for_ever() -> None:
    never = OfficeTime((), {})
    assert never.add(NOW, HOUR_MS) == NOW
    assert never.between(NOW, NOW + office_time.DAY_MS) == 0


def test_the_make_up_days_of_the_calendar_fall_on_weekends_and_its_holidays_on_weekdays(
    conn: sqlite3.Connection,
) -> None:
    for day, works in conn.execute("SELECT day, works FROM office_days"):
        assert (date.fromisoformat(day).weekday() >= 5) == bool(works), day
