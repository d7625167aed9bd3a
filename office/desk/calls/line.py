"""One call at the office's end, as pure logic: signals of the kiosk, steps of pages and time in; effects out.

Knows no socket, no table and no clock. A step that cannot be done raises `WrongStepError` and changes nothing. What
the kiosk says is never trusted to move a call beyond the table of `sync.contract.call`.

Somebody's page has the call: its token stands in `page`, the account in `clerk`. A page that is gone leaves `clerk`:
the same clerk takes it up again on another page (`resume`), and after `RESCUE_S` another clerk may (`grant`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from office.desk.calls.effects import Changed, Effect, ToKiosk, ToPage
from office.desk.calls.flow import Flow
from office.desk.calls.offers import Offers
from office.desk.calls.patience import HAD, SOONER_S, WAITS, Fate, Silence, fate
from office.desk.calls.wish import Wish
from sync.contract.call import (
    ALIVE_S,
    DEAD_S,
    Call,
    Reason,
    State,
    Step,
    WrongStepError,
)
from sync.contract.call_signals import (
    Accept,
    Alive,
    Answer,
    Bye,
    Down,
    Granted,
    Heard,
    Hold,
    IceServer,
    Offer,
    Queued,
    Renew,
    Ring,
    Ringing,
    Start,
    Transferred,
    Up,
    Ways,
)
from sync.contract.envelope import replaced

MOMENT_S = 1.5
"""A page whose line to the desk broke is back by then, and its media never stopped."""
RESCUE_S = 8.0
"""A clerk whose page is gone for so long may be helped out by another."""


class Line:
    """One call. Make it, then `begin`, `ring` or `restored`; after anything, carry out `take()`."""

    def __init__(self, call_id: str, gateway: str, wish: Wish, now_s: float, began: int) -> None:
        self.call = Call(call_id, since_s=now_s)
        self.gateway, self.wish, self.began = gateway, wish, began
        self.department = wish.department
        self.alarm = wish.alarm
        self.urgent = bool(wish.alarm)
        """The alarm is known, and goes before everything. One that is not yet here goes before nothing."""
        self.video = wish.video
        self.kiosk = gateway
        """In words."""
        self.queued_s = now_s
        self.first = False
        self.only = ""
        self.declined: set[str] = set()
        self.again = ""
        self.again_until_s = 0.0
        self.came_from = ""
        """The department that handed it over; it goes back there, once."""
        self.outgoing = False
        self.rings: tuple[str, ...] = ()
        self.place = 0
        self.clerk = self.page = ""
        self.granted_s: float | None = None
        self.waited_s: float | None = None
        self.page_gone_s: float | None = None
        self.heard_s = now_s
        self.away = False
        self.heard = Heard()
        self.offers = Offers()
        self.flow = Flow()
        self.callback = ""
        self.n = 0
        self.ways: Callable[[], Ways] = Ways
        self.ice: Callable[[], tuple[list[IceServer], bool]] = lambda: ([], False)
        self._held_leg = 0
        self._renew_s: float | None = None
        self._told: Queued | None = None
        self._alive_s = now_s
        self._effects: list[Effect] = []

    # --- what the owner asks

    def take(self) -> list[Effect]:
        """What is to be done, in order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def id(self) -> str:
        """Of the call."""
        return self.call.id

    @property
    def lives(self) -> bool:
        """It has not ended."""
        return self.call.lives

    @property
    def waits(self) -> bool:
        """Nobody has it yet, and somebody shall."""
        return self.call.state in WAITS and not self.outgoing

    @property
    def had(self) -> bool:
        """Somebody has it."""
        return self.call.state in HAD or (self.outgoing and self.lives)

    @property
    def orphan(self) -> bool:
        """Somebody has it, and their page is gone."""
        return self.had and not self.page

    # --- beginnings

    def begin(self, now_s: float) -> None:
        """A kiosk called."""
        self._step(Step.START, now_s)

    def ring_out(self, now_s: float, clerk: str, page: str, by: str) -> None:
        """The office calls the kiosk: it has the call from the beginning."""
        self.outgoing, self.clerk, self.page = True, clerk, page
        self._step(Step.START, now_s)
        self._step(Step.RING, now_s)
        ice, relay_only = self.ice()
        ring = Ring(
            n=0,
            department=self.department,
            by=by,
            video=self.video,
            alarm=self.alarm,
            ice=ice,
            relay_only=relay_only,
        )
        self._say(ring)

    def restored(self, state: str, clerk: str, now_s: float) -> None:
        """The desk was started anew. Media went on without it; nothing of it is disturbed."""
        self._step(Step.START, now_s)
        if not clerk:
            self._step(Step.QUEUE, now_s)
            self._say(Queued(n=0, department=self.department, place=1))  # its offer is forgotten: it rings anew
            return
        self.clerk, self.page_gone_s, self.granted_s = clerk, now_s, now_s
        for step in (Step.RING, Step.GRANT):
            self._step(step, now_s)
        if state == State.ON_HOLD:
            for step in (Step.MEDIA, Step.HOLD):
                self._step(step, now_s)
        self._effects.clear()

    # --- the queue's word

    def stands(self, rings: tuple[str, ...], place: int, wait_s: float | None, now_s: float) -> None:
        """Where the queue has put it: the kiosk is told what changed."""
        self.rings, self.place = rings, place
        if rings:
            if self.call.state is not State.RINGING:
                self._step(Step.RING, now_s)
                self._say_ringing()
            return
        queued = Queued(n=0, department=self.department, place=place, wait_s=wait_s)
        if self.call.state is not State.QUEUED:
            self._step(Step.QUEUE, now_s)
            self.offers.forget()
            self._told = None
        if queued != self._told:
            self._told = queued
            self._say(queued)

    # --- the kiosk

    def signal(self, signal: Up, now_s: float) -> None:
        """A signal of the kiosk that is no replay. Raises WrongStepError."""
        self.heard_s = now_s
        if self.away:
            self.away = False
            self._tell({"kind": "back"})
        match signal:
            case Start():
                self._again(now_s)
            case Accept():
                self._accepted(signal, now_s)
            case Offer():
                self._offered(signal, now_s)
            case Alive():
                self._kiosk_lives(signal, now_s)
            case Renew():
                self._lost(now_s)
                self._tell({"kind": "renew", "leg": signal.leg})
            case Bye():
                self.end(signal.reason, now_s, say=False)

    def _again(self, now_s: float) -> None:
        """The same call called again: it is told where it is."""
        if self.call.state is State.QUEUED and self._told is not None:
            self._say(self._told)
        elif self.call.state is State.RINGING and not self.outgoing:
            self.offers.forget()
            self._say(Queued(n=0, department=self.department, place=1))
            self._say_ringing()
        elif self.call.state in HAD:
            self._lost(now_s)
            self._say(Renew(n=0, leg=self.offers.leg))

    def _accepted(self, signal: Accept, now_s: float) -> None:
        if not self.outgoing or self.call.state is not State.RINGING:
            raise WrongStepError("nobody called this kiosk")
        self.video = self.video and signal.video
        self._granted(now_s)
        self._tell({"kind": "accepted"})

    def _offered(self, signal: Offer, now_s: float) -> None:
        if self.call.state not in (State.RINGING, State.TRANSFERRED, *HAD):
            raise WrongStepError("nothing rings")
        if self.call.state is State.RINGING and self.outgoing:
            raise WrongStepError("the kiosk has not taken it yet")
        self.offers.came(signal)
        if self.call.state is State.CONNECTED:
            self._lost(now_s)
        if self.call.state in HAD:
            self._tell({"kind": "offer", "leg": signal.leg, "sdp": signal.sdp})

    def _kiosk_lives(self, signal: Alive, now_s: float) -> None:
        if self.offers.lives_on(signal.leg):
            self._say(Renew(n=0, leg=self.offers.leg))
        self.flow.at_kiosk(signal, now_s, counts=self.call.state in HAD)
        self._tell(
            {"kind": "alive", "leg": signal.leg, "media": signal.media}
            | ({"quality": signal.quality} if signal.quality is not None else {})
        )
        self._flows(now_s)

    # --- pages

    def grant(self, clerk: str, page: str, by: str, now_s: float) -> None:
        """This page has it now, if nobody has. Raises WrongStepError: somebody was faster, or it is over."""
        rescued = self.orphan and self.call.state in HAD and self._gone_for(now_s) >= RESCUE_S
        if not self.lives or not (self.waits or rescued):
            raise WrongStepError("somebody has it, or it is over")
        if rescued:
            self._changed_hands(now_s)
        if self.call.state is not State.RINGING:
            self._step(Step.RING, now_s)
            self._say_ringing()
        self.clerk, self.page, self.page_gone_s, self._renew_s = clerk, page, None, None
        self._granted(now_s)
        self._say(Granted(n=0, department=self.department, by=by))

    def decline(self, clerk: str) -> None:
        """Not this clerk, now."""
        if not self.waits:
            raise WrongStepError("somebody has it, or it is over")
        self.declined.add(clerk)

    def _granted(self, now_s: float) -> None:
        self._step(Step.GRANT, now_s)
        self.rings, self.place, self.first, self.only = (), 0, False, ""
        if self.granted_s is None:
            self.granted_s, self.waited_s = now_s, now_s - self.queued_s
        self._effects.append(Changed("granted"))

    def resume(self, page: str, leg: int, now_s: float, *, media: bool) -> None:
        """The same clerk, another page (or the same after the desk was away)."""
        if not self.had:
            raise WrongStepError("nobody has it")
        if self.page and self.page != page:
            self._tell({"kind": "ended", "reason": "elsewhere"})
        self.page, self.page_gone_s, self._renew_s = page, None, None
        same = media and leg > 0 and self.offers.leg in (leg, 0)
        if self.call.state in HAD and not same:
            self._renewed(now_s)

    def _renewed(self, now_s: float) -> None:
        """A new page needs a leg of its own; an offer that nobody answered is good for it."""
        self._lost(now_s)
        if not self.offers.leg:
            self.offers.owed = True
        elif self.offers.open is None:
            self._say(Renew(n=0, leg=self.offers.leg))

    def answer(self, leg: int, sdp: str) -> None:
        """The page's description, once for each leg."""
        if self.call.state not in HAD:
            raise WrongStepError("nobody has it")
        self.offers.answer(leg)
        self._say(Answer(n=0, leg=leg, sdp=sdp))

    def page_lives(self, signal: Alive, now_s: float) -> None:
        """What the page says every second goes on to the kiosk."""
        if not self.had:
            return
        self._alive_s = now_s
        self.flow.at_page(signal, now_s)
        self._say(replaced(signal, n=0))
        self._flows(now_s)

    def renew(self, leg: int, now_s: float) -> None:
        """Media of that leg is dead at the page."""
        if self.call.state not in HAD:
            raise WrongStepError("it has no media")
        self._lost(now_s)
        self._say(Renew(n=0, leg=leg))

    def hold(self, now_s: float, *, on: bool) -> None:
        """On hold, or back."""
        self._step(Step.HOLD if on else Step.RESUME, now_s)
        self._held_leg = self.offers.leg
        self._say(Hold(n=0, on=on))
        self._state()

    def transfer(self, department: str, only: str, now_s: float) -> None:
        """To others: it waits there, before everyone who is no SOS."""
        if self.call.state not in HAD or not self.page:
            raise WrongStepError("it cannot be handed over now")
        came_from, page = self.department, self.page
        self._changed_hands(now_s, department)
        self.came_from = came_from if not self.came_from else ""
        self.declined.clear()
        self.only, self.outgoing = only, False
        self._effects.append(ToPage(page, {"call": self.id, "kind": "ended", "reason": "transferred"}))

    def _changed_hands(self, now_s: float, department: str = "") -> None:
        self._step(Step.TRANSFER, now_s)
        self.department = department or self.department
        self.clerk = self.page = self.only = self.again = ""
        self.page_gone_s, self._renew_s, self.first, self.queued_s = None, None, True, now_s
        self.offers.forget()
        self._told = None
        self.flow.stopped()
        self._say(Transferred(n=0, department=self.department))
        self._effects.append(Changed("state"))

    def page_gone(self, now_s: float) -> None:
        """The page that has it vanished, or only its line to the desk did: the media is left alone for a moment."""
        if not self.page:
            return
        self.page, self.page_gone_s = "", now_s
        self._renew_s = now_s + MOMENT_S
        if self.call.state is State.RINGING:  # the office rang, and there is nobody to speak with
            self.end(Reason.DESK_GONE, now_s)

    def end(self, reason: Reason, now_s: float, *, say: bool = True, ways: Ways | None = None) -> None:
        """The end, from whichever side."""
        if not self.lives:
            return
        if say:
            self._say(Bye(n=0, reason=reason, ways=ways))
        self.call = self.call.apply(Step.END, now_s, reason)
        self._tell({"kind": "ended", "reason": reason})
        self.rings, self.place = (), 0
        self.offers.forget()
        self._effects.append(Changed("ended"))

    # --- time

    def tick(self, now_s: float, *, others_there: bool) -> None:
        """A quarter of a second has passed. `others_there`: somebody could take it instead."""
        if not self.lives or self._too_long(now_s, others_there=others_there):
            return
        silent = now_s - self.heard_s >= DEAD_S and not self._seen(now_s)
        if silent and not self.away:
            self.away = True
            self._tell({"kind": "away"})
            if self.call.state in HAD:
                self._lost(now_s)
        if self._renew_s is not None and now_s >= self._renew_s:
            self._renew_s = None
            if self.call.state in HAD:  # the kiosk says so, and keeps offering for whoever comes back
                self._lost(now_s)
                self._say(Renew(n=0, leg=self.offers.leg))
        if (self.waits or not self.page or self.call.state is State.RINGING) and now_s - self._alive_s >= ALIVE_S:
            self._alive_s = now_s
            self._say(Alive(n=0))

    def _too_long(self, now_s: float, *, others_there: bool) -> bool:
        """Whether time has ended it."""
        gone_for_s = self._gone_for(now_s) if self.orphan else 0.0
        silence = Silence(now_s - self.heard_s, self._seen(now_s), gone_for_s)
        match fate(self.call, now_s, silence, outgoing=self.outgoing):
            case Fate.LOST:
                self.end(Reason.LOST, now_s)
            case Fate.RANG_OUT:
                self._rang_out(now_s)
            case Fate.LEFT_ALONE:
                self._left_alone(now_s, others_there=others_there)
            case Fate.OVER:
                queued = self.call.state is State.QUEUED
                reason = self.call.tick(now_s + SOONER_S).reason or Reason.LOST
                self.end(reason, now_s, ways=self.ways() if queued else None)
        return not self.lives

    def _rang_out(self, now_s: float) -> None:
        if self.came_from and not self.outgoing:  # it was handed over, and nobody there took it
            self._step(Step.QUEUE, now_s)
            self.department, self.came_from, self.only = self.came_from, "", ""
            self.offers.forget()
            self._told = None
            self._say(Queued(n=0, department=self.department, place=1))  # its ringing begins anew
            return
        self.end(Reason.NO_ANSWER, now_s, ways=None if self.outgoing else self.ways())

    def _left_alone(self, now_s: float, *, others_there: bool) -> None:
        if others_there and self.call.state in HAD:
            self._changed_hands(now_s)
        else:
            self.end(Reason.DESK_GONE, now_s, ways=self.ways())

    def _seen(self, now_s: float) -> bool:
        """The page receives the kiosk, even if no signal of it comes through the office's own machines."""
        return self.call.state in HAD and self.flow.seen(now_s)

    def _gone_for(self, now_s: float) -> float:
        return now_s - self.page_gone_s if self.page_gone_s is not None else 0.0

    # --- small things

    def _flows(self, now_s: float) -> None:
        leg = self.flow.leg
        if leg and self.call.state is State.CONNECTING:
            self._step(Step.MEDIA, now_s)
            self._state()
        elif leg and self.call.state is State.ON_HOLD and leg != self._held_leg:
            self._held_leg = leg  # the kiosk dialled anew, and would be seen and heard
            self._say(Hold(n=0, on=True))

    def _lost(self, now_s: float) -> None:
        self.flow.stopped()
        if self.call.state in (State.CONNECTED, State.ON_HOLD):
            self._step(Step.LOST, now_s)
            self._state()

    def _say_ringing(self) -> None:
        ice, relay_only = self.ice()
        self._told = None
        self._say(Ringing(n=0, department=self.department, ice=ice, relay_only=relay_only))

    def _state(self) -> None:
        self._tell({"kind": "state", "state": self.call.state, "leg": self.offers.leg})
        self._effects.append(Changed("state"))

    def _step(self, step: Step, now_s: float) -> None:
        self.call = self.call.apply(step, now_s)

    def _say(self, signal: Down) -> None:
        self.n += 1
        self._effects.append(ToKiosk(replaced(signal, n=self.n)))

    def _tell(self, word: dict[str, Any]) -> None:
        if self.page:
            self._effects.append(ToPage(self.page, {"call": self.id, **word}))
