"""What the page is told of calls, and what it asks. The list of routes stands in `office.desk.calls`."""

from __future__ import annotations

from typing import Any

from sync.contract.call_signals import IceServer, Quality
from sync.contract.departments import Department
from sync.contract.envelope import Struct

# --- the board


class CallOnBoard(Struct, frozen=True, kw_only=True):
    """A living call as every clerk sees it. Times in milliseconds."""

    id: str
    department: str
    state: str
    """As in `sync.contract.call.State`."""
    gateway: str
    kiosk: str
    """Where it stands, in words."""
    since: int
    began: int
    place: int = 0
    """In the queue, from 1; 0: it rings or is taken."""
    rings: list[str] = []
    """Accounts at whose pages it rings now."""
    clerk: str = ""
    """Account of whoever has it."""
    clerk_name: str = ""
    alarm: str = ""
    video: bool = True
    outgoing: bool = False
    """The office called."""
    away: bool = False
    """Nothing from the kiosk for 3 s."""
    orphan: bool = False
    """The page of whoever has it is gone: another clerk of the department may take it after some seconds."""


class DepartmentOnBoard(Struct, frozen=True, kw_only=True):
    """As kiosks are told of it."""

    id: str
    zh: str
    en: str
    there: int
    free: int
    waiting: int
    open: bool
    wait_s: float | None = None
    opens_at: str = ""


class ClerkOnBoard(Struct, frozen=True):
    """Who takes calls now; for a transfer."""

    account: str
    name: str
    departments: list[str]
    free: bool


class Board(Struct, frozen=True):
    """Everything that lives, SOS first, then in the order of the queue."""

    calls: list[CallOnBoard]
    departments: list[DepartmentOnBoard]
    clerks: list[ClerkOnBoard]
    callbacks: int = 0
    """Wishes for a call-back that nobody has taken."""


# --- before answering


class LastCall(Struct, frozen=True):
    """An earlier call of the same kiosk, without content."""

    id: str
    department: str
    began: int
    reason: str
    clerk_name: str
    handled_s: float | None
    case: str


class CaseSeen(Struct, frozen=True):
    """The case of the slip that was scanned. `link` is a page of the desk."""

    number: str
    title: str
    status: str
    link: str


class AlarmOnCard(Struct, frozen=True):
    """The SOS this call belongs to; `known`: the centre has it."""

    id: str
    known: bool
    stage: str
    link: str


class Card(Struct, frozen=True, kw_only=True):
    """One call before, while and after it is answered."""

    id: str
    gateway: str
    kiosk: str
    place: str
    department: str
    language: str
    video: bool
    guide: str
    guide_title: str
    waited_s: float
    state: str
    case: CaseSeen | None = None
    alarm: AlarmOnCard | None = None
    same_clerk: str = ""
    """Name of the clerk whom the resident spoke to before and asks for again; empty: nobody."""
    earlier: list[LastCall] = []
    cases: list[CaseSeen] = []
    """Cases that were begun from this call."""


# --- a clerk's steps


class PageAsks(Struct, frozen=True):
    """A step that needs nothing but the page."""

    page: str


class ResumeAsks(Struct, frozen=True):
    """Take the own call up again; `media`: this page still receives on `leg`."""

    page: str
    leg: int = 0
    media: bool = False


class AnswerAsks(Struct, frozen=True):
    """The page's description for that leg."""

    page: str
    leg: int
    sdp: str


class RenewAsks(Struct, frozen=True):
    """Media of that leg is dead here."""

    page: str
    leg: int


class OutcomeAsks(Struct, frozen=True):
    """How it went, in one word of `OUTCOMES`; figures count them."""

    page: str
    outcome: str


class HoldAsks(Struct, frozen=True):
    """On hold, or back."""

    page: str
    on: bool


class TransferAsks(Struct, frozen=True):
    """To a department, or to one person of those on the board."""

    page: str
    department: str = ""
    clerk: str = ""


class RingAsks(Struct, frozen=True):
    """Call a kiosk. `callback`: the wish it is for; `alarm`: its SOS."""

    page: str
    department: str
    video: bool = True
    alarm: str = ""
    callback: str = ""


