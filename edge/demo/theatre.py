"""Everything a story or a live show needs: programs, line and neighbourhood, in one directory."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from edge import registry
from edge.addresses import normal_address
from edge.demo.broker_files import free_ports
from edge.demo.kiosk import BOX, KioskCorner
from edge.demo.ledger import Ledger
from edge.demo.line import CuttableLine
from edge.demo.neighbourhood import CAMERA, Neighbourhood, Size, camera_installed
from edge.demo.stage import Stage
from edge.demo.video import write_video
from edge.device import Rules
from edge.gateway import MIGRATIONS
from firmware_profiles.loader import load_profiles
from sync.store import Store

LEDGER = "ledger.jsonl"
PASSWORD = "seven lamps on a quiet street"  # noqa: S105 - of the demo's accounts, on loopback, gone with it
QUIET_S = 0.3


class Theatre:
    """An async context manager: inside it everything runs; afterwards every process has ended."""

    def __init__(
        self,
        directory: Path,
        size: Size,
        seed: int,
        clock: Callable[[], datetime],
        *,
        desk: bool = False,
        kiosk: str = "",
    ) -> None:
        """`desk`: with the office's page, and people of an example register to whom the devices belong.

        `kiosk`: with the screen and the call engine of a kiosk, in this language; it needs the desk.
        """
        self.directory = directory
        self.people: list[dict[str, str]] = []
        self._with_desk = desk
        self._opening: asyncio.Task[list[dict[str, str]]] | None = None
        self.ledger = Ledger(directory / LEDGER)
        self.neighbourhood = Neighbourhood(directory, size, seed, self.ledger, clock)
        (line_port,) = free_ports(1)
        box = BOX if kiosk else None
        self.stage = Stage(directory, self.neighbourhood.ports(), line_port=line_port, desk=desk, config=box)
        self.kiosk = KioskCorner(self.stage, kiosk) if kiosk else None
        self.line = CuttableLine(line_port, self.stage.broker_port)
        self._life: asyncio.Task[None] | None = None

    @property
    def store(self) -> Path:
        """The gateway's database."""
        return self.stage.gateway_data / "linli.db"

    @property
    def centre(self) -> Path:
        """The receiver's database."""
        return self.stage.office_data / "office.sqlite"

    def outbox(self) -> int:
        """How much waits on the gateway's disk; -1 while it cannot be read."""
        try:
            with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as conn:
                return int(conn.execute("SELECT count(*) FROM outbox").fetchone()[0])
        except sqlite3.OperationalError:  # the gateway is just opening it
            return -1

    def ask_centre(self, query: str) -> int:
        """A number out of the receiver's database; 0 while there is none."""
        try:
            with closing(sqlite3.connect(f"file:{self.centre}?mode=ro", uri=True)) as conn:
                return int(conn.execute(query).fetchone()[0] or 0)
        except sqlite3.OperationalError:
            return 0

    def check(self) -> None:
        """Raises what ended the neighbourhood, if something did: without it nobody says anything any more."""
        if self._life is not None and self._life.done():
            self._life.result()

    async def drained(self, patience_s: float) -> bool:
        """Wait until every device has its answers, the outbox is empty and the centre has stopped growing."""
        deadline = quiet_since = time.monotonic()
        deadline += patience_s
        count = -1
        while time.monotonic() < deadline:
            seen = self.ask_centre("SELECT max(n) FROM events")
            if seen != count or self.outbox() or self.neighbourhood.waiting:
                quiet_since, count = time.monotonic(), seen
            elif time.monotonic() - quiet_since > QUIET_S:
                return True
            await asyncio.sleep(0.02)
        return False

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._close()

    async def _open(self) -> None:
        stage, neighbourhood = self.stage, self.neighbourhood
        if self._with_desk:
            owned = [row["id"] for row in neighbourhood.devices()]
            self._opening = asyncio.create_task(asyncio.to_thread(stage.open_desk, PASSWORD, owned), name="desk")
        write_video(neighbourhood.video)
        await self._register()
        await self.line.mend()
        await asyncio.gather(
            asyncio.to_thread(stage.start_broker),
            asyncio.to_thread(stage.start_house_broker, neighbourhood.house_port),
            asyncio.to_thread(stage.start_mock_pins, neighbourhood.pins_socket),
        )
        self._life = asyncio.create_task(neighbourhood.run(), name="neighbourhood")
        await asyncio.gather(
            asyncio.to_thread(stage.start_receiver), asyncio.to_thread(stage.start_gateway, wait=False)
        )
        if camera_installed():
            await asyncio.to_thread(stage.start_camera, CAMERA)

    async def desk_opened(self) -> None:
        """Return when the desk serves, if there shall be one; it is opened while everything else goes on.

        The kiosk comes last: what it shows and calls is there then, and its start delays nobody.
        """
        if self._opening is not None:
            self.people = await self._opening
        if self.kiosk is not None:
            await asyncio.to_thread(self.stage.wait_for_gateway)
            await self.kiosk.open()

    @property
    def desk_url(self) -> str:
        """Where the office's page is; empty without one."""
        return f"https://127.0.0.1:{self.stage.desk_port}/" if self.people else ""

    async def _close(self) -> None:
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        if self.kiosk is not None:
            await self.kiosk.close()
        await asyncio.to_thread(self.stage.__exit__, None, None, None)
        await self.line.cut()
        self.neighbourhood.close()
        self.ledger.close()

    async def _register(self) -> None:
        """What an installer would do with `linli devices import`, before the gateway starts for the first time."""
        rules = Rules({profile.id: profile.driver for profile in load_profiles().values()}, normal_address)
        store = Store(self.store, lambda: str(uuid.uuid4()), MIGRATIONS)
        store.start()
        try:
            at = datetime.now(UTC)
            for row in self.neighbourhood.devices():
                await store.transact(lambda conn, row=row: registry.put(conn, row, rules, at))  # type: ignore[misc]
        finally:
            await store.stop()
