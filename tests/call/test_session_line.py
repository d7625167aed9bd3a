"""A line that goes and comes inside a call, hold and transfer, at the kiosk's end."""

from __future__ import annotations

import pytest

from edge.call.effects import CloseLeg, OpenLeg
from sync.contract.call import DEAD_S, HOLD_S, KEEP_S, RING_S, Reason, State
from sync.contract.call_screen import Good
from sync.contract.call_signals import (
    Alive,
    Answer,
    Granted,
    Hold,
    Offer,
    Quality,
    Renew,
    Ringing,
    Transferred,
)
from tests.call.kiosk_end import ICE, Kiosk, connected

# --- the line inside a call


def test_silence_is_said_before_three_seconds_and_dialled_anew_at_three() -> None:
    kiosk = connected()
    kiosk.wait(2.1)
    assert kiosk.seen.good is Good.AWAY
    assert kiosk.asked(OpenLeg)[-1] == OpenLeg(1, tuple(ICE), relay_only=False)
    kiosk.wait(DEAD_S - 2.1 + 0.1)
    assert kiosk.is_in(State.CONNECTING)
    assert kiosk.asked(OpenLeg)[-1] == OpenLeg(2, tuple(ICE), relay_only=False)
    assert kiosk.seen.away_s >= DEAD_S


def test_the_next_leg_is_the_same_call_and_closes_the_one_before() -> None:
    kiosk = connected()
    call = kiosk.session.call.id
    kiosk.wait(3.2)
    kiosk.session.offered(2, "offer 2", kiosk.now_s)
    kiosk.hear(Answer(n=0, leg=2, sdp="answer 2"))
    kiosk.wait(0.5, media=2)
    assert (kiosk.state, kiosk.session.call.id, kiosk.seen.good) == (State.CONNECTED, call, Good.GOOD)
    assert kiosk.asked(CloseLeg) == [CloseLeg(1)]


def test_a_line_that_was_only_pulled_for_a_moment_comes_back_on_the_old_leg() -> None:
    kiosk = connected()
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.wait(5)
    assert kiosk.is_in(State.CONNECTING)
    kiosk.wait(0.2, media=1)
    assert kiosk.is_in(State.CONNECTED)
    kiosk.reception.line(kiosk.now_s, up=True)
    kiosk.wait(6, media=1)
    assert kiosk.is_in(State.CONNECTED)
    assert CloseLeg(2) in kiosk.asked(CloseLeg)
    assert len(kiosk.sent(Offer)) == 1


@pytest.mark.parametrize("away_s", [5, 20, 45])
def test_a_line_that_comes_back_with_another_address_goes_on_in_the_same_call(away_s: float) -> None:
    kiosk = connected()
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.session.moved(kiosk.now_s)
    kiosk.wait(away_s)
    assert kiosk.is_in(State.CONNECTING)
    kiosk.session.moved(kiosk.now_s)
    newest = [one for one in kiosk.asked(OpenLeg) if isinstance(one, OpenLeg)][-1].leg
    kiosk.session.offered(newest, "offer", kiosk.now_s)
    kiosk.reception.line(kiosk.now_s, up=True)
    kiosk.do()
    offers = [one for one in kiosk.sent(Offer) if isinstance(one, Offer)]
    assert offers[-1].leg == newest
    kiosk.hear(Answer(n=0, leg=newest, sdp="answer"))
    kiosk.wait(0.3, media=newest)
    assert kiosk.is_in(State.CONNECTED)


def test_a_line_that_stays_away_is_kept_for_a_minute_and_then_ends() -> None:
    kiosk = connected()
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.wait(DEAD_S + KEEP_S - 1)
    assert kiosk.reception.living is not None
    kiosk.wait(2)
    assert kiosk.ended_by(Reason.LOST)


def test_an_offer_that_nobody_answers_is_made_anew() -> None:
    kiosk = Kiosk()
    kiosk.start()
    kiosk.ring()
    kiosk.hear(Granted(n=0, department="civil", by="3"))
    kiosk.wait(4.2)
    assert [one.leg for one in kiosk.asked(OpenLeg) if isinstance(one, OpenLeg)] == [1, 2]


