"""Which call the kiosk has: one at a time. An SOS takes it over; everything else hears that it is busy.

Pure. Knows of screens only how many there are: the last one that vanishes while somebody is on camera ends the call
after `SCREEN_S`, unless it is about an SOS.
"""

from __future__ import annotations

from collections.abc import Callable

from edge.call.devices import Devices
from edge.call.effects import Effect, Send
from edge.call.session import Session
from sync.contract import call_screen
from sync.contract.call import KEEP_S, Reason
from sync.contract.call_data import MAX_TEXT
from sync.contract.call_screen import CallSeen
from sync.contract.call_signals import CALL_ID, Bye, Heard, Ring
from sync.contract.envelope import ContractError

SCREEN_S = 5.0
MOST_DB = 18.0
SOS_AGAIN_S = 5.0
SOS_TRIES = 60
SOS_FAILED = frozenset(
    {Reason.OFFLINE, Reason.LOST, Reason.NO_ANSWER, Reason.DESK_GONE, Reason.ENGINE, Reason.BUSY, Reason.ABSENT}
)
"""An SOS without a voice is tried again: the alarm itself has its own way."""


class Reception:
    """`new_id` makes random call ids. Effects name the session they belong to."""

    def __init__(self, new_id: Callable[[], str], sos_department: str = "") -> None:
        self.session: Session | None = None
        self.screens = 0
        self.sos_department = sos_department
        self.notes: dict[str, int] = {}
        """What was refused, counted by kind; never what was in it."""
        self._new_id = new_id
        self._online = True
        self._screen_gone_s: float | None = None
        self._unsent_byes: list[tuple[Send, float]] = []
        self._effects: list[Effect] = []
        self._used: dict[str, float] = {}
        self._sos: tuple[str, float, int] | None = None

    # --- what the owner asks

    def take(self) -> list[Effect]:
        """What is to be done, in order."""
        self._collect()
        effects, self._effects = self._effects, []
        return effects

    @property
    def living(self) -> Session | None:
        """The call there is."""
        return self.session if self.session is not None and self.session.lives else None

    def seen(self, now_s: float, devices: Devices) -> CallSeen:
        """For the screen: the call, or the last one."""
        if self.session is not None:
            return self.session.seen(now_s, devices)
        return CallSeen(n=0, camera=devices.camera, own_frames=devices.own_frames, trouble=devices.trouble)

    # --- the screen

    def screen_came(self) -> None:
        """One more."""
        self.screens += 1
        self._screen_gone_s = None

    def screen_left(self, now_s: float) -> None:
        """One less."""
        self.screens -= 1
        if self.screens == 0:
            self._screen_gone_s = now_s

    def wish(self, wish: call_screen.Wish, now_s: float) -> None:
        """What the resident wants. A wish that makes no sense now changes nothing: a double tap is one tap."""
        if isinstance(wish, call_screen.Start):
            self._start(wish, now_s)
            return
        session = self.living
        if session is None:
            return
        match wish:
            case call_screen.Accept():
                session.accept(now_s, video=wish.video)
            case call_screen.HangUp():
                self._sos = None
                session.hang_up(wish.reason, now_s)
            case call_screen.Camera():
                session.camera_on = wish.on
            case call_screen.Microphone():
                session.microphone_on = wish.on
            case call_screen.Volume():
                session.volume_db = min(max(wish.db, 0.0), MOST_DB)
            case call_screen.Say():
                session.say(wish.text[:MAX_TEXT])
            case call_screen.PutAway():
                session.put_away()

    def alarm(self, alarm: str, now_s: float) -> None:
        """The kiosk's own SOS button was pressed: voice, also without a screen."""
        self._sos = (alarm, now_s, 0)
        self._call_for_help(now_s)

    def alarm_over(self, alarm: str) -> None:
        """Closed: nobody has to be called any more; a call that is held goes on."""
        if self._sos is not None and self._sos[0] == alarm:
            self._sos = None

    # --- the office

    def signal(self, call_id: str, payload: bytes, now_s: float) -> None:
        """A signal that came down. What is forged, foreign or broken is counted and changes nothing."""
        session = self.session
        try:
            if session is not None and session.call.id == call_id:
                session.signal(payload, now_s)
            else:
                self._foreign(call_id, payload, now_s)
        except ContractError:
            self._note("broken")

    def line(self, now_s: float, *, up: bool) -> None:
        """Signals can be sent, or cannot."""
        self._online = up
        if self.session is not None:
            self.session.line(now_s, up=up)
        if up:
            late, self._unsent_byes = self._unsent_byes, []
            self._effects.extend(send for send, at_s in late if now_s - at_s < KEEP_S)

    def unsent(self, send: Send, now_s: float) -> None:
        """There was no line for it. A good-bye is said when there is one: the office would wait for us."""
        if isinstance(send.signal, Bye):
            self._unsent_byes = [*self._unsent_byes, (send, now_s)][-8:]
        session = self.session
        if session is not None and session.call.id == send.call:
            session.unsent(send.signal, now_s)
        self._online = False

    def refused(self, send: Send, now_s: float) -> None:
        """The gateway does not take it."""
        session = self.session
        if session is not None and session.call.id == send.call:
            session.refused(now_s)

    def engine_failed(self, now_s: float) -> None:
        """A codec or the machine under it broke."""
        if self.living is not None:
            self.living.hang_up(Reason.ENGINE, now_s)

    # --- time

    def tick(self, now_s: float) -> None:
        """A tenth of a second has passed."""
        session = self.living
        if session is not None:
            gone_s = self._screen_gone_s
            # A ringing kiosk without a screen only rings: nothing of it is open.
            if gone_s is not None and now_s - gone_s >= SCREEN_S and not session.alarm and not session.incoming:
                session.hang_up(Reason.IDLE, now_s)
            session.tick(now_s)
        if self._sos is not None:
            self._watch_sos(now_s)

    # --- inside

    def _start(self, wish: call_screen.Start, now_s: float) -> None:
        session = self.living
        if session is not None:
            if not wish.alarm or session.alarm:
                return
            session.hang_up(Reason.REPLACED, now_s)
        if wish.alarm and self._sos is None:
            self._sos = (wish.alarm, now_s, 0)
        self._begin(self._new_id()).start(wish, now_s)

    def _foreign(self, call_id: str, payload: bytes, now_s: float) -> None:
        """A call that is not ours, or one that begins to ring."""
        signal = Heard().down(payload)
        if not isinstance(signal, Ring):
            self._note("foreign")
            return
        if not CALL_ID.fullmatch(call_id) or call_id in self._used:
            self._note("used id")
            return
        session = self.living
        if session is not None:
            if not signal.alarm or session.alarm:
                self._remember(call_id, now_s)
                self._effects.append(Send(call_id, Bye(n=1, reason=Reason.BUSY)))
                return
            session.hang_up(Reason.REPLACED, now_s)
        self._remember(call_id, now_s)
        self._begin(call_id).rung(signal, now_s)

    def _begin(self, call_id: str) -> Session:
        self._collect()
        self.session = Session(call_id, online=self._online)
        return self.session

    def _call_for_help(self, now_s: float) -> None:
        if self._sos is None or not self.sos_department:
            return
        self._start(call_screen.Start(department=self.sos_department, video=False, alarm=self._sos[0]), now_s)

    def _watch_sos(self, now_s: float) -> None:
        """A voice that was not reached is tried again, until the alarm is closed or somebody has spoken."""
        assert self._sos is not None
        alarm, last_s, tries = self._sos
        session = self.session
        if self.living is not None or session is None or session.alarm != alarm:
            return
        if session.call.reason not in SOS_FAILED or session.was_connected or tries >= SOS_TRIES:
            self._sos = None
        elif now_s - max(last_s, session.call.since_s) >= SOS_AGAIN_S:
            self._sos = (alarm, now_s, tries + 1)
            self._call_for_help(now_s)

    def _collect(self) -> None:
        if self.session is not None:
            self._effects.extend(self.session.take())

    def _remember(self, call_id: str, now_s: float) -> None:
        self._used[call_id] = now_s
        while len(self._used) > 1000:
            del self._used[next(iter(self._used))]

    def _note(self, what: str) -> None:
        self.notes[what] = self.notes.get(what, 0) + 1
