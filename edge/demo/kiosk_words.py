"""What the live show says of its kiosk: how to hold a call, what is not installed, and how the call is."""

from __future__ import annotations

from edge.demo.kiosk import KioskCorner
from edge.demo.words import Words
from sync.contract.call import State

LOG_END = 120


def invitation(kiosk: KioskCorner, say: Words) -> list[str]:
    """The opening lines."""
    lacking = (("the_engine", kiosk.engine_lacks), ("the_screen", kiosk.screen_lacks))
    lines = [say["no_kiosk"].format(say[part], ", ".join(names)) for part, names in lacking if names]
    if kiosk.engine is not None:
        shown = kiosk.window and kiosk.screen is not None
        lines.insert(0, say["hold_window" if shown else "hold_unseen"])
    return lines


def state(kiosk: KioskCorner, say: Words) -> str:
    """One line: the screen, and the call."""
    if (fallen := kiosk.fallen) is not None:
        screen = say["fallen"].format(f"{fallen.name}: {_last_line(fallen.tail())}")
    elif kiosk.screen is None:
        screen = ""
    else:
        screen = say["window" if kiosk.window else "unseen"]
    call = _call(kiosk, say) if kiosk.engine is not None else ""
    told = ", ".join(part for part in (screen, call) if part)
    return f"{say['kiosk']}: {told}" if told else ""


def _call(kiosk: KioskCorner, say: Words) -> str:
    seen = kiosk.caller.seen
    if seen.incoming:
        return say["call_incoming"]
    if seen.state is State.IDLE:
        return say["no_call"]
    if seen.state is State.ENDED:
        return say["call_ended"].format(seen.reason or "")
    about = seen.place if seen.state is State.QUEUED else seen.by
    return say[f"call_{seen.state}"].format(about)


def _last_line(log: str) -> str:
    return (log.strip().splitlines() or [""])[-1][:LOG_END]
