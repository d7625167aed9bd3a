"""The second way: again until it is there or nobody needs it, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from edge import second_path
from edge.alarm_book import Alarm
from edge.care import Escalation, Reason
from edge.second_path import MemoryPath, SecondWay
from sync.contract.alarm import Stage
from tests.edge.moments import Hands, alarm

Check = Callable[[], Coroutine[Any, Any, None]]


class Trip:
    """A way over a path in memory, stepped by hand."""

    def __init__(self) -> None:
        self.hands, self.path = Hands(), MemoryPath()
        self.delivered: list[tuple[str, int]] = []
        self.states: list[str | None] = []
        self.way = SecondWay(self.path, lambda: self.hands.monotonic_s, lambda: 1.0)
        self.way.on_delivered = lambda e: self.delivered.append((e.reason.value, e.round))
        self.way.on_state = self.states.append

    async def step(self, seconds: float = 0.0) -> float | None:
        self.way.step(self.hands.go(seconds).monotonic_s)
        for _ in range(6):
            await asyncio.sleep(0)
        return self.way.step(self.hands.monotonic_s)


def no_receipt(one: Alarm, n: int = 1) -> Escalation:
    return Escalation(one, Reason.NO_RECEIPT, n)


def run(check: Check) -> None:
    asyncio.run(check())


def test_an_alarm_goes_over_at_once() -> None:
    async def check() -> None:
        trip = Trip()
        trip.way.go(no_receipt(alarm(trip.hands())))
        assert await trip.step() is None
        assert trip.path.received == [("a1", "no_receipt")]
        assert trip.delivered == [("no_receipt", 1)]
        assert len(trip.way) == 0

    run(check)


def test_it_is_tried_again_with_growing_pauses_until_it_is_there() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.works = False
        trip.way.go(no_receipt(alarm(trip.hands())))
        await trip.step()
        for tries, pause_s in enumerate((2, 5, 10, 30, 60, 60), start=1):
            assert trip.path.tries == tries
            await trip.step(pause_s - 0.5)
            assert trip.path.tries == tries
            await trip.step(0.5)
        trip.path.works = True
        await trip.step(60)
        assert trip.delivered == [("no_receipt", 1)]
        assert trip.states[0] == "memory: not taken"
        assert trip.states[-1] is None

    run(check)


def test_nobody_is_called_any_more_once_a_person_has_it() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.works = False
        one = alarm(trip.hands())
        trip.way.go(no_receipt(one))
        await trip.step()
        one.stage = Stage.ACKNOWLEDGED
        assert await trip.step(1000) is None
        assert trip.path.tries == 1
        assert trip.delivered == []

    run(check)


def test_a_path_that_hangs_is_cut_off_and_tried_again() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.hangs = True
        trip.way.go(no_receipt(alarm(trip.hands())))
        await trip.step()
        await trip.step(29)
        assert trip.path.tries == 1
        trip.path.hangs = False
        await trip.step(1)
        await trip.step(2)
        assert trip.path.received == [("a1", "no_receipt")]

    run(check)


def test_a_path_with_a_mistake_in_it_does_not_end_the_gateway() -> None:
    class Broken(MemoryPath):
        async def send(self, alarm: Alarm, reason: str) -> bool:
            if self.tries == 0:
                self.tries = 1
                raise ZeroDivisionError(alarm.id)
            return await super().send(alarm, reason)

    async def check() -> None:
        trip = Trip()
        trip.path = trip.way.path = Broken()
        trip.way.go(no_receipt(alarm(trip.hands())))
        await trip.step()
        await trip.step(2)
        assert trip.path.received == [("a1", "no_receipt")]

    run(check)


def test_one_that_hangs_holds_up_no_other() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.hangs = True
        trip.way.go(no_receipt(alarm(trip.hands(), "slow")))
        await trip.step()
        trip.path.hangs = False
        trip.way.go(no_receipt(alarm(trip.hands(), "quick")))
        await trip.step()
        assert trip.path.received == [("quick", "no_receipt")]

    run(check)


def test_a_newer_press_replaces_the_errand_of_an_older_one() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.works = False
        one = alarm(trip.hands())
        trip.way.go(no_receipt(one, 1))
        await trip.step()
        trip.way.go(no_receipt(one, 2))
        trip.path.works = True
        await trip.step()
        assert trip.delivered == [("no_receipt", 2)]
        assert len(trip.way) == 0

    run(check)


def test_another_reason_is_another_call() -> None:
    async def check() -> None:
        trip = Trip()
        one = alarm(trip.hands())
        trip.way.go(no_receipt(one))
        trip.way.go(Escalation(one, Reason.NOT_ACKNOWLEDGED, 1))
        await trip.step()
        assert sorted(reason for _, reason in trip.path.received) == ["no_receipt", "not_acknowledged"]

    run(check)


def test_what_waits_is_bounded_and_the_rest_is_taken_up_later() -> None:
    async def check() -> None:
        trip = Trip()
        trip.path.works = False
        taken = [trip.way.go(no_receipt(alarm(trip.hands(), f"a{n}"))) for n in range(second_path.MAX_ERRANDS + 5)]
        assert taken.count(False) == 5
        assert trip.way.overflowed
        assert len(trip.way) == second_path.MAX_ERRANDS

    run(check)


def test_it_serves_in_the_background_until_it_is_cancelled() -> None:
    async def check() -> None:
        path = MemoryPath()
        loop = asyncio.get_running_loop()
        way = SecondWay(path, loop.time, lambda: 0.0)
        there = asyncio.Event()
        way.on_delivered = lambda _escalation: there.set()
        task = asyncio.create_task(way.run())
        await asyncio.sleep(0)
        way.go(no_receipt(alarm(Hands()())))
        await asyncio.wait_for(there.wait(), 10)
        path.hangs = True
        way.go(no_receipt(alarm(Hands()(), "a2")))
        await asyncio.sleep(0.01)
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError)
        assert path.received == [("a1", "no_receipt")]

    run(check)
