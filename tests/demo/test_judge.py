from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.demo import ledger
from edge.demo.judge import judge, time_key
from edge.demo.ledger import Ledger, Record, Word
from edge.demo.sabotage import Sabotage, spoil
from office.schema import MIGRATIONS
from sync.contract.alarm import Stage

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
TYPES = {"position": "linli.position.v1", "contact": "linli.contact.v1", "alarm": "linli.alarm.v1"}
LANES = {"alarm": "alarm", "contact": "state", "position": "bulk"}


class Centre:
    """A receiver's database with its real tables, filled by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._open()) as conn, conn:
            for _, script in MIGRATIONS:
                conn.executescript(script)
            for number, lane in enumerate(("alarm", "state", "bulk"), 1):
                conn.execute(
                    "INSERT INTO streams (id, gateway, epoch, lane, first_at) VALUES (?, 'gw', 'e', ?, 0)",
                    (number, lane),
                )
            conn.execute("INSERT INTO devices (id, gateway, source, first_at) VALUES (1, 'gw', '/gw/all', 0)")

    def has(
        self,
        word: Word,
        *,
        stage: Stage = Stage.RECEIVED,
        update: bool = False,
        count: int | None = None,
        start: bool = False,
    ) -> None:
        """Store an event, and an alarm's row."""
        data: dict[str, object] = {"device": word.device, "alarm": word.alarm, "count": count}
        data["attributes"] = {"start": True} if start else {}
        if word.key in ("open", "closed"):
            data["open"] = word.key == "open"
        elif word.key:
            data["time"] = word.key
        kind = "linli.alarm.update.v1" if update else TYPES[word.kind]
        stream = ("alarm", "state", "bulk").index(word.lane) + 1
        with closing(self._open()) as conn, conn:
            seq = conn.execute("SELECT coalesce(max(seq), 0) + 1 FROM events WHERE stream = ?", (stream,)).fetchone()[0]
            conn.execute(
                """INSERT INTO events (stream, seq, id, device, type, time, received, clock, boot, mono, data)
                   VALUES (?, ?, ?, 1, ?, 0, 0, 'trusted', 1, 0, ?)""",
                (stream, seq, f"{word.lane}-{seq}", kind, json.dumps(data)),
            )
            if word.alarm and not update:
                conn.execute(
                    """INSERT INTO alarms (id, origin, gateway, device, cause, stage, raised_at, clock, received_at)
                       VALUES (?, 'gateway', 'gw', ?, ?, ?, 0, 'trusted', 0)""",
                    (f"{word.lane}-{seq}", word.device, word.alarm, int(stage)),
                )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path / "office.sqlite")


def position(n: int, device: str = "gt06-001") -> Word:
    return Word(device, "gt06", "position", "bulk", time_key(START + timedelta(seconds=n)), n)


def sos(n: int = 50, device: str = "gt06-001") -> Word:
    return Word(device, "gt06", "alarm", "alarm", time_key(START + timedelta(seconds=n)), n, "sos")


def said(*words: Word) -> list[Record]:
    return [Record(answered=False, word=word) for word in words]


def answered(*words: Word) -> list[Record]:
    return [*said(*words), *(Record(answered=True, word=word) for word in words)]


WALK = [position(n) for n in range(1, 6)]


def test_everything_answered_and_there_once_in_order_is_in_order(centre: Centre) -> None:
    for word in (*WALK, sos()):
        centre.has(word)
    verdict = judge(answered(*WALK, sos()), centre.path)
    assert verdict.ok
    assert (verdict.answered, verdict.arrived, verdict.alarms) == (6, 6, 1)


def test_what_was_answered_and_is_not_there_is_lost(centre: Centre) -> None:
    for word in WALK[:-1]:
        centre.has(word)
    verdict = judge(answered(*WALK), centre.path)
    assert (verdict.ok, verdict.lost) == (False, 1)
    assert verdict.examples["lost"] == [f"gt06-001 position {WALK[-1].key}"]


def test_what_nobody_answered_may_be_missing_or_there(centre: Centre) -> None:
    for word in WALK[:2]:
        centre.has(word)
    assert judge([*answered(WALK[0]), *said(*WALK[1:])], centre.path).ok


def test_what_is_there_twice_is_doubled(centre: Centre) -> None:
    for word in (*WALK, WALK[2]):
        centre.has(word)
    assert judge(answered(*WALK), centre.path).doubled == 1


def test_what_nobody_said_is_invented(centre: Centre) -> None:
    for word in (*WALK, position(99)):
        centre.has(word)
    assert judge(answered(*WALK), centre.path).invented == 1


