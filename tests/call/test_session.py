"""The way to a face and every way a call ends at the kiosk's end, with time as an argument."""

from __future__ import annotations

import pytest

from edge.call.effects import CloseLeg, OpenLeg, Send, TakeAnswer
from sync.contract import call_screen
from sync.contract.call import ANSWER_S, QUEUE_S, RING_S, Reason, State
from sync.contract.call_signals import (
    Alive,
    Answer,
    Bye,
    Hold,
    Offer,
    Quality,
    Queued,
    Ringing,
    Start,
    Ways,
)
from tests.call.kiosk_end import ICE, Kiosk, connected

# --- the way to a face


def test_the_offer_goes_out_while_it_rings_so_that_answering_is_one_step(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.hear(Ringing(n=0, department="civil", ice=ICE, relay_only=True))
    assert kiosk.asked(OpenLeg) == [OpenLeg(1, tuple(ICE), relay_only=True)]
    kiosk.session.offered(1, "offer", kiosk.now_s)
    assert [one.leg for one in kiosk.sent(Offer) if isinstance(one, Offer)] == [1]
    assert kiosk.is_in(State.RINGING)


def test_every_signal_has_a_number_above_the_one_before(kiosk: Kiosk) -> None:
    kiosk.connect()
    kiosk.wait(3, media=1)
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    numbers = [one.signal.n for one in kiosk.asked(Send) if isinstance(one, Send)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 5


def test_an_answer_without_a_grant_opens_nothing(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.ring()
    kiosk.hear(Answer(n=0, leg=1, sdp="forged"))
    assert kiosk.asked(TakeAnswer) == []


def test_a_second_answer_to_the_same_leg_changes_nothing() -> None:
    kiosk = connected()
    kiosk.hear(Answer(n=0, leg=1, sdp="another"))
    kiosk.hear(Answer(n=0, leg=7, sdp="of no leg"))
    assert kiosk.asked(TakeAnswer) == [TakeAnswer(1, "answer 1")]


def test_who_waits_in_a_queue_is_on_no_camera_and_reads_place_and_time(kiosk: Kiosk) -> None:
    kiosk.start()
    assert kiosk.session.camera_wanted
    kiosk.hear(Queued(n=0, department="civil", place=3, wait_s=240))
    assert (kiosk.seen.place, kiosk.seen.wait_s, kiosk.session.camera_wanted) == (3, 240, False)
    kiosk.hear(Queued(n=0, department="civil", place=2))
    assert (kiosk.seen.place, kiosk.seen.wait_s) == (2, None)
    kiosk.ring()
    assert kiosk.session.camera_wanted
    assert kiosk.seen.place == 0


def test_a_call_without_picture_opens_no_camera(kiosk: Kiosk) -> None:
    kiosk.start(video=False)
    kiosk.ring()
    assert not kiosk.session.camera_wanted
    assert kiosk.session.sound_wanted


def test_a_double_tap_is_one_call(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.start()
    assert len(kiosk.sent(Start)) == 1


def test_each_end_says_every_second_that_it_lives() -> None:
    kiosk = connected()
    before = len(kiosk.sent(Alive))
    kiosk.session.measured(Quality(loss=0.01))
    kiosk.wait(10, media=1)
    said = kiosk.sent(Alive)[before:]
    assert 9 <= len(said) <= 11
    assert isinstance(said[-1], Alive)
    assert (said[-1].leg, said[-1].media, said[-1].quality) == (1, True, Quality(loss=0.01))


# --- endings


def test_without_a_line_it_is_refused_at_once_and_nothing_is_sent(kiosk: Kiosk) -> None:
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.start()
    assert (kiosk.state, kiosk.reason) == (State.ENDED, Reason.OFFLINE)
    assert kiosk.asked(Send) == []


def test_a_start_that_the_gateway_cannot_send_ends_offline(kiosk: Kiosk) -> None:
    kiosk.start()
    (send,) = kiosk.asked(Send)
    assert isinstance(send, Send)
    kiosk.reception.unsent(send, kiosk.now_s)
    assert kiosk.ended_by(Reason.OFFLINE)


def test_an_office_that_says_nothing_at_all_is_no_answer(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.wait(ANSWER_S + 0.2)
    assert kiosk.ended_by(Reason.NO_ANSWER)
    assert isinstance(kiosk.sent(Bye)[0], Bye)


def test_it_rings_so_long_and_no_longer(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.ring()
    kiosk.wait(RING_S - 0.5)
    assert kiosk.is_in(State.RINGING)
    kiosk.wait(1)
    assert kiosk.ended_by(Reason.NO_ANSWER)


def test_a_queue_has_an_end(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.hear(Queued(n=0, department="civil", place=1))
    kiosk.now_s += QUEUE_S + 1
    kiosk.reception.tick(kiosk.now_s)
    assert kiosk.ended_by(Reason.NO_ANSWER)


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.ABSENT, Reason.CLOSED, Reason.REFUSED, Reason.OFFICE])
def test_the_office_ends_it_with_its_reason_and_what_can_be_done_instead(kiosk: Kiosk, reason: Reason) -> None:
    kiosk.start()
    ways = Ways(callback=True, hotline="0571 8765", others=["labour"])
    kiosk.hear(Bye(n=0, reason=reason, ways=ways))
    assert (kiosk.seen.reason, kiosk.seen.ways) == (reason, ways)
    assert kiosk.sent(Bye) == []


@pytest.mark.parametrize("steps", ["calling", "queued", "ringing", "connected", "on hold"])
def test_the_resident_can_hang_up_everywhere(steps: str) -> None:
    kiosk = Kiosk()
    if steps in {"connected", "on hold"}:
        kiosk.connect()
    else:
        kiosk.start()
    if steps == "queued":
        kiosk.hear(Queued(n=0, department="civil", place=1))
    if steps == "ringing":
        kiosk.ring()
    if steps == "on hold":
        kiosk.hear(Hold(n=0, on=True))
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    (bye,) = kiosk.sent(Bye)
    assert isinstance(bye, Bye)
    assert bye.reason is Reason.RESIDENT
    assert not kiosk.session.camera_wanted
    assert not kiosk.session.sound_wanted
    opened = {one.leg for one in kiosk.asked(OpenLeg) if isinstance(one, OpenLeg)}
    closed = {one.leg for one in kiosk.asked(CloseLeg) if isinstance(one, CloseLeg)}
    assert opened == closed


def test_a_desk_that_vanishes_while_it_rings_strands_nobody(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.ring()
    kiosk.hear(Alive(n=0))
    kiosk.wait(10.2, alive=False)
    assert kiosk.ended_by(Reason.DESK_GONE)


def test_a_line_that_stays_away_while_waiting_ends_it(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.hear(Queued(n=0, department="civil", place=1))
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.wait(9.5, alive=False)
    assert kiosk.is_in(State.QUEUED)
    kiosk.wait(1, alive=False)
    assert kiosk.ended_by(Reason.OFFLINE)


def test_a_signal_that_the_gateway_refuses_ends_it_as_refused(kiosk: Kiosk) -> None:
    kiosk.start()
    (send,) = kiosk.asked(Send)
    assert isinstance(send, Send)
    kiosk.reception.refused(send, kiosk.now_s)
    assert kiosk.ended_by(Reason.REFUSED)


def test_a_media_engine_that_breaks_is_an_end_with_its_reason() -> None:
    kiosk = connected()
    kiosk.reception.engine_failed(kiosk.now_s)
    assert kiosk.ended_by(Reason.ENGINE)
    (bye,) = kiosk.sent(Bye)
    assert isinstance(bye, Bye)
    assert bye.reason is Reason.ENGINE


def test_a_good_bye_that_could_not_be_said_is_said_when_the_line_is_back() -> None:
    kiosk = connected()
    kiosk.reception.line(kiosk.now_s, up=False)
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    (bye,) = [one for one in kiosk.do() if isinstance(one, Send)]
    kiosk.reception.unsent(bye, kiosk.now_s)
    kiosk.now_s += 20
    kiosk.reception.line(kiosk.now_s, up=True)
    assert bye in kiosk.do()
