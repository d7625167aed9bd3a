"""A port with a mistake in it is one fault. The others go on, and it is tried again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.ports.port import Listener
from edge import config_shape as shape
from edge import doors
from edge.doors import Door
from edge.gateway import Gateway
from tests.edge.way_down import PROFILES, configured, until


class Mistaken:
    """A port whose first attempts meet a mistake of ours."""

    name = "mistaken"

    def __init__(self) -> None:
        self.attempts = 0

    async def run(self, listener: Listener) -> None:
        self.attempts += 1
        if self.attempts < 3:
            raise KeyError("nobody thought of this")
        listener.port_up()
        await asyncio.Event().wait()


def test_a_port_that_meets_a_mistake_of_ours_takes_no_other_along(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "FIRST_PAUSE_S", 0.02)

    async def body() -> None:
        gateway = Gateway(configured(short_tmp, api=shape.Api(socket=str(short_tmp / "api"))), PROFILES)
        gateway.start()
        port = Mistaken()
        door = Door(
            port, lambda _line: pytest.fail("no line"), gateway.intake, gateway.clock, gateway.registry_known, ()
        )
        told: list[str | None] = []
        door.on_fault = lambda door: told.append(door.fault)
        gateway.doors.append(door)
        running = asyncio.create_task(gateway.run())
        await until(lambda: (port.attempts == 3 and told[-1] is None) or running.done(), "serves at last")
        assert not running.done(), running
        assert told[0] is not None
        assert "nobody thought of this" in told[0]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await gateway.stop()

    asyncio.run(body())
