"""All files of the gateway in one hand: the store, what waits to go up, and the content that came down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from edge.blob_carrier import BlobCarrier
from edge.blob_door import BlobDoor
from edge.blobs import BlobStore
from edge.config_shape import Config
from edge.content import PREFIX, ContentBook
from sync.contract.envelope import ContractError
from sync.contract.lanes import Lane
from sync.store import Store

log = logging.getLogger("linli.files")


class Files:
    """`open` before the ports, `run` as a task. `on_trouble(name, reason)`: a fault, or (None) none any more."""

    def __init__(self, config: Config, store: Store, now: Callable[[], datetime]) -> None:
        self._refused: dict[str, str] = {}
        self.on_trouble: Callable[[str, str | None], None] = lambda _name, _reason: None
        folder = Path(config.gateway.data) / "blobs"
        self.store = BlobStore(folder, config.storage.max_blobs_mb * 1024 * 1024)
        door = BlobDoor(config.centre) if config.centre.blob_url else None
        self.carrier = BlobCarrier(self.store, store, door, now)
        self.content = ContentBook(self.store, store)
        self.carrier.wanted = self.content.missing
        self.carrier.on_fetched = self.content.fetched
        self.carrier.on_trouble = lambda reason: self.on_trouble("blobs", reason)

    def open(self) -> None:
        """A folder that cannot be used is a fault of pictures and content, not of alarms."""
        self.carrier.open()
        try:
            self.store.open()
        except OSError as error:
            log.exception("files cannot be kept")
            self.on_trouble("blob-store", str(error))
        self.content.open()

    async def keep(self, data: bytes) -> str:
        """A file on disk, named by its hash. Raises BlobsFull, OSError."""
        return await self.store.keep(data)

    async def send_later(self, sha256: str, lane: Lane | None = None, event: bytes | None = None) -> None:
        """See `BlobCarrier.send_later`."""
        await self.carrier.send_later(sha256, lane, event)

    def manifest(self, topic: str, payload: bytes) -> None:
        """`content/<name>` from the centre. What cannot be followed is a fault, and what is in force stays."""
        name = topic.removeprefix(PREFIX)[:60]
        try:
            self.content.take(topic, payload)
        except ContractError as error:
            if self._refused.get(name, str(error)) != str(error):
                self.on_trouble(f"content-{name}", None)  # a fault keeps the reason it began with, and this is another
            self._refused[name] = str(error)
            self.on_trouble(f"content-{name}", str(error))
            return
        self._refused.pop(name, None)
        self.on_trouble(f"content-{name}", None)
        self.carrier.retry()

    def received(self, era: int, lane: Lane, n: int) -> None:
        """The centre has these events."""
        self.carrier.received(era, lane, n)

    async def run(self) -> None:
        """Carry until cancelled."""
        await self.carrier.run()
        await asyncio.Event().wait()
