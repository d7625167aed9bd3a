"""A kiosk with everything that adds itself to it: calls, the emergency, services, the menu. No Qt, no socket."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.asking import Asking
from kiosk_ui.booking import Booking
from kiosk_ui.call import TALKING
from kiosk_ui.call_deeds import Ask, CallDeeds, Send
from kiosk_ui.care import Care, memory_mb
from kiosk_ui.emergency import EmergencyDeeds
from kiosk_ui.flow import Screen
from kiosk_ui.guides_deeds import GuideDeeds
from kiosk_ui.keys import Keys
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.learning_player import HOLD as LESSON
from kiosk_ui.learning_player import LessonDeeds
from kiosk_ui.log_tail import LogTail
from kiosk_ui.my_case import MyCase
from kiosk_ui.neighbours import Neighbours
from kiosk_ui.night import Night
from kiosk_ui.recorder_engine import EngineRecorder
from kiosk_ui.report import HEARING, Report
from kiosk_ui.report import HOLD as RECORDING
from kiosk_ui.sending import Sending
from kiosk_ui.service import Service
from kiosk_ui.slip import Printing
from kiosk_ui.sos_deeds import HOLD as SOS_HOLD
from kiosk_ui.sos_deeds import SosDeeds
from kiosk_ui.speech import Mute, Speaking, Speech
from kiosk_ui.status_light import StatusLight
from kiosk_ui.wardens_apply import WardenApply
from kiosk_ui.wardens_deeds import WardenDeeds
from sync.contract.call_screen import Preview
from sync.contract.lamp import Light


@dataclass(frozen=True, slots=True)
class Furnished:
    """The parts, for who connects them to the outside."""

    calls: CallDeeds
    sos: SosDeeds
    service: Service
    emergency: EmergencyDeeds
    lessons: LessonDeeds
    keys: Keys
    report: Report
    case: MyCase
    booking: Booking
    neighbours: Neighbours
    speech: Speech
    care: Care
    night: Night


def furnish(kiosk: Kiosk, send: Send, ask: Ask, tail: LogTail, speaker: Speaking | None = None) -> Furnished:
    """`send` passes wishes to the call engine, `ask` questions to the gateway."""
    calls = CallDeeds(kiosk, send, ask)
    service = Service(kiosk, lambda name, method, target: ask(name, method, target, None, ""), tail)
    service.engine = lambda: calls.calls.seen.there
    service.frames = lambda: calls.calls.seen.call.own_frames
    service.camera = lambda *, on: send(Preview(on))
    sos = SosDeeds(kiosk, calls, ask)
    WardenDeeds(kiosk)

    def busy() -> bool:
        """Somebody speaks, or waits for help."""
        return calls.calls.lives or kiosk.flow.has(Screen.SOS) or SOS_HOLD in kiosk.flow.holds

    def call_about(department: str, at: float, case: str) -> None:
        """The same clerk, if there is one who knows the case."""
        if not calls.calls.lives:
            calls.start(department, at, again=case, case=case)

    heard = {RECORDING, HEARING, LESSON}  # what nobody may speak into
    speech = Speech(
        kiosk,
        speaker or Mute(),
        lambda: calls.calls.lives or bool(heard & kiosk.flow.holds),
        lambda: calls.calls.call.state in TALKING or bool(heard & kiosk.flow.holds),
    )
    speech.held = lambda: sos.sos.down_at is not None
    sos.say = speech.urgent
    emergency = EmergencyDeeds(kiosk, ask, busy)
    emergency.speak = speech.announce

    def stands() -> Light:
        """The most urgent of what is so."""
        if sos.sos.sent_at is not None or (sos.sos.alarm is not None and sos.sos.alarm.open):
            return Light.ALARM
        if calls.calls.lives:
            return Light.CALL
        return Light.IDLE if kiosk.box.online and calls.calls.seen.there else Light.FAULT

    StatusLight(kiosk, ask, stands)
    sending, asking, printing, keys = Sending(kiosk, ask), Asking(kiosk, ask), Printing(kiosk, ask), Keys(kiosk)
    GuideDeeds(kiosk, printing)
    WardenApply(kiosk, keys, sending)
    return Furnished(
        calls=calls,
        sos=sos,
        service=service,
        emergency=emergency,
        lessons=LessonDeeds(kiosk),
        keys=keys,
        report=Report(kiosk, keys, sending, asking, printing, EngineRecorder(kiosk, send, ask)),
        case=MyCase(kiosk, sending, asking, printing, call_about),
        booking=Booking(kiosk, sending, asking, printing),
        neighbours=Neighbours(kiosk, keys, sending, printing),
        speech=speech,
        care=Care(kiosk, ask, busy, memory_mb),
        night=Night(kiosk),
    )
