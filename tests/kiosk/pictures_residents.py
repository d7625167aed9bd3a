"""Every screen of reports, cases, bookings and writing."""

from __future__ import annotations

from kiosk_ui.keys_lexicon import NEWS
from kiosk_ui.recorder import SQUARE, Kind, Taken
from tests.kiosk.fake_gateway import done
from tests.kiosk.pictures import Stage, scene
from tests.kiosk.services_stage import NOW, TIMES, Visit
from tests.kiosk.tables import lexicon

NUMBER = "482109379"
CASE = {
    "number": "4821-0937-9",
    "kind.zh": "路灯",
    "kind.en": "Street lamp",
    "step": "handle",
    "step.zh": "处理",
    "step.en": "Worked on",
    "begun": "2026-11-20T09:12:00+08:00",
    "held": False,
    "answered": False,
    "evaluate": False,
    "department": "city",
    "department.zh": "城市管理科",
    "department.en": "City services",
    "dispatch.state": "done",
    "dispatch.at": "2026-11-20T10:02:00+08:00",
    "handle.state": "now",
    "handle.at": "2026-11-20T10:30:00+08:00",
    "verify.state": "open",
    "reply.state": "open",
    "close.state": "open",
}
CLOSED = (
    CASE
    | {"step": "close", "answered": True, "evaluate": True}
    | {
        f"{step}.{what}": value
        for step, day in (("handle", 21), ("verify", 22), ("reply", 22))
        for what, value in (("state", "done"), ("at", f"2026-11-{day}T10:30:00+08:00"))
    }
    | {"close.state": "now", "close.at": "2026-11-22T16:00:00+08:00"}
)


def visit(stage: Stage, **more: bool) -> Visit:
    stage.hand.screen.bridge.wall = lambda: NOW
    made = Visit(stage.kiosk, **more)
    made.at = stage.hand.at
    made.parts.report.mint = made.parts.booking.mint = lambda: NUMBER
    return made


def show(stage: Stage, made: Visit) -> None:
    stage.hand.at = made.at
    stage.hand.later(0.1)


def told(made: Visit) -> None:
    made.press("report")
    made.press("report-kind", "lamp")
    made.type("0007")
    made.press("enter")


@scene("report")
def report(stage: Stage) -> None:
    made = visit(stage)
    made.press("report")
    show(stage, made)


@scene("report-pole")
def report_pole(stage: Stage) -> None:
    made = visit(stage)
    made.press("report")
    made.press("report-kind", "lamp")
    made.type("0007")
    show(stage, made)


@scene("report-near")
def report_near(stage: Stage) -> None:
    made = visit(stage)
    made.press("report")
    made.press("report-kind", "lamp")
    made.press("report-near")
    show(stage, made)


