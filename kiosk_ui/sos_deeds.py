"""What can be done about an emergency: the hold raises it at the gateway, the voice is opened, "I am fine" is told.

SosDeeds(kiosk, calls, local.ask)
local.looks.append(alarm_look())            # news of this kiosk's alarm, posted as "alarm"
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.flow import Place, Screen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Api, Look
from kiosk_ui.scene import Scene
from kiosk_ui.screens import Shows
from kiosk_ui.sos import DEVICE, DUTY, Act, AlarmNow, Sos, Stage
from kiosk_ui.sos_view import sos_view
from kiosk_ui.view import View
from kiosk_ui.words import Words
from sync.contract.envelope import ContractError, Struct, decode
from sync.unix_http import Answer

NEWS, PRESSED, FINE = "alarm", "sos-pressed", "sos-fine"
HOLD = "sos"
AGAIN_S = 1.0
VOICE_S = 2.0
"""A button that is wired lets the engine open the voice by itself; only if it has not by then, the screen does."""
PRESS = {"cause": "sos", "from": "screen"}
PLACE = Place(Screen.SOS)


class SosDeeds:
    """Registers everything that the emergency needs at a kiosk."""

    def __init__(self, kiosk: Kiosk, calls: CallDeeds, ask: Callable[[str, str, str, object, str], None]) -> None:
        self.sos = Sos()
        self.say: Callable[[str], None] = lambda _text: None
        """Aloud, also while the voice is only being opened."""
        self._kiosk, self._flow, self._calls, self._ask = kiosk, kiosk.flow, calls, ask
        self._key = ""
        self._again_at: float | None = None
        self._voice_at: float | None = None
        self._fine_failed = False
        self._said = ""
        kiosk.screens[Screen.SOS] = Shows("SosPage", self._view)
        self._flow.deeds |= {
            "sos-down": self._down,
            "sos-up": lambda _argument, at: self._do(self.sos.up(at), at),
            "sos-held": lambda _argument, at: self._do(self.sos.tick(at), at),
            "sos-fine": self._fine,
            "sos-voice": lambda _argument, at: self._speak(at),
        }
        kiosk.hears |= {NEWS: self._heard, PRESSED: self._answered, FINE: self._fine_answered}
        kiosk.ticks.append(self.tick)
        self._flow.on_end.append(self._ended)

    def tick(self, at: float) -> None:
        """Time passes: a hold is long enough, a press is sent again, the voice is opened."""
        self._do(self.sos.tick(at), at)
        if self._again_at is not None and at >= self._again_at:
            self._again_at = None
            self._send()
        if self._voice_at is not None and at >= self._voice_at:
            self._voice_at = None
            self._speak(at)
        if self.sos.stays(self._flow.last_touch, at):
            self._flow.holds.add(HOLD)
        else:
            self._flow.holds.discard(HOLD)

        self._tell(at)

    def _tell(self, at: float) -> None:
        """Each stage is said once, in the words of its screen."""
        if self._flow.place.screen is not Screen.SOS:
            self._said = ""
            return
        if self.sos.down_at is not None or self.sos.stage(at) is Stage.READY:
            return
        language = self._flow.session.language
        text = told(self._seen(Words(language), at))
        if text != self._said:
            self._said = text
            self.say(text)

    # --- the press

    def _down(self, _argument: str, at: float) -> None:
        """Who does not see the ring grow, or the seconds, hears them."""
        self.sos.down(at)
        self._said = ""
        say, left = Words(self._flow.session.language).say, self.sos.left(at)
        counted = "，".join([say("sos.holding", n=left), *map(str, range(left - 1, 0, -1))])
        self.say(counted if self._flow.place.screen is Screen.SOS else f"{say('bar.sos')}，{say('sos.let_go')}")

    def _do(self, act: Act, at: float) -> None:
        if act is Act.NOTHING:
            return
        self._flow.show(PLACE)
        if act is Act.PRESS:
            self.sos.pressed(at)
            self._key, self._voice_at, self._fine_failed = uuid4().hex, None, False
            self._send()

    def _send(self) -> None:
        self._ask(PRESSED, "POST", "alarms", PRESS, self._key)

    def _answered(self, news: object, at: float) -> None:
        """On disk, or not: then again, with the same key, until it is."""
        if self.sos.sent_at is None:
            return
        alarm = _alarm(news)
        if alarm is None:
            self.sos.not_kept()
            self._again_at = at + AGAIN_S
            return
        self._again_at = None
        self.sos.heard(alarm, at)
        self._speak(at)

    # --- news

    def _heard(self, news: object, at: float) -> None:
        """The gateway's word of the alarm: raised here, at the wired button, or before this screen began."""
        if not isinstance(news, AlarmNow):
            return
        if self.sos.heard(news, at):
            self._again_at = None
            self._flow.at = at
            self._flow.show(PLACE)
            self._voice_at = at + VOICE_S
        if not news.open:
            self._voice_at = None

    def _speak(self, at: float) -> None:
        """Open the voice, unless there is one for this alarm. A test calls nobody."""
        alarm, calls = self.sos.alarm, self._calls.calls
        if alarm is None or not alarm.open or alarm.test:
            return
        if calls.lives and calls.alarm == alarm.id:
            return
        self._calls.start(DUTY, at, alarm=alarm.id, video=False)

    # --- I am fine

    def _fine(self, _argument: str, _at: float) -> None:
        if self.sos.alarm is not None and self.sos.alarm.open:
            self._ask(FINE, "POST", f"alarms/{self.sos.alarm.id}/fine", None, "")

    def _fine_answered(self, news: object, at: float) -> None:
        alarm = _alarm(news)
        self._fine_failed = alarm is None
        if alarm is not None:
            self.sos.heard(alarm, at)

    def _ended(self) -> None:
        self.sos.leave()
        self._again_at = self._voice_at = None
        self._fine_failed = False
        self._said = ""
        self._flow.holds.discard(HOLD)

    def _view(self, scene: Scene) -> View:
        return self._seen(scene.words, scene.at)

    def _seen(self, words: Words, at: float) -> View:
        number, calls = self._calls.offices.hotline(""), self._calls.calls
        return sos_view(self.sos, calls, words, number, at, fine_failed=self._fine_failed)


def told(view: View) -> str:
    """What the heading says, and a number digit by digit."""
    number = " ".join(str(view.texts["number"]))
    parts = (str(view.texts["test"]), view.title, str(view.texts["detail"]), number)
    return "。\n".join(part for part in parts if part)


def _alarm(news: object) -> AlarmNow | None:
    if isinstance(news, Answer) and news.status in (200, 201):
        try:
            return decode(news.content, AlarmNow)
        except ContractError:
            return None
    return None


class _Alarms(Struct, frozen=True):
    alarms: list[AlarmNow]


def alarm_look() -> Look:
    """What the gateway has of this kiosk's own alarms: the open one, else how the last one ended."""
    last = ""

    def fetch(api: Api) -> AlarmNow | None:
        nonlocal last
        found = api.get("alarms?open=1&limit=1000", _Alarms)
        ours = [alarm for alarm in (found.alarms if found else []) if alarm.device == DEVICE]
        if ours:
            last = ours[0].id
            return ours[0]
        return api.get(f"alarms/{last}", AlarmNow) if last else None

    return Look(NEWS, ("alarm.",), fetch)
