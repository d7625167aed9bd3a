"""The map of the screen: every screen, and where each of its controls leads. Data; `flow` follows it.

A control that is not in the row of the screen in front does nothing: a late or forged press cannot lead anywhere. What
a press shall do besides showing another screen is a `Do`, and belongs to who registered it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Screen(StrEnum):
    """Every screen. `screens.py` says what each shows."""

    HOME = "home"
    DEPARTMENTS = "departments"
    LATER = "later"
    LOOKS = "looks"
    CALL = "call"
    CALLBACK = "callback"
    INCOMING = "incoming"
    SOS = "sos"
    CODE = "code"
    SERVICE = "service"
    SERVICE_TOUCH = "service-touch"
    SERVICE_LOG = "service-log"
    SERVICE_CAMERA = "service-camera"


@dataclass(frozen=True, slots=True)
class Place:
    """A screen and what it is about."""

    screen: Screen
    subject: str = ""


HOME = Place(Screen.HOME)


@dataclass(frozen=True, slots=True)
class Go:
    """Show that screen; its subject is what the control stands for, unless the table names one."""

    screen: Screen
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Something besides screens, by its name in `Flow.deeds`."""

    deed: str


class Way(StrEnum):
    """Ways that every screen has."""

    BACK = "back"
    HOME = "home"


Lead = Go | Do | Way

EVERYWHERE: dict[str, Lead] = {
    "back": Way.BACK,
    "home": Way.HOME,
    "large": Do("large"),
    "contrast": Do("contrast"),
    "low": Do("low"),
    "language": Do("language"),
    "looks": Go(Screen.LOOKS),
    "turn": Do("turn"),
    "help": Go(Screen.CALL, "reception"),
    "sos": Go(Screen.SOS),
    "sos-down": Do("sos-down"),
    "sos-up": Do("sos-up"),
    "sos-held": Do("sos-held"),
    "still-here": Do("still-here"),
    "end": Way.HOME,
}
"""The fixed bar, the call bar, the pager and the countdown."""

CALL_DEEDS = (
    "call-hang-up",
    "call-stay",
    "call-leave",
    "call-camera",
    "call-microphone",
    "call-louder",
    "call-softer",
    "call-say",
    "call-phrases",
    "call-again",
    "call-other",
    "call-put-away",
    "call-read-on",
    "call-face",
    "call-word",
    "call-judged",
)
"""What one can do in a call and after it; `call_deeds.py` does it."""

LEADS: dict[Screen, dict[str, Lead]] = {
    Screen.HOME: {"departments": Go(Screen.DEPARTMENTS, ""), "later": Go(Screen.LATER), "service": Go(Screen.CODE)},
    Screen.DEPARTMENTS: {"department": Go(Screen.CALL)},
    Screen.LATER: {},
    Screen.LOOKS: {},
    Screen.CALL: {
        **{name: Do(name) for name in CALL_DEEDS},
        "callback": Go(Screen.CALLBACK),
        "back": Do("call-back"),
        "home": Do("call-home"),
    },
    Screen.CALLBACK: {"digit": Do("digit"), "erase": Do("erase"), "enter": Do("call-callback")},
    Screen.INCOMING: {"call-accept": Do("call-accept"), "call-decline": Do("call-decline")},
    Screen.SOS: {name: Do(name) for name in ("sos-fine", "sos-voice", "call-louder", "call-softer")},
    Screen.CODE: {"digit": Do("digit"), "erase": Do("erase"), "enter": Do("code")},
    Screen.SERVICE: {
        "service-touch": Go(Screen.SERVICE_TOUCH),
        "service-sound": Do("service-sound"),
        "service-camera": Go(Screen.SERVICE_CAMERA),
        "service-log": Go(Screen.SERVICE_LOG),
    },
    Screen.SERVICE_TOUCH: {},
    Screen.SERVICE_LOG: {},
    Screen.SERVICE_CAMERA: {},
}
IN_SERVICE = frozenset({Screen.SERVICE, Screen.SERVICE_TOUCH, Screen.SERVICE_LOG, Screen.SERVICE_CAMERA})
"""Left by themselves, without a question."""
KEYS = frozenset({"digit", "erase"})
HOLDS = frozenset({"sos-down", "sos-up", "sos-held"})
"""Parts of one press: none of them is a second tap."""

ONCE = frozenset({Screen.CALL, Screen.CALLBACK, Screen.INCOMING, Screen.SOS})
"""There is one call, so there is one screen of it."""
