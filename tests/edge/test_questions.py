from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from edge.questions import MAX_PENDING, NotAnsweredError, Why
from sync.contract.messages import Answer
from sync.mqtt import PUBACK_NOBODY
from tests.edge.way_down import Way, until, way_down


async def asked(way: Way, query: str = "my-case", timeout_s: float = 10.0, **arguments: str) -> asyncio.Task[Answer]:
    task = asyncio.create_task(way.gateway.down.questions.ask(query, arguments, timeout_s))
    await until(lambda: task.done() or way.wire.published, "asked")
    return task


async def why(task: asyncio.Task[Answer]) -> Why:
    with pytest.raises(NotAnsweredError) as caught:
        await task
    return caught.value.why


def test_a_question_goes_up_with_an_expiry_and_its_answer_comes_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            task = await asked(way, timeout_s=3, number="A17")
            topic, body, how = way.wire.published[-1]
            question = json.loads(body)
            assert topic == "linli/v1/gw-1/up/request/my-case"
            assert question["arguments"] == {"number": "A17"}
            assert how == {
                "qos": 1,
                "expiry_s": 3,
                "response_topic": f"linli/v1/gw-1/down/answer/{question['id']}",
                "correlation": question["id"].encode(),
            }
            way.send(f"answer/{question['id']}", {"id": question["id"], "outcome": "done", "result": {"stage": "open"}})
            assert (await task).result == {"stage": "open"}
            assert way.gateway.down.questions.pending == 0
            way.send(f"answer/{question['id']}", {"id": question["id"], "outcome": "done"})
            assert way.notes() == {"answer nobody waits for": 1}

    asyncio.run(story())


def test_offline_is_said_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            way.wire.online = False
            assert await why(await asked(way)) is Why.OFFLINE

    asyncio.run(story())


def test_nobody_listening_is_said_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            way.wire.code = PUBACK_NOBODY
            assert await why(await asked(way)) is Why.NOBODY

    asyncio.run(story())


def test_no_answer_in_time_is_said(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            assert await why(await asked(way, timeout_s=0.05)) is Why.TIMEOUT
            assert way.gateway.down.questions.pending == 0

    asyncio.run(story())


def test_a_lost_line_ends_what_no_broker_has_and_waits_for_the_rest(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            at_broker = await asked(way)
            await asyncio.sleep(0.01)
            way.wire.code = None
            lost = asyncio.create_task(way.gateway.down.questions.ask("free-slots", {}))
            await until(lambda: len(way.wire.published) == 2, "asked")
            way.gateway.down.line_down()
            assert await why(lost) is Why.OFFLINE
            assert not at_broker.done()
            (question, _) = (json.loads(body) for _, body, _ in way.wire.published)
            way.send(f"answer/{question['id']}", {"id": question["id"], "outcome": "refused", "reason": "没有"})
            assert (await at_broker).reason == "没有"

    asyncio.run(story())


def test_questions_are_bounded_in_number_and_size(tmp_path: Path) -> None:
    async def story() -> None:
        async with way_down(tmp_path) as way:
            ask = way.gateway.down.questions.ask
            tasks = [asyncio.create_task(ask("my-case", {}, 0.2)) for _ in range(MAX_PENDING)]
            await until(lambda: way.gateway.down.questions.pending == MAX_PENDING, "all asked")
            assert await why(asyncio.create_task(ask("my-case", {}))) is Why.BUSY
            assert await why(asyncio.create_task(ask("../alarm", {}))) is Why.WRONG
            await asyncio.gather(*tasks, return_exceptions=True)
            assert await why(asyncio.create_task(ask("my-case", {"text": "x" * 20_000}))) is Why.WRONG
            assert way.gateway.down.questions.pending == 0

    asyncio.run(story())
