"""Programs killed at any moment: nothing a device saw answered is lost, doubled or out of order."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from tests.proof.judge import alarms_of, waiting
from tests.proof.neighbours import Neighbourhood
from tests.proof.theatre import Theatre, until


@pytest.fixture
def own() -> Iterator[Theatre]:
    """Broker and receiver of one story, which kills them as well."""
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        yield theatre
    shutil.rmtree(theatre.directory)


@pytest.mark.e2e
@pytest.mark.parametrize("kills", [12, pytest.param(100, marks=pytest.mark.slow)])
def test_random_kills_lose_nothing(own: Theatre, kills: int, tell: Callable[[str], None]) -> None:
    seed = int(os.environ.get("LINLI_SEED") or secrets.randbits(32))
    dice = random.Random(seed)
    neighbours = own.some(trackers=4, terminals=2)
    for neighbour in neighbours:
        neighbour.pause_s = 0.02
    killed = dict.fromkeys(("gateway", "broker", "receiver"), 0)
    began = time.monotonic()
    with Neighbourhood(neighbours) as hood:
        for _ in range(kills):
            own.rise()
            time.sleep(dice.uniform(0, 0.15))
            own.gateway.kill()
            killed["gateway"] += 1
            match dice.randrange(12):
                case 0:
                    own.broker.kill()
                    if dice.random() < 0.5:
                        forget_everything(own)
                    own.start_broker()
                    killed["broker"] += 1
                case 1:
                    own.receiver.kill()
                    own.receiver.start()
                    killed["receiver"] += 1
        own.rise()
        hood.say_more(5)
        hood.finish()
    own.delivered()
    verdict = own.verdict(neighbours)
    tell(f"LINLI_SEED={seed}: killed {killed}, {time.monotonic() - began:.1f} s, {verdict}")
    assert verdict.faults() == (0, 0, 0, 0, 0), f"LINLI_SEED={seed} {verdict}"
    assert killed["gateway"] == kills


@pytest.mark.e2e
def test_two_kills_within_one_outage_lose_nothing(own: Theatre) -> None:
    neighbours = own.some()
    own.broker.stop()
    with Neighbourhood(neighbours) as hood:
        for _ in range(3):
            own.gateway.kill()
            own.rise()
            hood.say_more(20)
        own.start_broker()
        hood.say_more(5)
        hood.finish()
    own.delivered()
    verdict = own.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict
    assert verdict.answered >= 3 * 65


@pytest.mark.e2e
def test_what_a_broker_forgot_after_its_puback_arrives_all_the_same(own: Theatre) -> None:
    neighbours = own.some()
    own.rise()
    with Neighbourhood(neighbours) as hood:
        hood.say_more(4)
        until(lambda: all(alarms_of(own.office_data, n.speech.device) for n in neighbours), 10)
        own.receiver.kill()  # its session is the broker's to keep
        hood.say_more(20)
        held = waiting(own.gateway_data)
        own.broker.kill()
        forget_everything(own)
        own.start_broker()
        own.start_receiver()
        hood.say_more(5)
        hood.finish()
    own.delivered()
    assert held >= 60
    assert own.verdict(neighbours).faults() == (0, 0, 0, 0, 0)


@pytest.mark.e2e
def test_a_receiver_that_was_away_while_the_gateway_died_gets_everything(own: Theatre) -> None:
    neighbours = own.some()
    own.rise()
    with Neighbourhood(neighbours) as hood:
        hood.say_more(4)
        own.receiver.kill()
        hood.say_more(20)
        own.gateway.kill()
        own.rise()
        hood.say_more(20)
        own.start_receiver()
        hood.finish()
    own.delivered()
    verdict = own.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict
    assert verdict.answered >= 44 * 3


@pytest.mark.e2e
def test_a_gateway_without_any_centre_keeps_everything_until_one_listens(own: Theatre) -> None:
    """The broker has no subscriber: PUBACK 0x10 is no custody."""
    own.receiver.kill()
    own.broker.kill()
    forget_everything(own)
    own.start_broker()
    neighbours = own.some()
    own.rise()
    with Neighbourhood(neighbours) as hood:
        hood.say_more(20)
        until(lambda: "nobody listens" in own.gateway.tail(), 10)
        assert waiting(own.gateway_data) >= 60
        own.start_receiver()
        hood.finish()
    own.delivered()
    assert own.verdict(neighbours).faults() == (0, 0, 0, 0, 0)


def forget_everything(theatre: Theatre) -> None:
    """The dead broker's store is gone."""
    (theatre.directory / "mosquitto.db").unlink(missing_ok=True)