class CaseOfCall(Struct, frozen=True):
    """The notes of a call as a case. `fields` as a case of that kind asks for."""

    page: str
    title: str
    text: str = ""
    kind: str = "call"
    department: str = ""
    """Who shall work it; empty: the department of the call."""
    phone: str = ""
    name: str = ""


class CaseBegun(Struct, frozen=True):
    """Its number, which the resident may be told."""

    number: str
    link: str


class Taken(Struct, frozen=True, kw_only=True):
    """This page has the call. `sdp` empty: the kiosk's offer comes on topic `call`."""

    call: str
    state: str
    department: str
    leg: int = 0
    sdp: str = ""
    ice: list[IceServer] = []
    relay_only: bool = False
    video: bool = True
    language: str = "zh"


# --- what pages say live


class PageWord(Struct, frozen=True):
    """Topic `calls`."""

    do: str
    n: int = 0
    audible: bool = False
    visible: bool = True
    key: str = ""


class AliveWord(Struct, frozen=True):
    """Topic `call`."""

    do: str
    call: str
    leg: int = 0
    media: bool = False
    quality: Quality | None = None


# --- lists


class CallbackSeen(Struct, frozen=True, kw_only=True):
    """A wish to be called. `phone` shows its last digits only."""

    id: str
    at: int
    department: str
    gateway: str
    kiosk: str
    phone: str
    wish: str
    """When, or about what, as chosen at the kiosk."""
    state: str
    by: str = ""
    by_name: str = ""
    changed: int = 0
    tries: int = 0
    call: str = ""


class CallbackOpen(Struct, frozen=True):
    """The whole wish, for whoever took it."""

    callback: CallbackSeen
    phone: str
    notes: str


class DoneAsks(Struct, frozen=True):
    """How it went. Not `reached`: it goes back to the list, counted."""

    notes: str = ""
    reached: bool = True


class KioskToCall(Struct, frozen=True):
    """A box with a kiosk; `free`: it has no call, `online`: it has a line."""

    gateway: str
    kiosk: str
    online: bool
    free: bool


class CallRow(Struct, frozen=True, kw_only=True):
    """One call in the history, without content. Times in milliseconds, lengths in seconds."""

    id: str
    gateway: str
    kiosk: str
    department: str
    began: int
    granted: int | None
    ended: int | None
    reason: str
    clerk: str
    clerk_name: str
    waited_s: float | None
    handled_s: float | None
    guide: str
    case: str
    outgoing: bool
    sound_only: bool
    alarm: str
    outcome: str = ""
    face: str = ""
    """What the resident thought of it (good, fair, bad), and in `word` why; empty: nothing was said."""
    word: str = ""


class DayFigures(Struct, frozen=True, kw_only=True):
    """One department on one day (ISO, Beijing). Medians and tenths in seconds."""

    day: str
    department: str
    calls: int
    answered: int
    missed: int
    refused: int
    """Closed, absent or busy at once."""
    callbacks: int
    wait_median_s: float | None
    wait_p90_s: float | None
    handling_median_s: float | None
    reasons: dict[str, int]
    faces: dict[str, int] = {}
    """What residents thought of them, and in `words` why."""
    words: dict[str, int] = {}


# --- departments


class DepartmentEdited(Struct, frozen=True, kw_only=True):
    """A department with what only the desk needs. `most`: so many may wait.

    Hours that are the office's follow the office's; days of the office's calendar stand in every department.
    """

    department: Department
    most: int = 10


class DepartmentsSeen(Struct, frozen=True):
    """All of them in the order of the screen, `version` guards against two editors at once."""

    version: str
    departments: list[DepartmentEdited]
    zone: str = "Asia/Shanghai"
    published: str = ""
    """The version kiosks were told last; empty: not yet."""


class DepartmentsAsked(Struct, frozen=True):
    """All of them anew. `version` is the one that was edited."""

    version: str
    departments: list[DepartmentEdited]


class StaffSeen(Struct, frozen=True):
    """Which departments an account answers."""

    account: str
    name: str
    departments: list[str]


class StaffAsked(Struct, frozen=True):
    """From now on."""

    departments: list[str]


Live = dict[str, Any]
