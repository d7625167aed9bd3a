"""The kiosk's end of one call, as pure logic: signals, wishes, media and time in; effects out.

Knows no socket, no codec and no clock: the time is an argument, monotonic seconds. The engine feeds it and carries out
`take()`. What the table of `sync.contract.call` does not allow changes nothing. The office decides who has the call;
the kiosk decides when its media is dead and makes the next leg.
"""

from __future__ import annotations

from edge.call.devices import Devices
from edge.call.dialling import Dialling
from edge.call.effects import DropStill, Effect, Send, TakeStill, Tell
from edge.call.line_word import line_word
from edge.call.shared_table import SharedTable
from sync.contract import call_data, call_screen
from sync.contract import call_signals as signals
from sync.contract.call import ALIVE_S, RING_BACK_S, Call, Reason, State, Step, WrongStepError
from sync.contract.call_screen import CallSeen, Good
from sync.contract.envelope import replaced

AWAY_SAID_S = 2.0
"""Sound comes every 20 ms. So long without any, and it is said on the screen."""
OFFICE_SILENT_S = 10.0
"""So long without a word from an office that spoke every second, while waiting, and it is gone."""
LINE_AWAY_S = 10.0
"""So long a call that nobody has taken yet waits for the line."""
MAX_BY = 100

_WAITING = (State.CALLING, State.QUEUED, State.RINGING, State.TRANSFERRED)
_MEDIA = (State.CONNECTING, State.CONNECTED, State.ON_HOLD)


