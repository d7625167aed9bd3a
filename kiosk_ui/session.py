"""One person at the screen: everything personal is in here and nowhere else, so that ending it forgets it all."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk_ui.booking_visit import BookingVisit
from kiosk_ui.call_visit import CallVisit
from kiosk_ui.keys_visit import KeysVisit
from kiosk_ui.my_case_visit import CaseVisit
from kiosk_ui.neighbours_visit import NeighboursVisit
from kiosk_ui.report_visit import ReportVisit
from kiosk_ui.slip_visit import SlipVisit
from kiosk_ui.theme import Look
from kiosk_ui.wardens_visit import WardenVisit


@dataclass(slots=True)
class Session:
    """Thrown away as a whole, never cleaned field by field."""

    language: str
    look: Look = field(default_factory=Look)
    typed: str = ""
    """Digits of a pad."""
    said: str = ""
    """The key of the words that answer the last press, such as a wrong code."""
    page: int = 0
    """Of the list in front."""
    attached: str = ""
    """The guide or slip somebody wants to speak about."""
    call: CallVisit = field(default_factory=CallVisit)
    keys: KeysVisit = field(default_factory=KeysVisit)
    report: ReportVisit = field(default_factory=ReportVisit)
    case: CaseVisit = field(default_factory=CaseVisit)
    booking: BookingVisit = field(default_factory=BookingVisit)
    neighbours: NeighboursVisit = field(default_factory=NeighboursVisit)
    slip: SlipVisit = field(default_factory=SlipVisit)
    warden: WardenVisit = field(default_factory=WardenVisit)
    gain_db: float = 0.0
    """How much louder than usual things are said to them."""
    touched: bool = False
    """Somebody is here, or was."""
