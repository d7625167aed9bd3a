"""An elder's JT/T 808 button on a TCP connection: it presses, and keeps what it reads on its wire."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Self

from edge.neighbourhood.jt808 import Answer, Jt808Device

READ_S = 30.0


class Terminal:
    """An async context manager; inside it the terminal is registered, authenticated, and listens."""

    def __init__(self, port: int, phone: str) -> None:
        self.device = Jt808Device(phone)
        self.answers: list[Answer] = []
        self._port = port
        self._heard = asyncio.Event()

    @property
    def texts(self) -> list[str]:
        """What it was told to read aloud (0x8300)."""
        return self.device.texts

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._listening = asyncio.create_task(self._listen(), name="terminal")
        await self._answered(self.device.register())
        await self._answered(self.device.authenticate())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def press(self) -> None:
        """Returns when the gateway has answered: then it is on its disk."""
        await self._answered(self.device.sos(datetime.now(UTC), 39.9325, 116.465))

    async def rest(self) -> None:
        """A position without the emergency bit: the finger is off the button."""
        await self._answered(self.device.position(datetime.now(UTC), 39.9325, 116.465))

    async def reads(self, words: str) -> None:
        """Wait until these words have been read aloud."""
        async with asyncio.timeout(READ_S):
            while not any(words in text for text in self.texts):
                self._heard.clear()
                await self._heard.wait()

    async def _answered(self, frame: bytes) -> None:
        count = len(self.answers)
        self._writer.write(frame)
        async with asyncio.timeout(READ_S):
            while len(self.answers) == count:
                self._heard.clear()
                await self._heard.wait()

    async def _listen(self) -> None:
        while data := await self._reader.read(4096):
            self.answers += self.device.answered(data)
            if owed := self.device.owed():
                self._writer.write(owed)
            self._heard.set()
