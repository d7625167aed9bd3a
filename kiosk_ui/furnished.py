"""A kiosk with everything that adds itself to it: calls, the emergency, services, the menu. No Qt, no socket."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.call_deeds import Ask, CallDeeds, Send
from kiosk_ui.emergency import EmergencyDeeds
from kiosk_ui.flow import Screen
from kiosk_ui.guides_deeds import GuideDeeds
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.log_tail import LogTail
from kiosk_ui.service import Service
from kiosk_ui.sos_deeds import HOLD as SOS_HOLD
from kiosk_ui.sos_deeds import SosDeeds
from kiosk_ui.wardens_deeds import WardenDeeds
from sync.contract.call_screen import Preview


@dataclass(frozen=True, slots=True)
class Furnished:
    """The parts, for who connects them to the outside."""

    calls: CallDeeds
    sos: SosDeeds
    service: Service
    emergency: EmergencyDeeds


def furnish(kiosk: Kiosk, send: Send, ask: Ask, tail: LogTail) -> Furnished:
    """`send` passes wishes to the call engine, `ask` questions to the gateway."""
    calls = CallDeeds(kiosk, send, ask)
    service = Service(kiosk, lambda name, method, target: ask(name, method, target, None, ""), tail)
    service.engine = lambda: calls.calls.seen.there
    service.frames = lambda: calls.calls.seen.call.own_frames
    service.camera = lambda *, on: send(Preview(on))
    sos = SosDeeds(kiosk, calls, ask)
    GuideDeeds(kiosk)
    WardenDeeds(kiosk)

    def busy() -> bool:
        """Somebody speaks, or waits for help."""
        return calls.calls.lives or kiosk.flow.has(Screen.SOS) or SOS_HOLD in kiosk.flow.holds

    return Furnished(calls, sos, service, EmergencyDeeds(kiosk, ask, busy))
