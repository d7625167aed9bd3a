"""The life of an alarm in a whole gateway: real bytes, real store, a hand-moved clock, killed between the steps."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import cast

from drivers.ports.memory import MemoryPort
from edge.neighbourhood.jt808 import Jt808Device
from sync.contract.alarm import Stage
from sync.contract.envelope import encode
from sync.contract.lanes import Lane
from sync.contract.messages import PATH_CHECK
from sync.store import Row
from tests.edge.house import IMEI, House, live
from tests.edge.way_down import until

PHONE = "13800138000"
BAD_TOPIC = 0x90


def test_the_whole_life_with_a_kill_after_every_step(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await house.press()
        await house.killed()
        alarm = house.gateway.book.open[alarm.id]
        assert alarm.stage is Stage.RAISED
        house.gateway.guard.watch.at_broker(alarm.era, range(alarm.seq, alarm.seq + 1))
        await house.killed()
        alarm = house.gateway.book.open[alarm.id]
        assert alarm.stage is Stage.AT_BROKER
        house.receipt(alarm)
        await house.killed()
        alarm = house.gateway.book.open[alarm.id]
        assert alarm.stage is Stage.RECEIVED
        await house.act(alarm, "acknowledge", "三分钟到")
        await house.killed()
        alarm = house.gateway.book.open[alarm.id]
        assert (alarm.stage, alarm.acknowledged_by, alarm.text) == (Stage.ACKNOWLEDGED, "duty-doctor", "三分钟到")
        await house.act(alarm, "close")
        await house.killed()
        assert house.gateway.book.open == {}
        assert house.row(alarm)["closed_by"] == "duty-doctor"
        house.tick(10_000)
        assert house.called() == []

    live(tmp_path, story)


def test_an_alarm_without_receipt_goes_the_second_way_once_over_two_kills(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await house.press()
        house.tick(9)
        await house.quiet()
        assert house.called() == []
        house.tick(1)
        await until(lambda: house.called() == ["no_receipt"], "second path called")
        assert ("escalated", "no_receipt") in house.seen
        await house.killed(after_s=20)
        await house.killed(after_s=5)
        assert house.called() == ["no_receipt"]
        assert house.row(alarm)["escalation"] == "no_receipt"
        house.tick(25)
        await until(lambda: house.called() == ["no_receipt", "not_acknowledged"], "second path called again")

    live(tmp_path, story)


def test_what_was_overdue_while_the_gateway_was_dead_escalates_at_its_start(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.press()
        house.tick(3)
        await house.killed(after_s=600)
        await until(lambda: sorted(house.called()) == ["no_receipt", "not_acknowledged"], "called at the start")

    live(tmp_path, story)


def test_a_call_that_had_not_got_through_is_taken_up_after_a_kill(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.path.works = False
        await house.press()
        house.tick(10)
        await until(lambda: house.path.tries == 1, "tried")
        await house.killed(after_s=1)
        house.path.works = True
        await until(lambda: house.called() == ["no_receipt"], "taken up again")

    live(tmp_path, story)


def test_a_person_s_word_ends_the_calls(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.path.works = False
        alarm = await house.press()
        house.tick(10)
        await until(lambda: house.path.tries == 1, "tried")
        await house.act(alarm, "acknowledge")
        house.path.works = True
        house.tick(1000)
        await until(lambda: not len(house.gateway.guard.watch.second or ()), "no errand left")
        assert house.called() == []

    live(tmp_path, story)


def test_a_second_press_is_an_update_with_deadlines_of_its_own(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await house.press()
        house.receipt(alarm)
        house.tick(30)
        again = await house.press()
        assert again.id == alarm.id
        assert [e["type"] for e in house.way.outbox() if e["lane"] == "alarm"][-1] == "linli.alarm.update.v1"
        await house.killed(after_s=11)
        await until(lambda: house.called() == ["no_receipt"], "the press has no receipt")
        alarm = house.gateway.book.open[alarm.id]
        house.receipt(alarm)
        await house.quiet()
        assert (house.row(alarm)["press_seq"], house.row(alarm)["count"]) == (0, 2)

    live(tmp_path, story)


def test_what_the_broker_refuses_goes_the_second_way_at_once_and_its_row_stays(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        alarm = await house.press()
        ((seq, body),) = house.way.rows("SELECT seq, body FROM outbox WHERE lane = 0")
        house.gateway.refused(house.gateway.store.era, Lane.ALARM, Row(seq, body), BAD_TOPIC)
        await until(lambda: house.called() == ["refused"], "second path called")
        await until(lambda: "linli.loss.v1" in [e["type"] for e in house.way.outbox()], "loss told")
        assert alarm.id not in [e["id"] for e in house.way.outbox()]
        await house.killed()
        kept = house.gateway.book.open[alarm.id]
        assert (kept.stage, kept.escalation) == (Stage.RAISED, "refused")
        house.receipt(kept)
        assert kept.stage is Stage.RAISED, "the centre has the loss, not the alarm"
        assert house.called() == ["refused"]

    live(tmp_path, story)


def test_an_announced_test_goes_the_whole_way_and_calls_nobody(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        await house.gateway.announce_test("tracker-1", 10)
        alarm = await house.press()
        assert alarm.test
        (event,) = [e for e in house.way.outbox() if e["type"] == "linli.alarm.v1"]
        assert event["data"]["test"] is True
        house.tick(61)
        assert ("escalated", "no_receipt") in house.seen
        assert ("escalated", "not_acknowledged") in house.seen
        await house.quiet()
        assert house.path.tries == 0

    live(tmp_path, story)


def test_a_press_after_the_window_is_real_even_while_the_test_is_open(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        await house.gateway.announce_test("tracker-1", 10)
        test = await house.press()
        house.hands.go(601)
        real = await house.press()
        assert real.id != test.id
        assert not real.test
        house.tick(10)
        await until(lambda: house.path.received == [(real.id, "no_receipt")], "the real one is called for")

    live(tmp_path, story)


def test_a_clock_set_back_does_not_prolong_a_test(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        await house.gateway.announce_test("tracker-1", 10)
        house.hands.go(599)
        house.hands.set_wall(datetime.fromisoformat("2027-01-04T07:00:00+00:00"))
        house.hands.go(2)
        assert not (await house.press()).test

    live(tmp_path, story)


def test_a_test_that_is_over_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        await house.gateway.announce_test("tracker-1", 2)
        alarm = await house.press()
        house.tick(121)
        assert alarm.id in house.gateway.book.open, "not before the centre has it"
        house.receipt(alarm)
        house.tick()
        await house.killed()
        assert house.gateway.book.open == {}
        assert house.row(alarm)["reason"] == "test is over"

    live(tmp_path, story)


def test_a_terminal_is_confirmed_and_told_in_chinese_even_when_it_comes_back_after_a_kill(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        tag = Jt808Device(PHONE)
        peer = house.connect(tag.register(), port=1)
        await until(lambda: peer.replies, "registered")
        tag.answered(b"".join(peer.replies))
        peer.send(tag.authenticate())
        peer.send(tag.sos(house.hands.utc))
        await until(lambda: house.gateway.book.open, "alarm")
        await until(lambda: len(peer.replies) >= 3, "answered")
        (alarm,) = house.gateway.book.open.values()
        assert tag.confirmed == []
        peer.cut()
        await house.act(alarm, "acknowledge", "社区医生接到了，三分钟到")
        await house.killed(after_s=30)
        peer = house.connect(tag.authenticate(), port=1)
        await until(lambda: peer.replies, "back")
        house.tick()
        await until(lambda: len(peer.replies) >= 3, "told")
        tag.answered(b"".join(peer.replies))
        assert tag.texts == ["社区医生接到了，三分钟到"]
        assert len(tag.confirmed) == 1
        await house.killed()
        again = house.connect(tag.authenticate(), port=1)
        await until(lambda: again.replies, "back again")
        house.tick()
        assert len(again.replies) == 1, "told once"

    live(tmp_path, story)


def test_silence_is_one_fault_each_way_over_a_kill(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        house.connect(house.tracker.login())
        house.tick()
        house.tick(271)
        assert house.gateway.state().silent == ["tracker-1"]
        await house.killed(after_s=100)
        house.tick(1)
        assert house.gateway.state().silent == ["tracker-1"]
        house.connect(house.tracker.login())
        house.tick(5)
        assert house.gateway.state().silent == []
        await house.quiet()
        faults = [e["data"] for e in house.way.outbox() if e["type"] == "linli.fault.v1"]
        assert [(f["fault"], f["active"]) for f in faults] == [("silent-tracker-1", True), ("silent-tracker-1", False)]

    live(tmp_path, story)


def test_a_dead_port_is_one_fault_that_names_its_devices_and_they_raise_none(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        for n in range(5):
            await house.register(f"tracker-{n}", "gt06", f"35209308123456{n}")
        house.tick()
        port = cast("MemoryPort", house.gateway.doors[0].port)
        port.fail("unplugged")
        house.tick(10_000)
        (fault,) = house.gateway.faults.values()
        assert (fault.fault, fault.reason) == ("port-trackers", "unplugged")
        assert fault.devices == [f"tracker-{n}" for n in range(5)]
        port.mend()
        house.tick(269)
        assert dict(house.gateway.faults) == {}
        house.tick(2)
        assert len(house.gateway.state().silent) == 5

    live(tmp_path, story)


def test_a_port_that_was_dead_before_the_kill_and_works_now_is_cleared(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        cast("MemoryPort", house.gateway.doors[0].port).fail("unplugged")
        await house.killed()
        assert list(house.gateway.faults) == ["port-trackers"]
        house.tick(61)
        await house.quiet()
        assert dict(house.gateway.faults) == {}
        told = [e["data"]["active"] for e in house.way.outbox() if e["type"] == "linli.fault.v1"]
        assert told == [True, False]

    live(tmp_path, story)


def test_a_low_battery_is_told_once_and_its_end_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.register("tracker-1", "gt06", IMEI)
        peer = house.connect(house.tracker.login())
        for _ in range(20):
            peer.send(house.tracker.status(held="lowBattery"))
            house.hands.go(180)
        await house.quiet()
        assert list(house.gateway.guard.conditions.of("tracker-1")) == ["lowBattery"]
        await house.killed()
        peer = house.connect(house.tracker.login())
        peer.send(house.tracker.status(held="lowBattery"))
        assert list(house.gateway.guard.conditions.of("tracker-1")) == ["lowBattery"]
        peer.send(house.tracker.status())
        await house.quiet()
        await house.quiet()
        assert house.gateway.guard.conditions.of("tracker-1") == {}
        data = [e["data"] for e in house.way.outbox() if e["type"] == "linli.status.v1"]
        assert len([d for d in data if d.get("alarm") == "lowBattery"]) == 1
        assert len([d for d in data if d.get("attributes", {}).get("cleared") == "lowBattery"]) == 1

    live(tmp_path, story)


def test_the_night_s_check_is_in_the_alarm_lane_and_its_receipt_in_the_state(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.tick()
        house.tick(121)
        await house.quiet()
        (check,) = [e for e in house.way.outbox() if e["type"] == PATH_CHECK]
        assert check["lane"] == "alarm"
        house.tick(61)
        assert list(house.gateway.faults) == ["path-check"]
        await house.killed()
        assert list(house.gateway.faults) == ["path-check"]
        house.gateway.guard.received(house.gateway.store.era, int(check["sequence"]))
        assert dict(house.gateway.faults) == {}
        assert json.loads(encode(house.gateway.state()))["path_check"]["ok"] is True

    live(tmp_path, story, night=True)


def test_the_state_says_how_long_the_oldest_alarm_waits(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        assert house.gateway.state().oldest_alarm_s is None
        alarm = await house.press()
        house.tick(7)
        state = house.gateway.state()
        assert state.oldest_alarm_s == 7.0
        assert state.disk_free_mb
        house.receipt(alarm)
        assert house.gateway.state().oldest_alarm_s is None

    live(tmp_path, story)
