"""How long a call at the office's end may stay as it is, and what becomes of it then. Pure; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.contract.call import KEEP_S, RING_BACK_S, RING_S, Call, State

SOONER_S = 1.0
"""The office ends a wait this much before the kiosk would: only the office knows what can be done instead."""
GONE_S = 15.0
"""A kiosk of which nothing is heard for so long has left the queue."""
KEPT_S = KEEP_S - 2 * SOONER_S
"""So long a call is kept for the clerk whose page is gone."""

HAD = (State.CONNECTING, State.CONNECTED, State.ON_HOLD)
WAITS = (State.CALLING, State.QUEUED, State.RINGING, State.TRANSFERRED)


class Fate(StrEnum):
    """What time has done to a call."""

    GOES_ON = "goes on"
    LOST = "lost"
    """Its kiosk is gone."""
    RANG_OUT = "rang out"
    LEFT_ALONE = "left alone"
    """Nobody's page came back for it."""
    OVER = "over"
    """The limit of its state."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What is missing at a call."""

    kiosk_s: float
    """So long nothing came from the kiosk."""
    seen: bool
    """The clerk's page receives it all the same."""
    page_s: float
    """So long no page has it; 0 where one does."""


def fate(call: Call, now_s: float, silence: Silence, *, outgoing: bool) -> Fate:
    """Of a living call. `outgoing`: the office rang the kiosk."""
    state, rings = call.state, call.state in (State.RINGING, State.TRANSFERRED)
    limit_s = RING_BACK_S + SOONER_S if outgoing else RING_S - SOONER_S
    if state in WAITS and not outgoing and silence.kiosk_s >= GONE_S:
        return Fate.LOST
    if rings:
        return Fate.RANG_OUT if now_s - call.since_s >= limit_s else Fate.GOES_ON
    if state in HAD and silence.kiosk_s >= KEEP_S and not silence.seen:
        return Fate.LOST
    if silence.page_s >= KEPT_S:
        return Fate.LEFT_ALONE
    return Fate.OVER if call.tick(now_s + SOONER_S) is not call else Fate.GOES_ON
