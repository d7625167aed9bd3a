"""Book a time: service, day, time, telephone, slip. No Qt.

    booking = Booking(kiosk, sending, asking, printing)

With a line the centre decides within seconds who has the last place; whoever has not keeps choosing. Without one it is
a request: the slip says that it is not confirmed, and a person calls back.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui import booking_view
from kiosk_ui.asked import Reply
from kiosk_ui.asking import Asking
from kiosk_ui.booking_view import CONFIRMED, FULL, REQUESTED, UNKNOWN
from kiosk_ui.booking_visit import BookingVisit
from kiosk_ui.content import told
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.outgoing import Letter, State
from kiosk_ui.screens import Shows
from kiosk_ui.sending import Sending
from kiosk_ui.slip import Printing, slip
from kiosk_ui.words import Words
from sync.contract import case_number
from sync.contract.services import Calendar
from sync.contract.slip import Slip

KIND = "booking"
SHORTEST, LONGEST = 7, 12
PATIENCE_S, AGAIN_S = 5.0, 0.5
"""So long the centre's word is waited for, asked for so often."""


class Booking:
    """Registers the screens of a booking and what their controls do."""

    def __init__(self, kiosk: Kiosk, sending: Sending, asking: Asking, printing: Printing) -> None:
        self.mint: Callable[[], str] = case_number.mint
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._sending, self._asking = sending, asking
        view = booking_view
        kiosk.screens |= {
            Screen.BOOKING: Shows("Choices", view.calendars),
            Screen.BOOKING_DAY: Shows("Choices", lambda scene: view.days(scene, self._visit)),
            Screen.BOOKING_TIME: Shows("Choices", lambda scene: view.times(scene, self._visit)),
            Screen.BOOKING_PHONE: Shows("KeysPad", lambda scene: view.phone(scene, self._visit)),
            Screen.BOOKING_SENT: Shows("SlipPage", lambda scene: view.sent(scene, self._visit)),
        }
        self._flow.deeds |= {
            "booking-calendar": self._calendar,
            "guide-book": self._calendar,
            "booking-day": self._day,
            "booking-time": self._time,
            "booking-digit": self._digit,
            "booking-erase": self._erase,
            "booking-send": self._send,
            "booking-other": self._other,
            "booking-leave": self._leave,
        }
        self._flow.on_show.append(self._shown)
        kiosk.ticks.append(self._tick)
        printing.offer(Screen.BOOKING_SENT, self._slip)

    @property
    def _visit(self) -> BookingVisit:
        return self._flow.session.booking

    def _of(self, calendar: str) -> Calendar | None:
        return self._kiosk.box.contents.newest.calendars.get(calendar)

    # --- steps

    def _calendar(self, calendar: str, _at: float) -> None:
        if self._of(calendar) is None:
            return
        self._flow.session.booking = BookingVisit(calendar=calendar)
        self._flow.session.slip.said = ""
        self._look()
        self._flow.show(Place(Screen.BOOKING_DAY))

    def _look(self) -> None:
        """What is free now; what was free before is not said meanwhile."""
        visit = self._visit
        if self._kiosk.box.online and not visit.asked:
            visit.asked = True
            self._asking.ask("free-slots", {"calendar": visit.calendar, "day": ""}, self._free)

    def _free(self, reply: Reply, _at: float) -> None:
        visit = self._visit
        visit.asked = False
        if reply.done:
            visit.free = {name: value for name, value in reply.result.items() if isinstance(value, int)}
            visit.free_of = visit.calendar

    def _day(self, day: str, _at: float) -> None:
        self._visit.day = day[:10]
        self._visit.said = ""
        self._look()
        self._flow.show(Place(Screen.BOOKING_TIME))

    def _time(self, starts: str, _at: float) -> None:
        self._visit.starts = starts[:25]
        self._flow.show(Place(Screen.BOOKING_PHONE))

    def _shown(self, place: Place, _at: float) -> None:
        if place.screen is Screen.BOOKING_PHONE:
            self._visit.said = ""

    def _digit(self, digit: str, _at: float) -> None:
        if len(digit) == 1 and digit.isascii() and digit.isdecimal():
            self._visit.phone = (self._visit.phone + digit)[:LONGEST]
            self._visit.said = ""

    def _erase(self, _argument: str, _at: float) -> None:
        self._visit.phone, self._visit.said = self._visit.phone[:-1], ""

    # --- sending

    def _send(self, _argument: str, at: float) -> None:
        visit, known = self._visit, self._of(self._visit.calendar)
        if len(visit.phone) < SHORTEST:
            visit.said = "booking.phone_short"
            return
        if known is None or all(slot.starts != visit.starts for slot in known.slots):
            visit.said = "booking.changed"
            self._flow.show(Place(Screen.BOOKING_TIME))
            return
        if visit.letter is None or visit.letter.state is State.REFUSED:
            visit.number, visit.outcome = self.mint(), ""
            form = {
                "number": visit.number,
                "calendar": visit.calendar,
                "starts": visit.starts,
                "phone": visit.phone,
                "online": self._kiosk.box.online,
            }
            visit.letter = Letter(KIND, dict(form))
        self._flow.show(Place(Screen.BOOKING_SENT))
        self._sending.send(visit.letter, at, self._kept)

    def _kept(self, letter: Letter, at: float) -> None:
        visit = self._visit
        if visit.letter is not letter or letter.state is not State.KEPT:
            return
        visit.since = at
        if self._kiosk.box.online and letter.id:
            visit.ask_at = at
        else:
            visit.outcome = REQUESTED

    def _tick(self, at: float) -> None:
        visit = self._visit
        waits = visit.letter is not None and visit.letter.state is State.KEPT and not visit.outcome
        if waits and at - visit.since >= PATIENCE_S:
            visit.ask_at, visit.outcome = None, UNKNOWN
        elif visit.ask_at is not None and at >= visit.ask_at and visit.letter is not None:
            visit.ask_at = None
            self._asking.ask("my-booking", {"number": visit.number, "id": visit.letter.id}, self._decided)

    def _decided(self, reply: Reply, at: float) -> None:
        visit = self._visit
        if visit.letter is None or visit.outcome not in ("", UNKNOWN):
            return
        state = reply.text("state") if reply.done else ""
        if state in (CONFIRMED, FULL, REQUESTED):
            visit.outcome = state
            if state == FULL:
                visit.free_of = ""
        elif state:
            visit.outcome = REQUESTED  # a person has it in hand already
        elif not visit.outcome:
            visit.ask_at = at + AGAIN_S

    def _other(self, _argument: str, _at: float) -> None:
        """Another time; the telephone is not asked for twice."""
        visit = self._visit
        made = BookingVisit(calendar=visit.calendar, day=visit.day, phone=visit.phone)
        self._flow.session.booking = made
        self._look()
        self._flow.show(Place(Screen.BOOKING_TIME))

    def _leave(self, _argument: str, _at: float) -> None:
        letter = self._visit.letter
        if self._visit.outcome == FULL or (letter is not None and letter.state is State.REFUSED):
            self._other("", _at)
        else:
            self._flow.home()

    def _slip(self, words: Words) -> Slip | None:
        visit, known = self._visit, self._of(self._visit.calendar)
        if not visit.outcome or visit.outcome == FULL:
            return None
        lines = [
            words.say("slip.confirmed" if visit.outcome == CONFIRMED else "slip.unconfirmed"),
            told(known.title, words.language) if known else "",
            visit.starts.replace("T", " ")[:16],
            told(known.place, words.language) if known else "",
            words.say("booking.bring", bring=told(known.bring, words.language)) if known and known.bring.zh else "",
        ]
        number = case_number.shown(visit.number)
        return slip(words.say("slip.head_booking"), number, [one.replace("\n", " ") for one in lines], number)
