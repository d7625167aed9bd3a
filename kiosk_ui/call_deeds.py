"""What can be done about calls: taps become wishes to the engine, its news become screens. No Qt.

    calls = CallDeeds(kiosk, engine.send, local.ask)
    kiosk.heard("call", Seen(...), at)          # news of the engine

A living call is never hidden: whoever went elsewhere is brought back to it, and home asks before it hangs up. When the
session ends, so does the call.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.call import LIVING, QUEUE_IDLE_S, Calls, Phase, louder, softer
from kiosk_ui.call_judging import Judging
from kiosk_ui.call_letters import room
from kiosk_ui.call_offices import Offices
from kiosk_ui.call_view import Looking, call_view, callback_view, incoming_view
from kiosk_ui.call_visit import CallVisit
from kiosk_ui.call_wish import CallbackWish
from kiosk_ui.engine import Seen
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.view import View
from kiosk_ui.words import Words
from sync.contract.call import Reason, State
from sync.contract.call_screen import (
    Accept,
    Camera,
    HangUp,
    Microphone,
    PutAway,
    Say,
    Start,
    Volume,
    Wish,
)

Send = Callable[[Wish], bool]
Ask = Callable[[str, str, str, object, str], None]
"""name of the answer, method, target, message, key: `kiosk_ui.local.Local.ask`."""

HOLD = "call"
AGAIN_S = 2.0
"""A call that goes on although its resident has left is hung up again so often."""
CLERK = Words("zh")
"""The clerk reads Chinese, whatever the screen is set to."""


class CallDeeds:
    """Registers everything that calls need at a kiosk."""

    def __init__(self, kiosk: Kiosk, send: Send, ask: Ask) -> None:
        self.calls = Calls()
        self.offices = Offices(kiosk.box)
        self._kiosk, self._flow, self._send = kiosk, kiosk.flow, send
        self._hung_up_at = 0.0
        self._wish = CallbackWish(kiosk, self.offices, ask)
        self._judging = Judging(kiosk, self.calls, ask)
        kiosk.screens |= {
            Screen.CALL: Shows("CallPage", lambda scene: call_view(self._look(scene))),
            Screen.CALLBACK: Shows("CallBack", self._callback),
            Screen.INCOMING: Shows("CallIncoming", lambda scene: incoming_view(self._look(scene))),
        }
        self._flow.deeds |= {
            "call-hang-up": self._hang_up,
            "call-stay": self._stay,
            "call-leave": self._leave,
            "call-back": self._back,
            "call-home": self._home,
            "call-camera": self._camera,
            "call-microphone": self._microphone,
            "call-louder": self._louder,
            "call-softer": self._softer,
            "call-say": self._say,
            "call-phrases": self._phrases,
            "call-again": self._again,
            "call-other": self._other,
            "call-put-away": self._put_away,
            "call-read-on": self._read_on,
            "call-accept": self._accept,
            "call-decline": self._decline,
        }
        kiosk.hears["call"] = self._heard
        kiosk.ticks.append(self.tick)
        self._flow.on_show.append(self._shown)
        self._flow.on_end.append(self._ended)

    # --- the other parts of the screen may call

    def start(
        self, department: str, at: float, *, again: str = "", case: str = "", alarm: str = "", video: bool = True
    ) -> None:
        """Call that department. `case`: the number it is about, `again`: an earlier call or slip."""
        session, wanted = self._flow.session, self.offices.id(department)
        wish = Start(
            department=wanted,
            video=video,
            language=session.language,
            guide=session.attached,
            case=case,
            again=again,
            alarm=alarm,
        )
        session.call = CallVisit(judged=session.call.judged)
        self.calls.ask(wanted, at, sent=self._send(wish), alarm=alarm)

    @property
    def _call(self) -> CallVisit:
        return self._flow.session.call

    # --- news

    def _heard(self, news: object, at: float) -> None:
        if not isinstance(news, Seen):
            return
        returned = news.there and not self.calls.seen.there
        self.calls.heard(news)
        asked = self.calls.asked
        if returned and asked is not None and self._flow.place.screen in (Screen.CALL, Screen.SOS):
            self.start(asked.department, at, alarm=asked.alarm, video=not asked.alarm)
        self.tick(at)

    def tick(self, at: float) -> None:
        """Bring the screen to where the call is."""
        calls, flow = self.calls, self._flow
        phase = calls.phase(at)
        self._hold(phase, at)
        self._ring(phase, at)
        alarm = bool(calls.alarm) and flow.has(Screen.SOS)
        if calls.lives and phase is not Phase.INCOMING and not alarm and not flow.has(Screen.CALL):
            flow.show(Place(Screen.CALL, calls.department))
        if not calls.lives:
            self._call.leaving = False
            self._unwanted(at)
        self._judging.tick(at)
        self._wish.tick(at)

    def _hold(self, phase: Phase, at: float) -> None:
        """A call is use of the kiosk; who waits long and touches nothing may have gone."""
        waits = phase is Phase.QUEUED and at - self._flow.last_touch > QUEUE_IDLE_S
        if self.calls.lives and not waits and phase is not Phase.NO_ENGINE:
            self._flow.holds.add(HOLD)
        else:
            self._flow.holds.discard(HOLD)

    def _ring(self, phase: Phase, at: float) -> None:
        if phase is Phase.INCOMING:
            if not self._flow.has(Screen.INCOMING):
                self._flow.at = at
                self._flow.show(Place(Screen.INCOMING, self.calls.call.call))
        elif self._flow.has(Screen.INCOMING):
            self._flow.leave(Screen.INCOMING)
            if not self.calls.lives:  # nobody took it: there is nothing to tell
                self.calls.leave()

    def _unwanted(self, at: float) -> None:
        """The engine still holds a call that nobody wants any more."""
        if self.calls.goes_on and at - self._hung_up_at > AGAIN_S:
            self._hung_up_at = at
            self._send(HangUp())

    # --- screens

    def _shown(self, place: Place, at: float) -> None:
        if place.screen is Screen.CALL and not self.calls.lives:
            self.start(place.subject, at)
        elif place.screen is Screen.CALLBACK:
            self._wish.begin(place.subject, self.calls.call.call)

    def _ended(self) -> None:
        """The session is over, and nothing of it stays."""
        if self.calls.lives:
            self._send(HangUp(Reason.IDLE))
        self._send(PutAway())
        self.calls.leave()
        self._flow.holds.discard(HOLD)

    def _look(self, scene: Scene) -> Looking:
        visit = scene.flow.session.call
        ems = room(scene.theme, self._kiosk.glass)
        compact = scene.theme.compact
        return Looking(
            self.calls, self.offices, scene.words, visit, scene.now, scene.at, ems, compact, scene.services.guides
        )

    def _callback(self, scene: Scene) -> View:
        return callback_view(self._look(scene), scene.flow.session.typed)

    # --- deeds

    def _hang_up(self, _argument: str, at: float) -> None:
        self._hung_up_at = at
        told = self._send(HangUp())
        if self.calls.asked is not None or not told:
            self.calls.leave()
            self._flow.home()

    def _back(self, _argument: str, _at: float) -> None:
        self._away(self._flow.back)

    def _home(self, _argument: str, _at: float) -> None:
        self._away(self._flow.home)

    def _away(self, go: Callable[[], None]) -> None:
        """Nobody leaves a call by mistake, and nobody is kept in one."""
        if self.calls.lives and self.calls.asked is None:
            self._call.leaving = True
            return
        if self.calls.asked is not None:
            self._send(HangUp())
        self._judging.done()
        self.calls.leave()
        go()

    def _stay(self, _argument: str, _at: float) -> None:
        self._call.leaving = False

    def _leave(self, _argument: str, at: float) -> None:
        if not self._call.leaving:
            return
        self._hung_up_at = at
        self._send(HangUp())
        self._send(PutAway())
        self.calls.leave()
        self._flow.home()

    def _again(self, _argument: str, at: float) -> None:
        if not self.calls.lives:
            self.start(self.calls.department, at, again=self.calls.call.call)

    def _other(self, department: str, at: float) -> None:
        if not self.calls.lives:
            self.start(department, at)
            self._flow.show(Place(Screen.CALL, department))

    def _accept(self, _argument: str, at: float) -> None:
        if self.calls.phase(at) is Phase.INCOMING:
            self._send(Accept())

    def _decline(self, _argument: str, at: float) -> None:
        if self.calls.phase(at) is Phase.INCOMING:
            self._send(HangUp(Reason.DECLINED))
            self._hung_up_at = at
            self.calls.leave()
            self._flow.leave(Screen.INCOMING)

    def _camera(self, _argument: str, _at: float) -> None:
        self._send(Camera(not self.calls.call.camera))

    def _microphone(self, _argument: str, _at: float) -> None:
        self._send(Microphone(not self.calls.call.microphone))

    def _louder(self, _argument: str, _at: float) -> None:
        self._send(Volume(louder(self.calls.call.volume_db)))

    def _softer(self, _argument: str, _at: float) -> None:
        self._send(Volume(softer(self.calls.call.volume_db)))

    def _say(self, phrase: str, _at: float) -> None:
        """One of our own phrases, never a text from elsewhere."""
        key = f"phrase_{phrase}"
        if key in CLERK.all["call"] and self.calls.call.state in LIVING - {State.CALLING}:
            self._send(Say(CLERK.say(f"call.{key}")))
            self._call.phrases = False
            self._call.phrase = Words(self._flow.session.language).say(f"call.{key}")

    def _phrases(self, _argument: str, _at: float) -> None:
        self._call.phrases = not self._call.phrases

    def _read_on(self, _argument: str, _at: float) -> None:
        text = self.calls.call.texts[-1] if self.calls.call.texts else ""
        visit = self._call
        visit.page, visit.page_of = (visit.page + 1 if visit.page_of == text else 1), text

    def _put_away(self, _argument: str, _at: float) -> None:
        self._send(PutAway())
