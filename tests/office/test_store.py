"""Events at the centre: each once, its place counted, and what breaks the contract set aside without harm to others."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office import views
from office.database import StoreError
from office.store import Store
from sync.contract.alarm import Step
from sync.contract.envelope import batch, encode
from sync.contract.messages import ALARM, ALARM_UPDATE, AlarmStep, Answer, DeviceEvent, GatewayState, Outcome, Receipt
from tests.office.sending import AT, EPOCH, OTHER_EPOCH, alarm, event, loss, positions

NOW = AT.timestamp() + 1.0


class Centre:
    """A store under test, with `take` awaited."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path, lambda: NOW)

    async def take(self, payload: bytes, gateway: str = "gw-1", kind: str = "events") -> list[Receipt]:
        done: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()

        def settle(result: list[Receipt], error: BaseException | None) -> None:
            done.set_exception(error) if error else done.set_result(result)

        self.store.take(gateway, f"linli/v1/{gateway}/up/{kind}", payload, settle, urgent=kind == "alarm")
        return await done

    async def state(self, state: GatewayState, *, alive: bool = True) -> tuple[bool, list[Receipt]]:
        done: asyncio.Future[tuple[bool, list[Receipt]]] = asyncio.get_running_loop().create_future()
        self.store.take_state(state.gateway, state, lambda r, _: done.set_result(r), alive=alive)
        return await done

    async def answer(self, gateway: str, answer: Answer) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.store.take_answer(gateway, answer, lambda r, _: done.set_result(r))
        return await done

    async def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {table}"
        return int(await self.store.look(lambda conn: conn.execute(query).fetchone()[0]))


def with_centre(path: Path, story: Callable[[Centre], Awaitable[None]]) -> None:
    async def run() -> None:
        centre = Centre(path)
        centre.store.open()
        try:
            await story(centre)
        finally:
            await centre.store.close()

    asyncio.run(run())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "office.sqlite"


def test_a_contiguous_batch_moves_the_watermark_to_its_end(path: Path) -> None:
    async def story(c: Centre) -> None:
        assert await c.take(positions(1, 200)) == [Receipt(EPOCH, "bulk", 200)]
        assert await c.take(positions(201, 333)) == [Receipt(EPOCH, "bulk", 333)]
        assert await c.count("events") == 333

    with_centre(path, story)


def test_a_repeated_batch_is_stored_once_and_receipted_again(path: Path) -> None:
    async def story(c: Centre) -> None:
        payload = positions(1, 50)
        assert await c.take(payload) == await c.take(payload) == [Receipt(EPOCH, "bulk", 50)]
        assert await c.count("events") == 50
        assert await c.count("quarantine") == 0

    with_centre(path, story)


def test_what_overtook_is_stored_and_the_watermark_waits_for_the_gap(path: Path) -> None:
    async def story(c: Centre) -> None:
        assert await c.take(positions(21, 30)) == [Receipt(EPOCH, "bulk", 0)]
        assert await c.take(positions(1, 10)) == [Receipt(EPOCH, "bulk", 10)]
        assert await c.take(positions(41, 50)) == [Receipt(EPOCH, "bulk", 10)]
        gaps = await c.store.look(views.gaps)
        assert [(g.first, g.last) for g in gaps] == [(11, 20), (31, 40)]
        assert await c.take(positions(11, 20)) == [Receipt(EPOCH, "bulk", 30)]
        assert await c.take(positions(31, 40)) == [Receipt(EPOCH, "bulk", 50)]
        assert await c.store.look(views.gaps) == []
        assert await c.count("events") == 50

    with_centre(path, story)


def test_events_may_stand_in_any_order_within_a_batch(path: Path) -> None:
    async def story(c: Centre) -> None:
        assert await c.take(batch(event(n) for n in (3, 1, 2, 7, 6))) == [Receipt(EPOCH, "bulk", 3)]
        assert await c.take(batch([event(5), event(4, lane="state"), event(4)])) == [
            Receipt(EPOCH, "bulk", 7),
            Receipt(EPOCH, "state", 0),
        ]

    with_centre(path, story)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, 25)), cuts=st.lists(st.integers(1, 23), max_size=6))
