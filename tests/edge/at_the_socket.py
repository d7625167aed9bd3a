"""A whole gateway with its local API on a real socket, and the product's own client; only the line is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from edge.api.client import Client, Declined
from edge.config_shape import Api
from tests.edge.way_down import Way, way_down


@dataclass
class Box:
    """The gateway behind the socket."""

    way: Way
    socket: Path

    async def get(self, what: str, language: str = "en", **query: str | float | None) -> Any:
        return await self._ask(partial(self.client(language).get, what, **query))

    async def send(self, method: str, what: str, message: object = None, **query: str | float | None) -> Any:
        return await self._ask(partial(self.client().send, method, what, message, **query))

    async def submit(self, message: object, key: str = "") -> Any:
        return await self._ask(partial(self.client().post, "events", message, key=key))

    async def content(self, what: str, **query: str | float | None) -> bytes:
        return bytes(await self._ask(partial(self.client().content, what, **query)))

    async def declined(self, method: str, what: str, message: object = None, language: str = "en") -> Declined:
        """What the gateway says when it does not do it."""
        try:
            await self._ask(partial(self.client(language).send, method, what, message))
        except Declined as declined:
            return declined
        raise AssertionError(f"{method} {what} was done")

    async def raw(self, request: bytes) -> bytes:
        """Bytes as no honest client sends them; everything that comes back until it is closed."""
        reader, writer = await asyncio.open_unix_connection(str(self.socket))
        writer.write(request)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer

    def client(self, language: str = "en") -> Client:
        return Client(self.socket, language=language, timeout_s=30)

    async def _ask(self, ask: Callable[[], Any]) -> Any:
        """The client is blocking and another program's, so it runs in a thread."""
        return await asyncio.to_thread(ask)


@asynccontextmanager
async def at_the_socket(folder: Path, **more: Any) -> AsyncIterator[Box]:
    """Runs until left."""
    socket = folder / "run" / "api.sock"
    async with way_down(folder, api=Api(socket=str(socket)), **more) as way:
        local = asyncio.create_task(way.gateway.local.run())
        try:
            await asyncio.wait_for(way.gateway.local.api.serving.wait(), 5)
            yield Box(way, socket)
        finally:
            local.cancel()
            (outcome,) = await asyncio.gather(local, return_exceptions=True)
            assert isinstance(outcome, asyncio.CancelledError), outcome
