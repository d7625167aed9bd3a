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
    REPORT = "report"
    REPORT_POLE = "report-pole"
    REPORT_NEAR = "report-near"
    REPORT_TELL = "report-tell"
    REPORT_VOICE = "report-voice"
    REPORT_PHOTO = "report-photo"
    REPORT_PHONE = "report-phone"
    REPORT_CHECK = "report-check"
    REPORT_SENT = "report-sent"
    WRITE = "write"
    CASE = "case"
    CASE_FOUND = "case-found"
    CASE_WHICH = "case-which"
    CASE_JUDGE = "case-judge"
    BOOKING = "booking"
    BOOKING_DAY = "booking-day"
    BOOKING_TIME = "booking-time"
    BOOKING_PHONE = "booking-phone"
    BOOKING_SENT = "booking-sent"
    SERVICE = "service"
    SERVICE_TOUCH = "service-touch"
    SERVICE_LOG = "service-log"
    SERVICE_CAMERA = "service-camera"
    GUIDES = "guides"
    GUIDE_LIST = "guide-list"
    GUIDE = "guide"
    GUIDE_TAKE = "guide-take"
    GUIDE_FORM = "guide-form"
    NOTICES = "notices"
    NOTICE = "notice"
    NEARBY = "nearby"
    MERCHANTS = "merchants"
    MERCHANT = "merchant"
    WARDENS = "wardens"
    WARDEN = "warden"
    WARDEN_POLE = "warden-pole"
    WARDEN_PHONE = "warden-phone"
    WARDEN_SENT = "warden-sent"
    HOTLINES = "hotlines"
    NEIGHBOURS = "neighbours"
    ACTIVITIES = "activities"
    ACTIVITY = "activity"
    JOIN_PEOPLE = "join-people"
    PROPOSE = "propose"
    NEIGHBOUR_PHONE = "neighbour-phone"
    NEIGHBOUR_SENT = "neighbour-sent"
    POLLS = "polls"
    POLL = "poll"
    POLL_RESULTS = "poll-results"
    PUBLICITY = "publicity"
    PUBLIC_CASE = "public-case"
    LESSONS = "lessons"
    LESSON = "lesson"
    EMERGENCY = "emergency"
    NIGHT = "night"


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
    END = "end"
    """Home, and the person is forgotten."""


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
    "read": Do("read"),
    "read-louder": Do("read-louder"),
    "still-here": Do("still-here"),
    "end": Way.END,
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

LESSON_DEEDS = ("lesson-play", "lesson-again", "lesson-louder", "lesson-softer")
"""What one can do with sound and video to learn from."""

KEY_DEEDS = (
    "key",
    "keys-back",
    "keys-put",
    "keys-choose",
    "keys-more",
    "keys-method",
    "keys-phrase",
    "keys-clear",
    "keys-done",
)
"""What one can do while writing; `keys.py` does it."""

