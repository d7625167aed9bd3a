"""What the status light beside a kiosk says across the shop. The screen knows; the gateway has the lamp."""

from __future__ import annotations

from enum import StrEnum

from sync.contract.envelope import Struct

AGAIN_S = 10.0
"""The screen says it so often, also when nothing changed."""


class Light(StrEnum):
    """One at a time, the most urgent."""

    IDLE = "idle"
    CALL = "call"
    """Somebody speaks with the office, or waits for it."""
    ALARM = "alarm"
    """An SOS of this kiosk is open."""
    FAULT = "fault"
    """No line to the centre, no call engine, or no screen."""


class LightShown(Struct, frozen=True):
    """The body of `PUT /v1/light`."""

    light: Light
