from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge import durable
from edge.alarm_book import Alarm
from edge.neighbourhood.gt06 import Gt06Device
from sync.contract.alarm import Stage, Step
from sync.mqtt import Arrived
from sync.turns import Turns
from tests.edge.way_down import IMEI, Way, way_down

AT = "2026-11-20T08:00:00Z"


def step(alarm: str, word: str, **more: object) -> dict[str, object]:
    return {"alarm": alarm, "step": word, "by": "值班员", "at": AT, **more}


async def an_alarm(way: Way) -> Alarm:
    device = Gt06Device(IMEI)
    return await way.press(way.connect(device), device)


def echoes(way: Way) -> list[tuple[str, dict[str, Any]]]:
    updates = [e for e in way.outbox() if e["type"] == "linli.alarm.update.v1"]
    return [(e["subject"], e["data"]["attributes"]) for e in updates]


def test_an_acknowledgement_is_stored_echoed_and_shown_before_it_is_settled(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm, seen = await an_alarm(way), list[tuple[str, Step, list[int]]]()
            way.gateway.down.steps.on_step = lambda a, s: seen.append((a.id, s, list(way.wire.settled)))
            mid = way.send(f"alarm/{alarm.id}", step(alarm.id, "acknowledge", text="马上就来"))
            assert way.wire.settled == []
            await way.settled(mid)
            assert seen == [(alarm.id, Step.ACKNOWLEDGE, [])]
            assert way.rows("SELECT stage, acknowledged_by, text FROM alarm") == [(4, "值班员", "马上就来")]
            assert echoes(way) == [(alarm.id, {"stage": "acknowledged", "step": "acknowledge"})]

    asyncio.run(story())


def test_every_step_is_told_once_however_often_it_comes(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm, seen = await an_alarm(way), list[Step]()
            way.gateway.down.steps.on_step = lambda _a, s: seen.append(s)
            for word in ("acknowledge", "on_the_way", "on_the_way", "acknowledge", "close", "close", "on_the_way"):
                mid = way.send(f"alarm/{alarm.id}", step(alarm.id, word, text="在路上" if word == "on_the_way" else ""))
            await way.settled(mid)
            assert seen == [Step.ACKNOWLEDGE, Step.ON_THE_WAY, Step.CLOSE]
            assert way.rows("SELECT stage, on_the_way_at FROM alarm") == [(5, "2026-11-20T08:00:00+00:00")]
            assert echoes(way)[-1] == (alarm.id, {"stage": "closed", "step": "on_the_way"})
            assert not way.gateway.book.open
            assert not way.notes()

    asyncio.run(story())


def test_a_closed_alarm_stays_closed_over_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm = await an_alarm(way)
            await way.settled(way.send(f"alarm/{alarm.id}", step(alarm.id, "close", reason="误报")))
        async with way_down(tmp_path) as way:
            await way.settled(way.send(f"alarm/{alarm.id}", step(alarm.id, "acknowledge")))
            assert way.rows("SELECT stage, reason FROM alarm") == [(Stage.CLOSED, "误报")]
            assert echoes(way)[-1][1]["stage"] == "closed"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("topic", "payload", "note"),
    [
        ("alarm/nobody", step("nobody", "close"), "step of an alarm that is not known here"),
        ("alarm/a", step("b", "close"), "alarm not understood"),
        ("alarm/a", step("a", "receipt"), "alarm not understood"),
        ("alarm/a", {**step("a", "close"), "at": "9999-12-31T23:59:59-14:00"}, "alarm not understood"),
        ("alarm/a", {**step("a", "close"), "by": 7}, "alarm not understood"),
        ("alarm/a", b"\xff\x00", "alarm not understood"),
        ("alarm/a", b'{"alarm":' + b"[" * 8000, "alarm not understood"),
        ("alarm/a", b" " * 9000, "alarm of more than 8192 bytes"),
        ("alarm/a/b", {}, "a topic that is not ours"),
        ("alarm", {}, "a topic that is not ours"),
        ("nonsense", {}, "a topic that is not ours"),
        ("linli/v1/gw-2/down/config", {}, "a topic that is not ours"),
        ("linli/v1/presence", {}, "a topic that is not ours"),
        ("request/locate", b"null", "request not understood"),
        ("request/locate", {"id": "../up/alarm"}, "request not understood"),
        ("request/locate", {"id": ""}, "request not understood"),
        ("request/locate", b"x" * (1 << 20), "request of more than 32768 bytes"),
        ("config", b'{"version":1,"config":' + b'{"a":' * 12000, "config not understood"),
        ("config", {"version": 0, "config": {}}, "config not understood"),
        ("config", {"version": 2**60, "config": {}}, "config not understood"),
        ("config", b"", "config not understood"),
        ("notice", {"id": "a/b", "text": "x"}, "notice not understood"),
        ("answer/q", {"id": "q", "outcome": "done"}, "answer nobody waits for"),
        ("answer/q", {"id": "p", "outcome": "done"}, "answer not understood"),
        ("answer/q", {"id": "q", "outcome": "maybe"}, "answer not understood"),
        ("linli/v1/presence/health", b"x" * 5000, "presence of more than 4096 bytes"),
    ],
)
def test_what_is_wrong_is_counted_settled_and_does_nothing(
    tmp_path: Path, topic: str, payload: object, note: str
) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await way.settled(way.send(topic, payload))
            assert way.notes() == {note: 1}
            assert way.outbox() == []
            assert way.rows("SELECT count(*) FROM orders") == [(0,)]

    asyncio.run(story())


@given(
    st.lists(
        st.tuples(st.sampled_from(["alarm/a", "request/say", "notice", "answer/q", "call/c"]), st.binary()), max_size=20
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_stop_the_way_down(tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[str, bytes]]) -> None:
    async def story() -> None:
        async with way_down(tmp_path_factory.mktemp("gw")) as way:
            mids = [way.send(topic, payload) for topic, payload in sent]
            await way.settled(way.send("notice", {"id": "n-1", "text": "停水"}))
            assert way.wire.settled == [*mids, len(mids) + 1]
            assert len(way.gateway.down.current_notices()) == 1

    asyncio.run(story())


def test_control_characters_are_taken_out_and_nothing_of_the_step_is_lost(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm = await an_alarm(way)
            word = step(alarm.id, "acknowledge", text="\x1b[2J\u2028来了\x00" + "长" * 900)
            await way.settled(way.send(f"alarm/{alarm.id}", word))
            ((text,),) = way.rows("SELECT text FROM alarm")
            assert text == ("[2J 来了 " + "长" * 900)[:500]

    asyncio.run(story())


def test_messages_are_settled_in_order_of_arrival_though_effects_end_in_any(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            slow = way.send("config", {"version": 1, "config": {"alarms": {"escalate_after_s": 7}}})
            quick = [way.send("linli/v1/presence/health", {"there": n}) for n in range(5)]
            notice = way.send("notice", {"id": "n-1", "text": "停水"})
            await way.settled(notice)
            assert way.wire.settled == [slow, *quick, notice]

    asyncio.run(story())


@given(st.integers(0, 30), st.randoms())
def test_turns_keep_the_order_whatever_ends_first(count: int, dice: random.Random) -> None:
    turns, due = Turns(), list[int]()
    messages = [Arrived("t", b"x", 1, retain=False, mid=n, life=1) for n in range(count)]
    for message in messages:
        turns.arrived(message)
    for message in dice.sample(messages, count):
        due += [m.mid for m in turns.settled(message)]
    assert due == list(range(count))


def test_what_came_over_a_lost_connection_is_settled_by_coming_again() -> None:
    turns = Turns()
    old, new = (Arrived("t", b"", 1, retain=False, mid=1, life=life) for life in (1, 2))
    turns.arrived(old)
    turns.arrived(new)
    assert turns.settled(old) == []
    assert [m.life for m in turns.settled(new)] == [2]


def test_a_step_waits_for_the_disk_and_is_settled_when_the_disk_took_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm = await an_alarm(way)
            blocker = sqlite3.connect(tmp_path / "linli.db", isolation_level=None)
            blocker.execute("BEGIN IMMEDIATE")
            mid = way.send(f"alarm/{alarm.id}", step(alarm.id, "acknowledge"))
            await asyncio.sleep(0.3)
            assert way.wire.settled == []
            blocker.execute("ROLLBACK")
            blocker.close()
            await way.settled(mid)
            assert way.rows("SELECT stage FROM alarm") == [(4,)]

    asyncio.run(story())


def test_a_step_the_disk_never_took_is_taken_when_the_centre_repeats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm = await an_alarm(way)
            monkeypatch.setattr(durable, "TIMES", 1)
            blocker = sqlite3.connect(tmp_path / "linli.db", isolation_level=None)
            blocker.execute("CREATE TRIGGER full BEFORE UPDATE ON alarm BEGIN SELECT RAISE(FAIL, 'no room'); END")
            await way.settled(way.send(f"alarm/{alarm.id}", step(alarm.id, "close")))
            assert way.notes() == {"alarm given up: the disk does not take it": 1}
            assert not echoes(way)
            blocker.execute("DROP TRIGGER full")
            blocker.close()
            await way.settled(way.send(f"alarm/{alarm.id}", step(alarm.id, "close")))
            assert way.rows("SELECT stage FROM alarm") == [(5,)]
            assert echoes(way)[-1][1]["stage"] == "closed"
            assert not way.gateway.book.open

    asyncio.run(story())


def test_a_notice_is_kept_shown_once_and_told_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            heard = list[str]()
            way.gateway.down.on_notice = lambda notice: heard.append(notice.text)
            for _ in range(2):
                await way.settled(way.send("notice", {"id": "n-1", "text": "台风", "colour": "red"}))
            await way.settled(way.send("notice", {"id": "n-2", "text": "旧闻", "expires_at": "2020-01-01T00:00:00Z"}))
            assert heard == ["台风", "旧闻"]
        async with way_down(tmp_path) as way:
            ((body, shown_at),) = way.gateway.down.current_notices()
            assert json.loads(body)["colour"] == "red"
            assert shown_at is None
            assert [await way.gateway.down.notice_shown(n) for n in ("n-1", "n-1", "nobody")] == [True, False, False]
            (told,) = way.outbox()
            assert told["type"] == "linli.notice.shown.v1"
            assert told["data"]["notice"] == "n-1"

    asyncio.run(story())


def test_a_withdrawn_notice_leaves_the_screen_and_never_comes_back(tmp_path: Path) -> None:
    async def story() -> None:
        notice = {"id": "n-1", "text": "台风"}
        async with way_down(tmp_path) as way:
            heard = list[bool]()
            way.gateway.down.on_notice = lambda word: heard.append(word.withdrawn)
            await way.settled(way.send("notice", notice))
            for _ in range(2):
                await way.settled(way.send("notice", notice | {"withdrawn": True}))
            await way.settled(way.send("notice", notice))
            assert heard == [False, True]
            assert way.gateway.down.current_notices() == []
        async with way_down(tmp_path) as way:
            assert way.gateway.down.current_notices() == []

    asyncio.run(story())


def test_a_withdrawal_that_overtakes_its_notice_shows_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            await way.settled(way.send("notice", {"id": "n-1", "text": "台风", "withdrawn": True}))
            await way.settled(way.send("notice", {"id": "n-1", "text": "台风"}))
            assert way.gateway.down.current_notices() == []

    asyncio.run(story())


def test_retained_topics_keep_the_newest_and_are_bounded(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            for n in range(1100):
                way.send(f"linli/v1/presence/d{n}", {"there": n}, retain=True)
            way.send("linli/v1/presence/d0", {"there": 7}, retain=True)
            way.send("linli/v1/presence/d1", b"", retain=True)
            way.send("linli/v1/content/guides/zh", {"version": 3}, retain=True)
            kept = way.gateway.down.retained
            assert len(kept.under("presence/")) == 999
            assert kept.get("presence/d0") == b'{"there": 7}'
            assert kept.get("presence/d1") is None
            assert kept.get("content/guides/zh") == b'{"version": 3}'
            assert way.notes() == {"no room for more presence": 100}

    asyncio.run(story())


def test_a_fault_of_the_program_does_not_come_again_for_ever(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            alarm = await an_alarm(way)

            def broken(_alarm: Alarm, _step: Step) -> None:
                raise RuntimeError("lamp")

            way.gateway.down.steps.on_step = broken
            await way.settled(way.send(f"alarm/{alarm.id}", step(alarm.id, "acknowledge")))
            assert way.notes() == {"alarm met a fault of the program": 1}
            await way.settled(way.send("notice", {"id": "n", "text": "x"}))

    asyncio.run(story())
