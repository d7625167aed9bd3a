"""Every list of the desk, with ten million events and a hundred thousand cases behind it, over real HTTPS."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from office.desk.people.roles import Role
from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Values, quantile
from tests.bench.long_years import DEVICES, GATEWAYS, YEAR_MS, write_centre, write_desk
from tests.office.desk.house import NOW, Client, House
from tests.office.desk.many_cases import PLACES

ROUNDS = 100
"""Of each list: nine in ten far inside, the rest from its beginning."""


def _lists(dice: random.Random, cases: int) -> dict[str, Callable[[], str]]:
    """Each list with a page somewhere in it."""

    def gateway() -> int:
        return dice.randrange(GATEWAYS) + 1

    def device() -> tuple[str, str]:
        n = dice.randrange(DEVICES) + 1
        return f"gw-{n % GATEWAYS + 1:03d}", f"device-{n:05d}"

    def moment() -> int:
        return int(NOW * 1000) - dice.randrange(YEAR_MS)

    def events() -> str:
        at, name = device()
        return f"/v1/device/events?gateway={at}&device={name}&limit=50"

    def devices() -> str:
        at, name = device()
        return f"/v1/devices?after_gateway={at}&after_device={name}&limit=100"

    return {
        "alarms, open": lambda: "/v1/alarms",
        "alarms, closed": lambda: f"/v1/alarms/closed?before={moment()}.alarm-{dice.randrange(9999):06d}&limit=50",
        "cases, open": lambda: "/v1/cases?limit=50",
        "cases, all": lambda: f"/v1/cases?view=all&after={dice.randrange(1, cases)}&limit=50",
        "cases, by department and step": lambda: "/v1/cases?view=all&step=ended&limit=50",
        "cases, by text": lambda: f"/v1/cases?view=all&text={quote(dice.choice(PLACES))}&limit=50",
        "cases, overdue": lambda: "/v1/cases?overdue=1&limit=50",
        "devices": devices,
        "devices, silent": lambda: "/v1/devices?only=silent&limit=100",
        "devices, low battery": lambda: "/v1/devices?only=battery&limit=100",
        "events of a device": events,
        "gateways": lambda: f"/v1/gateways?after=gw-{gateway():03d}&limit=50",
        "orders of a gateway": lambda: f"/v1/gateways/gw-{gateway():03d}/orders?limit=50",
        "audit": lambda: f"/v1/audit?before={dice.randrange(2, cases)}&limit=100",
        "looks": lambda: "/v1/looks?limit=100",
        "duty": lambda: "/v1/duty/times?limit=100",
        "handovers": lambda: "/v1/handovers?limit=50",
        "persons": lambda: "/v1/register/persons?limit=100",
        "poles": lambda: "/v1/register/poles?limit=100",
        "month": lambda: "/v1/months/2026-08",
    }


def lists(bench: Bench) -> Values:
    """The slowest list's p99, and all of them in the log."""
    events, cases = (1_000_000, 10_000) if bench.quick else (10_000_000, 100_000)
    with bench.directory() as directory:
        house = House(directory)
        data, now = Path(house.config.data), int(NOW * 1000)
        bench.say(f"writing {events} events and {cases} cases")
        write_centre(data / "office.sqlite", events, now)
        write_desk(data / "desk.sqlite", cases, events, now, bench.say)
        took = asyncio.run(_measure(house, cases))
    p99 = {name: quantile(spent, 0.99) for name, spent in took.items()}
    for name, value in sorted(p99.items(), key=lambda item: str(item[1])):
        bench.say(f"{name}: p50 {quantile(took[name], 0.5):.1f} ms, p99 {value:.1f} ms")
    month = p99.pop("month")
    return {
        "desk.lists_p99": max(value for value in p99.values() if not isinstance(value, Unmeasured)),
        "desk.month_p99": month,
    }


async def _measure(house: House, cases: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = defaultdict(list)
    dice = random.Random(2)
    async with house:
        roles = (Role.DUTY, Role.ADMINISTRATOR, Role.AUDITOR)
        clerk = await house.signed_in(*roles)
        wanted = _lists(dice, cases)
        for _ in range(ROUNDS):
            for name, path in wanted.items():
                took[name].append(await _timed(clerk, path()))
    return took


async def _timed(clerk: Client, path: str) -> float:
    began = time.perf_counter()
    await clerk.get(path)
    return (time.perf_counter() - began) * 1000
