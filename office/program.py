"""The receiver as a program: store, lines, local API and blob door in one event loop, until it is told to stop.

It is ready when it stores and listens, whether a broker is there or not. The watchdog is fed after a round through
the writing thread: a store that hangs gets the program restarted.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from office import blob_door, questions
from office.api import Api
from office.blobs import Blobs
from office.config import BlobDoor, Config
from office.content_door import ContentDoor
from office.database import StoreError
from office.desk.bookings.asked import questions as booking_questions
from office.desk.cases.asked import my_case, slip_link
from office.receiver import Receiver, Settings
from office.store import Store
from office.web import Server, server_context
from sync.notify import Notify

log = logging.getLogger("linli.office")

SWITCH_INTERVAL_S = 0.001
"""Each step of SQLite gives the interpreter's lock away and waits this long at most to have it back."""

STATUS_S = 10.0


async def run(config: Config, notify: Notify | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises StoreError or OSError when it cannot start."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    told = notify or Notify()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        receiver, store = await _start(config, stack)
        log.info("receiver %s serves at %s", config.name, config.socket)
        told.ready("waiting for the broker")
        work = asyncio.create_task(_work(told, store, receiver), name="receiver")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        told.stopping()
        for task in (work, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _work(told: Notify, store: Store, receiver: Receiver) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(receiver.run(), name="receiver")
        tasks.create_task(_feed(told, store, receiver), name="watchdog")


async def _start(config: Config, stack: AsyncExitStack) -> tuple[Receiver, Store]:
    _make_folders(config)
    store = Store(config.database, time.time)
    store.open()
    stack.push_async_callback(store.close)
    settings = Settings(config.mqtt, config.group, config.silent_after_s)
    desk_file = config.desk_database
    cases = {"my-case": my_case(desk_file), "slip-link": slip_link(desk_file)}
    answers = questions.shipped(store) | cases | booking_questions(desk_file)
    receiver = Receiver(settings, store, time.monotonic, answers)
    facts: dict[str, object] = {"name": config.name, "group": config.group}
    blobs = None
    if config.blobs is not None:
        blobs = Blobs(Path(config.data) / "blobs", store, config.blobs.quota)
        facts["blob_port"] = await _open_blob_door(config.blobs, blobs, stack)
    contents = ContentDoor(store, receiver, blobs, Path(config.data))
    api = Server([*Api(store, receiver, lambda: facts).routes(), *contents.routes()])
    stack.push_async_callback(api.close)
    await api.listen_unix(Path(config.socket))
    return receiver, store


def _make_folders(config: Config) -> None:
    Path(config.data).mkdir(parents=True, exist_ok=True)
    Path(config.socket).parent.mkdir(parents=True, exist_ok=True)


async def _open_blob_door(door: BlobDoor, blobs: Blobs, stack: AsyncExitStack) -> int:
    await blobs.open()
    server = Server(blob_door.routes(blobs))
    stack.push_async_callback(server.close)
    context = server_context(Path(door.tls.ca), Path(door.tls.cert), Path(door.tls.key))
    return await server.listen_tls(door.host, door.port, context)


async def _feed(told: Notify, store: Store, receiver: Receiver) -> None:
    every = min(STATUS_S, (told.watchdog_s or STATUS_S) / 3)
    while True:
        try:
            await store.check()
        except StoreError as error:
            told.status(f"cannot store: {error}")
        else:
            told.alive("receiving" if receiver.online else "no line to the broker")
        await asyncio.sleep(every)
