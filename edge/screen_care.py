"""Care for the kiosk's screen from afar: what it says of itself, a screenshot, going home, a restart.

The screen reports (`PUT /v1/screen`) and is asked by the live stream (kind `screen`); it answers, or it is away. A
screenshot of a page with something personal on it is refused by the screen itself: only it knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from drivers.model import Refused
from sync.contract.messages import Order, Scalar
from sync.contract.screen_care import ScreenAnswer, ScreenAsked, ScreenState

ANSWER_S = 15.0
SILENT_S = 90.0
"""A screen reports every 30 s."""
DEEDS = ("screenshot", "home", "restart")
MOST_COUNTS = 100


class ScreenCare:
    """On the loop. `ask` tells the live stream; `send_file` sends a kept file to the centre."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.ask: Callable[[ScreenAsked], None] = lambda _asked: None
        self.send_file: Callable[[str], Awaitable[None]] = _nobody
        self.has_file: Callable[[str], bool] = lambda _sha256: False
        self._monotonic = monotonic
        self._state: ScreenState | None = None
        self._at = 0.0
        self._waiting: dict[str, asyncio.Future[ScreenAnswer]] = {}

    def report(self, state: ScreenState) -> None:
        """The newest word of the screen."""
        self._state, self._at = state, self._monotonic()

    def answer(self, asked: str, answer: ScreenAnswer) -> bool:
        """The screen's answer; False when nobody waits for it."""
        waiting = self._waiting.get(asked)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(answer)
        return True

    def summary(self) -> dict[str, Scalar]:
        """For the gateway's state: empty where no screen ever reported, `away` when it fell silent."""
        state = self._state
        if state is None:
            return {}
        away = self._monotonic() - self._at > SILENT_S
        counts = {f"opened.{page}": count for page, count in list(state.opened.items())[:MOST_COUNTS]}
        return {
            "away": away,
            "page": state.page,
            "busy": state.busy,
            "content": state.content,
            "version": state.version,
            "memory_mb": state.memory_mb,
            "up_s": state.up_s,
            **counts,
        }

    async def ordered(self, order: Order) -> Mapping[str, Scalar] | Refused:
        """The order `screen` of the centre."""
        do = str(order.arguments.get("do", ""))
        waiting = self._waiting[order.id] = asyncio.get_running_loop().create_future()
        self.ask(ScreenAsked(order.id, do))
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await waiting
        except TimeoutError:
            return Refused("the screen did not answer")
        finally:
            del self._waiting[order.id]
        if answer.refused:
            return Refused(f"the screen refused: {answer.refused[:60]}")
        if not answer.picture:
            return {}
        if not self.has_file(answer.picture):
            return Refused("the screen named a picture that is not here")
        await self.send_file(answer.picture)
        return {"picture": answer.picture}


async def _nobody(_sha256: str) -> None:
    """Where no file goes up."""
