"""The gateway as a program: configuration in, signals and systemd around it, an exit code out.

The watchdog is fed by work: a turn of the event loop and a transaction of the storage thread. A gateway whose disk or
loop hangs is not fed and systemd starts it again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sqlite3
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from edge.config import ConfigError
from edge.config_shape import Config
from edge.gateway import Gateway
from edge.settled import settle
from edge.upkeep import CORRUPT
from firmware_profiles.finding import Finding
from sync.notify import Notify
from sync.store import StoreError

log = logging.getLogger("linli")

OK, FAILED, MISCONFIGURED = 0, 1, 2

WATCH_S = 5.0
SWITCH_S = 0.0005


def run(path: Path, *, verbose: bool = False) -> int:
    """Run a gateway until SIGTERM or SIGINT; the exit code."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        settled = settle(path, _kept_in(path))
    except ConfigError as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)  # noqa: T201 - said to the person who starts it
        return MISCONFIGURED
    try:
        judge = partial(_judged, path, Path(settled.config.gateway.data) / "wanted")
        return asyncio.run(_serve(Gateway(settled.config, settled.profiles, judge=judge)))
    except StoreError as error:
        log.critical("%s", error)
        return FAILED


def _kept_in(path: Path) -> Path | None:
    """Where the outcome of the last check is kept: systemd's folder for us, else beside the configuration."""
    folder = Path(os.environ.get("STATE_DIRECTORY", path.parent))
    return folder if os.access(folder, os.W_OK) else None


def _judged(path: Path, folder: Path, wish: object) -> Config | list[Finding]:
    """A wish of the centre over the file, checked as the file is; its outcome is kept apart from the file's own."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    settled = settle(path, folder, wish)
    return list(settled.refused) or settled.config


async def _serve(gateway: Gateway) -> int:
    loop = asyncio.get_running_loop()
    gateway.start()
    # Each step of SQLite gives the interpreter's lock away; this long at most it waits to have it back.
    sys.setswitchinterval(SWITCH_S)
    # What start-up made stays for good, and what comes later is freed by counting: the collector may look rarely.
    gc.collect()
    gc.set_threshold(20_000, 20, 50)
    gc.freeze()
    work = asyncio.create_task(gateway.run(), name="gateway")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    watch = asyncio.create_task(_watch(gateway, Notify(os.environ)), name="watchdog")
    code = OK
    try:
        code = await work
    except asyncio.CancelledError:
        pass
    except (BaseExceptionGroup, sqlite3.DatabaseError) as error:
        log.critical("stopped by a fault of the program", exc_info=error)
        code = CORRUPT if gateway.store.damaged_by(error) else FAILED
    finally:
        watch.cancel()
        await gateway.stop()
    return code


async def _watch(gateway: Gateway, notify: Notify) -> None:
    notify.ready(f"{gateway.name} hears")
    every = min(WATCH_S, (notify.watchdog_s or WATCH_S * 2) / 2)
    try:
        while True:
            await asyncio.sleep(every)
            with suppress(StoreError):  # a full disk is a fault of its own; the thread has done its turn
                await gateway.store.transact(lambda _conn: None)
            notify.alive(gateway.line_reason or "line up")
    finally:
        notify.stopping()
