"""Every signal between a kiosk and the office: payloads of `up/call/<id>` and `down/call/<id>`.

Never stored and never logged: they carry session descriptions (RFC 8866) with addresses. `n` rises with every signal
of one sender in one call; what does not rise is a replay and is dropped (`Heard`).
The kiosk always offers (RFC 3264), numbered by `leg`: a network that changed or died makes a new leg of the same call,
because the engine has no ICE restart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from sync.contract.call import Reason, WrongStepError
from sync.contract.envelope import ContractError, Struct, decode, encode

CALL_ID = re.compile(r"[0-9a-z]{16,32}")
"""Random, of whoever starts the call; never used twice."""
MAX_SDP = 32 * 1024
"""Characters. An offer with picture, sound and all its candidates has 3 to 6 KB."""
MAX_TEXT = 200
MAX_N = 1_000_000
MAX_LEG = 1000


class Quality(Struct, frozen=True, omit_defaults=True):
    """What one end measures of what it receives; shares 0 to 1, times in milliseconds, sizes in pixels."""

    loss: float = 0.0
    rtt_ms: float = 0.0
    frames_s: float = 0.0
    width: int = 0
    height: int = 0
    kbit_s: float = 0.0
    sound_only: bool = False
    """The line carries no picture now; nobody chose this."""


class IceServer(Struct, frozen=True, omit_defaults=True):
    """RTCIceServer (WebRTC 1.0, 4.2.3). The credential holds for this call and a limited time, and is never kept."""

    urls: list[str]
    username: str = ""
    credential: str = ""


class Ways(Struct, frozen=True, omit_defaults=True):
    """What a resident can do instead: leave a wish to be called, ring a number, ask another department."""

    callback: bool = False
    hotline: str = ""
    others: list[str] = []
    """Ids of departments that are open and have somebody free."""
    opens_at: str = ""
    """ISO 8601, when this department opens next."""


# --- from the kiosk


class Start(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="start"):
    """A resident wants that department. `again` names an earlier call or slip: the same person if possible."""

    n: int
    department: str
    video: bool = True
    language: str = "zh"
    guide: str = ""
    """Id of the guide that was open."""
    case: str = ""
    """Case number of the slip that was scanned."""
    again: str = ""
    alarm: str = ""
    """The SOS this call belongs to; it goes before every other."""


class Accept(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="accept"):
    """The resident takes a call from the office."""

    n: int
    video: bool = True


class Offer(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="offer"):
    """The kiosk's session description with all its candidates. Sent while it rings, so that answering is one step."""

    n: int
    leg: int
    sdp: str


class Alive(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="alive"):
    """Every `ALIVE_S`, both ways. `media`: this end receives on this leg."""

    n: int
    leg: int = 0
    media: bool = False
    quality: Quality | None = None


class Renew(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="renew"):
    """The media of leg `leg` is dead at this end: the kiosk shall offer the next (it may do so unasked)."""

    n: int
    leg: int


class Bye(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="bye"):
    """The end, from either side."""

    n: int
    reason: Reason
    ways: Ways | None = None


# --- from the office


class Queued(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="queued"):
    """Place in the queue, from 1, and the expected wait; None: too few calls to know."""

    n: int
    department: str
    place: int
    wait_s: float | None = None


class Ringing(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="ringing"):
    """It rings at the department; the kiosk gathers with these servers and offers."""

    n: int
    department: str
    ice: list[IceServer] = []
    relay_only: bool = False


class Ring(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="ring"):
    """The office calls the kiosk. `alarm`: for an SOS, taken without a tap, by sound."""

    n: int
    department: str
    by: str
    video: bool = True
    alarm: str = ""
    ice: list[IceServer] = []
    relay_only: bool = False


class Granted(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="granted"):
    """One person has it. `by` is what the resident reads: the department and the desk's number, never a name."""

    n: int
    department: str
    by: str


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """The page's session description for that leg."""

    n: int
    leg: int
    sdp: str


class Hold(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="hold"):
    """On hold, or back."""

    n: int
    on: bool


class Transferred(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="transferred"):
    """Handed to another department; `Queued` or `Ringing` follows. Media of the last leg ends."""

    n: int
    department: str


Up = Start | Accept | Offer | Alive | Renew | Bye
Down = Queued | Ringing | Ring | Granted | Answer | Hold | Transferred | Alive | Renew | Bye


S = TypeVar("S", bound=Up | Down)


def write(signal: Up | Down) -> bytes:
    """A signal as it goes out."""
    return encode(signal)


@dataclass(slots=True)
class Heard:
    """The signals of one sender in one call: reads them, and drops what does not rise.

    Two qualities of service keep no order between them (MQTT 5.0, 4.6; `call_qos`): an answer may overtake its grant.
    What is no step yet waits, alone, and is tried once more after each signal that was sent before it.
    """

    last: int = 0
    _before: int = 0
    _early: Up | Down | None = None

    def up(self, payload: bytes) -> Up | None:
        """A kiosk's signal; None for a replay. Raises ContractError."""
        signal: Up = decode(payload, Up)  # type: ignore[arg-type]
        return self._new(signal)

    def down(self, payload: bytes) -> Down | None:
        """The office's signal; None for a replay. Raises ContractError."""
        signal: Down = decode(payload, Down)  # type: ignore[arg-type]
        return self._new(signal)

    def take(self, signal: S, do: Callable[[S], None]) -> bool:
        """Do what was just heard, and after it what had overtaken it; False: it is no step, now."""
        try:
            do(signal)
        except WrongStepError:
            if self._early is None or signal.n >= self._early.n:
                self._early, self.last = signal, self._before
            return False
        early, self._early = self._early, None
        if early is not None and early.n > self.last:
            self._before, self.last = self.last, early.n
            self.take(cast("S", early), do)
        return True

    def _new(self, signal: S) -> S | None:
        _check(signal)
        if signal.n <= self.last:
            return None
        self._before, self.last = self.last, signal.n
        return signal


def _check(signal: Up | Down) -> None:
    """What a shape alone does not say. Never quotes what was sent: it may be an address."""
    if not 0 < signal.n <= MAX_N:
        raise ContractError(f"n is 1 to {MAX_N}")
    if isinstance(signal, Offer | Answer) and not (0 < len(signal.sdp) <= MAX_SDP and 0 < signal.leg <= MAX_LEG):
        raise ContractError(f"a description has 1 to {MAX_SDP} characters and a leg of 1 to {MAX_LEG}")
    if isinstance(signal, Start):
        texts = (signal.department, signal.language, signal.guide, signal.case, signal.again, signal.alarm)
        if not (signal.department or signal.alarm) or max(map(len, texts)) > MAX_TEXT:
            raise ContractError(f"a start names a department or an alarm, in texts of at most {MAX_TEXT} characters")
