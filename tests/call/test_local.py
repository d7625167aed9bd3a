"""What the engine hears of a real gateway's local API: the line, and the wired button."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from edge.call.local import Heard, Local
from edge.neighbourhood.gt06 import Gt06Device
from tests.call.pair import until
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import IMEI


@dataclass
class Ears:
    """Remembers."""

    lines: list[bool] = field(default_factory=list)
    alarms: list[tuple[str, str, str]] = field(default_factory=list)

    def heard(self) -> Heard:
        return Heard(
            lambda _call, _payload: None,
            self.lines.append,
            lambda what, alarm, device: self.alarms.append((what, alarm, device)),
            lambda _send: None,
            lambda _send: None,
        )


def listening(folder: Path, tell: Callable[[Box, Ears], Awaitable[None]]) -> None:
    async def run() -> None:
        ears = Ears()
        async with at_the_socket(folder) as box:
            local = asyncio.create_task(Local(box.socket, ears.heard()).run())
            try:
                watchers = box.way.gateway.local.live
                await until(lambda: watchers.watchers and len(box.way.gateway.down.calls.down), what="it listens")
                await until(lambda: len(ears.lines) >= 2, what="how the line is, with each stream")
                ears.lines.clear()
                await tell(box, ears)
            finally:
                local.cancel()
                await asyncio.gather(local, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 60))


def test_a_line_that_goes_and_comes_is_heard_as_the_gateway_tells_it(short_tmp: Path) -> None:
    async def tell(box: Box, ears: Ears) -> None:
        box.way.gateway.local.line(up=False, reason="pulled")
        box.way.gateway.local.line(up=True)
        await until(lambda: len(ears.lines) == 2, what="both")
        assert ears.lines == [False, True]

    listening(short_tmp, tell)


def test_an_sos_is_heard_with_its_alarm_and_its_device(short_tmp: Path) -> None:
    async def tell(box: Box, ears: Ears) -> None:
        tracker = Gt06Device(IMEI)
        alarm = await box.way.press(box.way.connect(tracker), tracker)
        await until(lambda: bool(ears.alarms), what="the alarm")
        assert ears.alarms == [("alarm.raised", alarm.id, alarm.device)]

    listening(short_tmp, tell)


def test_a_stream_of_signals_that_ended_says_again_how_the_line_is(short_tmp: Path) -> None:
    async def tell(box: Box, ears: Ears) -> None:
        down = box.way.gateway.down.calls.down
        (ear,) = down._ears
        ear.full = True  # as for a listener that was too slow
        ear._news.set()
        state = bool((await box.get("status"))["line"]["up"])
        await until(lambda: len(ears.lines) == 2, what="away, and how it is")
        assert ears.lines == [False, state]

    listening(short_tmp, tell)
