"""Silence is a fault, once, and only where somebody could have been heard."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from edge import registry, supervision
from edge.config_shape import CheckIn
from edge.device import Device
from edge.intake import Place
from edge.supervision import Change, Supervision, Watch, silent_after_s
from firmware_profiles.loader import Supervision as Rule
from tests.edge.moments import Hands

ONE: Place = ("gt06", "1")


class Ward:
    """Some devices with a limit of 270 s on one port, and what of them was heard."""

    def __init__(self, count: int = 1, limit_s: float | None = 270.0) -> None:
        self.hands = Hands()
        self.heard: dict[Place, float] = {}
        self.heard_on: dict[Place, str] = {}
        self.watches = [
            Watch(
                Device(id=f"d{n}", profile="gt06", address=str(n)), ("gt06", str(n)), frozenset({"trackers"}), limit_s
            )
            for n in range(1, count + 1)
        ]
        self.supervision = Supervision(self.heard, self.heard_on, self.hands())

    def look(self, after_s: float = 0.0) -> list[tuple[str, bool]]:
        return [(c.device, c.silent) for c in self.supervision.look(self.watches, self.hands.go(after_s))]

    def hear(self, place: Place = ONE, port: str = "trackers") -> None:
        self.heard[place], self.heard_on[place] = self.hands.monotonic_s, port

    def change(self, **fields: object) -> None:
        self.watches[0] = replace(self.watches[0], device=replace(self.watches[0].device, **fields))  # type: ignore[arg-type]


def test_a_device_that_misses_its_check_in_is_silent_once() -> None:
    ward = Ward()
    assert ward.look() == []
    ward.hear()
    assert ward.look(270) == []
    assert ward.look(1) == [("d1", True)]
    assert ward.look(1000) == []
    assert ward.supervision.silent == {"d1": "nothing heard for more than 270 s"}


def test_a_device_that_speaks_again_is_over_it_once() -> None:
    ward = Ward()
    ward.look()
    assert ward.look(300) == [("d1", True)]
    ward.hear()
    assert ward.look(5) == [("d1", False)]
    assert ward.look(5) == []


def test_after_a_start_everybody_has_a_full_interval() -> None:
    ward = Ward()
    ward.supervision.recall({"d1": (ward.hands.utc - timedelta(days=9), "trackers")}, [])
    assert ward.look() == []
    assert ward.look(269) == []
    assert ward.look(2) == [("d1", True)]


def test_who_was_silent_before_the_restart_stays_so_without_being_told_twice_until_it_speaks() -> None:
    ward = Ward()
    ward.supervision.recall({}, ["d1"])
    assert ward.look() == []
    assert ward.look(300) == []
    assert list(ward.supervision.silent) == ["d1"]
    ward.hear()
    assert ward.look(1) == [("d1", False)]


def test_away_until_then_silence_is_expected_and_after_it_a_full_interval_is() -> None:
    ward = Ward()
    ward.change(away_until=ward.hands.utc + timedelta(hours=2))
    for _ in range(24):
        assert ward.look(300) == []
    assert ward.look(269) == []
    assert ward.look(2) == [("d1", True)]


def test_who_goes_away_while_silent_is_silent_no_longer() -> None:
    ward = Ward()
    ward.look()
    ward.look(300)
    ward.change(away_until=ward.hands.utc + timedelta(hours=2))
    assert ward.look(5) == [("d1", False)]


def test_while_its_port_is_down_a_device_raises_nothing() -> None:
    ward = Ward(3)
    ward.look()
    ward.supervision.port_down("trackers")
    assert ward.look(10_000) == []
    assert [w.device.id for w in ward.supervision.on_port("trackers", ward.watches)] == ["d1", "d2", "d3"]


def test_when_its_port_is_back_a_device_has_a_full_interval() -> None:
    ward = Ward()
    ward.look()
    ward.supervision.port_down("trackers")
    ward.look(10_000)
    ward.supervision.port_up("trackers", ward.watches, ward.hands())
    assert ward.look(269) == []
    assert ward.look(2) == [("d1", True)]


def test_a_bridge_behind_a_port_counts_like_the_port_and_both_must_be_back() -> None:
    ward = Ward()
    ward.look()
    ward.supervision.port_down("trackers")
    ward.supervision.port_down("trackers", "bridge")
    ward.supervision.port_up("trackers", ward.watches, ward.hands())
    assert ward.look(1000) == []
    ward.supervision.port_up("trackers", ward.watches, ward.hands(), "bridge")
    assert ward.look(271) == [("d1", True)]


def test_of_two_ports_the_one_a_device_was_heard_on_counts() -> None:
    ward = Ward()
    ward.watches[0] = replace(ward.watches[0], ports=frozenset({"trackers", "more"}))
    ward.look()
    ward.supervision.port_down("more")
    assert ward.look(271) == [("d1", True)], "never heard: it could still come on the other port"
    ward.supervision.port_up("more", ward.watches, ward.hands())
    ward.hear(port="more")
    assert ward.look(1) == [("d1", False)]
    ward.supervision.port_down("more")
    assert ward.look(1000) == []


def test_a_device_its_broker_calls_gone_is_silent_at_once_until_it_speaks() -> None:
    ward = Ward()
    ward.look()
    ward.hear()
    ward.supervision.availability(ONE, online=False)
    assert ward.look(1) == [("d1", True)]
    assert ward.supervision.silent == {"d1": "its broker says that it is gone"}
    ward.hands.go(10)
    ward.hear()
    assert ward.look(1) == [("d1", False)]


def test_a_device_its_broker_calls_back_is_heard() -> None:
    ward = Ward()
    ward.look()
    ward.supervision.availability(ONE, online=False)
    ward.look(1)
    ward.supervision.availability(ONE, online=True)
    ward.hear()
    assert ward.look(1) == [("d1", False)]


def test_a_device_that_is_taken_out_or_switched_off_is_silent_no_longer() -> None:
    ward = Ward(2)
    ward.look()
    assert ward.look(300) == [("d1", True), ("d2", True)]
    ward.change(enabled=False)
    del ward.watches[1]
    assert sorted(ward.look(1)) == [("d1", False), ("d2", False)]


def test_a_new_device_has_a_full_interval_from_its_registration() -> None:
    ward = Ward(2)
    late = ward.watches.pop()
    ward.look()
    ward.hands.go(200)
    ward.watches.append(late)
    ward.hear()
    ward.look()
    assert ward.look(200) == []
    assert ward.look(71) == [("d1", True), ("d2", True)]


def test_a_device_without_check_in_may_be_silent_for_ever() -> None:
    ward = Ward(limit_s=None)
    ward.look()
    assert ward.look(1e9) == []


def test_the_wall_clock_has_no_say() -> None:
    ward = Ward()
    ward.look()
    ward.hands.set_wall(ward.hands.utc + timedelta(days=3650))
    assert ward.look(1) == []


def test_the_device_s_word_goes_before_the_configuration_s_and_that_before_the_profile_s() -> None:
    own = Device(id="d", profile="gt06", address="1", check_in_s=60)
    plain, never = replace(own, check_in_s=None), replace(own, check_in_s=0)
    rule = Rule(180, 0.5)
    assert silent_after_s(plain, rule, CheckIn()) == 270
    assert silent_after_s(plain, rule, CheckIn(300)) == 450
    assert silent_after_s(plain, rule, CheckIn(300, 1)) == 600
    assert silent_after_s(own, rule, CheckIn(300, 1)) == 120
    assert silent_after_s(never, rule, CheckIn(300, 1)) is None
    assert silent_after_s(plain, rule, CheckIn(0)) is None


def test_who_was_heard_is_kept_once_a_minute_in_one_write() -> None:
    ward = Ward(3)
    ward.look()
    ward.hear()
    assert ward.supervision.to_keep(ward.watches, ward.hands.go(59)) == []
    rows = ward.supervision.to_keep(ward.watches, ward.hands.go(1))
    assert rows == [("d1", "2027-01-04T08:00:00+00:00", "trackers")]
    assert ward.supervision.to_keep(ward.watches, ward.hands.go(60)) == []


def test_when_a_device_was_last_heard_is_known_after_a_restart(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / "linli.db")
    for _, script in (*registry.MIGRATIONS, *supervision.MIGRATIONS):
        conn.executescript(script)
    conn.execute(
        """INSERT INTO devices (id, profile, address, building, room, pole, datum, note, enabled)
           VALUES ('d1', 'gt06', '1', '', '', '', '', '', 1)"""
    )
    at = "2027-01-04T08:00:00+00:00"
    supervision.keeper([("d1", at, "trackers"), ("gone", at, "trackers")])(conn)
    ward = Ward()
    assert ward.supervision.last_heard("d1", ONE, ward.hands()) is None
    ward.supervision.recall(supervision.all_heard(conn), [])
    assert ward.supervision.last_heard("d1", ONE, ward.hands.go(3600)) == ward.hands.utc - timedelta(hours=1)
    assert conn.execute("SELECT count(*) FROM heard").fetchone() == (1,)
    ward.hear()
    assert ward.supervision.last_heard("d1", ONE, ward.hands.go(5)) == ward.hands.utc - timedelta(seconds=5)


def test_strangers_are_forgotten_beyond_a_bound_and_the_oldest_go() -> None:
    heard = {("gt06", str(n)): float(n) for n in range(100)}
    on = dict.fromkeys(heard, "trackers")
    supervision.forget_strangers(heard, on, {("gt06", "0")}, keep=50)
    assert ("gt06", "0") in heard
    assert ("gt06", "99") in heard
    assert ("gt06", "1") not in heard
    assert len(heard) == len(on) == 26


def test_two_hundred_devices_are_looked_over_in_passing() -> None:
    ward = Ward(200)
    ward.look()
    began = time.perf_counter()
    for _ in range(50):
        ward.look(1)
    assert (time.perf_counter() - began) / 50 < 0.02, "a look every 5 s must not be noticed"


def test_a_change_says_who_and_why() -> None:
    ward = Ward()
    ward.look()
    assert ward.supervision.look(ward.watches, ward.hands.go(300)) == [
        Change("d1", silent=True, reason="nothing heard for more than 270 s")
    ]
