"""What each screen of a booking shows: what, which day, which time, a number to call, a slip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kiosk_ui.booking_visit import BookingVisit
from kiosk_ui.choices import choices, own_phone
from kiosk_ui.content import told
from kiosk_ui.departments import zone_of
from kiosk_ui.outgoing import State
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from sync.contract import case_number
from sync.contract.services import Calendar, Slot

CONFIRMED, FULL, REQUESTED, UNKNOWN = "confirmed", "full", "requested", "unknown"


def calendars(scene: Scene) -> View:
    """What can be booked."""
    say, language = scene.words.say, scene.words.language
    rows = []
    for one in scene.services.calendars.values():
        days = days_of(scene, one)
        said = say("booking.first", day=day_said(scene, days[0])) if days else say("booking.no_days")
        place = told(one.place, language)
        rows.append(Row("booking-calendar", one.id, told(one.title, language), place, said, live=bool(days)))
    return choices(scene, say("booking.title"), rows, empty=say("booking.none"), strip=_strip(scene), columns=1)


def days(scene: Scene, visit: BookingVisit) -> View:
    """Days that have times, and how many are free where the centre said so."""
    say, found = scene.words.say, scene.services.calendars.get(visit.calendar)
    rows = []
    for day in days_of(scene, found):
        free = _free_of_day(scene, visit, found, day)
        said = "" if free is None else say("booking.left", n=free) if free else say("booking.full")
        rows.append(Row("booking-day", day, day_said(scene, day), "", said, "", _tone(free), free != 0))
    return choices(
        scene, say("booking.day"), rows, empty=say("booking.no_days"), strip=_strip(scene), lines=_lines(scene)
    )


def times(scene: Scene, visit: BookingVisit) -> View:
    """The times of that day."""
    say, found = scene.words.say, scene.services.calendars.get(visit.calendar)
    rows = []
    for slot in slots_of(scene, found, visit.day):
        free = visit.free.get(slot.starts, 0) if visit.free_of == visit.calendar else None
        said = "" if free is None else say("booking.left", n=free) if free else say("booking.full")
        rows.append(Row("booking-time", slot.starts, slot.starts[11:16], "", said, "", _tone(free), free != 0))
    strip = say(visit.said) if visit.said else _strip(scene)
    return choices(
        scene,
        say("booking.time", day=day_said(scene, visit.day)),
        rows,
        empty=say("booking.no_times"),
        strip=strip,
        lines=_lines(scene),
    )


def phone(scene: Scene, visit: BookingVisit) -> View:
    """Somebody calls when the time must change."""
    say = scene.words.say
    trouble = say(visit.said) if visit.said else ""
    ask = say("booking.phone_ask", when=when_said(scene, visit.starts))
    return own_phone(say("booking.phone"), visit.phone, say("booking.send"), ask, trouble)


def sent(scene: Scene, visit: BookingVisit) -> View:
    """Confirmed, full, or kept and not confirmed yet."""
    say, letter = scene.words.say, visit.letter
    state = letter.state if letter is not None else State.OPEN
    waits = state is State.KEPT and not visit.outcome
    settled = state is State.KEPT and bool(visit.outcome) and visit.outcome != FULL
    line = (
        say("booking.waiting")
        if waits
        else say(f"booking.is_{visit.outcome}")
        if state is State.KEPT
        else say(f"booking.sent_{state}")
    )
    confirmed = visit.outcome == CONFIRMED
    detail = say("booking.detail_confirmed") if confirmed else say("booking.detail_request") if settled else ""
    found = scene.services.calendars.get(visit.calendar)
    if settled and found is not None and (scene.theme.tall or confirmed):
        detail = detail if scene.theme.tall else ""
        bring = told(found.bring, scene.words.language)
        detail = "\n".join(part for part in (detail, say("booking.bring", bring=bring) if bring else "") if part)
    texts: dict[str, Value] = {
        "number": case_number.shown(visit.number) if settled else "",
        "line": line,
        "detail": detail,
        "code": case_number.shown(visit.number).encode().hex() if settled else "",
        "codeSaid": say("slip.scan_number"),
        "slip": say(scene.flow.session.slip.said) if scene.flow.session.slip.said else "",
        "tone": "good" if confirmed else "" if waits or state is State.SENDING else "warn",
    }
    title = told(found.title, scene.words.language) if found is not None else say("booking.phone")
    texts["strip"] = when_said(scene, visit.starts)
    return View(title, texts, _deeds(scene, visit, settled=settled))


def _deeds(scene: Scene, visit: BookingVisit, *, settled: bool) -> tuple[Row, ...]:
    say = scene.words.say
    if visit.outcome == FULL or (visit.letter is not None and visit.letter.state is State.REFUSED):
        return (Row("booking-other", "", say("booking.other"), tone="good"),)
    if not settled:
        return ()
    return (
        Row("slip-print", "", say("slip.print"), art="print"),
        Row("done", "", say("slip.done"), art="home", tone="good"),
    )


# --- times, in the office's zone


def slots_of(scene: Scene, found: Calendar | None, day: str = "") -> Sequence[Slot]:
    """Times still to come, in order."""
    if found is None:
        return ()
    here = scene.now.astimezone(zone_of(scene.box.departments)).replace(tzinfo=None)
    return [
        slot
        for slot in sorted(found.slots, key=lambda slot: slot.starts)
        if slot.starts.startswith(day) and (at := moment(slot.starts)) is not None and at > here
    ]


def days_of(scene: Scene, found: Calendar | None) -> list[str]:
    """The days of these."""
    return list(dict.fromkeys(slot.starts[:10] for slot in slots_of(scene, found)))


def moment(starts: str) -> datetime | None:
    """None: content that is no time."""
    try:
        return datetime.fromisoformat(starts).replace(tzinfo=None)
    except ValueError:
        return None


def day_said(scene: Scene, day: str) -> str:
    """As people say it."""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return day
    weekday = scene.words.say(f"days.short_{at.isoweekday()}")
    return scene.words.say("days.date", month=at.month, day=at.day, weekday=weekday)


def when_said(scene: Scene, starts: str) -> str:
    """Day and time."""
    return f"{day_said(scene, starts[:10])} {starts[11:16]}" if starts else ""


def _free_of_day(scene: Scene, visit: BookingVisit, found: Calendar | None, day: str) -> int | None:
    if visit.free_of != visit.calendar or not visit.free_of:
        return None
    return sum(visit.free.get(slot.starts, 0) for slot in slots_of(scene, found, day))


def _tone(free: int | None) -> str:
    return "" if free is None else "good" if free else "off"


def _lines(scene: Scene) -> int:
    """Their names are short."""
    return 0 if scene.theme.roomy else 3


def _strip(scene: Scene) -> str:
    return "" if scene.box.online else scene.words.say("booking.offline")
