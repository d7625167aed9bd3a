"""Every way a call goes on and ends at the kiosk's end, with time as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from edge.call.devices import Devices
from edge.call.effects import CloseLeg, DropStill, Effect, OpenLeg, Send, TakeAnswer, TakeStill, Tell
from edge.call.reception import SCREEN_S, SOS_AGAIN_S, Reception
from edge.call.session import Session
from sync.contract import call_data, call_screen
from sync.contract.call import ANSWER_S, DEAD_S, HOLD_S, KEEP_S, QUEUE_S, RING_BACK_S, RING_S, Reason, State
from sync.contract.call_screen import CallSeen, Good
from sync.contract.call_signals import (
    MAX_SDP,
    Accept,
    Alive,
    Answer,
    Bye,
    Down,
    Granted,
    Hold,
    IceServer,
    Offer,
    Quality,
    Queued,
    Renew,
    Ring,
    Ringing,
    Start,
    Transferred,
    Up,
    Ways,
    write,
)
from sync.contract.envelope import ContractError, encode, replaced

ICE = [IceServer(["turn:relay.example:3478"], "1700000000:k", "secret")]


@dataclass
class Kiosk:
    """A reception with an office in the test's hand and a clock that the test turns."""

    reception: Reception = field(default_factory=lambda: Reception(_ids().__next__, "general"))
    now_s: float = 100.0
    effects: list[Effect] = field(default_factory=list)
    n: int = 0

    @property
    def session(self) -> Session:
        assert self.reception.session is not None
        return self.reception.session

    @property
    def state(self) -> State:
        return self.session.call.state

    def is_in(self, state: State) -> bool:
        return self.state is state

    def ended_by(self, reason: Reason) -> bool:
        return self.reason is reason

    @property
    def reason(self) -> Reason | None:
        return self.session.call.reason

    @property
    def seen(self) -> CallSeen:
        return self.reception.seen(self.now_s, Devices())

    def do(self) -> list[Effect]:
        effects = self.reception.take()
        self.effects += effects
        return effects

    def sent(self, kind: type[Up]) -> list[Up]:
        self.do()
        return [one.signal for one in self.effects if isinstance(one, Send) and isinstance(one.signal, kind)]

    def asked(self, kind: type[Effect]) -> list[Effect]:
        self.do()
        return [one for one in self.effects if isinstance(one, kind)]

    def start(self, **more: object) -> None:
        self.reception.wish(call_screen.Start(department="civil", **more), self.now_s)  # type: ignore[arg-type]

    def hear(self, signal: Down, call: str = "") -> None:
        self.n += 1
        self.raw(write(replaced(signal, n=self.n)), call)

    def raw(self, payload: bytes, call: str = "") -> None:
        self.reception.signal(call or self.session.call.id, payload, self.now_s)

    def wait(self, seconds: float, *, media: int = 0, alive: bool = True) -> None:
        """Time passes in steps of the engine; `media`: packets keep coming on that leg."""
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            self.now_s = round(self.now_s + 0.1, 6)
            if media:
                self.session.media(media, self.now_s, self.now_s)
            if alive and self.reception.living is not None and self.state in (State.QUEUED, State.RINGING):
                self.hear(Alive(n=0))
            self.reception.tick(self.now_s)
        self.do()

    def ring(self) -> None:
        self.hear(Ringing(n=0, department="civil", ice=ICE))
        self.session.offered(1, "offer 1", self.now_s)

    def connect(self) -> None:
        self.start()
        self.ring()
        self.hear(Granted(n=0, department="civil", by="民政科 3 号"))
        self.hear(Answer(n=0, leg=1, sdp="answer 1"))
        self.session.media(1, self.now_s, self.now_s)
        self.do()
        assert self.state is State.CONNECTED


def _ids() -> Iterator[str]:
    return (f"{n:020d}" for n in count(1))


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk()


def connected() -> Kiosk:
    kiosk = Kiosk()
    kiosk.connect()
    return kiosk


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


# --- bad input


def test_what_does_not_rise_is_a_replay_and_changes_nothing() -> None:
    kiosk = connected()
    kiosk.raw(write(Bye(n=kiosk.n, reason=Reason.OFFICE)))
    assert kiosk.is_in(State.CONNECTED)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"type":"answer"}',
        b'{"type":"answer","n":99,"leg":1,"sdp":"' + b"v" * 1_000_000 + b'"}',
        b'{"type":"answer","n":99,"leg":1,"sdp":""}',
        b'{"type":"bye","n":99,"reason":"whatever"}',
        b'{"type":"bye","n":-1,"reason":"office"}',
        b'{"type":"start","n":99,"department":"civil"}',
        b"[" * 10_000,
    ],
)
def test_a_broken_signal_is_counted_and_touches_nothing(payload: bytes) -> None:
    kiosk = connected()
    before = kiosk.session.call
    kiosk.raw(payload)
    assert kiosk.session.call == before
    assert kiosk.reception.notes == {"broken": 1}


