"""The receiver over a real broker: stored, then settled, then receipted; and what a person says goes down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from sqlite3 import Connection

import pytest

from office import views
from sync.contract import topics
from sync.contract.alarm import Step
from sync.contract.envelope import decode, encode
from sync.contract.messages import AlarmStep, Answer, Order, Outcome, Question, Receipt
from tests.broker import Mosquitto
from tests.office.ends import Centre, Gateway, eventually, until
from tests.office.sending import EPOCH, alarm, positions

pytestmark = pytest.mark.e2e

Story = Callable[[Centre, Gateway], Awaitable[None]]


def nothing_pending(centre: Centre) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return not await centre.store.pending()

    return ask


def play(broker: Mosquitto, path: Path, story: Story) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre, Gateway(broker.port) as gateway:
            await story(centre, gateway)

    asyncio.run(run())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "office.sqlite"


def test_an_alarm_and_a_batch_are_stored_and_receipted(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        gateway.alarm(alarm(1, id="a1"))
        gateway.events(positions(1, 200))
        await gateway.receipted("alarm", 1)
        await gateway.receipted("bulk", 200)
        assert await centre.count("events") == 201
        assert await centre.store.alarm("a1") is not None

    play(broker, path, story)


def test_a_repeat_is_receipted_again_and_stored_once(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        payload = positions(1, 10)
        gateway.events(payload)
        await gateway.receipted("bulk", 10)
        gateway.events(payload)
        await until(lambda: len(gateway.receipts) == 2, "second receipt")
        assert await centre.count("events") == 10

    play(broker, path, story)


def test_every_word_of_a_state_is_answered_with_the_watermarks(broker: Mosquitto, path: Path) -> None:
    async def story(_: Centre, gateway: Gateway) -> None:
        gateway.events(positions(1, 10))
        await gateway.receipted("bulk", 10)
        gateway.heard.clear()
        gateway.state()
        await gateway.receipted("bulk", 10)

    play(broker, path, story)


def test_a_breach_is_settled_and_receipted_as_far_as_it_can_be_read(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        gateway.events(b"complete nonsense")
        gateway.connection.publish("linli/v1/gw-1/up/gossip/x", b"?")
        gateway.connection.publish(topics.up_state("gw-1"), b'{"online": "perhaps"}')
        gateway.connection.publish("linli/v1/NOT A NAME/up/events", positions(1, 1))
        gateway.events(positions(1, 3).replace(b'"boot":7', b'"boot":-7', 1))
        await gateway.receipted("bulk", 3)
        assert await centre.count("quarantine") == 4, "a topic nobody subscribes to never arrives"
        assert await centre.count("events") == 2

    play(broker, path, story)


def test_a_mistake_of_ours_stands_in_nobodys_way(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        taken = centre.store._intake.take

        def stumble(conn: Connection, gateway: str, topic: str, payload: bytes, at: int) -> list[Receipt]:
            if b"stumbling" in payload:
                raise ZeroDivisionError
            return taken(conn, gateway, topic, payload, at)

        centre.store._intake.take = stumble  # type: ignore[method-assign]
        gateway.alarm(alarm(1, id="stumbling"))
        gateway.alarm(alarm(2))
        await gateway.receipted("alarm", 0)

        async def both() -> bool:
            return {a.cause for a in await centre.store.look(views.alarms)} == {"sos", "unreadableAlarm"}

        await eventually(both, "both are alarms")
        assert await centre.count("quarantine") == 1

    play(broker, path, story)


def test_what_comes_while_the_receiver_is_away_is_kept_for_it(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Gateway(broker.port) as gateway:
            async with Centre(broker.port, path):
                gateway.events(positions(1, 5))
                await gateway.receipted("bulk", 5)
            gateway.events(positions(6, 9))
            gateway.alarm(alarm(1))
            await until(lambda: len(gateway.pubacks) == 3, "the broker has them")
            async with Centre(broker.port, path) as centre:
                await gateway.receipted("bulk", 9)
                await gateway.receipted("alarm", 1)
                assert await centre.count("events") == 10

    asyncio.run(run())


def test_what_was_committed_and_not_settled_comes_again_and_changes_nothing(broker: Mosquitto, path: Path) -> None:
    """As after a kill between commit and PUBACK: the line is cut before the broker hears of it."""

    async def story(centre: Centre, gateway: Gateway) -> None:
        line = centre.receiver.rest_line
        taken: list[int] = []
        settle = line.done
        line.done = lambda item: taken.append(item.message.mid)  # type: ignore[method-assign]
        gateway.events(positions(1, 20))
        await gateway.receipted("bulk", 20)
        assert taken
        line.done = settle  # type: ignore[method-assign]
        gateway.heard.clear()
        line.connection.cut("killed")
        await gateway.receipted("bulk", 20)
        assert await centre.count("events") == 20

    play(broker, path, story)


def test_a_broker_that_goes_and_comes_costs_nothing(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        gateway.events(positions(1, 5))
        await gateway.receipted("bulk", 5)
        await asyncio.to_thread(broker.kill)
        await until(lambda: not centre.receiver.online and not gateway.connection.online, "all lines down")
        await asyncio.to_thread(broker.start)
        await until(lambda: centre.receiver.online and gateway.connection.online, "all lines up")
        gateway.events(positions(1, 8))
        await gateway.receipted("bulk", 8)

    play(broker, path, story)


def test_a_persons_steps_reach_the_gateway(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        gateway.alarm(alarm(1, id="a1"))
        await gateway.receipted("alarm", 1)
        for step in (Step.ACKNOWLEDGE, Step.ON_THE_WAY, Step.CLOSE):
            await centre.store.step("a1", step, "duty", reason="real")
            centre.receiver.dispatch.wake()
        topic = topics.down_alarm("gw-1", "a1")
        await until(lambda: len([m for m in gateway.heard if m.topic == topic]) == 3, "three steps")
        steps = [decode(m.payload, AlarmStep).step for m in gateway.heard if m.topic == topic]
        assert steps == ["acknowledge", "on_the_way", "close"]
        await eventually(nothing_pending(centre), "confirmed by the broker")

    play(broker, path, story)


def test_a_step_that_nobody_heard_goes_out_at_the_gateways_birth(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        async with Centre(broker.port, path) as centre:
            async with Gateway(broker.port, "gw-2") as poster:
                poster.connection.publish(topics.up_alarm("gw-1"), alarm(1, id="a1"))
                await eventually(lambda: centre.store.alarm("a1"), "the alarm")
            await centre.store.step("a1", Step.ACKNOWLEDGE, "duty")
            centre.receiver.dispatch.wake()
            async with Gateway(broker.port) as gateway:
                gateway.state()
                await until(lambda: any("/down/alarm/a1" in m.topic for m in gateway.heard), "the step")
                await eventually(nothing_pending(centre), "confirmed by the broker")

    asyncio.run(run())


def test_an_order_goes_down_with_its_expiry_and_its_answer_is_kept(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        order = await centre.store.order("gw-1", "locate", "watch-1", {"times": 1}, "duty", 60)
        centre.receiver.dispatch.wake()
        topic = topics.down_request("gw-1", "locate")
        await until(lambda: any(m.topic == topic for m in gateway.heard), "the order")
        (heard,) = [m for m in gateway.heard if m.topic == topic]
        assert decode(heard.payload, Order) == Order(id=order, device="watch-1", arguments={"times": 1})
        assert heard.response_topic == topics.up_answer("gw-1", order)
        answer = Answer(id=order, outcome=Outcome.DONE, result={"lat": 39.9})
        gateway.connection.publish(heard.response_topic, encode(answer), correlation=heard.correlation)

        async def answered() -> views.OrderView | None:
            seen = await centre.store.look(lambda c: views.order(c, order))
            return seen if seen and seen.outcome else None

        seen = await eventually(answered, "the answer")
        assert (seen.outcome, bytes(seen.result)) == ("done", b'{"lat": 39.9}')

    play(broker, path, story)


def test_a_kiosk_is_told_who_is_there_and_refused_what_nobody_answers(broker: Mosquitto, path: Path) -> None:
    async def story(centre: Centre, gateway: Gateway) -> None:
        await centre.store.set_presence("civil-affairs", 2, 1)
        for number, query in enumerate(("who-is-there", "horoscope")):
            question = Question(id=f"q{number}")
            gateway.connection.publish(topics.up_request("gw-1", query), encode(question), correlation=b"c")
        await until(lambda: len(gateway.heard) == 2, "two answers")
        by_topic = {m.topic: decode(m.payload, Answer) for m in gateway.heard}
        told = by_topic[topics.down_answer("gw-1", "q0")]
        assert told.result == {"civil-affairs.there": 2, "civil-affairs.waiting": 1}
        assert by_topic[topics.down_answer("gw-1", "q1")].outcome is Outcome.REFUSED
        assert gateway.heard[0].correlation == b"c"

    play(broker, path, story)


def test_a_silent_gateway_is_one_alarm_that_ends_when_it_speaks(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        now = [1000.0]
        async with Centre(broker.port, path, lambda: now[0]) as centre, Gateway(broker.port) as gateway:
            gateway.state()
            gateway.events(positions(1, 1))
            await gateway.receipted("bulk", 1)
            now[0] += 89
            await centre.receiver.tick()
            assert await centre.count("alarms") == 0
            now[0] += 1
            for _ in range(3):
                await centre.receiver.tick()
            (silent,) = await centre.store.look(views.alarms)
            assert (silent.cause, silent.gateway, silent.stage) == ("gatewaySilent", "gw-1", "received")
            gateway.state(online=False)  # a last will is not its own word
            gateway.events(positions(2, 2))
            await gateway.receipted("bulk", 2)
            await centre.receiver.tick()
            (ended,) = await centre.store.look(views.alarms)
            assert (ended.stage, ended.closed_by, ended.reason) == ("closed", "centre", "it speaks again")

    asyncio.run(run())


def test_a_gateway_known_from_before_and_never_heard_again_is_found_silent(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        now = [0.0]
        async with Centre(broker.port, path, lambda: now[0]), Gateway(broker.port) as gateway:
            gateway.state()
            await until(lambda: gateway.pubacks, "state taken")
            gateway.events(positions(1, 1))
            await gateway.receipted("bulk", 1)
        async with Centre(broker.port, path, lambda: now[0]) as centre:
            now[0] += 91
            await centre.receiver.tick()
            assert [a.cause for a in await centre.store.look(views.alarms)] == ["gatewaySilent"]

    asyncio.run(run())


def test_our_own_lost_line_is_one_alarm_and_no_gateway_is_blamed(broker: Mosquitto, path: Path) -> None:
    async def run() -> None:
        now = [0.0]
        async with Centre(broker.port, path, lambda: now[0]) as centre, Gateway(broker.port) as gateway:
            gateway.events(positions(1, 1))
            await gateway.receipted("bulk", 1)
            await asyncio.to_thread(broker.kill)
            await until(lambda: not centre.receiver.rest_line.online, "line down")
            await centre.receiver.tick()
            now[0] += 500
            await centre.receiver.tick()
            assert [a.cause for a in await centre.store.look(views.alarms)] == ["brokerLost"]
            await asyncio.to_thread(broker.start)
            await until(lambda: centre.receiver.online, "line up")
            await centre.receiver.tick()
            (ended,) = await centre.store.look(views.alarms)
            assert ended.stage == "closed"

    asyncio.run(run())


def test_two_receivers_of_a_group_share_the_batches_and_lose_nothing_when_one_goes(
    broker: Mosquitto, path: Path
) -> None:
    async def run() -> None:
        async with Gateway(broker.port) as gateway, Centre(broker.port, path, group="g") as one:
            async with Centre(broker.port, path, group="g", name="centre-2"):
                for first in range(1, 400, 10):
                    gateway.events(positions(first, first + 9))
                await gateway.receipted("bulk", 400)
            assert await one.count("events") == 400

    asyncio.run(run())


def test_receipts_never_say_more_than_is_stored(broker: Mosquitto, path: Path) -> None:
    async def story(_: Centre, gateway: Gateway) -> None:
        gateway.events(positions(11, 20))
        await gateway.receipted("bulk", 0)
        gateway.events(positions(1, 10))
        await gateway.receipted("bulk", 20)
        assert gateway.receipts == [Receipt(EPOCH, "bulk", 0), Receipt(EPOCH, "bulk", 20)]

    play(broker, path, story)
