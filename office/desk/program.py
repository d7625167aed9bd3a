"""The desk as a program: its file, its parts, its page, in one event loop, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from office.config import Config, DeskDoor
from office.database import StoreError
from office.desk import parts
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit, guarded
from office.desk.follower import Replaced, follow, newest
from office.desk.openapi import document
from office.desk.pages import Pages
from office.desk.part import Part
from office.desk.steady import each, steadily
from office.web import Reply, Server, page_context, said
from sync.notify import Notify

log = logging.getLogger("linli.office.desk")

VERSION = "1"
FEED_S = 5.0


class Running:
    """A desk that serves: `port` is where. Close the stack it was opened on to end it."""

    def __init__(self, desk: Desk, every: Sequence[Part], doors: Sequence[Door], port: int) -> None:
        self.desk, self.parts, self.doors, self.port = desk, every, doors, port

    async def work(self, notify: Notify | None = None) -> None:
        """The parts' own work, until cancelled; each goes on whatever happens to another. Raises Replaced."""
        after = await self.desk.look(newest)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in self.parts:
                    name = type(part).__name__
                    tasks.create_task(steadily(name, part.run), name=name)
                tasks.create_task(follow(self.desk, after, self._alarms), name="follower")
                if notify is not None:
                    tasks.create_task(_feed(notify, self.desk), name="watchdog")
        except ExceptionGroup as group:
            if (replaced := group.subgroup(Replaced)) is not None:
                raise replaced.exceptions[0] from None
            raise

    async def _alarms(self, alarms: Sequence[str]) -> None:
        for part in self.parts:
            await each(type(part).__name__, part.alarms_changed, alarms)


async def run(config: Config, door: DeskDoor, notify: Notify | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises StoreError, WrongKey or OSError when it cannot start."""
    told = notify or Notify()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    desk = Desk(config, door, time.time, time.monotonic)
    async with AsyncExitStack() as stack:
        running = await start(desk, stack)
        log.info("the desk serves at https://%s:%d", door.host, running.port)
        told.ready(f"at port {running.port}")
        work = asyncio.create_task(running.work(told), name="desk")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        told.stopping()
        for task in (work, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def start(desk: Desk, stack: AsyncExitStack) -> Running:
    """Open the desk and listen; everything is closed with the stack."""
    desk.alone.take()
    stack.callback(desk.alone.leave)
    await desk.open()
    stack.push_async_callback(desk.close)
    every = parts.make(desk)
    doors = all_doors(every)
    server = Server(guarded(desk, doors))
    stack.push_async_callback(server.close)
    context = page_context(Path(desk.door.tls.cert), Path(desk.door.tls.key))
    port = await server.listen_tls(desk.door.host, desk.door.port, context)
    return Running(desk, every, doors, port)


def all_doors(every: Sequence[Part]) -> list[Door]:
    """Those of the parts, of the page, and the description of them all."""
    doors = [door for part in every for door in part.doors()] + Pages().doors()

    async def described(_: Visit) -> Reply:
        return said(document(doors, VERSION))

    doors.append(
        Door("GET", "/v1/openapi.json", described, Access.ANYONE, "This description", answers="application/json")
    )
    return doors


async def _feed(told: Notify, desk: Desk) -> None:
    """Feed the watchdog after a round through the writing thread.

    A disk that says no is said, and fed for all the same: alarms are shown from what is there, and a desk that is
    killed over it could not start again. What gives no answer at all is not fed.
    """
    every = min(FEED_S, (told.watchdog_s or FEED_S) / 3)
    while True:
        try:
            await desk.change(lambda conn: conn.execute("SELECT 1").fetchone())
        except StoreError as error:
            told.alive(f"cannot store: {error}")
        else:
            told.alive(f"{len(desk.live.pages)} pages")
        await asyncio.sleep(every)