def test_a_signal_of_a_foreign_call_touches_nothing() -> None:
    kiosk = connected()
    kiosk.hear(Bye(n=0, reason=Reason.OFFICE), call="d" * 20)
    assert kiosk.is_in(State.CONNECTED)
    assert kiosk.reception.notes == {"foreign": 1}


def test_a_call_id_is_used_once(kiosk: Kiosk) -> None:
    ring = write(Ring(n=1, department="civil", by="1"))
    kiosk.reception.signal("e" * 20, ring, kiosk.now_s)
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    kiosk.start()
    kiosk.reception.signal("e" * 20, ring, kiosk.now_s)
    assert kiosk.reception.notes == {"used id": 1}
    kiosk.reception.signal("NOT AN ID", ring, kiosk.now_s)
    assert kiosk.reception.notes == {"used id": 2}


def test_a_signal_that_is_no_step_of_this_state_changes_nothing() -> None:
    kiosk = connected()
    before = kiosk.session.call
    for signal in (
        Granted(n=0, department="x", by="y"),
        Queued(n=0, department="x", place=1),
        Ringing(n=0, department="x"),
        Hold(n=0, on=False),
        Renew(n=0, leg=99),
        Ring(n=0, department="x", by="y"),
    ):
        kiosk.hear(signal)
    assert (kiosk.session.call, kiosk.seen.department) == (before, "civil")
    assert len(kiosk.asked(OpenLeg)) == 1


def test_a_description_of_a_megabyte_is_refused_by_the_contract() -> None:
    session = Session("f" * 20)
    session.start(call_screen.Start(department="civil"), 0.0)
    with pytest.raises(ContractError):
        session.signal(write(Answer(n=1, leg=1, sdp="v" * (MAX_SDP + 1))), 0.0)


# --- the table both look at


def test_words_a_guide_and_circles_reach_the_screen_and_end_with_the_call() -> None:
    kiosk = connected()
    for n in range(7):
        kiosk.session.data(encode(call_data.Text(f"{n}")), kiosk.now_s)
    kiosk.session.data(encode(call_data.Show("id-card", 2)), kiosk.now_s)
    kiosk.session.data(encode(call_data.StillAsk()), kiosk.now_s)
    assert kiosk.asked(TakeStill) == [TakeStill()]
    kiosk.session.table.showing(call_screen.Still("/dev/shm/x", 1600, 1200))
    kiosk.session.data(encode(call_data.Mark(1, [(0.1, 0.2), (0.3, 0.4)])), kiosk.now_s)
    seen = kiosk.seen
    assert seen.texts == ["2", "3", "4", "5", "6"]
    assert (seen.guide, seen.card) == ("id-card", 2)
    assert seen.still is not None
    assert seen.still.marks == [[(0.1, 0.2), (0.3, 0.4)]]
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    assert (kiosk.seen.texts, kiosk.seen.guide, kiosk.seen.still) == ([], "", None)
    assert DropStill() in kiosk.asked(DropStill)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{}",
        "不是 JSON",
        b'{"type":"text","text":""}',
        b'{"type":"text","text":"' + b"x" * 501 + b'"}',
        b'{"type":"show","guide":"' + b"g" * 101 + b'"}',
        b'{"type":"show","guide":"g","card":-1}',
        b'{"type":"mark","mark":1,"points":[[0.1,0.1],[0.2,0.2]]}',
        b'{"type":"mark","mark":1,"points":[[0.1,1e400],[0.2,0.2]]}',
        b"x" * 100_000,
    ],
)
def test_what_is_not_understood_on_the_data_channel_is_dropped(message: bytes | str) -> None:
    kiosk = connected()
    assert not kiosk.session.data(message, kiosk.now_s)
    assert kiosk.is_in(State.CONNECTED)


def test_a_page_that_floods_the_data_channel_is_not_listened_to() -> None:
    kiosk = connected()
    taken = [kiosk.session.data(encode(call_data.Text("x")), kiosk.now_s) for _ in range(1000)]
    assert sum(taken) <= 50


def test_a_phrase_goes_to_the_page_and_only_inside_a_call(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.reception.wish(call_screen.Say("听不清"), kiosk.now_s)
    assert kiosk.asked(Tell) == []
    kiosk = connected()
    kiosk.reception.wish(call_screen.Say("听不清"), kiosk.now_s)
    assert kiosk.asked(Tell) == [Tell(call_data.Text("听不清"))]


def test_volume_has_its_bounds_and_is_normal_again_with_the_next_call() -> None:
    kiosk = connected()
    kiosk.reception.wish(call_screen.Volume(99), kiosk.now_s)
    assert kiosk.seen.volume_db == 18
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    kiosk.start()
    assert kiosk.seen.volume_db == 0