def test_two_events_of_a_device_the_wrong_way_round_are_out_of_order(centre: Centre) -> None:
    for word in (WALK[1], WALK[0]):
        centre.has(word)
    verdict = judge(answered(*WALK[:2]), centre.path)
    assert (verdict.out_of_order, verdict.lost, verdict.doubled) == (1, 0, 0)


def test_the_order_of_two_devices_and_of_two_lanes_is_nobodys_promise(centre: Centre) -> None:
    other = [replace(word, device="gt06-002") for word in WALK]
    door = Word("gt06-001", "gt06", "contact", "state", time_key(START), 0)
    for word in (*other, *WALK, door):
        centre.has(word)
    assert judge(answered(door, *WALK, *other), centre.path).ok


def test_a_sos_that_is_an_event_but_no_alarm_is_wrong(centre: Centre) -> None:
    centre.has(sos())
    with closing(sqlite3.connect(centre.path)) as conn, conn:
        conn.execute("DELETE FROM alarms")
    assert judge(answered(sos()), centre.path).alarms_wrong == 1


def test_a_sos_that_the_centre_does_not_know_it_has_is_wrong(centre: Centre) -> None:
    centre.has(sos(), stage=Stage.AT_BROKER)
    assert judge(answered(sos()), centre.path).alarms_wrong == 1


def test_a_second_press_while_the_alarm_is_open_is_an_update_and_no_alarm(centre: Centre) -> None:
    first, second = sos(1), sos(2)
    centre.has(first)
    centre.has(second, update=True, count=2)
    assert judge(answered(first, second), centre.path).ok
    centre.has(sos(3))
    assert judge(answered(first, second, sos(3)), centre.path).alarms_wrong == 1


def test_a_repeated_press_that_became_an_update_is_doubled(centre: Centre) -> None:
    centre.has(sos())
    centre.has(sos(), update=True, count=2)
    assert judge(answered(sos()), centre.path).doubled == 1


def test_what_a_person_did_about_an_alarm_is_no_press(centre: Centre) -> None:
    centre.has(sos())
    centre.has(replace(sos(), key=""), update=True)
    assert judge(answered(sos()), centre.path).ok


def test_a_device_without_a_clock_may_be_there_as_often_as_it_spoke_and_no_more(centre: Centre) -> None:
    opened = Word("door-200", "rf433", "contact", "state", "open", 1)
    records = [*answered(*WALK), *said(opened, replace(opened, n=2))]
    for word in (*WALK, opened, opened):
        centre.has(word)
    assert judge(records, centre.path).ok
    centre.has(opened)
    assert judge(records, centre.path).doubled == 1


def test_a_press_that_a_gateway_finds_at_its_start_is_a_press_and_a_door_that_stands_open_then_is_no_news(
    centre: Centre,
) -> None:
    press = Word("button-101", "gpio", "alarm", "alarm", "", 1, "sos")
    centre.has(press, start=True)
    centre.has(Word("door-101", "gpio", "contact", "state", "open", 1), start=True)
    assert judge([*answered(press), *said(Word("door-101", "gpio", "contact", "state", "closed", 1))], centre.path).ok


def test_nothing_to_judge_is_not_in_order(centre: Centre) -> None:
    assert not judge([], centre.path).ok


@pytest.mark.parametrize("how", Sabotage)
@pytest.mark.parametrize("seed", range(5))
def test_every_sabotage_is_found_whoever_its_victim_is(
    centre: Centre, tmp_path: Path, how: Sabotage, seed: int
) -> None:
    walks = [replace(word, device=device) for word in WALK for device in ("gt06-001", "jt808-100")]
    for word in walks:
        centre.has(word)
    records = answered(*walks)
    assert judge(records, centre.path).ok
    copy = tmp_path / "spoilt.sqlite"
    assert spoil(centre.path, copy, how, records, seed)
    verdict = judge(records, copy)
    found: dict[Sabotage, Callable[[], int]] = {
        Sabotage.LOSE: lambda: verdict.lost,
        Sabotage.DOUBLE: lambda: verdict.doubled,
        Sabotage.SWAP: lambda: verdict.out_of_order,
    }
    assert not verdict.ok
    assert found[how]() == 1
    assert judge(records, centre.path).ok, "the receiver's own database is not touched"


def test_a_ledger_reads_back_what_was_noted_and_leaves_out_a_cut_line(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "ledger.jsonl")
    book.said(WALK[0])
    book.answered(WALK[0])
    book.close()
    with book.path.open("ab") as file:
        file.write(b'{"what": "answered", "dev')
    assert list(ledger.read(book.path)) == answered(WALK[0])
