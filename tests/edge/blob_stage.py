"""A gateway's files and the office's real blob door, without the rest of either."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from edge import blob_waiting, content
from edge.config_shape import Centre, Config, Gateway, Storage
from edge.demo.authority import Authority
from edge.files import Files
from office import blob_door
from office.blobs import Blobs, Quota
from office.store import Store as OfficeStore
from office.web import Server, server_context
from sync.contract.envelope import Unsequenced, encode
from sync.contract.kiosk import ContentFile, Manifest
from sync.store import Store

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PICTURE = os.urandom(300_000)
NAME = hashlib.sha256(PICTURE).hexdigest()
MB = 1024 * 1024


def event(n: int = 1) -> bytes:
    """An encoded event without a place."""
    return encode(
        Unsequenced(id=str(n), source="/gw-1/cam", type="linli.x", time=NOW, clock="floor", boot=1, mono=0, data={})
    )


@dataclass
class Office:
    """The office's end; it may be away."""

    authority: Authority
    folder: Path
    port: int = 0
    quota: Quota = field(default_factory=Quota)
    blobs: Blobs | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Blobs]:
        own = self.authority.server("office")
        store = OfficeStore(self.folder / "office.sqlite", lambda: 1e9)
        store.open()
        self.blobs = Blobs(self.folder / "office", store, self.quota)
        await self.blobs.open()
        server = Server(blob_door.routes(self.blobs))
        self.port = await server.listen_tls(
            "127.0.0.1", self.port, server_context(self.authority.ca, own.cert, own.key)
        )
        try:
            yield self.blobs
        finally:
            await server.close()
            await store.close()


class End:
    """The gateway's end: store and files, without the rest of a gateway."""

    def __init__(self, folder: Path, office: Office, name: str = "gw-1", max_mb: int = 16) -> None:
        identity = office.authority.client(name)
        self.config = Config(
            gateway=Gateway(name=name, data=str(folder)),
            centre=Centre(
                host="127.0.0.1",
                ca=str(office.authority.ca),
                cert=str(identity.cert),
                key=str(identity.key),
                blob_url=f"https://127.0.0.1:{office.port}",
            ),
            storage=Storage(max_blobs_mb=max_mb),
        )
        steps = [*blob_waiting.MIGRATIONS, *content.MIGRATIONS]
        self.store = Store(folder / "linli.db", lambda: str(uuid4()), steps)
        self.trouble: dict[str, str] = {}

    @asynccontextmanager
    async def open(self, *, carry: bool = True) -> AsyncIterator[Files]:
        self.store.start()
        files = Files(self.config, self.store, lambda: NOW)
        files.on_trouble = self._trouble
        files.open()
        task = asyncio.create_task(files.run()) if carry else None
        try:
            yield files
        finally:
            if task is not None:
                task.cancel()
                (outcome,) = await asyncio.gather(task, return_exceptions=True)
                assert isinstance(outcome, asyncio.CancelledError), outcome
            await self.store.stop()

    def outbox(self) -> list[str]:
        conn = self.store.reader()
        try:
            return [json.loads(body)["id"] for (body,) in conn.execute("SELECT body FROM outbox ORDER BY lane, seq")]
        finally:
            conn.close()

    def _trouble(self, name: str, reason: str | None) -> None:
        self.trouble.pop(name, None) if reason is None else self.trouble.__setitem__(name, reason)


def named(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(version: str, *files: bytes) -> bytes:
    named = [
        ContentFile(f"f{n}.bin", hashlib.sha256(data).hexdigest(), len(data), "image/png")
        for n, data in enumerate(files)
    ]
    return encode(Manifest(version, named))


async def publish(blobs: Blobs, folder: Path, *files: bytes) -> None:
    for data in files:
        (folder / "source").write_bytes(data)
        await blobs.publish(folder / "source", hashlib.sha256(data).hexdigest())