LEADS: dict[Screen, dict[str, Lead]] = {
    Screen.HOME: {
        "departments": Go(Screen.DEPARTMENTS, ""),
        "guides": Go(Screen.GUIDES, ""),
        "report": Go(Screen.REPORT, ""),
        "case": Go(Screen.CASE, ""),
        "booking": Go(Screen.BOOKING, ""),
        "notices": Go(Screen.NOTICES, ""),
        "nearby": Go(Screen.NEARBY, ""),
        "neighbours": Go(Screen.NEIGHBOURS, ""),
        "later": Go(Screen.LATER),
        "service": Go(Screen.CODE),
    },
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
    Screen.REPORT: {"report-kind": Do("report-kind")},
    Screen.REPORT_POLE: {
        "digit": Do("report-digit"),
        "erase": Do("report-erase"),
        "enter": Do("report-pole"),
        "report-near": Go(Screen.REPORT_NEAR, ""),
    },
    Screen.REPORT_NEAR: {name: Do(name) for name in ("report-near-pole", "report-say-place", "report-no-place")},
    Screen.REPORT_TELL: {
        "report-voice": Go(Screen.REPORT_VOICE, ""),
        "report-photo": Go(Screen.REPORT_PHOTO, ""),
        "report-words": Go(Screen.WRITE, "report-words"),
        "report-next": Do("report-next"),
    },
    Screen.REPORT_VOICE: {
        **{name: Do(name) for name in ("voice-down", "voice-up", "voice-play", "voice-drop")},
        "report-taken": Way.BACK,
    },
    Screen.REPORT_PHOTO: {
        **{name: Do(name) for name in ("photo-snap", "photo-drop")},
        "report-taken": Way.BACK,
    },
    Screen.REPORT_PHONE: {
        "digit": Do("report-digit"),
        "erase": Do("report-erase"),
        "enter": Do("report-phone"),
        "report-no-phone": Do("report-no-phone"),
    },
    Screen.REPORT_CHECK: {name: Do(name) for name in ("report-change", "report-send")},
    Screen.REPORT_SENT: {
        **{name: Do(name) for name in ("report-without", "slip-print")},
        "back": Do("report-leave"),
        "done": Way.HOME,
    },
    Screen.WRITE: {name: Do(name) for name in KEY_DEEDS},
    Screen.CASE: {"digit": Do("case-digit"), "erase": Do("case-erase"), "enter": Do("case-look")},
    Screen.CASE_FOUND: {
        **{name: Do(name) for name in ("case-call", "slip-print")},
        "case-judge": Go(Screen.CASE_JUDGE, ""),
        "done": Way.HOME,
    },
    Screen.CASE_WHICH: {"case-which": Do("case-which")},
    Screen.CASE_JUDGE: {
        **{name: Do(name) for name in ("case-face", "case-solved", "case-why")},
        "done": Way.HOME,
    },
    Screen.BOOKING: {"booking-calendar": Do("booking-calendar")},
    Screen.BOOKING_DAY: {"booking-day": Do("booking-day")},
    Screen.BOOKING_TIME: {"booking-time": Do("booking-time")},
    Screen.BOOKING_PHONE: {
        "digit": Do("booking-digit"),
        "erase": Do("booking-erase"),
        "enter": Do("booking-send"),
    },
    Screen.BOOKING_SENT: {
        **{name: Do(name) for name in ("booking-other", "slip-print")},
        "back": Do("booking-leave"),
        "done": Way.HOME,
    },
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
    Screen.GUIDES: {"guide-event": Go(Screen.GUIDE_LIST)},
    Screen.GUIDE_LIST: {"guide": Go(Screen.GUIDE)},
    Screen.GUIDE: {
        "guide-take": Go(Screen.GUIDE_TAKE),
        "guide-form": Go(Screen.GUIDE_FORM),
        "guide-ask": Do("guide-ask"),
        "guide-book": Do("guide-book"),
        "read-card": Do("read-card"),
        "slip-print": Do("slip-print"),
        "help": Do("guide-help"),
    },
    Screen.GUIDE_TAKE: {"slip-print": Do("slip-print")},
    Screen.GUIDE_FORM: {"slip-print": Do("slip-print"), "guide-ask": Do("guide-ask"), "help": Do("guide-help")},
    Screen.NOTICES: {"notice": Go(Screen.NOTICE)},
    Screen.NOTICE: {},
    Screen.NEARBY: {
        "wardens": Go(Screen.WARDENS, ""),
        "hotlines": Go(Screen.HOTLINES, ""),
        "merchants": Go(Screen.MERCHANTS),
    },
    Screen.MERCHANTS: {"merchant": Go(Screen.MERCHANT)},
    Screen.MERCHANT: {"complain": Do("complain")},
    Screen.WARDENS: {"warden": Go(Screen.WARDEN), "warden-pole": Go(Screen.WARDEN_POLE, "")},
    Screen.WARDEN: {"warden-call": Go(Screen.CALL), "warden-apply": Do("warden-apply")},
    Screen.WARDEN_POLE: {"digit": Do("digit"), "erase": Do("erase"), "enter": Do("warden-find")},
    Screen.WARDEN_PHONE: {"digit": Do("warden-digit"), "erase": Do("warden-erase"), "enter": Do("warden-send")},
    Screen.WARDEN_SENT: {"back": Way.HOME, "done": Way.HOME},
    Screen.HOTLINES: {},
    Screen.NEIGHBOURS: {
        "activities": Go(Screen.ACTIVITIES, ""),
        "propose": Go(Screen.PROPOSE, ""),
        "polls": Go(Screen.POLLS, ""),
        "lessons": Go(Screen.LESSONS, ""),
        "publicity": Go(Screen.PUBLICITY, ""),
    },
    Screen.ACTIVITIES: {"activity": Go(Screen.ACTIVITY)},
    Screen.ACTIVITY: {"join": Do("join")},
    Screen.JOIN_PEOPLE: {"join-people": Do("join-people")},
    Screen.PROPOSE: {"propose-kind": Do("propose-kind")},
    Screen.NEIGHBOUR_PHONE: {
        "digit": Do("neighbour-digit"),
        "erase": Do("neighbour-erase"),
        "enter": Do("neighbour-send"),
    },
    Screen.NEIGHBOUR_SENT: {"slip-print": Do("slip-print"), "back": Way.HOME, "done": Way.HOME},
    Screen.POLLS: {"poll": Go(Screen.POLL), "poll-results": Go(Screen.POLL_RESULTS)},
    Screen.POLL: {"poll-answer": Do("poll-answer")},
    Screen.POLL_RESULTS: {},
    Screen.PUBLICITY: {"public-case": Go(Screen.PUBLIC_CASE)},
    Screen.PUBLIC_CASE: {},
    Screen.LESSONS: {"lesson": Go(Screen.LESSON)},
    Screen.LESSON: {name: Do(name) for name in LESSON_DEEDS},
    Screen.NIGHT: {},
    Screen.EMERGENCY: {
        "back": Do("emergency-read"),
        "home": Do("emergency-read"),
        "emergency-read": Do("emergency-read"),
    },
}
IN_SERVICE = frozenset({Screen.SERVICE, Screen.SERVICE_TOUCH, Screen.SERVICE_LOG, Screen.SERVICE_CAMERA})
"""Left by themselves, without a question."""
KEYS = frozenset({"digit", "erase", "key", "keys-back"})
HOLDS = frozenset({"sos-down", "sos-up", "sos-held", "voice-down", "voice-up"})
"""Parts of one press: none of them is a second tap."""

ONCE = frozenset({Screen.CALL, Screen.CALLBACK, Screen.INCOMING, Screen.SOS})
"""There is one call, so there is one screen of it."""
