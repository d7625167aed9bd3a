"""What a kiosk offers beside calls, as data: content `services`, made and published at the desk, shown by kiosks.

One version holds every file below and all media they name, so that a kiosk never shows the half of one beside the
half of another. Texts are Chinese, with English where there is one. `media` names are files of the same version;
`spoken` is sound of exactly the shown text, rendered at the centre; without it the kiosk's own engine speaks. Dates
are ISO 8601.
"""

from __future__ import annotations

from enum import StrEnum

from sync.contract.departments import Said
from sync.contract.envelope import Struct

CONTENT = "services"

GUIDES, NOTICES, MERCHANTS, ACTIVITIES = "guides.json", "notices.json", "merchants.json", "activities.json"
LEARNING, POLLS, CALENDARS, REPORTS = "learning.json", "polls.json", "calendars.json", "reports.json"
WARDENS, PUBLICITY, PHRASES = "wardens.json", "publicity.json", "phrases.json"


class LifeEvent(StrEnum):
    """By what a guide is found."""

    BIRTH = "birth"
    AGEING = "ageing"
    HEALTH = "health"
    HOUSING = "housing"
    PAPERS = "papers"
    SECURITY = "security"


class Card(Struct, frozen=True, omit_defaults=True):
    """One of a guide's five: who, what to bring, where, how long, what it costs."""

    text: Said
    spoken: str = ""
    picture: str = ""


class Guide(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One service of the office in five cards. `department` answers its questions."""

    id: str
    title: Said
    event: LifeEvent
    department: str
    who: Card
    bring: Card
    where: Card
    how_long: Card
    cost: Card
    form: str = ""
    """A file to print or take along."""
    booking: str = ""
    """Id of the calendar where one can book it."""
    link: str = ""
    """Signed take-away link of the desk; empty: none is shown."""


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice, shown from `starts` until `ends`."""

    id: str
    title: Said
    text: Said
    starts: str
    ends: str
    spoken: str = ""
    picture: str = ""


class CreditChange(Struct, frozen=True):
    """Why a grade became another."""

    day: str
    grade: str
    why: Said


class Merchant(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shop or service nearby, with its credit grade (A to D), the reason, and how it came about."""

    id: str
    name: Said
    kind: str
    grade: str
    why: Said
    place: Said = Said("")
    phone: str = ""
    hours: Said = Said("")
    picture: str = ""
    history: list[CreditChange] = []


class Activity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something neighbours do together, or an offer or request of help that was approved."""

    id: str
    kind: str
    """`activity`, `help-wanted`, `help-offered`."""
    title: Said
    text: Said
    place: Said = Said("")
    starts: str = ""
    ends: str = ""
    room_for: int = 0
    """0: no limit."""
    taken: int = 0
    picture: str = ""
    spoken: str = ""


class Lesson(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Audio or video to learn from, offline."""

    id: str
    title: Said
    text: Said = Said("")
    media: str
    type: str
    seconds: int = 0
    picture: str = ""


class Poll(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question of the office; `results` once it has ended."""

    id: str
    question: Said
    answers: list[Said]
    ends: str
    results: list[int] = []
    spoken: str = ""


class Slot(Struct, frozen=True):
    """A time that can be booked, and how many places it has."""

    starts: str
    places: int


class Calendar(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What can be booked. `slots` is the plan; what is free now is asked of the centre (`free-slots`)."""

    id: str
    title: Said
    department: str
    place: Said = Said("")
    bring: Said = Said("")
    minutes: int = 30
    slots: list[Slot] = []


class ReportKind(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of problem one can report, with its drawing."""

    id: str
    title: Said
    icon: str = ""
    picture: str = ""


class Warden(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The grid warden of an area, as residents know her: how she is called, with a picture if she wants one."""

    area: str
    area_name: Said
    called: Said
    department: str = ""
    """Who answers the one-tap call."""
    phone: str = ""
    picture: str = ""
    poles: list[str] = []


class ClosedCase(Struct, frozen=True):
    """A line of last month's public list: kind, what was done, days. No persons."""

    kind: Said
    done: Said
    days: int
    department: str


class Publicity(Struct, frozen=True, omit_defaults=True):
    """公示: last month's figures and cases."""

    month: str = ""
    closed: int = 0
    on_time: float = 0.0
    cases: list[ClosedCase] = []
