"""The lamp above the kiosk follows what happens at it: told with every change, and again before it is missed."""

from __future__ import annotations

from kiosk_ui.engine import Seen
from sync.contract.call import State
from sync.contract.call_screen import CallSeen
from sync.contract.lamp import AGAIN_S, Light
from tests.kiosk.fake_gateway import Asked
from tests.kiosk.services_stage import Visit
from tests.kiosk.test_sos_logic import alarm


class Lit(Visit):
    """A kiosk whose words about the lamp are kept."""

    def __init__(self) -> None:
        self.said: list[Light] = []
        super().__init__()
        answer = self.gateway._answer

        def kept(one: Asked) -> object:
            if one.target == "light":
                self.said.append(one.message.light)
            return answer(one)

        self.gateway._answer = kept  # type: ignore[assignment, method-assign]
        self.call()

    def call(self, state: State = State.IDLE, *, there: bool = True) -> None:
        self.heard("call", Seen(there=there, call=CallSeen(n=1, call="x", state=state), at=self.at))

    def stands(self) -> Light:
        self.wait(0.5)
        return self.said[-1]


def test_idle_call_alarm_and_fault_each_show_and_the_most_urgent_first() -> None:
    lit = Lit()
    assert lit.stands() is Light.IDLE
    lit.call(State.RINGING)
    assert lit.stands() is Light.CALL
    lit.heard("alarm", alarm())
    assert lit.stands() is Light.ALARM
    lit.heard("alarm", alarm(stage="closed"))
    assert lit.stands() is Light.CALL
    lit.call(State.ENDED)
    lit.kiosk.flow.end()
    assert lit.stands() is Light.IDLE
    lit.line(up=False)
    assert lit.stands() is Light.FAULT
    lit.line(up=True)
    lit.call(there=False)
    assert lit.stands() is Light.FAULT


def test_it_is_said_once_and_again_before_it_is_missed() -> None:
    lit = Lit()
    lit.wait(AGAIN_S - 1)
    assert lit.said == [Light.IDLE]
    lit.wait(2 * AGAIN_S)
    assert lit.said == [Light.IDLE] * 3


def test_a_gateway_that_comes_back_is_told_at_once() -> None:
    lit = Lit()
    lit.stands()
    lit.line(up=True, gateway=False)
    lit.wait(3)
    before = len(lit.said)
    lit.line(up=True)
    lit.wait(0.5)
    assert len(lit.said) == before + 1