def test_another_address_is_dialled_from_within_a_second_when_the_sound_stops() -> None:
    kiosk = connected()
    kiosk.wait(1, media=1)
    kiosk.session.moved(kiosk.now_s)
    kiosk.wait(1)
    assert kiosk.asked(OpenLeg)[-1] == OpenLeg(2, tuple(ICE), relay_only=False)


def test_a_page_that_closed_its_end_is_dialled_anew_within_a_second() -> None:
    kiosk = connected()
    kiosk.session.leg_failed(1)
    kiosk.wait(1)
    assert kiosk.asked(OpenLeg)[-1] == OpenLeg(2, tuple(ICE), relay_only=False)


def test_another_address_leaves_a_call_alone_that_flows_on() -> None:
    kiosk = connected()
    kiosk.session.moved(kiosk.now_s)
    kiosk.wait(15, media=1)
    assert len(kiosk.asked(OpenLeg)) == 1


def test_a_page_that_hears_nothing_asks_for_the_next_leg_and_gets_it_once() -> None:
    kiosk = connected()
    kiosk.hear(Renew(n=0, leg=1))
    kiosk.hear(Renew(n=0, leg=1))
    kiosk.wait(1, media=1)
    assert kiosk.is_in(State.CONNECTING)
    assert [one.leg for one in kiosk.asked(OpenLeg) if isinstance(one, OpenLeg)] == [1, 2]


def test_a_bad_line_has_its_words() -> None:
    kiosk = connected()
    for quality, good in (
        (Quality(loss=0.01, rtt_ms=40), Good.GOOD),
        (Quality(loss=0.05), Good.FAIR),
        (Quality(rtt_ms=900), Good.POOR),
        (Quality(sound_only=True), Good.POOR),
    ):
        kiosk.session.measured(quality)
        assert kiosk.seen.good is good


# --- hold and transfer


def test_on_hold_nobody_looks_and_nobody_listens_and_it_comes_back() -> None:
    kiosk = connected()
    kiosk.hear(Hold(n=0, on=True))
    assert (kiosk.session.camera_wanted, kiosk.session.speaking, kiosk.session.sound_wanted) == (False, False, True)
    kiosk.wait(30, media=1)
    assert kiosk.is_in(State.ON_HOLD)
    kiosk.hear(Hold(n=0, on=False))
    assert (kiosk.session.camera_wanted, kiosk.session.speaking) == (True, True)


def test_a_hold_has_an_end() -> None:
    kiosk = connected()
    kiosk.hear(Hold(n=0, on=True))
    kiosk.wait(HOLD_S + 1, media=1)
    assert kiosk.ended_by(Reason.LOST)


def test_a_page_that_sends_nothing_while_on_hold_but_lives_is_not_dead() -> None:
    kiosk = connected()
    kiosk.hear(Hold(n=0, on=True))
    for _ in range(10):
        kiosk.wait(1)
        kiosk.hear(Alive(n=0))
    assert kiosk.is_in(State.ON_HOLD)


def test_a_transfer_ends_the_media_and_rings_elsewhere() -> None:
    kiosk = connected()
    kiosk.hear(Transferred(n=0, department="labour"))
    assert CloseLeg(1) in kiosk.asked(CloseLeg)
    assert (kiosk.seen.department, kiosk.seen.by, kiosk.session.camera_wanted) == ("labour", "", False)
    kiosk.hear(Ringing(n=0, department="labour", ice=[]))
    assert kiosk.asked(OpenLeg)[-1] == OpenLeg(2, (), relay_only=False)
    kiosk.session.offered(2, "offer 2", kiosk.now_s)
    kiosk.hear(Granted(n=0, department="labour", by="社保科 1 号"))
    kiosk.hear(Answer(n=0, leg=2, sdp="answer 2"))
    kiosk.wait(0.2, media=2)
    assert kiosk.is_in(State.CONNECTED)


def test_a_transfer_that_nobody_takes_ends() -> None:
    kiosk = connected()
    kiosk.hear(Transferred(n=0, department="labour"))
    kiosk.wait(RING_S + 1)
    assert kiosk.ended_by(Reason.NO_ANSWER)
