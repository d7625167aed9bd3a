"""Bookings: with a line the centre decides at once, without one it is a request. No display."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk_ui.booking import PATIENCE_S
from kiosk_ui.content import Services
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from sync.contract.envelope import replaced
from sync.contract.messages import Answer
from tests.kiosk.fake_gateway import done, refused
from tests.kiosk.services_stage import CALENDARS, TIMES, Visit

FREE = dict.fromkeys(TIMES, 2) | {TIMES[0]: 0}
PHONE = "13800000042"


def deciding(*states: str, online: bool = True) -> Visit:
    """A centre that says these, one after the other; empty: it has not got it yet."""
    visit = Visit(online=online)
    said: Iterator[str] = iter(states)
    last = [""]

    def answer(_: object) -> Answer:
        last[0] = next(said, last[0])
        return done(state=last[0], calendar="family-card", starts=TIMES[1]) if last[0] else refused("", "还没有收到")

    visit.gateway.questions["my-booking"] = answer
    visit.gateway.questions["free-slots"] = lambda _: done(**FREE)
    return visit


def chosen(visit: Visit, starts: str = TIMES[1]) -> None:
    visit.press("booking")
    visit.press("booking-calendar", "family-card")
    visit.press("booking-day", starts[:10])
    visit.press("booking-time", starts)


def booked(visit: Visit) -> None:
    chosen(visit)
    visit.type(PHONE)
    visit.press("enter")


def test_with_a_line_it_is_confirmed_within_seconds() -> None:
    visit = deciding("", "", "confirmed")
    booked(visit)
    assert "正在确认" in visit.texts["line"]
    visit.wait(2)
    assert visit.texts["line"] == "约好了，请按时来"
    assert "请带：身份证、结婚证" in visit.texts["detail"]
    (form,) = visit.gateway.forms("booking")
    assert (form["calendar"], form["starts"], form["phone"], form["online"]) == ("family-card", TIMES[1], PHONE, True)
    questions = [arguments for query, arguments in visit.gateway.asked if query == "my-booking"]
    assert questions[0] == {"number": form["number"], "id": "event-1"}


def test_a_centre_that_says_nothing_in_time_leaves_a_request() -> None:
    visit = deciding("")
    booked(visit)
    visit.wait(PATIENCE_S + 1)
    assert visit.texts["line"] == "已登记，还没有确认"
    asked = len(visit.gateway.asked)
    visit.wait(5)
    assert len(visit.gateway.asked) <= asked + 1


def test_a_late_confirmation_is_still_shown() -> None:
    visit = deciding("")
    booked(visit)
    visit.wait(PATIENCE_S - 0.3)
    visit.gateway.questions["my-booking"] = lambda _: done(state="confirmed")
    visit.wait(2)
    assert visit.texts["line"] == "约好了，请按时来"


def test_whoever_lost_the_last_place_keeps_choosing_and_is_not_asked_for_the_telephone_again() -> None:
    visit = deciding("full", "confirmed")
    booked(visit)
    visit.wait(1)
    assert "刚刚被别人约走" in visit.texts["line"]
    assert visit.texts["number"] == ""
    visit.press("booking-other")
    assert visit.place == "booking-time"
    visit.press("booking-time", TIMES[2])
    assert visit.texts["typed"] == PHONE
    visit.press("enter")
    visit.wait(1)
    first, second = visit.gateway.forms("booking")
    assert first["number"] != second["number"]
    assert second["starts"] == TIMES[2]
    assert visit.texts["line"] == "约好了，请按时来"


def test_offline_it_is_a_request_and_the_slip_says_so() -> None:
    visit = deciding(online=False)
    visit.press("booking")
    assert "网络不通" in visit.texts["strip"]
    visit.press("home")
    booked(visit)
    assert visit.texts["line"] == "已登记，还没有确认"
    assert visit.gateway.forms("booking")[0]["online"] is False
    visit.press("slip-print")
    assert "未确认" in "".join(line.text for line in visit.gateway.slips[0].lines)
    assert PHONE not in "".join(line.text for line in visit.gateway.slips[0].lines)
    assert visit.gateway.asked == []


def test_a_time_that_is_full_cannot_be_tapped() -> None:
    visit = deciding("confirmed")
    visit.press("booking")
    visit.press("booking-calendar", "family-card")
    visit.press("booking-day", TIMES[0][:10])
    live = {row.argument: row.live for row in visit.shown().view.rows}
    assert live == {TIMES[0]: False, TIMES[1]: True, TIMES[2]: True, TIMES[3]: True}


def test_a_calendar_that_changed_meanwhile_is_said_and_another_time_is_chosen() -> None:
    visit = deciding("confirmed")
    chosen(visit)
    visit.type(PHONE)
    changed = replaced(
        CALENDARS["family-card"], slots=[slot for slot in CALENDARS["family-card"].slots if slot.starts != TIMES[1]]
    )
    visit.heard("services", Services(version="2", calendars={**CALENDARS, "family-card": changed}))
    visit.press("enter")
    assert visit.place == "booking-time"
    assert "时间表刚刚改了" in visit.texts["strip"]
    assert visit.gateway.forms("booking") == []
    assert TIMES[1] not in visit.rows("booking-time")


def test_a_calendar_that_is_gone_strands_nobody() -> None:
    visit = deciding("confirmed")
    chosen(visit)
    visit.type(PHONE)
    visit.heard("services", Services(version="2"))
    visit.press("enter")
    assert visit.texts["empty"]
    visit.press("home")
    visit.press("booking")
    assert "没有可以预约的" in visit.texts["empty"]


def test_past_times_are_not_offered() -> None:
    visit = deciding("confirmed")
    old = replaced(CALENDARS["legal"], slots=[replaced(CALENDARS["legal"].slots[0], starts="2026-11-23T09:00")])
    visit.heard("services", Services(version="2", calendars={"legal": old}))
    visit.press("booking")
    (row,) = visit.shown().view.rows
    assert not row.live


def test_a_number_that_is_too_short_is_said() -> None:
    visit = deciding("confirmed")
    chosen(visit)
    visit.type("138")
    visit.press("enter")
    assert "不完整" in visit.texts["line"]
    assert visit.place == "booking-phone"


def test_a_gateway_that_is_away_is_tried_again() -> None:
    visit = deciding("confirmed")
    chosen(visit)
    visit.type(PHONE)
    visit.gateway.there = False
    visit.press("enter")
    assert "还没有存上" in visit.texts["line"]
    visit.gateway.there = True
    visit.wait(4)
    assert len(visit.gateway.forms("booking")) == 1
    assert visit.texts["line"] == "约好了，请按时来"


def test_nothing_of_a_booking_outlives_its_session() -> None:
    visit = deciding("confirmed")
    chosen(visit)
    visit.type(PHONE)
    visit.wait(IDLE_S + COUNTDOWN_S + 1)
    assert visit.kiosk.flow.session.booking.phone == ""
    assert not [name for name in visit.kiosk.hears if name.startswith(("sent-", "asked-"))]


def test_back_from_what_is_booked_does_not_book_again() -> None:
    visit = deciding("confirmed")
    booked(visit)
    visit.wait(1)
    visit.press("back")
    assert visit.place == "home"
    assert len(visit.gateway.forms("booking")) == 1


def test_a_guide_leads_to_its_calendar() -> None:
    visit = deciding("confirmed")
    visit.kiosk.flow.deeds["guide-book"]("family-card", visit.at)
    assert visit.place == "booking-day"
    visit.kiosk.flow.deeds["guide-book"]("nothing", visit.at)
    assert visit.place == "booking-day"