def test_any_order_and_any_cut_ends_at_the_same_watermark(tmp_path: Path, order: list[int], cuts: list[int]) -> None:
    async def story(c: Centre) -> None:
        seen: set[int] = set()
        edges = [0, *sorted(set(cuts)), len(order)]
        for start, end in pairwise(edges):
            part = order[start:end]
            seen.update(part)
            (receipt,) = await c.take(batch(event(n, id=f"e{n}") for n in part))
            assert receipt.n == next(n for n in range(26) if n + 1 not in seen)
            missing = {n for g in await c.store.look(views.gaps) for n in range(g.first, g.last + 1)}
            assert missing == set(range(1, max(seen))) - seen

    path = tmp_path / "any.sqlite"
    for file in tmp_path.glob("any.sqlite*"):
        file.unlink()
    with_centre(path, story)


def test_lanes_epochs_and_gateways_are_counted_apart(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(1, 5))
        assert await c.take(positions(1, 3, epoch=OTHER_EPOCH)) == [Receipt(OTHER_EPOCH, "bulk", 3)]
        assert await c.take(positions(1, 2), "gw-2") == [Receipt(EPOCH, "bulk", 2)]
        assert await c.take(alarm(1), kind="alarm") == [Receipt(EPOCH, "alarm", 1)]
        assert await c.take(positions(6, 6)) == [Receipt(EPOCH, "bulk", 6)]
        assert await c.count("events") == 12

    with_centre(path, story)


def test_intended_losses_count_as_arrived_and_are_listed(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(1, 10))
        await c.take(positions(31, 40))
        said = await c.take(loss(1, [("bulk", 11, 30), ("bulk", 41, 45)]))
        assert said == [Receipt(EPOCH, "state", 1), Receipt(EPOCH, "bulk", 45)]
        listed = await c.store.look(views.losses)
        assert [(entry.first, entry.last, entry.reason) for entry in listed] == [(41, 45, "quota"), (11, 30, "quota")]

    with_centre(path, story)


def test_a_loss_that_came_twice_is_listed_once(path: Path) -> None:
    async def story(c: Centre) -> None:
        payload = loss(1, [("bulk", 1, 5)])
        assert await c.take(payload) == await c.take(payload)
        assert await c.count("losses") == 1

    with_centre(path, story)


@pytest.mark.parametrize("ranges", [[("bulk", 5, 1)], [("bulk", 0, 3)], [("fast", 1, 2)], [("bulk", 1, 2**64)]])
def test_a_loss_of_nonsense_moves_nothing_and_is_set_aside(path: Path, ranges: list[tuple[str, int, int]]) -> None:
    async def story(c: Centre) -> None:
        assert await c.take(loss(1, ranges)) == [Receipt(EPOCH, "state", 1)]
        assert (await c.count("losses"), await c.count("quarantine")) == (0, 1)

    with_centre(path, story)


def test_watermarks_and_gaps_survive_a_restart(path: Path) -> None:
    async def before(c: Centre) -> None:
        await c.take(positions(1, 10))
        await c.take(positions(21, 30))

    async def after(c: Centre) -> None:
        assert await c.store.receipts("gw-1", EPOCH) == [Receipt(EPOCH, "bulk", 10)]
        assert await c.take(positions(11, 20)) == [Receipt(EPOCH, "bulk", 30)]

    with_centre(path, before)
    with_centre(path, after)


def test_one_bad_event_goes_to_quarantine_and_takes_no_neighbour_with_it(path: Path) -> None:
    async def story(c: Centre) -> None:
        bad = event(2).replace(b'"time":"2025', b'"time":"yesterday')
        assert await c.take(batch([event(1), bad, event(3)])) == [Receipt(EPOCH, "bulk", 3)]
        (kept,) = await c.store.look(views.quarantined)
        assert "time" in kept.reason
        assert kept.place == f"{EPOCH}/bulk/2"
        assert await c.count("events") == 2

    with_centre(path, story)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence":"0000000000', b'"sequence":"x000000000'),
        (b'"lane":"bulk"', b'"lane":"express"'),
        (b'"boot":7', b'"boot":99999999999999999999'),
        (b'"specversion":"1.0"', b'"specversion":"2.0"'),
        (b'+00:00"', b'"'),
        (b'08:00:00Z"', b'08:00:00"'),
        (b'"id":"', b'"id":"#/'),
        (b'"source":"', b'"source":7,"s":"'),
    ],
)
def test_every_breach_is_set_aside_with_its_reason(path: Path, old: bytes, new: bytes) -> None:
    async def story(c: Centre) -> None:
        whole = event(1)
        broken = whole.replace(old, new)
        if broken == whole:
            return  # the encoder writes the zone the other way
        await c.take(batch([broken, event(2)]))
        (kept,) = await c.store.look(views.quarantined)
        assert kept.reason
        assert await c.count("events") == 1

    with_centre(path, story)


