"""Tells the gateway how this kiosk stands, for the lamp above it that is seen across the shop.

    StatusLight(kiosk, local.ask, lambda: Light.CALL)

Said with every change and again every few seconds: a screen that hangs says nothing, and its lamp shows that.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.asking import Ask
from kiosk_ui.kiosk import Kiosk
from sync.contract.lamp import AGAIN_S, Light, LightShown

TOLD = "light-told"


class StatusLight:
    """Registers itself at a kiosk. `stands` is asked with every tick."""

    def __init__(self, kiosk: Kiosk, ask: Ask, stands: Callable[[], Light]) -> None:
        self._kiosk, self._ask, self._stands = kiosk, ask, stands
        self._said: Light | None = None
        self._again_at = 0.0
        kiosk.ticks.append(self._tick)

    def _tick(self, at: float) -> None:
        if not self._kiosk.box.gateway:
            self._said = None
            return
        light = self._stands()
        if light is not self._said or at >= self._again_at:
            self._said, self._again_at = light, at + AGAIN_S
            self._ask(TOLD, "PUT", "light", LightShown(light), "")
