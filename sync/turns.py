"""Whose turn it is to be acknowledged: PUBACKs leave in the order of arrival (MQTT 5.0, 4.6), effects end in any."""

from __future__ import annotations

from collections import deque

from sync.mqtt import Arrived


class Turns:
    """What arrived over one connection and is not acknowledged yet; bounded by what a broker has in flight to us."""

    def __init__(self) -> None:
        self._owed: deque[Arrived] = deque()
        self._settled: set[int] = set()

    def arrived(self, message: Arrived) -> None:
        """One more; without its payload. What came over a lost connection comes again on the new one."""
        if self._owed and self._owed[0].life != message.life:
            self._owed.clear()
            self._settled.clear()
        if message.qos:
            self._owed.append(Arrived("", b"", message.qos, message.retain, message.mid, message.life))

    def settled(self, message: Arrived) -> list[Arrived]:
        """Its effect is on disk: what may be acknowledged now."""
        if not self._owed or message.life != self._owed[0].life:
            return []
        self._settled.add(message.mid)
        due = []
        while self._owed and self._owed[0].mid in self._settled:
            due.append(self._owed.popleft())
            self._settled.discard(due[-1].mid)
        return due