def test_places_are_read_even_from_what_is_no_json(path: Path) -> None:
    async def story(c: Centre) -> None:
        payload = positions(1, 3)[:-1]
        assert await c.take(payload) == [Receipt(EPOCH, "bulk", 3)]
        assert (await c.count("events"), await c.count("quarantine")) == (0, 1)

    with_centre(path, story)


def test_a_broken_message_that_comes_again_is_counted_not_kept_again(path: Path) -> None:
    async def story(c: Centre) -> None:
        for _ in range(3):
            assert await c.take(b"not json") == []
        (kept,) = await c.store.look(views.quarantined)
        assert kept.times == 3

    with_centre(path, story)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode), st.just(b"[" * 5000)))
def test_no_bytes_can_make_taking_fail(tmp_path: Path, payload: bytes) -> None:
    async def story(c: Centre) -> None:
        await c.take(payload)
        await c.take(payload, kind="alarm")

    with_centre(tmp_path / "noise.sqlite", story)


def test_a_sequence_used_twice_is_kept_aside_and_someone_is_told(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(alarm(1, id="first"), kind="alarm")
        assert await c.take(alarm(1, id="second"), kind="alarm") == [Receipt(EPOCH, "alarm", 1)]
        assert await c.count("quarantine") == 1
        causes = {a.cause: a for a in await c.store.look(views.alarms)}
        assert set(causes) == {"sos", "sequenceReused"}
        assert await c.store.alarm("second") is not None, "an alarm is never hidden in quarantine"

    with_centre(path, story)


def test_an_id_of_another_gateway_is_not_taken_for_a_repeat(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(event(1, id="same"))
        await c.take(event(1, id="same", gateway="gw-2"), "gw-2")
        assert (await c.count("events"), await c.count("quarantine")) == (1, 1)

    with_centre(path, story)


def test_an_alarm_is_listed_with_its_device_cause_and_delay(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(alarm(1, id="a1", test=True), kind="alarm")
        (seen,) = await c.store.look(views.alarms)
        assert (seen.device, seen.cause, seen.severity, seen.stage) == ("button-1", "sos", "emergency", "received")
        assert seen.test
        assert seen.delay_s == 1.0

    with_centre(path, story)


def test_an_alarm_that_cannot_be_read_is_still_an_alarm(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(event(1, lane="alarm", kind=ALARM, data={"device": 7}), kind="alarm")
        await c.take(b"{", kind="alarm")
        await c.take(b"{", kind="alarm")
        causes = [a.cause for a in await c.store.look(views.alarms)]
        assert causes == ["unreadableAlarm", "unreadableAlarm"]
        assert await c.count("quarantine") == 2

    with_centre(path, story)


def test_presses_are_counted_once_each_also_when_an_update_overtakes_its_alarm(path: Path) -> None:
    async def story(c: Centre) -> None:
        data = DeviceEvent(device="button-1", alarm="sos", count=3)
        update = event(2, lane="alarm", kind=ALARM_UPDATE, data=data, subject="a1", device="button-1")
        await c.take(update, kind="alarm")
        await c.take(alarm(1, id="a1"), kind="alarm")
        await c.take(update, kind="alarm")
        (seen,) = await c.store.look(views.alarms)
        assert (seen.id, seen.presses, seen.updates, seen.severity) == ("a1", 3, 1, "emergency")

    with_centre(path, story)


def test_of_two_who_take_an_alarm_one_is_told_that_it_is_theirs(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(alarm(1, id="a1"), kind="alarm")
        first, second = await asyncio.gather(
            c.store.step("a1", Step.ACKNOWLEDGE, "duty"), c.store.step("a1", Step.ACKNOWLEDGE, "warden")
        )
        assert first is not None
        assert second is not None
        assert (first.changed, second.changed, second.by) == (True, False, "duty")
        assert len(await c.store.pending()) == 1

    with_centre(path, story)


def test_an_alarm_goes_through_its_life_and_every_step_goes_down(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(alarm(1, id="a1"), kind="alarm")
        for step in (Step.ACKNOWLEDGE, Step.ON_THE_WAY, Step.CLOSE, Step.ACKNOWLEDGE):
            await c.store.step("a1", step, "duty", reason="false alarm")
        seen = await c.store.alarm("a1")
        assert seen is not None
        assert (seen.stage, seen.closed_by, seen.reason) == ("closed", "duty", "false alarm")
        assert [s.step for s in seen.steps] == ["acknowledge", "on_the_way", "close"]
        assert [s.topic for s in await c.store.pending()] == ["linli/v1/gw-1/down/alarm/a1"] * 3
        assert await c.store.step("nobody", Step.CLOSE, "duty") is None

    with_centre(path, story)


def test_steps_go_down_again_at_a_birth_until_the_gateway_has_echoed_them(path: Path) -> None:
    async def story(c: Centre) -> None:
        birth = GatewayState(gateway="gw-1", online=True, epoch=EPOCH, boot=1)
        await c.take(alarm(1, id="a1"), kind="alarm")
        await c.store.step("a1", Step.ACKNOWLEDGE, "duty")
        (sending,) = await c.store.pending()
        done = asyncio.Event()
        c.store.confirm([sending.n], lambda *_: done.set())
        await done.wait()
        assert await c.store.pending() == []
        assert (await c.state(birth))[0]
        assert await c.store.pending() == [sending]
        echo = DeviceEvent(device="button-1", alarm="sos", attributes={"stage": "acknowledged"})
        await c.take(event(2, lane="alarm", kind=ALARM_UPDATE, data=echo, subject="a1"), kind="alarm")
        c.store.confirm([sending.n], lambda *_: None)
        assert not (await c.state(birth))[0], "the same boot, online all the time, is no birth"
        assert (await c.state(GatewayState(gateway="gw-1", online=True, epoch=EPOCH, boot=2)))[0]
        assert await c.store.pending() == []

    with_centre(path, story)


def test_a_state_is_answered_with_the_watermarks_of_its_epoch(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(1, 9))
        await c.take(alarm(1), kind="alarm")
        await c.take(positions(1, 4, epoch=OTHER_EPOCH))
        _, receipts = await c.state(GatewayState(gateway="gw-1", online=True, epoch=EPOCH))
        assert sorted(receipts, key=lambda r: r.lane) == [Receipt(EPOCH, "alarm", 1), Receipt(EPOCH, "bulk", 9)]

    with_centre(path, story)


def test_a_centre_that_lost_its_data_notes_it_and_does_not_hold_its_gateways_up(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(101, 110))
        state = GatewayState(gateway="gw-1", online=True, epoch=EPOCH, receipted={"bulk": 100})
        _, receipts = await c.state(state)
        assert receipts == [Receipt(EPOCH, "bulk", 110)]
        (entry,) = await c.store.look(views.losses)
        assert (entry.first, entry.last) == (1, 100)
        assert [a.cause for a in await c.store.look(views.alarms)] == ["centreDataMissing"]
        assert (await c.state(state))[1] == receipts
        assert await c.count("alarms") == 1

    with_centre(path, story)


def test_a_person_can_give_up_what_will_never_come(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(11, 12))
        assert await c.store.give_up("gw-1", "box was replaced") == 10
        assert await c.store.receipts("gw-1", EPOCH) == [Receipt(EPOCH, "bulk", 12)]

    with_centre(path, story)


def test_the_last_word_of_a_device_is_its_newest_event(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(1, 5))
        await c.take(alarm(1), kind="alarm")
        seen = {d.device: d for d in await c.store.look(views.devices)}
        assert set(seen) == {"watch-1", "button-1"}
        assert seen["button-1"].last_type == ALARM
        assert seen["watch-1"].profile == "gt06"

    with_centre(path, story)


def test_events_are_paged_in_the_order_of_arrival(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(positions(1, 30))
        first = await c.store.look(partial(views.events, limit=20))
        rest = await c.store.look(partial(views.events, after=first[-1].n))
        assert [e.sequence for e in first + rest] == list(range(1, 31))

    with_centre(path, story)


def test_two_receivers_share_one_watermark(path: Path) -> None:
    async def story(one: Centre) -> None:
        other = Centre(path)
        other.store.open()
        try:
            for first in range(1, 200, 20):
                await one.take(positions(first, first + 9))
                await other.take(positions(first + 10, first + 19))
            assert await one.store.receipts("gw-1", EPOCH) == [Receipt(EPOCH, "bulk", 200)]
            assert await one.count("events") == 200
        finally:
            await other.store.close()

    with_centre(path, story)


def test_work_that_fails_in_a_group_does_not_harm_its_neighbours(path: Path) -> None:
    async def story(c: Centre) -> None:
        def fail(_: sqlite3.Connection) -> None:
            raise ZeroDivisionError

        outcomes = await asyncio.gather(
            c.take(positions(1, 5)), c.store._db.write(fail), c.take(positions(6, 9)), return_exceptions=True
        )
        assert isinstance(outcomes[1], ZeroDivisionError)
        assert outcomes[2] == [Receipt(EPOCH, "bulk", 9)]
        assert await c.count("events") == 9

    with_centre(path, story)


def test_a_picture_an_event_names_is_awaited_until_it_comes(path: Path) -> None:
    async def story(c: Centre) -> None:
        name = "ab" * 32
        data = DeviceEvent(device="camera-1", picture=name)
        await c.take(event(1, id="p1", lane="alarm", kind=ALARM_UPDATE, data=data, subject="a1"), kind="alarm")
        (awaited,) = await c.store.look(views.awaited)
        assert (awaited.sha256, awaited.event) == (name, "p1")
        await c.store.blobs.add(name, 5, "gw-1")
        assert await c.store.look(views.awaited) == []

    with_centre(path, story)


def test_an_order_waits_is_answered_and_the_first_answer_stands(path: Path) -> None:
    async def story(c: Centre) -> None:
        order = await c.store.order("gw-1", "locate", "watch-1", {"times": 2}, "duty", 60)
        (sending,) = await c.store.pending()
        assert sending.topic == "linli/v1/gw-1/down/request/locate"
        assert sending.response_topic == f"linli/v1/gw-1/up/answer/{order}"
        answers = (("gw-2", Outcome.DONE), ("gw-1", Outcome.REFUSED), ("gw-1", Outcome.DONE))
        asked = [await c.answer(gateway, Answer(id=order, outcome=outcome)) for gateway, outcome in answers]
        seen = await c.store.look(partial(views.order, order_id=order))
        assert seen is not None
        assert (asked, seen.outcome) == ([False, True, True], "refused")
        assert await c.store.pending() == []

    with_centre(path, story)


def test_a_newer_file_is_refused_and_not_touched(path: Path) -> None:
    async def nothing(c: Centre) -> None:
        pass

    with_centre(path, nothing)
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO applied(name) VALUES ('999 future')")
    conn.commit()
    conn.close()
    with pytest.raises(StoreError, match="newer version"):
        with_centre(path, nothing)


def test_a_file_that_is_no_store_is_refused_and_not_touched(path: Path) -> None:
    async def nothing(c: Centre) -> None:
        pass

    path.write_bytes(b"these are the minutes of a meeting" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        with_centre(path, nothing)
    assert path.read_bytes() == before


def test_a_step_is_sent_as_the_contract_has_it(path: Path) -> None:
    async def story(c: Centre) -> None:
        await c.take(alarm(1, id="a1"), kind="alarm")
        await c.store.step("a1", Step.CLOSE, "duty", reason="drill")
        (sending,) = await c.store.pending()
        moment = AT.replace(second=1)
        assert sending.payload == encode(AlarmStep(alarm="a1", step="close", by="duty", at=moment, reason="drill"))

    with_centre(path, story)