@scene("report-tell")
def report_tell(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    show(stage, made)


@scene("report-voice")
def report_voice(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    made.press("report-voice")
    made.press("voice-down")
    made.press("voice-up", after_s=0.2)
    made.wait(12)
    show(stage, made)


@scene("report-voice-kept")
def report_voice_kept(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    made.press("report-voice")
    made.press("voice-down")
    made.press("voice-up", after_s=2.0)
    show(stage, made)


@scene("report-photo")
def report_photo(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    made.press("report-photo")
    made.heard("recorder", Taken(Kind.PHOTO, SQUARE))
    show(stage, made)
    stage.hand.settle()


@scene("write-phrases")
def write_phrases(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    made.press("report-words")
    made.press("keys-phrase", "1")
    show(stage, made)


def writing(stage: Stage, method: str, keys: str) -> None:
    made = visit(stage)
    made.heard(NEWS, lexicon())
    told(made)
    made.press("report-words")
    made.press("keys-phrase", "0")
    made.press("keys-method", method)
    for key in keys:
        made.press("key", key, 0.2)
    show(stage, made)


@scene("write-pinyin")
def write_pinyin(stage: Stage) -> None:
    writing(stage, "pinyin", "shequ")


@scene("write-strokes")
def write_strokes(stage: Stage) -> None:
    writing(stage, "strokes", "4524 134")


@scene("write-digits")
def write_digits(stage: Stage) -> None:
    writing(stage, "digits", "12")


@scene("write-letters")
def write_letters(stage: Stage) -> None:
    writing(stage, "letters", "a")


@scene("report-phone")
def report_phone(stage: Stage) -> None:
    made = visit(stage)
    told(made)
    made.press("report-next")
    made.type("13")
    show(stage, made)


def checked(stage: Stage, **more: bool) -> Visit:
    made = visit(stage, **more)
    told(made)
    made.press("report-words")
    made.press("keys-phrase", "0")
    made.press("keys-done")
    made.press("report-next")
    made.press("report-no-phone")
    return made


@scene("report-check")
def report_check(stage: Stage) -> None:
    show(stage, checked(stage))


@scene("report-sent")
def report_sent(stage: Stage) -> None:
    made = checked(stage)
    made.gateway.questions["slip-link"] = lambda _: done(link=f"https://desk.example/p/case#{NUMBER}/" + "x" * 120)
    made.press("report-send")
    made.wait(3)
    made.press("slip-print")
    show(stage, made)


@scene("report-not-kept")
def report_not_kept(stage: Stage) -> None:
    made = checked(stage)
    made.line(up=False, gateway=False)
    made.press("report-send")
    show(stage, made)


@scene("case")
def case(stage: Stage) -> None:
    made = visit(stage)
    made.press("case")
    made.type("48210")
    show(stage, made)


def looked(stage: Stage, result: dict[str, object]) -> Visit:
    made = visit(stage)
    made.gateway.questions["my-case"] = lambda _: done(**result)
    made.press("case")
    made.type(NUMBER)
    made.press("enter")
    return made


@scene("case-found")
def case_found(stage: Stage) -> None:
    show(stage, looked(stage, dict(CASE)))


BOTH = {
    "cases": 2,
    "1.kiosk": "永善里便民超市",
    "1.day": "2026-11-01",
    "1.kind.zh": "路灯",
    "2.kiosk": "幸福路社区中心",
    "2.day": "2026-11-20",
    "2.kind.zh": "垃圾清运",
}


@scene("case-which")
def case_which(stage: Stage) -> None:
    show(stage, looked(stage, dict(BOTH)))


@scene("case-closed")
def case_closed(stage: Stage) -> None:
    show(stage, looked(stage, dict(CLOSED)))


@scene("case-judge")
def case_judge(stage: Stage) -> None:
    made = looked(stage, dict(CLOSED))
    made.press("case-judge")
    show(stage, made)


@scene("case-why")
def case_why(stage: Stage) -> None:
    made = looked(stage, dict(CLOSED))
    made.press("case-judge")
    made.press("case-face", "fair")
    made.press("case-solved", "yes")
    show(stage, made)


@scene("case-thanks")
def case_thanks(stage: Stage) -> None:
    made = looked(stage, dict(CLOSED))
    made.press("case-judge")
    made.press("case-face", "good")
    made.press("case-solved", "yes")
    made.press("case-why", "kind")
    show(stage, made)


FREE = dict.fromkeys(TIMES, 2) | dict.fromkeys(TIMES[:2], 0) | {TIMES[2]: 1}


def booked(stage: Stage, until: str, **more: bool) -> Visit:
    made = visit(stage, **more)
    made.gateway.questions["free-slots"] = lambda _: done(**FREE)
    steps = [
        ("booking", ""),
        ("booking-calendar", "family-card"),
        ("booking-day", TIMES[0][:10]),
        ("booking-time", TIMES[2]),
    ]
    for control, argument in steps:
        made.press(control, argument)
        if control == until:
            return made
    made.type("13800000000")
    return made


@scene("booking")
def booking(stage: Stage) -> None:
    show(stage, booked(stage, "booking"))


@scene("booking-day")
def booking_day(stage: Stage) -> None:
    show(stage, booked(stage, "booking-calendar"))


@scene("booking-time")
def booking_time(stage: Stage) -> None:
    show(stage, booked(stage, "booking-day"))


@scene("booking-phone")
def booking_phone(stage: Stage) -> None:
    show(stage, booked(stage, ""))


def decided(stage: Stage, state: str) -> None:
    made = booked(stage, "")
    made.gateway.questions["my-booking"] = lambda _: done(state=state, calendar="family-card", starts=TIMES[2])
    made.press("enter")
    made.wait(1)
    show(stage, made)


@scene("booking-confirmed")
def booking_confirmed(stage: Stage) -> None:
    decided(stage, "confirmed")


@scene("booking-full")
def booking_full(stage: Stage) -> None:
    decided(stage, "full")


@scene("booking-request")
def booking_request(stage: Stage) -> None:
    made = booked(stage, "", online=False)
    made.press("enter")
    show(stage, made)
