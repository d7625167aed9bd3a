"""An alarm from the broker to its row in two browsers and back as a receipt, while 20,000 events a second come in.

Everything runs as users start it: broker, receiver, desk, two Chromium on the alarm board, and 48 more live pages. The
flood is one gateway, the alarms another's. The row counts when the browser has drawn it: a mutation, then the next
frame. Wall clock of one machine.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from typing import Any

import aiohttp
from playwright.async_api import Page

from edge.demo.stage import Program, Stage
from sync.contract import topics
from sync.contract.envelope import decode
from sync.contract.messages import Receipt
from sync.mqtt import Arrived, Broker, Connection, Tls
from tests.bench.bench import Bench
from tests.bench.figure import Values, quantile
from tests.bench.process import cpu_s
from tests.bench.rig import ROOT, RigError
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.ends import until
from tests.office.sending import alarm

PAGES, BROWSERS = 48, 2
RATE = 20_200
EVERY_S = 0.25
PASSWORD = "a long demo password"
PRESSER, FLOOD = "gw-press", "gw-flood"

WATCH = """() => {
    window.seen = {};
    const look = (node) => {
        if (!node.querySelectorAll) return;
        const found = [...(node.matches('[data-alarm]') ? [node] : []), ...node.querySelectorAll('[data-alarm]')];
        for (const row of found) {
            const id = row.dataset.alarm;
            if (!(id in window.seen)) {
                window.seen[id] = 0;
                requestAnimationFrame(() => { window.seen[id] = Date.now(); });
            }
        }
    };
    new MutationObserver((changes) => {
        for (const change of changes) {
            change.addedNodes.forEach(look);
            if (change.type === 'attributes') look(change.target);
        }
    }).observe(document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-alarm']});
}"""


class Presser:
    """A gateway that raises alarms and notes when their receipts come."""

    def __init__(self, broker: Broker) -> None:
        self.receipts: dict[int, float] = {}
        self.connection = Connection(broker, self, [(topics.down_receipt(PRESSER), 1)])

    def up(self, session_present: bool) -> None: ...  # noqa: FBT001

    def down(self, reason: str) -> None: ...

    def arrived(self, message: Arrived) -> None:
        """Handler: a receipt says that all up to n are there."""
        at = time.time()
        receipt = decode(message.payload, Receipt)
        for n in range(receipt.n, 0, -1):
            if n in self.receipts:
                break
            self.receipts[n] = at
        self.connection.settle(message)

    def puback(self, mid: int, code: int) -> None: ...

    def press(self, n: int) -> float:
        """Raise the n-th; when it was given to the broker."""
        self.connection.publish(f"linli/v1/{PRESSER}/up/alarm", alarm(n, id=f"bench-{n:05d}", device=f"button-{n}"))
        return time.time()


def amid_flood(bench: Bench) -> Values:
    """Two browsers, 48 live pages, 20,000 events a second, and an alarm four times a second."""
    seconds = 15.0 if bench.quick else 60.0
    with bench.directory() as directory, Stage(directory, [], desk=True) as stage:
        for name in (PRESSER, FLOOD):
            stage.authority.client(name)
        stage.start_broker()
        stage.start_receiver()
        accounts = stage.open_desk(PASSWORD, [])
        login = next(one["login"] for one in accounts if "duty" in one["login"])
        return asyncio.run(_measure(stage, login, seconds))


async def _measure(stage: Stage, login: str, seconds: float) -> Values:
    base = f"https://127.0.0.1:{stage.desk_port}"
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(chromium())
        boards = [await _board(await signed_in(await person(browser), base, login, PASSWORD)) for _ in range(BROWSERS)]
        await stack.enter_async_context(_live_pages(base, boards[0]))
        presser = Presser(_broker(stage))
        running = asyncio.create_task(presser.connection.run())
        stack.push_async_callback(_end, running)
        await until(lambda: presser.connection.online, "the gateway's line")
        pids = {"receiver": stage.receiver.pid, "desk": stage.desk.pid, "broker": stage.broker.pid}
        flood = _flood(stage, seconds + 8)
        stack.callback(flood.kill)
        await asyncio.sleep(3)
        before, began = await _stored(stage), time.monotonic()
        spent = {name: cpu_s(pid) for name, pid in pids.items()}
        said = {}
        for n in range(1, int(seconds / EVERY_S) + 1):
            said[n] = presser.press(n)
            await asyncio.sleep(EVERY_S)
        took = time.monotonic() - began
        rate = (await _stored(stage) - before) / took
        cpu = {name: (cpu_s(pid) - spent[name]) / took * 100 for name, pid in pids.items()}
        await until(lambda: len(presser.receipts) >= len(said), "every receipt")
        await asyncio.sleep(1)
        shown = [await board.evaluate("window.seen") for board in boards]
    values = _values(said, presser.receipts, shown, rate)
    return {**values, **{f"desk.flood_cpu_{name}": share for name, share in cpu.items()}}


def _values(said: dict[int, float], receipts: dict[int, float], shown: list[dict[str, int]], rate: float) -> Values:
    rows = []
    for n, at in said.items():
        for seen in shown:
            drawn = seen.get(f"bench-{n:05d}")
            if not drawn:
                raise RigError(f"alarm {n} never had a row in a browser")
            rows.append(max(0.0, drawn - at * 1000))
    receipted = [(receipts[n] - at) * 1000 for n, at in said.items()]
    return {
        "desk.alarm_visible_p50": quantile(rows, 0.5),
        "desk.alarm_visible_p95": quantile(rows, 0.95),
        "desk.alarm_receipt_p99": quantile(receipted, 0.99),
        "desk.flood_rate": rate,
    }


async def _board(page: Page) -> Page:
    await page.goto(page.url.split("#")[0] + "#/alarms")
    await page.wait_for_selector(".line.up")
    await page.evaluate(WATCH)
    return page


@asynccontextmanager
async def _live_pages(base: str, board: Page) -> AsyncIterator[None]:
    """More pages that read what they are told, with the session of the first browser."""
    cookies = {cookie["name"]: cookie["value"] for cookie in await board.context.cookies()}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    async with aiohttp.ClientSession() as http, AsyncExitStack() as stack:
        readers = []
        for _ in range(PAGES):
            socket = await stack.enter_async_context(http.ws_connect(f"{base}/live", ssl=False, headers=headers))
            readers.append(asyncio.create_task(_read(socket)))
        try:
            yield
        finally:
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)


async def _read(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for message in socket:
        asked: Any = json.loads(message.data)
        if asked["topic"] == "never":
            return


def _broker(stage: Stage) -> Broker:
    folder = stage.directory
    tls = Tls(str(stage.authority.ca), str(folder / f"{PRESSER}.crt"), str(folder / f"{PRESSER}.key"))
    return Broker("127.0.0.1", stage.broker_port, PRESSER, tls=tls)


def _flood(stage: Stage, seconds: float) -> Program:
    words = [
        "--port",
        str(stage.broker_port),
        "--tls",
        str(stage.directory),
        "--rate",
        str(RATE),
        "--seconds",
        str(seconds),
    ]
    log = stage.directory / "flood.log"
    program = Program("flood", [sys.executable, "-m", "tests.bench.sources.batches", *words], log)
    program.start({"PYTHONPATH": str(ROOT)})
    return program


async def _stored(stage: Stage) -> int:
    """Events on the centre's disk."""

    def count() -> int:
        with closing(sqlite3.connect(f"file:{stage.office_data / 'office.sqlite'}?mode=ro", uri=True)) as conn:
            return int(conn.execute("SELECT coalesce(max(n), 0) FROM events").fetchone()[0])

    return await asyncio.to_thread(count)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
