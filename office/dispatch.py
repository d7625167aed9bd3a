"""Publishing what must go down: alarm steps, orders and configurations, from their table until a broker has them.

PUBACK 0x00 confirms. 0x10 (nobody subscribes) and any refusal leave the row where it is; it goes out again when the
gateway is born, and every `AGAIN_S`. An order carries what is left of its time as MQTT 5 expiry.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial

from office.database import StoreError
from office.downward import CONFIG, Sending
from office.line import Line
from office.store import Store
from sync.mqtt import PUBACK_NOBODY, PUBACK_OK, Connection

log = logging.getLogger("linli.office.dispatch")

AGAIN_S = 15.0


class _Stand(Enum):
    """How one message stands that was published."""

    FLYING = 1  # no word of the broker yet
    LEFT = 2  # nobody took it; it waits for a birth or for `AGAIN_S`
    TAKEN = 3  # the broker has it, and that is being noted
    NOTED = 4  # noted, and a list read before that may still name it


class Dispatch:
    """Publishes on one line. `wake` when something was put down, `again` when a gateway is there again."""

    def __init__(self, store: Store, line: Line) -> None:
        self._store = store
        self._line = line
        self._flying: dict[int, int] = {}
        self._stands: dict[int, tuple[str, _Stand]] = {}
        self._again_at = 0.0
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something new is on its way down."""
        self._wake.set()

    def start_over(self) -> None:
        """The line is new: everything unconfirmed goes out again."""
        self._flying.clear()
        self._forget(_Stand.FLYING, _Stand.LEFT)
        self._wake.set()

    def again(self, gateway: str) -> None:
        """This gateway was born: what nobody took for it, or what it has not echoed, goes out again."""
        self._forget(_Stand.LEFT, _Stand.NOTED, gateway=gateway)
        self._wake.set()

    def puback(self, mid: int, code: int) -> None:
        """The broker's word on one of ours."""
        n = self._flying.pop(mid, None)
        if n is None or n not in self._stands:
            return
        if code == PUBACK_OK:
            self._stand(n, _Stand.TAKEN)
            self._store.confirm([n], partial(self._confirmed, n))
            return
        self._stand(n, _Stand.LEFT)
        if code != PUBACK_NOBODY:
            log.warning("the broker refused a message on its way down: 0x%02x", code)

    async def run(self) -> None:
        """Publish what waits, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            if loop.time() - self._again_at >= AGAIN_S:
                self._again_at = loop.time()
                self._forget(_Stand.LEFT)
            try:
                await self._publish_all()
            except StoreError as error:
                log.warning("what must go down cannot be read: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_S):  # wait_for of Python 3.11 may swallow a cancellation
                    await self._wake.wait()

    async def _publish_all(self) -> None:
        """Lists read from here on do not name what is noted by now."""
        self._forget(_Stand.NOTED)
        after = 0
        while self._line.online:
            sendings = await self._store.pending(after)
            for sending in sendings:
                after = sending.n
                if sending.n not in self._stands:
                    self._publish(sending)
            if not sendings:
                return

    def _publish(self, sending: Sending) -> None:
        mid = self._line.say(_publishing(sending, self._store.now()))
        if mid is not None:
            self._flying[mid] = sending.n
            self._stands[sending.n] = (sending.gateway, _Stand.FLYING)

    def _confirmed(self, n: int, _: object, error: BaseException | None) -> None:
        if n in self._stands:
            self._stand(n, _Stand.LEFT if error else _Stand.NOTED)
        if error is not None:
            log.error("a confirmation could not be stored: %s", error)

    def _stand(self, n: int, stand: _Stand) -> None:
        self._stands[n] = (self._stands[n][0], stand)

    def _forget(self, *stands: _Stand, gateway: str | None = None) -> None:
        """These may be published again."""
        self._stands = {
            n: (whose, stand)
            for n, (whose, stand) in self._stands.items()
            if stand not in stands or (gateway is not None and whose != gateway)
        }


def _publishing(sending: Sending, now: int) -> Callable[[Connection], int]:
    expiry_s = None if sending.expires_at is None else max(1, (sending.expires_at - now) // 1000)

    def publish(connection: Connection) -> int:
        return connection.publish(
            sending.topic,
            sending.payload,
            retain=sending.kind == CONFIG,
            expiry_s=expiry_s,
            response_topic=sending.response_topic,
            correlation=sending.about.encode() if sending.response_topic else None,
        )

    return publish
