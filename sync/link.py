"""The link: from the outbox to the broker, and from the centre's receipt to forgetting.

Knows lanes, sequences, receipts and PUBACK codes; knows no device and no alarm. What it has sent is only
noted, the rows stay in the outbox until the receipt; whatever is in doubt is sent again from the receipt
on, with the same ids.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sync.contract import envelope, topics
from sync.contract.lanes import Lane
from sync.contract.messages import Receipt
from sync.failpoint import reach, reach_soon
from sync.mqtt import (
    PUBACK_NOBODY,
    PUBACK_OK,
    PUBACK_PAUSE,
    PUBACK_PERMANENT,
    PUBACK_RIGHTS,
    Arrived,
    Broker,
    Connection,
    NotConnected,
)
from sync.store import Row, Store, Track
from sync.store.outbox import read, tracks
from sync.turns import Turns
from sync.volatile import Volatile
from sync.window import Mark, Window

BATCH_EVENTS = 500
BATCH_BYTES = 128 * 1024
FIRST_BATCH = 20
IN_MEMORY = -1
"""The era of alarms that no disk took."""

PACKET_TOO_LARGE = 0x95
RECEIPT_S = 10.0
WATCH_S = 0.5
LONGEST_PATIENCE = 4
"""Times as long at most: who does not receipt is asked more and more rarely."""

PAUSE_S = (1.0, 2.0, 5.0, 15.0)
MOST_SPARED = 32
STATE_SHARE = 3
"""State and bulk share the line 3:1."""


class LinkEvents(Protocol):
    """Who owns a link. Everything is called on the event loop."""

    def line_up(self) -> None:
        """Connected; say the birth message now, before anything else is published."""

    def line_down(self, reason: str) -> None:
        """Lost, or another attempt failed for a new reason."""

    def at_broker(self, era: int, lane: Lane, seqs: range) -> None:
        """A broker has these (PUBACK 0x00): not yet safe."""

    def received(self, era: int, lane: Lane, n: int) -> None:
        """The centre has 1..n on disk."""

    def refused(self, era: int, lane: Lane, row: Row, code: int) -> None:
        """The broker will never take this one message: give it up on purpose (or, an alarm, use the second path)."""

    def hindered(self, reason: str | None) -> None:
        """Connected, but the broker does not take our messages now; None when it does again."""

    def arrived(self, message: Arrived) -> None:
        """Anything from `down/` but a receipt. Settle it with `Link.settle` once it is on disk."""

    def noted(self, reason: str) -> None:
        """Something to count: a receipt that cannot be right."""


@dataclass(slots=True)
class _Sent:
    """One publish under way."""

    first: int
    last: int
    count: int
    size: int
    mark: Mark
    mid: int
    acked: bool = False


class Source(Protocol):
    """Where a lane's waiting rows come from."""

    def newest(self) -> int:
        """The newest sequence; no larger one is there yet."""

    def read(self, after: int, limit: int, max_bytes: int) -> list[Row]:
        """Waiting rows beyond `after`."""

    def receipt(self, n: int) -> None:
        """The centre has 1..n."""


class _Stored:
    """A lane of the store. An older epoch gets nothing new: its end is where it was when we started."""

    def __init__(self, store: Store, reader: sqlite3.Connection, track: Track) -> None:
        self._store, self._reader, self._track = store, reader, track

    def newest(self) -> int:
        return self._store.newest[self._track.lane] if self._track.era == self._store.era else self._track.next - 1

    def read(self, after: int, limit: int, max_bytes: int) -> list[Row]:
        return read(self._reader, self._track, after, limit, max_bytes)

    def receipt(self, n: int) -> None:
        self._store.receipt(self._track.era, self._track.lane, n)


class _InMemory:
    """The alarms that no disk took."""

    def __init__(self, volatile: Volatile) -> None:
        self._volatile = volatile
        self.read, self.receipt = volatile.read, volatile.receipt

    def newest(self) -> int:
        return self._volatile.newest


