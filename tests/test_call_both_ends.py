"""The kiosk's end of a call and the office's, with only a bad line between them: they come to the same place.

Where a broker is behind, what travels at QoS 0 overtakes what travels at QoS 1.
"""

from __future__ import annotations

import pytest

from edge.call.devices import Devices
from edge.call.effects import OpenLeg, Send, TakeAnswer
from edge.call.session import Session
from office.desk.calls.effects import ToKiosk
from office.desk.calls.line import Line
from office.desk.calls.wish import Wish
from sync.contract import call_screen
from sync.contract.call import State, WrongStepError
from sync.contract.call_qos import call_qos
from sync.contract.call_signals import Alive, Answer, Granted, Heard, IceServer, write

CALL = "0123456789abcdefghij"
RELAY = IceServer(["turn:relay.example:3478"], "1700000000:k", "secret")
SDP = "v=0"


class Both:
    """A kiosk's end and the office's, and what is on its way between them."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.kiosk = Session(CALL)
        self.office = Line(CALL, "gw-1", Wish("civil"), self.now_s, 0)
        self.office.ice = lambda: ([RELAY], False)
        self.answers: list[int] = []
        self.up: list[bytes] = []
        self.down: list[bytes] = []

    def pump(self) -> None:
        """What both want to say is on its way, and what the engine shall do is done."""
        for effect in self.kiosk.take():
            match effect:
                case Send():
                    self.up.append(write(effect.signal))
                case OpenLeg():
                    self.kiosk.offered(effect.leg, SDP, self.now_s)
                case TakeAnswer():
                    self.answers.append(effect.leg)
                case _:
                    pass
        self.up += [write(effect.signal) for effect in self.kiosk.take() if isinstance(effect, Send)]
        self.down += [write(effect.signal) for effect in self.office.take() if isinstance(effect, ToKiosk)]

    def arrive(self) -> None:
        """All that is on its way, what travels at QoS 0 first; again for what follows from it."""
        self.pump()
        while self.up or self.down:
            up, self.up = sorted(self.up, key=call_qos), []
            down, self.down = sorted(self.down, key=call_qos), []
            for payload in up:
                signal = self.office.heard.up(payload)
                if signal is not None:
                    self.office.heard.take(signal, lambda one: self.office.signal(one, self.now_s))
            for payload in down:
                self.kiosk.signal(payload, self.now_s)
            self.pump()

    def ring(self) -> None:
        self.kiosk.start(call_screen.Start(department="civil"), self.now_s)
        self.pump()
        self.office.begin(self.now_s)
        self.office.stands(("a",), 0, None, self.now_s)
        self.up.clear()
        self.arrive()

    def take(self) -> None:
        """A page takes it and answers at once: the grant and the answer are on their way together."""
        self.office.grant("a", "page", "desk 3", self.now_s)
        offer = self.office.offers.open
        assert offer is not None
        self.office.answer(offer.leg, SDP)
        self.arrive()

    def flow(self) -> None:
        leg = self.kiosk_leg
        self.kiosk.media(leg, self.now_s, self.now_s)
        self.office.page_lives(Alive(n=0, leg=leg, media=True), self.now_s)
        self.now_s += 1.0
        self.kiosk.media(leg, self.now_s, self.now_s)
        self.kiosk.tick(self.now_s)
        self.arrive()

    @property
    def kiosk_leg(self) -> int:
        return self.office.offers.leg

    @property
    def states(self) -> tuple[State, State]:
        return self.kiosk.call.state, self.office.call.state


def test_an_answer_that_overtakes_its_grant_is_taken_after_it() -> None:
    both = Both()
    both.ring()
    both.take()
    assert both.states == (State.CONNECTING, State.CONNECTING)
    assert both.answers == [1]
    both.flow()
    assert both.states == (State.CONNECTED, State.CONNECTED)


def test_a_ringing_that_overtakes_the_handing_over_is_heard_after_it() -> None:
    both = Both()
    both.ring()
    both.take()
    both.flow()
    both.office.transfer("labour", "", both.now_s)
    both.office.stands(("b",), 0, None, both.now_s)
    both.arrive()
    assert both.states == (State.RINGING, State.RINGING)
    assert both.kiosk.seen(both.now_s, Devices()).department == "labour"
    both.take()
    both.flow()
    assert both.states == (State.CONNECTED, State.CONNECTED)
    assert both.answers == [1, 2]


def test_an_offer_that_overtakes_the_taking_of_a_ringing_kiosk_is_heard_after_it() -> None:
    both = Both()
    both.office.ring_out(both.now_s, "a", "page", "desk 3")
    both.pump()
    (ring,) = both.down
    both.down.clear()
    signal = Heard().down(ring)
    both.kiosk.rung(signal, both.now_s)  # type: ignore[arg-type]
    both.kiosk.accept(both.now_s, video=True)
    both.arrive()
    assert both.states == (State.CONNECTING, State.CONNECTING)
    assert both.office.offers.open is not None


def test_what_waits_for_what_never_comes_is_forgotten() -> None:
    kiosk = Session(CALL)
    kiosk.start(call_screen.Start(department="civil"), 0.0)
    kiosk.take()
    kiosk.signal(write(Answer(n=3, leg=1, sdp=SDP)), 0.0)
    kiosk.signal(write(Alive(n=4)), 0.0)
    kiosk.signal(write(Granted(n=2, department="civil", by="desk 3")), 0.0)
    assert kiosk.call.state is State.CALLING
    assert kiosk.take() == []


@pytest.mark.parametrize("order", [(3, 2, 2), (2, 3, 3), (3, 3, 2, 2, 3)])
def test_each_number_is_done_once(order: tuple[int, ...]) -> None:
    """Number 3 is no step before number 2."""
    heard, done = Heard(), list[int]()

    def do(signal: Alive) -> None:
        if signal.n == 3 and 2 not in done:
            raise WrongStepError("too soon")
        done.append(signal.n)

    for n in order:
        signal = heard.up(write(Alive(n=n)))
        if isinstance(signal, Alive):
            heard.take(signal, do)
    assert done == [2, 3]


def test_a_call_on_hold_whose_line_was_away_is_on_hold_again() -> None:
    both = Both()
    both.ring()
    both.take()
    both.flow()
    both.office.hold(both.now_s, on=True)
    both.arrive()
    assert both.states == (State.ON_HOLD, State.ON_HOLD)
    for _ in range(50):  # nothing comes or goes
        both.now_s += 0.1
        both.kiosk.tick(both.now_s)
    both.pump()
    both.up.clear()
    both.kiosk.line(both.now_s, up=False)
    both.kiosk.line(both.now_s, up=True)
    for _ in range(130):
        both.now_s += 0.1
        both.kiosk.tick(both.now_s)
        both.arrive()
        if both.office.offers.open is not None:
            break
    offer = both.office.offers.open
    assert offer is not None
    both.office.answer(offer.leg, SDP)
    both.arrive()
    both.flow()
    both.flow()
    assert both.states == (State.ON_HOLD, State.ON_HOLD)
    assert not both.kiosk.speaking
    both.office.hold(both.now_s, on=False)
    both.arrive()
    assert both.states == (State.CONNECTED, State.CONNECTED)
