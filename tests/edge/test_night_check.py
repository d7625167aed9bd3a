"""The night's own check of the path."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from edge import night_check
from edge.night_check import NightCheck
from office.store import Store as OfficeStore
from sync.contract.messages import PATH_CHECK, PathCheck, Receipt
from tests.edge.moments import Hands
from tests.office.sending import EPOCH, event

CHINA = timezone(timedelta(hours=8))
EVENING = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)  # 20:00 there


class Night:
    """One run of a gateway with its check at 03:30, China time, and a meta table."""

    def __init__(self, utc: datetime = EVENING, conn: sqlite3.Connection | None = None) -> None:
        self.hands = Hands(utc, monotonic_s=50.0)
        self.conn = conn or sqlite3.connect(":memory:")
        if conn is None:
            self.conn.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
            self.conn.execute("CREATE TABLE lane (era INTEGER, lane INTEGER, receipted INTEGER)")
            self.conn.execute("INSERT INTO lane VALUES (1, 0, 0)")
        self.check = NightCheck("03:30", self.hands(), night_check.recall(self.conn), CHINA)
        self.seq = 100

    def again(self, utc: datetime | None = None) -> Night:
        """The gateway is killed and started."""
        return Night(utc or self.hands.utc, self.conn)

    def tick(self, seconds: float = 0.0) -> str | None:
        at = self.hands.go(seconds)
        night = self.check.due(at)
        if night is not None:
            self.seq += 1
            self.check.begin(night, at)(self.conn, 1, self.seq)
        return night

    def receipt(self, after_s: float = 0.05) -> bool:
        decided = self.check.received(1, self.seq, self.hands.go(after_s))
        if decided:
            self.check.keeper()(self.conn)
        return decided

    def nights(self, hours: float, step_s: float = 60.0) -> list[str]:
        """Every check of so many hours, each receipted."""
        found = []
        for _ in range(int(hours * 3600 / step_s)):
            if (night := self.tick(step_s)) is not None:
                found.append(night)
                self.receipt()
        return found


def kept(night: Night) -> PathCheck:
    found = night_check.recall(night.conn)
    assert found is not None
    return found.check


def test_once_for_each_night_at_its_time() -> None:
    night = Night()
    night.tick(120)
    night.receipt()
    assert night.nights(7) == []
    assert night.nights(1) == ["2027-01-05"]
    assert night.hands.utc.astimezone(CHINA).hour == 4
    assert night.nights(71) == ["2027-01-06", "2027-01-07"]


def test_a_receipt_in_time_is_a_success_with_its_milliseconds() -> None:
    night = Night()
    night.tick(120)
    assert not night.check.overdue(night.hands())
    assert night.receipt(0.018)
    assert night.check.check is not None
    assert (night.check.check.ok, night.check.check.receipt_ms) == (True, 18)
    assert not night.check.overdue(night.hands.go(1000))


def test_receipts_of_what_went_before_decide_nothing() -> None:
    night = Night()
    night.tick(120)
    assert not night.check.received(1, night.seq - 1, night.hands())
    assert not night.check.received(2, night.seq, night.hands())
    assert night.check.waiting


def test_no_receipt_within_a_minute_is_a_failure_told_once() -> None:
    night = Night()
    night.tick(120)
    assert not night.check.overdue(night.hands.go(59))
    assert night.check.overdue(night.hands.go(1))
    assert not night.check.overdue(night.hands.go(1))
    assert night.check.check is not None
    assert night.check.check.reason == "no receipt within 60 s"


def test_a_late_receipt_redeems_it() -> None:
    night = Night()
    night.tick(120)
    night.check.overdue(night.hands.go(60))
    assert night.receipt(600)
    assert night.check.check is not None
    assert night.check.check.ok
    assert night.check.check.reason == "the receipt came late"


def test_one_the_broker_refuses_has_failed_and_a_receipt_for_its_loss_is_none() -> None:
    night = Night()
    night.tick(120)
    assert not night.check.refused(1, 7, night.hands())
    assert night.check.refused(1, night.seq, night.hands())
    assert not night.receipt()
    assert night.check.check is not None
    assert night.check.check.ok is False


def test_a_machine_that_was_off_at_night_makes_up_for_it_after_its_start() -> None:
    night = Night()
    night.tick(120)
    night.receipt()
    morning = night.again(EVENING + timedelta(hours=14))
    assert morning.tick() is None, "the line has two minutes to come up"
    assert morning.tick(120) == "2027-01-05"
    morning.receipt()
    assert morning.nights(17) == []
    assert morning.nights(1) == ["2027-01-06"]


def test_a_clock_that_is_set_back_does_not_repeat_a_night() -> None:
    night = Night()
    night.tick(120)
    night.receipt()
    assert night.nights(8) == ["2027-01-05"]
    night.hands.set_wall(night.hands.utc - timedelta(hours=2))
    assert night.nights(20) == []
    restarted = night.again(night.hands.utc - timedelta(hours=20))
    assert restarted.nights(3) == []


def test_a_clock_that_jumps_ahead_brings_the_next_night_three_hours_later_at_the_earliest() -> None:
    night = Night()
    night.tick(120)
    night.receipt()
    night.hands.set_wall(night.hands.utc + timedelta(days=3650))
    assert night.nights(2.9) == []
    assert len(night.nights(0.2)) == 1


def test_a_night_of_the_future_does_not_stop_the_check_for_ever() -> None:
    night = Night(EVENING + timedelta(days=3650))
    night.tick(120)
    night.receipt()
    corrected = night.again(EVENING)
    assert corrected.tick(120) == "2027-01-04"


def test_a_check_under_way_goes_on_after_a_kill() -> None:
    night = Night()
    night.tick(120)
    restarted = night.again()
    assert restarted.check.waiting
    restarted.seq = night.seq
    assert restarted.receipt()
    assert kept(restarted).ok


def test_a_receipt_that_was_stored_before_the_kill_is_not_forgotten() -> None:
    night = Night()
    night.tick(120)
    night.conn.execute("UPDATE lane SET receipted = ?", (night.seq,))
    assert not night.again().check.waiting
    assert kept(night).ok


def test_what_stands_in_the_store_and_cannot_be_read_is_as_if_there_were_none() -> None:
    night = Night()
    night.conn.execute("INSERT INTO meta VALUES ('path-check', '{')")
    assert night.again().check.check is None


def test_the_centre_keeps_it_as_an_event_and_raises_no_alarm(tmp_path: Path) -> None:
    """It comes on the alarm topic, so this is worth proving."""

    async def check() -> tuple[list[Receipt], int, int]:
        store = OfficeStore(tmp_path / "office.db", time.time)
        store.open()
        done: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        body = event(1, lane="alarm", kind=PATH_CHECK, device="gateway", data=PathCheck(night="2027-01-05"))
        store.take(
            "gw-1",
            "linli/v1/gw-1/up/alarm",
            body,
            lambda result, error: done.set_exception(error) if error else done.set_result(result),
            urgent=True,
        )
        receipts = await done
        alarms = await store.look(lambda conn: conn.execute("SELECT count(*) FROM alarms").fetchone()[0])
        events = await store.look(lambda conn: conn.execute("SELECT count(*) FROM events").fetchone()[0])
        await store.close()
        return receipts, alarms, events

    assert asyncio.run(check()) == ([Receipt(EPOCH, "alarm", 1)], 0, 1)
