"""A word about who is there that nobody renews is taken back by the receiver itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from office.presence import Word
from office.store import Store


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def play(path: Path, story: Callable[[Store, Clock], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        clock = Clock()
        store = Store(path / "office.sqlite", clock)
        store.open()
        try:
            await story(store, clock)
        finally:
            await store.close()

    asyncio.run(run())


def test_a_lease_that_runs_out_means_nobody(tmp_path: Path) -> None:
    async def story(store: Store, clock: Clock) -> None:
        await store.set_presence("duty", 2, 0, 45.0)
        clock.now += 44.9
        assert (await store.presence_leased(), await store.lapse_presence()) == (False, [])
        clock.now += 0.1
        assert await store.presence_leased()
        assert await store.lapse_presence() == [Word("duty", 0, 0)]
        assert (await store.presence_leased(), await store.lapse_presence()) == (False, [])
        assert await store.presence_words() == [Word("duty", 0, 0)]

    play(tmp_path, story)


def test_a_lease_outlives_a_restart_of_the_receiver(tmp_path: Path) -> None:
    async def first(store: Store, _: Clock) -> None:
        await store.set_presence("duty", 1, 0, 45.0)

    async def second(store: Store, clock: Clock) -> None:
        clock.now += 20
        assert await store.presence_words() == [Word("duty", 1, 0, 25.0)]
        clock.now += 25
        assert await store.lapse_presence() == [Word("duty", 0, 0)]

    play(tmp_path, first)
    play(tmp_path, second)


def test_a_word_without_a_time_stands_until_the_next(tmp_path: Path) -> None:
    async def story(store: Store, clock: Clock) -> None:
        await store.set_presence("health", 3, 1)
        await store.set_presence("duty", 1, 0, 45.0)
        await store.set_presence("duty", 1, 0)
        clock.now += 1_000_000
        assert await store.lapse_presence() == []
        assert await store.presence_words() == [Word("duty", 1, 0), Word("health", 3, 1)]

    play(tmp_path, story)


def test_a_department_is_kept_with_all_that_kiosks_are_told_and_lapses_whole(tmp_path: Path) -> None:
    async def story(store: Store, clock: Clock) -> None:
        word = Word("civil", 2, 3, 45.0, free=1, wait_s=240.0, open=False, opens_at="2026-10-12T09:00+08:00")
        await store.keep_presence(word)
        assert await store.presence_words() == [word]
        clock.now += 45
        gone = Word("civil", 0, 3, 0.0, free=0, wait_s=None, open=False, opens_at="2026-10-12T09:00+08:00")
        assert await store.lapse_presence() == [gone]
        await store.set_presence("civil", 1, 0)
        assert await store.presence_words() == [Word("civil", 1, 0, 0.0)]

    play(tmp_path, story)
