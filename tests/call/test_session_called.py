"""The office calls a kiosk, and an SOS takes it over."""

from __future__ import annotations

from edge.call.effects import OpenLeg, Send
from edge.call.reception import SCREEN_S, SOS_AGAIN_S
from sync.contract import call_screen
from sync.contract.call import RING_BACK_S, Reason, State
from sync.contract.call_signals import (
    Accept,
    Answer,
    Bye,
    Granted,
    Ring,
    Start,
    write,
)
from tests.call.kiosk_end import ICE, Kiosk, connected

# --- the office calls


def incoming(**more: object) -> Kiosk:
    kiosk = Kiosk()
    ring = Ring(n=1, department="civil", by="民政科 3 号", ice=ICE, **more)  # type: ignore[arg-type]
    kiosk.n = 1
    kiosk.reception.signal("a" * 20, write(ring), kiosk.now_s)
    return kiosk


def test_a_call_from_the_office_opens_nothing_before_it_is_taken() -> None:
    kiosk = incoming()
    assert kiosk.seen.incoming
    assert (kiosk.session.camera_wanted, kiosk.session.sound_wanted) == (False, False)
    assert kiosk.asked(OpenLeg) == []
    kiosk.reception.wish(call_screen.Accept(), kiosk.now_s)
    assert len(kiosk.sent(Accept)) == 1
    assert (kiosk.state, kiosk.session.camera_wanted, kiosk.seen.incoming) == (State.CONNECTING, True, False)
    kiosk.session.offered(1, "offer", kiosk.now_s)
    kiosk.hear(Granted(n=0, department="civil", by="3"))
    kiosk.hear(Answer(n=0, leg=1, sdp="answer"))
    kiosk.wait(0.2, media=1)
    assert kiosk.is_in(State.CONNECTED)


def test_a_call_from_the_office_can_be_declined() -> None:
    kiosk = incoming()
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    assert kiosk.ended_by(Reason.DECLINED)


def test_a_kiosk_does_not_ring_for_ever_in_a_shop() -> None:
    kiosk = incoming()
    kiosk.wait(RING_BACK_S + 0.5)
    assert kiosk.ended_by(Reason.NO_ANSWER)


def test_a_call_about_an_sos_is_taken_without_a_tap_by_sound_only() -> None:
    kiosk = incoming(alarm="0190")
    assert len(kiosk.sent(Accept)) == 1
    assert (kiosk.session.camera_wanted, kiosk.session.sound_wanted) == (False, True)


def test_a_kiosk_in_a_call_says_busy_and_its_own_call_goes_on() -> None:
    kiosk = connected()
    kiosk.reception.signal("b" * 20, write(Ring(n=1, department="labour", by="1")), kiosk.now_s)
    (busy,) = [one for one in kiosk.do() if isinstance(one, Send)]
    assert (busy.call, busy.signal) == ("b" * 20, Bye(n=1, reason=Reason.BUSY))
    assert kiosk.is_in(State.CONNECTED)


# --- SOS


def test_an_sos_takes_the_kiosk_over_and_says_so_to_the_call_it_ends() -> None:
    kiosk = connected()
    before = kiosk.session.call.id
    kiosk.reception.alarm("0190", kiosk.now_s)
    byes = [one for one in kiosk.asked(Send) if isinstance(one, Send) and isinstance(one.signal, Bye)]
    assert [(one.call, one.signal.reason) for one in byes if isinstance(one.signal, Bye)] == [(before, Reason.REPLACED)]
    start = kiosk.sent(Start)[-1]
    assert isinstance(start, Start)
    assert (start.department, start.alarm, start.video) == ("general", "0190", False)
    assert kiosk.session.call.id != before


def test_a_ring_about_an_sos_takes_the_kiosk_over() -> None:
    kiosk = connected()
    kiosk.reception.signal("c" * 20, write(Ring(n=1, department="general", by="1", alarm="0190")), kiosk.now_s)
    assert (kiosk.session.call.id, kiosk.state) == ("c" * 20, State.CONNECTING)


def test_an_sos_call_lives_without_a_screen_and_another_does_not() -> None:
    kiosk = connected()
    kiosk.reception.screen_came()
    kiosk.reception.screen_left(kiosk.now_s)
    kiosk.wait(SCREEN_S - 0.5, media=1)
    assert kiosk.is_in(State.CONNECTED)
    kiosk.wait(1, media=1)
    assert kiosk.ended_by(Reason.IDLE)
    kiosk.reception.alarm("0190", kiosk.now_s)
    kiosk.wait(SCREEN_S + 1)
    assert kiosk.reception.living is not None


def test_a_screen_that_comes_back_in_time_finds_its_call() -> None:
    kiosk = connected()
    kiosk.reception.screen_came()
    kiosk.reception.screen_left(kiosk.now_s)
    kiosk.wait(4, media=1)
    kiosk.reception.screen_came()
    kiosk.wait(10, media=1)
    assert kiosk.is_in(State.CONNECTED)


def test_a_voice_that_was_not_reached_is_tried_again_until_the_alarm_is_closed(kiosk: Kiosk) -> None:
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.reception.alarm("0190", kiosk.now_s)
    assert kiosk.ended_by(Reason.OFFLINE)
    kiosk.reception.line(kiosk.now_s, up=True)
    kiosk.wait(SOS_AGAIN_S + 0.3)
    assert kiosk.is_in(State.CALLING)
    kiosk.reception.alarm_over("0190")
    kiosk.hear(Bye(n=0, reason=Reason.NO_ANSWER))
    kiosk.wait(60)
    assert len(kiosk.sent(Start)) == 1


def test_an_sos_that_was_heard_is_not_called_again(kiosk: Kiosk) -> None:
    kiosk.reception.alarm("0190", kiosk.now_s)
    kiosk.ring()
    kiosk.hear(Granted(n=0, department="general", by="1"))
    kiosk.hear(Answer(n=0, leg=1, sdp="answer"))
    kiosk.wait(1, media=1)
    kiosk.hear(Bye(n=0, reason=Reason.DESK_GONE))
    kiosk.wait(60)
    assert len(kiosk.sent(Start)) == 1