class Session:
    """One call from its first step to its end. Make it, then `start` or `rung`."""

    def __init__(self, call_id: str, *, online: bool = True) -> None:
        self.call = Call(call_id)
        self.alarm = ""
        self.incoming = False
        self.camera_on = self.microphone_on = True
        self.volume_db = 0.0
        self.ways: signals.Ways | None = None
        self.table = SharedTable()
        self.page_quality: signals.Quality | None = None
        self._department, self._by = "", ""
        self._place = 0
        self._wait_s: float | None = None
        self._offline_s = 0.0
        self._dial = Dialling(self._do, self._send, online=online)
        self._heard = signals.Heard()
        self._office_s: float | None = None
        self._office_lives = False
        self.was_connected = False
        self._n = 0
        self._alive_s = float("-inf")
        self._quality: signals.Quality | None = None
        self._effects: list[Effect] = []

    # --- what the owner asks

    def take(self) -> list[Effect]:
        """What is to be done, in order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def lives(self) -> bool:
        """It has not ended."""
        return self.call.lives

    @property
    def camera_wanted(self) -> bool:
        """The camera shall be open: never for somebody who waits in a queue, or whom nobody looks at."""
        shown = self.call.state in (State.CALLING, State.RINGING, State.CONNECTING, State.CONNECTED)
        return self.camera_on and shown and not self.incoming

    @property
    def sound_wanted(self) -> bool:
        """The sound card shall be open."""
        return self.call.state in (State.RINGING, *_MEDIA) and not self.incoming

    @property
    def speaking(self) -> bool:
        """What the microphone hears may be sent."""
        return self.microphone_on and self.call.state in (State.CONNECTING, State.CONNECTED)

    # --- beginnings

    def start(self, wish: call_screen.Start, now_s: float) -> None:
        """The resident, or a pressed button, wants a department."""
        self.alarm, self.camera_on = wish.alarm, wish.video
        self._department = wish.department
        self._step(Step.START, now_s)
        if not self._dial.online:
            self._end(Reason.OFFLINE, now_s, say=False)
            return
        self._send(
            signals.Start(
                n=0,
                department=wish.department,
                video=wish.video,
                language=wish.language,
                guide=wish.guide,
                case=wish.case,
                again=wish.again,
                alarm=wish.alarm,
            )
        )

    def rung(self, ring: signals.Ring, now_s: float) -> None:
        """The office calls. A call about an SOS is taken without a tap, by sound only."""
        self._heard.last = ring.n
        self._office_s = now_s
        self.incoming, self.alarm = True, ring.alarm
        self.camera_on = ring.video and not ring.alarm
        self._department, self._by = ring.department, ring.by[:MAX_BY]
        self._dial.by(ring.ice, relay_only=ring.relay_only)
        self._step(Step.START, now_s)
        self._step(Step.RING, now_s)
        if ring.alarm:
            self.accept(now_s, video=False)

    # --- wishes

    def accept(self, now_s: float, *, video: bool) -> None:
        """The resident takes the call. Whoever rang has it: that is the grant."""
        if not self.incoming or self.call.state is not State.RINGING:
            return
        self.incoming = False
        self.camera_on = self.camera_on and video
        self._send(signals.Accept(n=0, video=self.camera_on))
        self._step(Step.GRANT, now_s)
        self._open_leg(now_s)

    def hang_up(self, reason: Reason, now_s: float) -> None:
        """From this end. Not taking a call is declining it."""
        if self.lives:
            declined = self.incoming and reason is Reason.RESIDENT
            self._end(Reason.DECLINED if declined else reason, now_s)

    def say(self, text: str) -> None:
        """A phrase the resident tapped."""
        if self.call.state in _MEDIA and 0 < len(text) <= call_data.MAX_TEXT:
            self._do(Tell(call_data.Text(text)))

    def put_away(self) -> None:
        """Still, guide and texts leave the screen; the page hears of the still."""
        if self.table.still is not None:
            self._do(Tell(call_data.StillEnd()))
        self.table.put_away()
        self._still_changes()

    # --- the line to the office

    def line(self, now_s: float, *, up: bool) -> None:
        """Signals can be sent, or cannot."""
        if up == self._dial.online:
            return
        self._dial.online, self._offline_s = up, now_s
        if up and self.lives:
            self._alive_s = float("-inf")
            connecting = self.call.state is State.CONNECTING
            if self.call.state in (State.RINGING, *_MEDIA) and self._dial.line_back(now_s, connecting=connecting):
                self._open_leg(now_s)

    def unsent(self, signal: signals.Up, now_s: float) -> None:
        """The gateway refused a signal: there is no line."""
        self.line(now_s, up=False)
        if isinstance(signal, signals.Start) and self.call.state is State.CALLING:
            self._end(Reason.OFFLINE, now_s, say=False)
        elif isinstance(signal, signals.Offer):
            self._dial.unsent(signal.leg)

    def refused(self, now_s: float) -> None:
        """The gateway did not take our signal: not a call that may be held."""
        if self.lives:
            self._end(Reason.REFUSED, now_s, say=False)

    def signal(self, payload: bytes, now_s: float) -> None:
        """A signal of the office. Raises ContractError; a replay changes nothing."""
        signal = self._heard.down(payload)
        if signal is None or not self.lives:
            return
        self._office_s = now_s
        self._heard.take(signal, lambda one: self._take(one, now_s))  # late, doubled or forged: nothing changes

    # --- media

    def offered(self, leg: int, sdp: str, now_s: float) -> None:
        """The engine has gathered."""
        if self.lives:
            self._dial.gathered(leg, sdp, now_s)

    def leg_failed(self, leg: int) -> None:
        """It will never carry anything."""
        self._dial.failed(leg)

    def media(self, leg: int, heard_s: float, now_s: float) -> None:
        """Packets came on this leg, the last one then."""
        carries = self._dial.heard(leg, heard_s, now_s)
        if carries and self.call.state is State.CONNECTING:
            self.was_connected = True
            self._dial.carries()
            self._step(Step.MEDIA, now_s)

    def data(self, payload: bytes | str, now_s: float) -> bool:
        """A message of the page; whether the screen changes."""
        changed = self.call.state in _MEDIA and self.table.heard(payload, now_s)
        self._still_changes()
        return changed

    def still_failed(self, what: str) -> None:
        """There is no still, and the page is told."""
        self._do(Tell(call_data.Cannot(what)))

    def moved(self, now_s: float) -> None:
        """The machine has another address. What still flows is left alone."""
        if self._dial.moved(now_s) and self.call.state in (State.RINGING, *_MEDIA):
            self._open_leg(now_s)

    def measured(self, quality: signals.Quality) -> None:
        """What this end receives."""
        self._quality = quality

    # --- time

    def tick(self, now_s: float) -> None:
        """A tenth of a second has passed."""
        if not self.lives:
            return
        if self._too_long(now_s):
            return
        self._watch_media(now_s)
        if self._dial.online and now_s - self._alive_s >= ALIVE_S:
            self._alive_s = now_s
            self._send(
                signals.Alive(n=0, leg=self._dial.count, media=self._dial.receives(now_s), quality=self._quality)
            )

    def seen(self, now_s: float, devices: Devices) -> CallSeen:
        """All of it, for the screen. `n` is the sender's to give."""
        state = self.call.state
        return CallSeen(
            n=0,
            call=self.call.id,
            state=state,
            state_s=round(max(0.0, now_s - self.call.since_s), 1),
            reason=self.call.reason,
            ways=self.ways,
            incoming=self.incoming,
            department=self._department,
            by=self._by,
            place=self._place if state is State.QUEUED else 0,
            wait_s=self._wait_s if state is State.QUEUED else None,
            alarm=self.alarm,
            good=self.good(now_s),
            away_s=self.away_s(now_s),
            camera=devices.camera,
            microphone=devices.microphone and self.microphone_on,
            sound_only=devices.sound_only,
            volume_db=self.volume_db,
            remote_frames=devices.remote_frames,
            own_frames=devices.own_frames,
            still=self.table.still,
            guide=self.table.guide,
            card=self.table.card,
            texts=list(self.table.texts),
            trouble=devices.trouble,
        )

    def away_s(self, now_s: float) -> float:
        """How long nothing has come, once it is worth saying."""
        heard_s = self._heard_s()
        if not self.was_connected or heard_s is None or self.call.state not in _MEDIA:
            return 0.0
        silent_s = now_s - heard_s
        return round(silent_s, 1) if silent_s >= AWAY_SAID_S else 0.0

    def good(self, now_s: float) -> Good:
        """The line in a word."""
        if self.away_s(now_s):
            return Good.AWAY
        return line_word([quality for quality in (self._quality, self.page_quality) if quality is not None])

    # --- one signal

    def _take(self, signal: signals.Down, now_s: float) -> None:
        match signal:
            case signals.Queued() | signals.Ringing() | signals.Granted() | signals.Transferred():
                self._goes_on(signal, now_s)
            case signals.Answer():
                self._answer(signal, now_s)
            case signals.Hold():
                self._step(Step.HOLD if signal.on else Step.RESUME, now_s)
            case signals.Renew():
                if self.call.state in _MEDIA and self._dial.condemned(signal.leg):
                    self._redial(now_s)
            case signals.Alive():
                self._office_lives, self.page_quality = True, signal.quality
            case signals.Bye():
                self.ways = signal.ways
                self._end(signal.reason, now_s, say=False)
            case signals.Ring():
                pass  # this id rang already

    def _goes_on(
        self, signal: signals.Queued | signals.Ringing | signals.Granted | signals.Transferred, now_s: float
    ) -> None:
        """From place to place, until one person has it."""
        match signal:
            case signals.Queued():
                self._step(Step.QUEUE, now_s)
                self._place, self._wait_s = signal.place, signal.wait_s
                self._dial.close()
            case signals.Ringing():
                self._ringing(signal, now_s)
            case signals.Granted():
                self._step(Step.GRANT, now_s)
                self._by = signal.by[:MAX_BY]
            case signals.Transferred():
                self._step(Step.TRANSFER, now_s)
                self._by = ""
                self.table.put_away()
                self._still_changes()
                self._dial.close()
        self._department = signal.department

    def _ringing(self, signal: signals.Ringing, now_s: float) -> None:
        again = self.call.state is State.RINGING and self._dial.newest is not None
        self._step(Step.RING, now_s)
        self._dial.by(signal.ice, relay_only=signal.relay_only)
        if not again:
            self._open_leg(now_s)

    def _answer(self, signal: signals.Answer, now_s: float) -> None:
        """Only of somebody who has the call."""
        if self.call.state not in _MEDIA:
            raise WrongStepError("nobody has it")
        self._dial.answered(signal, now_s)

    # --- media

    def _open_leg(self, now_s: float) -> None:
        if not self._dial.open(now_s):
            self._end(Reason.LOST, now_s)

    def _redial(self, now_s: float) -> None:
        """The same call on its next leg."""
        if self.call.state is not State.CONNECTING:
            self._step(Step.LOST, now_s)
        self._open_leg(now_s)

    def _watch_media(self, now_s: float) -> None:
        if self.call.state not in _MEDIA:
            return
        self._dial.settle(now_s)
        if self.call.state is State.CONNECTING:
            if self._dial.wants_another(now_s, self.call.since_s):
                self._open_leg(now_s)
        elif self._dial.is_dead(now_s, self._heard_s()):
            self._redial(now_s)

    def _heard_s(self) -> float | None:
        """When the other end was heard; on hold its signals count as well."""
        heard_s = self._dial.heard_s
        if self.call.state is State.ON_HOLD and heard_s is not None and self._office_s is not None:
            return max(heard_s, self._office_s)
        return heard_s

    # --- endings

    def _too_long(self, now_s: float) -> bool:
        """Whether time has ended it."""
        ended = self.call.tick(now_s)
        if ended.reason is not None:
            self._end(ended.reason, now_s)
        elif self.incoming and now_s - self.call.since_s >= RING_BACK_S:
            self._end(Reason.NO_ANSWER, now_s)
        elif self.call.state in _WAITING and not self._dial.online and now_s - self._offline_s >= LINE_AWAY_S:
            self._end(Reason.OFFLINE, now_s)
        elif self._office_gone(now_s):
            self._end(Reason.DESK_GONE, now_s)
        return not self.lives

    def _office_gone(self, now_s: float) -> bool:
        waiting = self.call.state in (State.QUEUED, State.RINGING) and self._dial.online
        heard_s = self._office_s if self._office_lives else None
        return waiting and heard_s is not None and now_s - max(heard_s, self._offline_s) >= OFFICE_SILENT_S

    def _end(self, reason: Reason, now_s: float, *, say: bool = True) -> None:
        if say:
            self._send(signals.Bye(n=0, reason=reason))
        self.call = self.call.apply(Step.END, now_s, reason)
        self.incoming = False
        self.table.put_away()
        self._still_changes()
        self._dial.close()

    # --- small things

    def _still_changes(self) -> None:
        if self.table.still_unwanted:
            self.table.still_unwanted = False
            self._do(DropStill())
        if self.table.still_wanted:
            self.table.still_wanted = False
            self._do(TakeStill())

    def _step(self, step: Step, now_s: float) -> None:
        self.call = self.call.apply(step, now_s)

    def _send(self, signal: signals.Up) -> None:
        self._n += 1
        self._do(Send(self.call.id, replaced(signal, n=self._n)))

    def _do(self, effect: Effect) -> None:
        self._effects.append(effect)
