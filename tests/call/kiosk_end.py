"""The kiosk's end of a call in a test's hand: what the office says, what the engine is asked, and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from edge.call.devices import Devices
from edge.call.effects import Effect, Send
from edge.call.reception import Reception
from edge.call.session import Session
from sync.contract import call_screen
from sync.contract.call import Reason, State
from sync.contract.call_screen import CallSeen
from sync.contract.call_signals import (
    Alive,
    Answer,
    Down,
    Granted,
    IceServer,
    Ringing,
    Up,
    write,
)
from sync.contract.envelope import replaced

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


def connected() -> Kiosk:
    kiosk = Kiosk()
    kiosk.connect()
    return kiosk
