"""Killed on every arrow of an event's path: nothing a device saw answered is lost, doubled or out of order."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from office.client import Client
from sync.contract import topics
from sync.contract.alarm import Stage
from sync.contract.envelope import encode
from sync.failpoint import POINTS
from tests.proof.judge import alarms_of
from tests.proof.neighbours import Neighbourhood
from tests.proof.theatre import Theatre, say_as_centre, until

UP = [name for name in POINTS if not name.startswith(("step-", "order-", "wanted-", "path-", "salvage-", "centre-"))]
STEPS = [name for name in POINTS if name.startswith("step-")]
ELSEWHERE = {"order-noted", "order-done", "path-check-stored"}
"""Orders die in tests/edge/test_down_e2e.py; the night's check is due two minutes after a start at the earliest."""
SALVAGE = [name for name in POINTS if name.startswith("salvage-")]
"""Those die in test_salvage.py."""

CENTRE = [name for name in POINTS if name.startswith("centre-")]
CODE = Path(__file__).parents[2]


@pytest.mark.e2e
@pytest.mark.parametrize("passes", [1, 9])
@pytest.mark.parametrize("name", UP)
def test_a_gateway_killed_on_the_way_up_loses_nothing(theatre: Theatre, name: str, passes: int) -> None:
    neighbours = theatre.some()
    theatre.gateway.kill()
    with Neighbourhood(neighbours) as hood:
        theatre.rise(f"{name}:{passes}")
        assert theatre.dead(20) == -signal.SIGKILL, f"{name} is never reached\n{theatre.gateway.tail()}"
        theatre.rise()
        hood.say_more(6)
        hood.finish()
    theatre.delivered()
    verdict = theatre.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict
    assert verdict.answered >= 18


@pytest.mark.e2e
@pytest.mark.parametrize("passes", [1, 2])
@pytest.mark.parametrize("name", STEPS)
def test_a_person_s_word_reaches_a_gateway_killed_while_it_came(theatre: Theatre, name: str, passes: int) -> None:
    neighbours = theatre.some(trackers=2, terminals=0)
    devices = [n.speech.device for n in neighbours]
    theatre.gateway.kill()
    with Neighbourhood(neighbours) as hood:
        theatre.rise(f"{name}:{passes}")
        hood.say_more(4)
        until(lambda: all(alarms_of(theatre.office_data, device) for device in devices), 10)
        alarms = [alarm for device in devices for alarm in alarms_of(theatre.office_data, device)]
        for alarm in alarms:
            acknowledge(theatre, alarm)
        assert theatre.dead(20) == -signal.SIGKILL, f"{name} is never reached\n{theatre.gateway.tail()}"
        theatre.rise()
        hood.say_more(2)
        hood.finish()
    until(lambda: [stage_here(theatre, a) for a in alarms] == [Stage.ACKNOWLEDGED] * 2, 10)
    until(lambda: all(row("SELECT echoed FROM alarms WHERE id = ?", theatre, a) >= 4 for a in alarms), 10)
    theatre.delivered()
    assert theatre.verdict(neighbours).faults() == (0, 0, 0, 0, 0)


@pytest.mark.e2e
@pytest.mark.parametrize("name", CENTRE)
@pytest.mark.parametrize("passes", [1, 9])
def test_a_receiver_killed_on_an_arrow_loses_and_doubles_nothing(theatre: Theatre, name: str, passes: int) -> None:
    neighbours = theatre.some()
    theatre.gateway.kill()
    theatre.receiver.kill()
    with Neighbourhood(neighbours) as hood:
        theatre.rise()
        theatre.receiver.start({"LINLI_FAILPOINT": f"{name}:{passes}"})
        assert theatre.receiver.wait(20) == -signal.SIGKILL, f"{name} is never reached\n{theatre.receiver.tail()}"
        theatre.receiver.kill()
        theatre.start_receiver()
        hood.say_more(6)
        hood.finish()
    theatre.delivered()
    verdict = theatre.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict


@pytest.mark.e2e
def test_wanted_configuration_is_in_force_after_a_kill_while_it_came(theatre: Theatre) -> None:
    theatre.gateway.kill()
    theatre.rise("wanted-kept")
    until(lambda: known(theatre), 10)
    wish = encode({"version": 7, "config": {"intervals": {"state_s": 30}}})
    say_as_centre(theatre, topics.down_config(theatre.gateway_name), wish)
    assert theatre.dead(20) == -signal.SIGKILL, theatre.gateway.tail()
    theatre.rise()
    until(lambda: in_force(theatre) == 7, 10, lambda: str(in_force(theatre)))


def test_every_place_to_die_is_named_and_none_is_named_in_vain() -> None:
    code = [p for package in ("edge", "office", "sync") for p in (CODE / package).rglob("*.py")]
    reached = {name for p in code for name in re.findall(r'\breach(?:_soon)?\("([a-z-]+)"\)', p.read_text("utf-8"))}
    assert reached == set(POINTS)
    assert set(POINTS) == {*UP, *STEPS, *CENTRE, *SALVAGE, *ELSEWHERE, "wanted-kept"}


def acknowledge(theatre: Theatre, alarm: str) -> None:
    word = {"step": "acknowledge", "by": "duty"}
    Client(theatre.office_socket).send("POST", f"alarms/{alarm}/steps", word)


def stage_here(theatre: Theatre, alarm: str) -> int:
    with closing(sqlite3.connect(f"file:{theatre.gateway_data / 'linli.db'}?mode=ro", uri=True)) as conn:
        return int(conn.execute("SELECT stage FROM alarm WHERE id = ?", (alarm,)).fetchone()[0])


def row(query: str, theatre: Theatre, *values: str) -> Any:
    with closing(sqlite3.connect(f"file:{theatre.office_data / 'office.sqlite'}?mode=ro", uri=True)) as conn:
        return conn.execute(query, values).fetchone()[0]


def known(theatre: Theatre) -> bool:
    """Whether the centre hears this gateway now."""
    query = "SELECT count(*) FROM gateways WHERE gateway = ? AND online = 1"
    return bool(row(query, theatre, theatre.gateway_name))


def in_force(theatre: Theatre) -> object:
    state = json.loads(row("SELECT state FROM gateways WHERE gateway = ?", theatre, theatre.gateway_name))
    return (state.get("config") or {}).get("in_force")
