"""Putting sub-packaged messages together.

Parts carry consecutive serials, so (phone, message id, serial - index + 1) names the message. A part that was
sent again may carry a new serial; it is then matched to the one message of that phone and id that lacks it.
Bounded in bytes and in number: the oldest message gives way. Missing parts are asked for a few times (0x8003),
then the message is given up.

Pure: knows nothing of what the messages mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

from drivers.jt808.header import Address, Header
from drivers.model import Event

MAX_BYTES = 56 * 1024
"""What all open messages of a conversation may hold; with the frame being cut it stays below MAX_HELD."""

MAX_OPEN = 8
PART_COST = 64
"""Bytes counted for each part besides its body, so that a flood of empty parts is bounded, too."""

Key = tuple[bytes, int, int]


@dataclass(slots=True)
class Gathering:
    """One message of which some parts are here. `serials` are those to be answered when it is complete."""

    address: Address
    msg_id: int
    first: int
    total: int
    deadline: float
    parts: dict[int, bytes] = field(default_factory=dict)
    serials: dict[int, None] = field(default_factory=dict)
    asked: int = 0
    cost: int = 0

    @property
    def key(self) -> Key:
        """What names the message in its conversation."""
        return self.address.phone, self.msg_id, self.first

    @property
    def complete(self) -> bool:
        """Whether every part is here."""
        return len(self.parts) == self.total

    @property
    def body(self) -> bytes:
        """What is here without a gap from the start; the whole body when complete."""
        return b"".join(self._prefix())

    @property
    def header(self) -> Header:
        """The head of the whole: that of the first part."""
        return Header(self.msg_id, self.address, self.first)

    def missing(self, most: int) -> list[int]:
        """The first parts that are not here, at most so many."""
        return list(islice((index for index in range(1, self.total + 1) if index not in self.parts), most))

    def _prefix(self) -> Iterator[bytes]:
        for index in range(1, self.total + 1):
            part = self.parts.get(index)
            if part is None:
                return
            yield part


class Parts:
    """All unfinished messages of one conversation."""

    def __init__(self, wait_s: float, asks: int) -> None:
        self._wait_s = wait_s
        self._asks = asks
        self._open: dict[Key, Gathering] = {}
        self._cost = 0
        self.dropped: list[Gathering] = []
        """Messages that had to give way; whoever reads them empties the list."""

    def add(self, header: Header, body: bytes, now: float) -> Gathering | None:
        """Take a part; the message when this part completed it."""
        gathering = self._find(header) or self._start(header, now)
        old = gathering.parts.get(header.index)
        gathering.parts[header.index] = body
        grown = len(body) - len(old) if old is not None else len(body) + PART_COST
        if header.serial not in gathering.serials:
            gathering.serials[header.serial] = None
            grown += PART_COST
        gathering.cost += grown
        self._cost += grown
        gathering.deadline = now + self._wait_s
        if gathering.complete:
            self._close(gathering)
            return gathering
        while self._cost > MAX_BYTES or len(self._open) > MAX_OPEN:
            self.dropped.append(self._close(next(iter(self._open.values()))))
        return None

    def due(self) -> float | None:
        """When the next message must be asked for or given up."""
        return min((gathering.deadline for gathering in self._open.values()), default=None)

    def overdue(self, now: float) -> list[tuple[Gathering, bool]]:
        """The messages whose parts did not come in time; True: ask again, False: it has been given up."""
        late = [gathering for gathering in self._open.values() if gathering.deadline <= now]
        result = []
        for gathering in late:
            again = gathering.asked < self._asks
            if again:
                gathering.asked += 1
                gathering.deadline = now + self._wait_s
            else:
                self._close(gathering)
            result.append((gathering, again))
        return result

    def _find(self, header: Header) -> Gathering | None:
        first = (header.serial - header.index + 1) & 0xFFFF
        named = self._open.get((header.address.phone, header.msg_id, first))
        if named is not None and named.total == header.total:
            return named
        lacking = [
            gathering
            for gathering in self._open.values()
            if gathering.asked
            and gathering.address.phone == header.address.phone
            and (gathering.msg_id, gathering.total) == (header.msg_id, header.total)
            and header.index not in gathering.parts
        ]
        return lacking[0] if len(lacking) == 1 else None

    def _start(self, header: Header, now: float) -> Gathering:
        first = (header.serial - header.index + 1) & 0xFFFF
        gathering = Gathering(header.address, header.msg_id, first, header.total, now)
        stale = self._open.get(gathering.key)
        if stale is not None:
            self._close(stale)
        self._open[gathering.key] = gathering
        return gathering

    def _close(self, gathering: Gathering) -> Gathering:
        del self._open[gathering.key]
        self._cost -= gathering.cost
        return gathering


class Finished:
    """The last small messages that were completed, so that a part sent again is answered without all others once more.

    What they told is told again with that answer: only the layer above knows whether it was stored the first time.
    """

    LAST = 2
    MOST_PARTS = 16
    MOST_BYTES = 2048

    def __init__(self) -> None:
        self._done: dict[Key, tuple[dict[int, int], int, tuple[Event, ...]]] = {}

    def add(self, gathering: Gathering, told: tuple[Event, ...]) -> None:
        """Remember a completed message; the oldest gives way."""
        self._done.pop(gathering.key, None)
        if gathering.total > self.MOST_PARTS or gathering.cost > self.MOST_BYTES:
            return
        sums = {index: crc32(part) for index, part in gathering.parts.items()}
        self._done[gathering.key] = (sums, gathering.total, told)
        if len(self._done) > self.LAST:
            del self._done[next(iter(self._done))]

    def find(self, header: Header, body: bytes) -> tuple[Event, ...] | None:
        """What the completed message told of which this is a part; None when there is none."""
        known = self._done.get((header.address.phone, header.msg_id, (header.serial - header.index + 1) & 0xFFFF))
        if known is None:
            return None
        sums, total, told = known
        return told if total == header.total and sums.get(header.index) == crc32(body) else None
