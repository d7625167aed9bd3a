"""What the kiosk's screen and the call engine say to each other: a line of JSON each, on a Unix socket.

The screen sends wishes; the engine sends `CallSeen`, always the whole of it, whenever something changed: the newest is
all there is to know, and a screen that comes back after a crash knows it with the first line. Frames do not come this
way but by shared memory (`frames`), named here. The engine lives without a screen.
"""

from __future__ import annotations

from enum import StrEnum

from sync.contract.call import Reason, State
from sync.contract.call_signals import Ways
from sync.contract.envelope import Struct

MAX_LINE = 64 * 1024
MOST_NOTE_S = 60.0


class Good(StrEnum):
    """How the line is, in words a resident reads."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    AWAY = "away"


# --- wishes of the screen


class Start(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="start"):
    """Call a department; fields as in `call_signals.Start`."""

    department: str
    video: bool = True
    language: str = "zh"
    guide: str = ""
    case: str = ""
    again: str = ""
    alarm: str = ""


class Accept(Struct, frozen=True, omit_defaults=True, tag="accept"):
    """Take the call from the office."""

    video: bool = True


class HangUp(Struct, frozen=True, omit_defaults=True, tag="hang-up"):
    """End it, or do not take it."""

    reason: Reason = Reason.RESIDENT


class Camera(Struct, frozen=True, tag="camera"):
    """Picture on or off. Off closes the camera, and its light goes out."""

    on: bool


class Microphone(Struct, frozen=True, tag="microphone"):
    """Sound on or off."""

    on: bool


class Volume(Struct, frozen=True, tag="volume"):
    """Gain over normal, 0 to 18 dB. Back to 0 with the next call."""

    db: float


class Say(Struct, frozen=True, tag="say"):
    """A phrase the resident tapped, for the clerk to read."""

    text: str


class PutAway(Struct, frozen=True, tag="put-away"):
    """The still, the guide and the texts leave the screen."""


class Record(Struct, frozen=True, tag="record"):
    """A voice note for a report: begins and, with `on` false, ends. At most `MOST_NOTE_S`, never inside a call."""

    on: bool


class Snap(Struct, frozen=True, tag="snap"):
    """A photo for a report, of what the preview shows now."""


class Play(Struct, frozen=True, tag="play"):
    """Let the last voice note be heard, from its beginning; `on` false: silent. Never inside a call."""

    on: bool


class Forget(Struct, frozen=True, tag="forget"):
    """The voice note, the photo: dropped, sent, or the session is over. Named no more, and no longer kept for it."""

    voice: bool = True
    photo: bool = True


class Preview(Struct, frozen=True, tag="preview"):
    """Show the own camera without a call (service menu); at most 60 s."""

    on: bool


Wish = Start | Accept | HangUp | Camera | Microphone | Volume | Say | PutAway | Preview | Record | Play | Snap | Forget


# --- what the engine says


class Still(Struct, frozen=True, omit_defaults=True):
    """A still on the screen and what is circled on it; `frames` holds the picture."""

    frames: str
    width: int
    height: int
    marks: list[list[tuple[float, float]]] = []


class CallSeen(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="call"):
    """Everything about the call there is, or about the last one. `state_s` seconds in this state."""

    n: int
    call: str = ""
    state: State = State.IDLE
    state_s: float = 0.0
    reason: Reason | None = None
    ways: Ways | None = None
    incoming: bool = False
    """The office rings; the resident shall take it."""
    department: str = ""
    by: str = ""
    place: int = 0
    wait_s: float | None = None
    alarm: str = ""
    good: Good = Good.GOOD
    away_s: float = 0.0
    """How long the line has been away inside this call."""
    camera: bool = False
    """The camera is open and its light is on."""
    microphone: bool = False
    sound_only: bool = False
    """No picture because of the line; it comes back by itself."""
    volume_db: float = 0.0
    remote_frames: str = ""
    """Path of the shared memory with the picture from the office; empty: none."""
    own_frames: str = ""
    still: Still | None = None
    guide: str = ""
    card: int = 0
    texts: list[str] = []
    """What the clerk wrote, oldest first, the last five."""
    recording_s: float | None = None
    """A voice note is being recorded, so long already."""
    note: str = ""
    """SHA-256 of the last voice note, kept by the gateway for a report to name; empty once another begins, or
    when it is forgotten."""
    note_s: float = 0.0
    playing_s: float | None = None
    """The voice note is heard by whoever spoke it, so long already."""
    photo: str = ""
    """SHA-256 of the last photo, likewise."""
    trouble: str = ""
    """`camera`, `microphone`, `speaker`: what does not work, while the call goes on without it."""
