"""A device on a TCP connection: says what it has to say, keeps what was not answered, comes back when the line breaks.

What was not answered on a lost connection is sent again on the next one, the same bytes in the same order; and on a
connection that stays silent after `patience_s`. An alarm goes before what else waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque

from edge.demo.ledger import Ledger
from edge.demo.voices import Saying, Voice

WINDOW = 8
"""Messages under way; real trackers send their memory in such bursts."""

PATIENCE_S = 5.0
RETRY_S = (0.1, 0.4)


class Talker:
    """`say` at any time; `run` until cancelled."""

    def __init__(self, voice: Voice, port: int, ledger: Ledger, dice: random.Random) -> None:
        self.voice = voice
        self.connected = False
        self.alive = True
        self._port, self._ledger, self._dice = port, ledger, dice
        self._unsent: deque[Saying] = deque()
        self._sent: deque[Saying] = deque()
        self._more = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    @property
    def waiting(self) -> int:
        """How much it keeps."""
        return len(self._unsent) + len(self._sent)

    def say(self, saying: Saying) -> None:
        """Keep it until it is answered."""
        self._ledger.said(saying.word)
        if saying.word.alarm:
            self._unsent.appendleft(saying)
        else:
            self._unsent.append(saying)
        self._push()

    def die(self) -> None:
        """Battery gone: silent for good, the connection stays open until the other side gives up."""
        self.alive = False

    async def run(self) -> None:
        """Connect again and again."""
        while True:
            with contextlib.suppress(OSError):
                await self._live()
            await asyncio.sleep(self._dice.uniform(*RETRY_S))

    async def _live(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            self.voice.connected()
            self._again()
            await self._greet(reader, writer)
            self._writer, self.connected = writer, True
            self._push()
            await self._listen(reader)
        finally:
            self._writer, self.connected = None, False
            writer.transport.abort()

    def _again(self) -> None:
        """What was under way on the old connection goes first; what a device does not repeat is gone."""
        kept = [saying for saying in self._sent if saying.again]
        self._sent.clear()
        self._unsent.extendleft(reversed(kept))

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while hello := self.voice.hello():
            writer.write(hello)
            await self._take(reader)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            await self._take(reader)
            self._push()

    async def _take(self, reader: asyncio.StreamReader) -> None:
        try:
            data = await asyncio.wait_for(reader.read(4096), PATIENCE_S)
        except TimeoutError:
            self._impatient()
            return
        if not data:
            raise ConnectionResetError("closed by the gateway")
        for answer in self.voice.heard(data):
            self._answered(answer)
        if self._writer is not None and (owed := self.voice.replies()):
            self._writer.write(owed)

    def _answered(self, answer: object) -> None:
        for sent in self._sent:
            if sent.answer == answer:
                self._sent.remove(sent)
                self._ledger.answered(sent.word)
                return

    def _impatient(self) -> None:
        """The connection stands and nothing comes: say it again, the same bytes."""
        if self._writer is not None and self.alive:
            for sent in self._sent:
                if sent.again:
                    self._writer.write(sent.frame)

    def _push(self) -> None:
        writer = self._writer
        if writer is None or writer.is_closing() or not self.alive:
            return
        while self._unsent and len(self._sent) < WINDOW:
            saying = self._unsent.popleft()
            writer.write(saying.frame)
            if saying.answer is not None:
                self._sent.append(saying)