@dataclass(slots=True)
class _Course:
    """One lane of one epoch: how far it was sent, how far receipted, what is under way."""

    track: Track
    source: Source
    sent: int
    receipted: int
    high: int
    under_way: deque[_Sent] = field(default_factory=deque)
    limit: int = FIRST_BATCH
    paused_until: float = 0.0
    pauses: int = 0
    fruitless: int = 0
    """How often it was sent again without any receipt since."""

    def probing(self) -> bool:
        """Only one batch is under way until a receipt comes: no storm, and the other lanes keep the line."""
        return self.fruitless > 0 and self.track.lane is not Lane.ALARM


class Link:
    """Owns one connection to the centre's broker and moves the outbox over it."""

    def __init__(self, store: Store, gateway: str, broker: Broker, events: LinkEvents, *, custody: str) -> None:
        self.gateway = gateway
        self.window = Window()
        self.volatile = Volatile(str(uuid.uuid4()))
        self.volatile.on_stored = self.wake
        self.hindrance: str | None = None
        self._store, self._events, self._by_puback = store, events, custody == "puback"
        down = f"{topics.ROOT}/{gateway}/down"
        self.connection = Connection(
            broker,
            self,
            [(f"{down}/#", 1), (f"{topics.ROOT}/presence/#", 1), (f"{topics.ROOT}/content/#", 1)],
        )
        self._receipt_topic = topics.down_receipt(gateway)
        self._alarm_topic, self._events_topic = topics.up_alarm(gateway), topics.up_events(gateway)
        self._courses: list[_Course] = []
        self._by_mid: dict[int, tuple[_Course, _Sent]] = {}
        self._asides: dict[int, Callable[[int], None]] = {}
        self._turns = Turns()
        self._turn = 0
        self._woken = self._full = False

    async def run(self) -> None:
        """Serve until cancelled."""
        self._reader = self._store.reader()
        memory = Track(IN_MEMORY, self.volatile.epoch, Lane.ALARM, 1, 0)
        self._courses = [_Course(memory, _InMemory(self.volatile), 0, 0, 0)] + [
            _Course(t, _Stored(self._store, self._reader, t), t.receipted, t.receipted, t.receipted)
            for t in tracks(self._reader)
        ]
        watch = asyncio.create_task(self._watch(), name="receipt watch")
        try:
            await self.connection.run()
        finally:
            watch.cancel()
            self._reader.close()

    def wake(self) -> None:
        """Something was stored, or there is room again."""
        if not self._woken and self.connection.online:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._pump)

    def urge(self) -> None:
        """An alarm waits: do not wait for the next attempt to connect."""
        self.connection.kick()

    def settle(self, message: Arrived) -> None:
        """What a message from `down/` asks is on disk. PUBACKs leave in the order of arrival (MQTT 5.0, 4.6)."""
        for due in self._turns.settled(message):
            self.connection.settle(due)

    def publish(
        self,
        topic: str,
        payload: bytes,
        done: Callable[[int], None] | None = None,
        *,
        qos: int = 1,
        expiry_s: int | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> None:
        """Something beside the outbox: an answer, a question. Raises NotConnected.

        `done(code)` is called with its PUBACK, and never when the line is lost before that: see `line_down`.
        """
        mid = self.connection.publish(
            topic, payload, qos=qos, expiry_s=expiry_s, response_topic=response_topic, correlation=correlation
        )
        if done is not None:
            self._asides[mid] = done

    def waiting(self, lane: Lane) -> range:
        """What of a lane of this epoch has no receipt, and so can still be sent again."""
        receipted = next((c.receipted for c in self._courses if c.track.lane is lane and self._is_current(c)), 0)
        return range(receipted + 1, self._store.newest[lane] + 1)

    def resend(self, lane: Lane) -> None:
        """Send everything of a lane that has no receipt again."""
        for course in self._courses:
            if course.track.lane is lane:
                self._rewind(course)
        self.wake()

    def _is_current(self, course: _Course) -> bool:
        return course.track.era == self._store.era

    def receipted(self) -> dict[str, int]:
        """How far the centre has each lane of the current epoch, for the state message."""
        return {c.track.lane.label: c.receipted for c in self._courses if self._is_current(c)}

    def sent(self) -> dict[str, int]:
        """How far each lane of the current epoch was sent, for the state message."""
        return {c.track.lane.label: c.sent for c in self._courses if self._is_current(c)}

    # --- from the connection

    def up(self, session_present: bool) -> None:  # noqa: FBT001, ARG002 - a resumed session is no receipt
        """Everything without a receipt is sent again: with a fresh client nothing else can be known."""
        self.window.restart()
        self._by_mid.clear()
        self._asides.clear()
        for course in self._courses:
            course.sent, course.limit, course.paused_until = course.receipted, FIRST_BATCH, 0.0
            course.fruitless = 0
            course.under_way.clear()
        self._events.line_up()
        self.wake()

    def down(self, reason: str) -> None:
        """Pass it on; the outbox keeps."""
        self._events.line_down(reason)

    def arrived(self, message: Arrived) -> None:
        """Receipts are ours, everything else is for above."""
        self._turns.arrived(message)
        if message.topic != self._receipt_topic:
            self._events.arrived(message)
            return
        try:
            self._receipt(envelope.decode(message.payload, Receipt))
        except envelope.ContractError as error:
            self._events.noted(f"receipt not understood: {error}")
        self.settle(message)

    def puback(self, mid: int, code: int) -> None:
        """Only 0x00 counts; every other code has its own consequence."""
        if self._full:
            self.wake()
        found = self._by_mid.pop(mid, None)
        if found is None:
            if (done := self._asides.pop(mid, None)) is not None:
                done(code)
            return
        course, sent = found
        if code == PUBACK_OK:
            self._taken(course, sent)
        elif code in PUBACK_PERMANENT:
            self._refused(course, sent, code)
        else:
            self._pause(course, code)

    # --- receipts

    def _receipt(self, receipt: Receipt) -> None:
        for course in self._courses:
            if course.track.epoch == receipt.epoch and course.track.lane.label == receipt.lane:
                break
        else:
            self._events.noted(f"receipt of another epoch or lane refused: {receipt.epoch} {receipt.lane}")
            return
        if receipt.n > course.high:
            # After a start also one for what was sent before it: that goes again, and its receipt comes again.
            self._events.noted(f"receipt above what was sent refused: {receipt.lane} {receipt.n}")
            return
        reach("receipt-arrived")
        self._forget(course, receipt.n)

    def _forget(self, course: _Course, n: int) -> None:
        if n <= course.receipted:
            return
        now = asyncio.get_running_loop().time()
        course.receipted, course.fruitless = n, 0
        course.sent = max(course.sent, n)
        while course.under_way and course.under_way[0].last <= n:
            sent = course.under_way.popleft()
            self._by_mid.pop(sent.mid, None)
            self.window.arrived(sent.count, sent.size, sent.mark, now)
        course.limit = min(BATCH_EVENTS, course.limit * 2)
        # Told first: what is written because of it is on disk with the receipt.
        self._events.received(course.track.era, course.track.lane, n)
        course.source.receipt(n)
        self.wake()

    def _taken(self, course: _Course, sent: _Sent) -> None:
        sent.acked = True
        course.pauses = 0
        self._hinder(None)
        reach("after-puback")
        self._events.at_broker(course.track.era, course.track.lane, range(sent.first, sent.last + 1))
        if self._by_puback:
            done = 0
            for waiting in course.under_way:
                if not waiting.acked:
                    break
                done = waiting.last
            self._forget(course, done)

    # --- refusals

    def _pause(self, course: _Course, code: int) -> None:
        """The row stays; the same is tried again after a while."""
        course.paused_until = asyncio.get_running_loop().time() + PAUSE_S[min(course.pauses, len(PAUSE_S) - 1)]
        course.pauses += 1
        self._rewind(course)
        if code == PUBACK_NOBODY:
            self._hinder("nobody listens: the broker has no subscriber for our topic (0x10)")
        elif code in PUBACK_RIGHTS:
            self._hinder("no right to publish: check the broker's ACL for this gateway's name (0x87)")
        elif code in PUBACK_PAUSE:
            self._hinder("the broker asks us to slow down: quota exceeded (0x97)")
        else:
            self._hinder(f"the broker does not take our messages (0x{code:02x})")

    def _refused(self, course: _Course, sent: _Sent, code: int) -> None:
        """Halve down to the one culprit; that one is given up, the rest goes on."""
        self._rewind(course)
        if sent.count > 1:
            course.limit = max(1, sent.count // 2)
            self.wake()
            return
        rows = course.source.read(sent.first - 1, 1, 1)
        course.paused_until = asyncio.get_running_loop().time() + PAUSE_S[0]
        if rows and rows[0].seq == sent.first:
            self._events.refused(course.track.era, course.track.lane, rows[0], code)

    def _rewind(self, course: _Course) -> None:
        """What is under way on this lane is in doubt; it goes again from the receipt on."""
        for sent in course.under_way:
            self._by_mid.pop(sent.mid, None)
            self.window.abandoned(sent.count, sent.size)
        course.under_way.clear()
        course.sent = course.receipted

    def _hinder(self, reason: str | None) -> None:
        if reason != self.hindrance:
            self.hindrance = reason
            self._events.hindered(reason)

    async def _watch(self) -> None:
        """What stays without receipt is sent again; paused lanes wake."""
        while True:
            await asyncio.sleep(WATCH_S)
            now = asyncio.get_running_loop().time()
            patience = max(RECEIPT_S, 8 * self.window.round_trip_s)
            for course in self._courses:
                times = min(2**course.fruitless, LONGEST_PATIENCE)
                if course.under_way and now - course.under_way[0].mark.at > times * patience:
                    course.limit = FIRST_BATCH
                    course.fruitless += 1
                    self._rewind(course)
            if self.connection.online:
                self.wake()

    # --- sending

    def _pump(self) -> None:
        """Send while there is room: alarms first and always, then state and bulk 3:1."""
        self._woken = False
        now = asyncio.get_running_loop().time()
        try:
            for course in self._courses:
                if course.track.lane is Lane.ALARM and now >= course.paused_until:
                    while self._may_publish(sparing=10) and self._send(course, 1, BATCH_BYTES):
                        pass
            while self._may_publish(sparing=4) and (room := self.window.room()) and self._next(now, room):
                pass
        except NotConnected:
            return  # `down` follows, and `up` starts again from the receipts

    def _may_publish(self, *, sparing: int) -> bool:
        """Whether the broker takes one more (Receive Maximum). A part is kept free for what is more urgent."""
        most = self.connection.receive_maximum
        self._full = self.connection.in_flight >= most - min(most // sparing, MOST_SPARED)
        return not self._full

    def _next(self, now: float, room: int) -> bool:
        """One batch of the lane whose turn it is, or of the other; False when neither has anything."""
        self._turn = (self._turn + 1) % (STATE_SHARE + 1)
        order = (Lane.BULK, Lane.STATE) if self._turn == 0 else (Lane.STATE, Lane.BULK)
        for lane in order:
            for course in self._courses:
                if course.track.lane is lane and now >= course.paused_until:
                    size = max(1, min(BATCH_BYTES, room, self.window.limit_bytes // 4))
                    if self._send(course, course.limit, size):
                        return True
        return False

    def _send(self, course: _Course, limit: int, size: int) -> bool:
        """Publish the next rows of a lane; False when it has none."""
        if course.sent >= course.source.newest() or (course.probing() and course.under_way):
            return False
        limit = min(limit, course.limit) if course.track.lane is not Lane.ALARM else 1
        rows = course.source.read(course.sent, limit, min(size, self.connection.maximum_packet_size - 512))
        if not rows:
            course.sent = course.high = course.source.newest()  # given up on purpose: the loss event says so
            return False
        if len(rows[0].body) > self.connection.maximum_packet_size - 512:
            course.sent = rows[0].seq
            course.high = max(course.high, course.sent)
            self._events.refused(course.track.era, course.track.lane, rows[0], PACKET_TOO_LARGE)
            return True
        payload = rows[0].body if course.track.lane is Lane.ALARM else envelope.batch(r.body for r in rows)
        reach("before-publish")
        mid = self.connection.publish(
            self._alarm_topic if course.track.lane is Lane.ALARM else self._events_topic,
            payload,
            content_type=envelope.SINGLE if course.track.lane is Lane.ALARM else envelope.BATCH,
        )
        reach_soon("after-publish")
        first, last = rows[0].seq, rows[-1].seq
        mark = self.window.sent(len(rows), len(payload), asyncio.get_running_loop().time())
        sent = _Sent(first, last, len(rows), len(payload), mark, mid)
        course.under_way.append(sent)
        course.sent = last
        course.high = max(course.high, last)
        self._by_mid[mid] = (course, sent)
        return True
