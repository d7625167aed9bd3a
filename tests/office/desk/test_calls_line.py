"""One call as pure logic, under everything a kiosk and pages can say in any order: it stays one call, and it ends."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from office.desk.calls.effects import Changed, ToKiosk, ToPage
from office.desk.calls.line import Line
from office.desk.calls.patience import HAD
from office.desk.calls.wish import Wish
from sync.contract.call import Reason, State, WrongStepError
from sync.contract.call_signals import Accept, Alive, Answer, Bye, Granted, Offer, Quality, Renew, Start

CLERKS = ("a", "b")
PAGES = ("p", "q")

LEGS = st.integers(1, 4)
SIGNALS = st.one_of(
    st.builds(Start, n=st.just(1), department=st.just("civil")),
    st.builds(Accept, n=st.just(1)),
    st.builds(Offer, n=st.just(1), leg=LEGS, sdp=st.just("v=0")),
    st.builds(Alive, n=st.just(1), leg=LEGS, media=st.booleans(), quality=st.none() | st.builds(Quality)),
    st.builds(Renew, n=st.just(1), leg=LEGS),
)
STEPS = st.one_of(
    st.tuples(st.just("kiosk"), SIGNALS),
    st.tuples(st.just("stands"), st.booleans()),
    st.tuples(st.just("grant"), st.sampled_from(CLERKS), st.sampled_from(PAGES)),
    st.tuples(st.just("resume"), st.sampled_from(PAGES), LEGS, st.booleans()),
    st.tuples(st.just("answer"), LEGS),
    st.tuples(st.just("alive"), LEGS, st.booleans()),
    st.tuples(st.just("renew"), LEGS),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(
        st.just("transfer"),
    ),
    st.tuples(
        st.just("gone"),
    ),
    st.tuples(st.just("later"), st.sampled_from([0.25, 1.0, 2.0, 5.0, 20.0])),
)


def do(line: Line, step: tuple[Any, ...], now_s: float) -> None:  # noqa: C901 - a table
    match step:
        case ("kiosk", signal):
            line.signal(signal, now_s)
        case ("stands", rings) if line.waits:
            line.stands(("a", "b") if rings else (), 0 if rings else 1, None, now_s)
        case ("grant", clerk, page):
            line.grant(clerk, page, "desk", now_s)
        case ("resume", page, leg, media):
            line.resume(page, leg, now_s, media=media)
        case ("answer", leg):
            line.answer(leg, "v=0")
        case ("alive", leg, media):
            line.page_lives(Alive(n=1, leg=leg, media=media), now_s)
        case ("renew", leg):
            line.renew(leg, now_s)
        case ("hold", on):
            line.hold(now_s, on=on)
        case ("transfer",):
            line.transfer("housing", "", now_s)
        case ("gone",):
            line.page_gone(now_s)


class Watch:
    """What must hold after every step."""

    def __init__(self, line: Line) -> None:
        self.line, self.n, self.answered = line, 0, set[int]()
        self.ended = 0

    def look(self) -> None:
        line = self.line
        for effect in line.take():
            match effect:
                case ToKiosk(signal):
                    assert signal.n > self.n, "numbers rise"
                    self.n = signal.n
                    assert not self.ended or isinstance(signal, Bye), "nothing after the end"
                    if isinstance(signal, Answer):
                        assert line.call.state in HAD or not line.lives
                    if isinstance(signal, Granted):
                        assert line.clerk
                case ToPage(page, _):
                    assert page
                case Changed("ended"):
                    self.ended += 1
        assert self.ended == (0 if line.lives else 1), "one end"
        if line.lives and line.call.state in HAD:
            assert line.clerk, "somebody has it"
        if line.waits:
            assert not line.page


@given(st.booleans(), st.lists(STEPS, max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_order_of_words_breaks_a_call_and_time_ends_every_one(outgoing: bool, steps: list[Any]) -> None:  # noqa: FBT001
    now_s = 100.0
    line = Line("call", "gw-1", Wish("civil"), now_s, 0)
    watch = Watch(line)
    if outgoing:
        line.ring_out(now_s, "a", "p", "desk")
    else:
        line.begin(now_s)
        line.stands(("a",), 0, None, now_s)
    for step in steps:
        if not line.lives:
            break
        before = line.call
        if step[0] == "later":
            now_s += step[1]
            line.tick(now_s, others_there=False)
        else:
            try:
                do(line, step, now_s)
            except WrongStepError:
                assert line.call.state is before.state, "a refused step moves nothing"
        watch.look()
    for _ in range(4000):  # nobody says anything any more
        if not line.lives:
            break
        now_s += 1.0
        line.tick(now_s, others_there=False)
        if line.waits and line.call.state is State.QUEUED:
            line.stands((), 1, None, now_s)
        watch.look()
    assert not line.lives


@given(st.sampled_from(list(Reason)), st.lists(STEPS, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_bye_ends_it_in_every_state(reason: Reason, steps: list[Any]) -> None:
    line = Line("call", "gw-1", Wish("civil"), 0.0, 0)
    line.begin(0.0)
    line.stands(("a",), 0, None, 0.0)
    for step in steps:
        with suppress(WrongStepError):
            do(line, step, 1.0)
    line.signal(Bye(n=1, reason=reason), 1.0)
    assert (line.lives, line.call.reason) == (False, reason)
