"""What an open alarm still needs."""

from __future__ import annotations

from datetime import timedelta

from edge.care import Care, Patience, Reason
from sync.contract.alarm import Stage
from tests.edge.moments import Hands, alarm


def reasons(care: Care, now_s: float) -> list[str]:
    return [e.reason.value for e in care.due(now_s)]


def test_an_alarm_without_receipt_escalates_at_its_second_and_not_before() -> None:
    hands, care = Hands(), Care(Patience())
    care.take(alarm(hands()), hands())
    assert reasons(care, hands.go(9.99).monotonic_s) == []
    assert reasons(care, hands.go(0.01).monotonic_s) == ["no_receipt"]


def test_a_reason_escalates_once() -> None:
    hands, care = Hands(), Care(Patience())
    care.take(alarm(hands()), hands())
    assert reasons(care, hands.go(10).monotonic_s) == ["no_receipt"]
    assert reasons(care, hands.go(30).monotonic_s) == []
    assert reasons(care, hands.go(20).monotonic_s) == ["not_acknowledged"]
    assert reasons(care, hands.go(10_000).monotonic_s) == []
    assert care.next_s() is None


def test_a_receipt_in_time_leaves_only_the_person() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    one.stage = Stage.RECEIVED
    assert reasons(care, hands.go(59).monotonic_s) == []
    assert reasons(care, hands.go(1).monotonic_s) == ["not_acknowledged"]


def test_a_person_in_time_leaves_nothing() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    one.stage = Stage.ACKNOWLEDGED
    assert reasons(care, hands.go(10_000).monotonic_s) == []


def test_the_broker_alone_is_not_the_centre() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    one.stage = Stage.AT_BROKER
    assert reasons(care, hands.go(10).monotonic_s) == ["no_receipt"]


def test_what_the_broker_refuses_escalates_at_once_and_not_again_for_the_receipt() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    care.refuse(one)
    assert reasons(care, hands().monotonic_s) == ["refused"]
    assert reasons(care, hands.go(30).monotonic_s) == []
    assert reasons(care, hands.go(30).monotonic_s) == ["not_acknowledged"]


def test_a_new_press_starts_the_escalation_again() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    assert len(care.due(hands.go(70).monotonic_s)) == 2
    one.count, one.press_seq = 2, 5
    care.pressed(one, hands())
    assert reasons(care, hands.go(9).monotonic_s) == []
    assert reasons(care, hands.go(1).monotonic_s) == ["no_receipt"]
    assert reasons(care, hands.go(50).monotonic_s) == ["not_acknowledged"]


def test_a_press_moves_deadlines_that_were_still_running() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    hands.go(8)
    one.count = 2
    care.pressed(one, hands())
    assert reasons(care, hands.go(5).monotonic_s) == []
    assert reasons(care, hands.go(5).monotonic_s) == ["no_receipt"]


def test_a_press_after_the_acknowledgement_still_has_to_reach_the_centre() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands(), stage=Stage.ACKNOWLEDGED)
    care.take(one, hands())
    one.count, one.press_seq = 2, 7
    care.pressed(one, hands.go(100))
    assert reasons(care, hands.go(10).monotonic_s) == ["no_receipt"]
    assert reasons(care, hands.go(1000).monotonic_s) == []


def test_what_was_overdue_when_the_power_failed_escalates_at_the_start() -> None:
    before, care = Hands(), Care(Patience())
    one = alarm(before())
    after = Hands(before.utc + timedelta(seconds=25), monotonic_s=3.0)
    care.take(one, after())
    assert reasons(care, after().monotonic_s) == ["no_receipt"]
    assert reasons(care, after.go(34.9).monotonic_s) == []
    assert reasons(care, after.go(0.2).monotonic_s) == ["not_acknowledged"]


def test_what_was_escalated_before_a_restart_is_not_escalated_again() -> None:
    before, care = Hands(), Care(Patience())
    one = alarm(before())
    after = Hands(before.utc + timedelta(seconds=25), monotonic_s=3.0)
    care.take(one, after(), [(Reason.NO_RECEIPT, 1)])
    assert reasons(care, after().monotonic_s) == []


def test_what_was_escalated_for_an_earlier_press_says_nothing_of_a_later_one() -> None:
    before, care = Hands(), Care(Patience())
    one = alarm(before())
    one.count, one.press_seq, one.pressed_at = 2, 9, (before.utc + timedelta(seconds=20)).isoformat()
    after = Hands(before.utc + timedelta(seconds=31), monotonic_s=3.0)
    care.take(one, after(), [(Reason.NO_RECEIPT, 1), (Reason.NOT_ACKNOWLEDGED, 1)])
    assert reasons(care, after().monotonic_s) == ["no_receipt"]


def test_a_wall_clock_that_is_set_moves_no_deadline_while_running() -> None:
    hands, care = Hands(), Care(Patience())
    care.take(alarm(hands()), hands())
    hands.set_wall(hands.utc + timedelta(days=3650))
    assert reasons(care, hands.go(9).monotonic_s) == []
    hands.set_wall(hands.utc - timedelta(days=7300))
    assert reasons(care, hands.go(1).monotonic_s) == ["no_receipt"]


def test_a_wall_clock_that_stands_before_the_alarm_makes_it_late_by_one_interval_at_most() -> None:
    before, care = Hands(), Care(Patience())
    one = alarm(before())
    after = Hands(before.utc - timedelta(days=400), monotonic_s=3.0)
    care.take(one, after())
    assert reasons(care, after.go(10).monotonic_s) == ["no_receipt"]


def test_each_of_many_alarms_keeps_its_own_deadline() -> None:
    hands, care = Hands(), Care(Patience())
    for n in range(100):
        care.take(alarm(hands(), f"a{n:02d}"), hands())
        hands.go(0.0625)
    assert [e.alarm.id for e in care.due(hands.go(10 - 100 * 0.0625).monotonic_s)] == ["a00"]
    found = [e.alarm.id for e in care.due(hands.go(99 * 0.0625).monotonic_s)]
    assert found == [f"a{n:02d}" for n in range(1, 100)]


def test_a_closed_alarm_needs_nothing() -> None:
    hands, care = Hands(), Care(Patience())
    one = alarm(hands())
    care.take(one, hands())
    one.stage = Stage.CLOSED
    care.let_go(one)
    assert reasons(care, hands.go(100).monotonic_s) == []
