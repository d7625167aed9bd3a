"""A line that is dead without a word: everything is stored and answered meanwhile, and nothing is lost after it.

Six gateways on one centre have 1, 5 and 50 devices, which are silent or talk all the time. Their line dies at once for
all: the broker is frozen, or what they send vanishes in a cable.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from edge.demo.broker_files import free_ports
from tests.proof.boxes import Box
from tests.proof.namespace import Cable, Forwarder, allowed
from tests.proof.neighbours import Neighbour, Neighbourhood
from tests.proof.theatre import Theatre, until

SIZES = (1, 5, 50)
DEAD_S = 12.0
BACK_S = 15.0
"""The issue's bound after any outage."""

Tell = Callable[[str], None]


@contextmanager
def frozen_broker() -> Iterator[tuple[Theatre, list[Box], Callable[[], None], Callable[[], None]]]:
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        boxes = [Box(theatre, f"gw-{i}") for i in range(2 * len(SIZES))]
        freeze, thaw = (lambda number=n: theatre.broker.signal(number) for n in (signal.SIGSTOP, signal.SIGCONT))
        yield theatre, boxes, freeze, thaw
    shutil.rmtree(theatre.directory)


@contextmanager
def black_hole() -> Iterator[tuple[Theatre, list[Box], Callable[[], None], Callable[[], None]]]:
    """In namespaces where that is allowed, else behind a relay in user space."""
    (relay,) = free_ports(1)
    with ExitStack() as stack:
        cable: Cable | Forwarder
        if allowed():
            cable = stack.enter_context(Cable())
            theatre = stack.enter_context(Theatre())
            conf = theatre.directory / "mosquitto.conf"
            listener = f"listener {theatre.broker_port} "
            conf.write_text(conf.read_text("utf-8").replace(f"{listener}127.0.0.1", f"{listener}0.0.0.0"), "utf-8")
            centre = {"host": cable.line_host, "server_name": "127.0.0.1"}
        else:
            theatre = stack.enter_context(Theatre(line_port=relay))
            cable = stack.enter_context(Forwarder(relay, theatre.broker_port))
            centre = {}
        theatre.start_broker()
        theatre.start_receiver()
        boxes = [
            Box(theatre, f"gw-{i}", centre=centre, host=cable.device_host, prefix=cable.prefix)
            for i in range(2 * len(SIZES))
        ]
        yield theatre, boxes, cable.cut, cable.mend
    shutil.rmtree(theatre.directory)


@pytest.mark.e2e
@pytest.mark.parametrize("way", [frozen_broker, black_hole])
def test_a_dead_line_loses_nothing_and_is_back_in_time(way: Callable[[], Any], tell: Tell) -> None:
    with way() as (theatre, boxes, cut, mend):
        kind = "namespace" if boxes[0].host != "127.0.0.1" else "this machine"
        play(theatre, boxes, cut, mend, DEAD_S, f"{way.__name__} in {kind}", tell)


def play(
    theatre: Theatre,
    boxes: list[Box],
    cut: Callable[[], None],
    mend: Callable[[], None],
    dead_s: float,
    way: str,
    tell: Tell,
) -> None:
    """Everybody says something; the line dies; half goes on talking; the line is back; all press their button."""
    idle, busy = boxes[: len(SIZES)], boxes[len(SIZES) :]
    for box in boxes:
        box.program.start()
    quiet = [box.devices(size) for box, size in zip(idle, SIZES, strict=True)]
    loud = [box.devices(size) for box, size in zip(busy, SIZES, strict=True)]
    for neighbour in (n for group in loud for n in group):
        neighbour.pause_s = 0.02 * len(SIZES) if neighbour in loud[0] else 0.5
    still, all_of_them = flat(quiet), flat(quiet) + flat(loud)
    with Neighbourhood(all_of_them) as hood:
        hood.until(lambda: all(len(n.answered) >= 2 for n in all_of_them), 60)
        for neighbour in still:
            neighbour.quiet = True
        until(lambda: not any(box.waiting() for box in idle), 30)
        cut()
        time.sleep(dead_s)  # the outage itself; nothing is waited for
        held = [box.waiting() for box in busy]
        mend()
        back = time.monotonic()
        for neighbour in all_of_them:
            neighbour.press = 1
        hood.finish(60)
        answered_s = time.monotonic() - back
        taken = [0.0] * len(boxes)
        while not all(taken):
            for i, box in enumerate(boxes):
                if not taken[i] and not box.waiting():
                    taken[i] = time.monotonic() - back
            assert time.monotonic() - back < 60, [box.waiting() for box in boxes]
            time.sleep(0.02)
    said = ", ".join(f"{taken[i]:.1f} s" for i in range(len(boxes)))
    tell(f"{way}: dead for {dead_s:.0f} s, held {held}; all receipted after it: idle and busy with {SIZES}: {said}")
    assert all(count > 0 for count in held), "the line was not dead"
    assert answered_s < BACK_S
    assert max(taken) <= BACK_S
    verdict = theatre.verdict(all_of_them)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict


def flat(groups: list[list[Neighbour]]) -> list[Neighbour]:
    return [neighbour for group in groups for neighbour in group]
