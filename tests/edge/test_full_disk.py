"""A full disk is a fault that is told. It ends neither the gateway nor the feeding of its watchdog."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from edge import config_shape as shape
from edge import gateway as gateway_module
from edge import program, upkeep
from edge.gateway import Gateway
from sync.contract.lanes import Lane
from sync.notify import Notify
from sync.store import Entry, outbox
from tests.edge.way_down import PROFILES, configured, until

BULKY = b'{"id":"big","data":"' + b"x" * 3000 + b'"}'


async def fill(gateway: Gateway) -> None:
    """From now on SQLite may not grow the file, as on a full disk (SQLITE_FULL)."""
    store = gateway.store
    store.reserve.free()
    await store.transact(
        lambda conn: conn.execute(f"PRAGMA max_page_count = {conn.execute('PRAGMA page_count').fetchone()[0]}")
    )
    while store.fault is None:
        told: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        store.append([Entry(Lane.BULK, BULKY)], told.set_result)
        await told


def test_a_full_disk_does_not_end_the_gateway(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "HEALTH_EVERY_S", 0.01)
    config = configured(short_tmp, api=shape.Api(socket=str(short_tmp / "api")))

    async def body() -> None:
        gateway = Gateway(config, PROFILES)
        gateway.start()
        running = asyncio.create_task(gateway.run())
        await until((short_tmp / "api").exists, "serves")
        await fill(gateway)
        tried = 0

        async def thin() -> None:
            nonlocal tried
            tried += 1
            await gateway.store.transact(lambda conn: outbox.note(conn, "k" * 9000, "v" * 9000))

        monkeypatch.setattr(gateway.upkeep, "thin", thin)
        await until(lambda: tried > 3 or running.done(), "tried again")
        assert not running.done(), running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await gateway.stop()

    asyncio.run(body())


def test_a_gateway_starts_on_a_full_disk(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configured(short_tmp, api=shape.Api(socket=str(short_tmp / "api")))
    monkeypatch.setattr(gateway_module, "boot_id", ("b" * 9000).strip)  # a note that needs a new page

    async def body() -> None:
        gateway = Gateway(config, PROFILES)
        gateway.start()
        await fill(gateway)
        running = asyncio.create_task(gateway.run())
        await until(lambda: running.done() or (short_tmp / "api").exists(), "serves")
        assert not running.done(), running
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await gateway.stop()

    asyncio.run(body())


def test_the_watchdog_is_fed_while_the_disk_is_full(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "WATCH_S", 0.01)
    address = str(short_tmp / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(0)
        heard: list[bytes] = []

        def listen() -> int:
            try:
                while True:
                    heard.append(manager.recv(4096))
            except BlockingIOError:
                return sum(b"WATCHDOG=1" in word for word in heard)

        async def body() -> None:
            gateway = Gateway(configured(short_tmp), PROFILES)
            gateway.start()
            await fill(gateway)
            notify = Notify({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())})
            watch = asyncio.create_task(program._watch(gateway, notify))
            fed = 0
            while fed < 5 and not watch.done():
                # In the same transaction as the watchdog's, so that both fail.
                gateway.store.append([Entry(Lane.BULK, BULKY)] * 4, None)
                await asyncio.sleep(0.002)
                fed = listen()
            assert not watch.done(), watch
            assert not any(b"STOPPING" in word for word in heard)
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await gateway.stop()

        asyncio.run(body())
