"""The outbox without a disk: a few alarms in memory, each answered only after the centre's receipt.

Used when the store takes nothing more. It has an epoch of its own, made with it, so the centre sees just another
life of this gateway. Bounded: what does not fit is not taken, and the device repeats.
"""

from __future__ import annotations

from collections.abc import Callable

from sync.contract.envelope import with_place
from sync.contract.lanes import Lane
from sync.store import Row

BOUND = 200


class Volatile:
    """Alarms only. Called on the loop."""

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.newest = 0
        self.on_stored: Callable[[], None] = lambda: None
        self._rows: dict[int, tuple[bytes, Callable[[], None]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def room(self) -> int:
        """How many more can be held."""
        return BOUND - len(self._rows)

    def hold(self, body: bytes, received: Callable[[], None]) -> int:
        """Keep one until its receipt, then call `received`; its sequence. Look at `room` first."""
        assert self.room() > 0
        self.newest += 1
        self._rows[self.newest] = (with_place(body, self.epoch, Lane.ALARM.label, self.newest), received)
        self.on_stored()
        return self.newest

    def read(self, after: int, limit: int, _max_bytes: int) -> list[Row]:
        """Waiting rows beyond `after`, oldest first."""
        return [Row(seq, body) for seq, (body, _) in self._rows.items() if seq > after][:limit]

    def receipt(self, n: int) -> None:
        """The centre has 1..n."""
        for seq in [s for s in self._rows if s <= n]:
            self._rows.pop(seq)[1]()
