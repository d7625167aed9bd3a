"""Whether the store takes anything: said when it does not, and again when it has for a while.

On a full disk something small may still find room, and an alarm has its reserve: one success proves nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

WELL_S = 2.0
"""So long nothing failed, and something was stored since."""


class Trouble:
    """Called on the loop. `tell` gets the reason, None when it is over."""

    def __init__(self, tell: Callable[[str | None], None]) -> None:
        self.reason: str | None = None
        self._tell = tell
        self._timer: asyncio.TimerHandle | None = None

    def failed(self, reason: str) -> None:
        """Something was not stored."""
        self.forget()
        if reason != self.reason:
            self.reason = reason
            self._tell(reason)

    def stored(self) -> None:
        """Something was."""
        if self.reason is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WELL_S, self.over)

    def forget(self) -> None:
        """What was stored before now proves nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def over(self) -> None:
        """It takes everything again."""
        self._timer = None
        self.reason = None
        self._tell(None)
