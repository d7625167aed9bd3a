"""A furnished kiosk with content, a gateway that answers, and a clock of its own: for tests and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kiosk_ui.box import Box
from kiosk_ui.content import Services
from kiosk_ui.furnished import Furnished, furnish
from kiosk_ui.kiosk import Kiosk, Shown
from kiosk_ui.local import Line, Status
from kiosk_ui.log_tail import LogTail
from kiosk_ui.recorder import NEWS, FakeRecorder, RecorderSeen
from kiosk_ui.report_poles import Pole, poles
from kiosk_ui.theme import Glass
from sync.contract.call_screen import Wish
from sync.contract.departments import Said
from sync.contract.kiosk_box import KioskBox
from sync.contract.services import Calendar, Slot
from tests.kiosk.fake_gateway import FakeGateway

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
POLES = poles(
    Pole(
        f"YS-{n:04d}",
        f"永善里{n}号楼{'东西南北'[n % 4]}侧",
        f"粮店{'东西'[n % 2]}边 {5 + n} 米",
        "老17" if n == 3 else "",
        31.2 + n * 0.0005,
        121.4,
    )
    for n in range(1, 30)
)
TIMES = [f"2026-11-{day}T{hour:02d}:00" for day in (24, 25, 26) for hour in (9, 10, 14, 15)]
CALENDARS = {
    "family-card": Calendar(
        id="family-card",
        title=Said("办计划生育服务证", "Family service card"),
        department="family",
        place=Said("办事大厅 3 号窗口", "Service hall, window 3"),
        bring=Said("身份证、结婚证", "Identity card, marriage certificate"),
        slots=[Slot(starts, 2) for starts in TIMES],
    ),
    "legal": Calendar(
        id="legal", title=Said("法律咨询", "Legal advice"), department="order", slots=[Slot(TIMES[0], 1)]
    ),
    "blood": Calendar(id="blood", title=Said("测血压", "Blood pressure"), department="family"),
}


class Visit:
    """One kiosk; presses a second apart, answered at once unless the gateway is told to wait."""

    def __init__(self, kiosk: Kiosk | None = None, *, online: bool = True, recorder: bool = True) -> None:
        self.kiosk = kiosk or Kiosk(Glass())
        self.at = 1000.0
        self.gateway = FakeGateway(self.kiosk)
        self.wishes: list[Wish] = []
        self.parts: Furnished = furnish(self.kiosk, self._send, self.gateway.ask, LogTail())
        self.heard("settings", KioskBox(place="永善里便民超市", pole="YS-0007"))
        self.heard("services", Services(version="1", calendars=CALENDARS))
        self.heard("poles", POLES)
        self.line(up=online)
        self.recorder = FakeRecorder(lambda news: self.heard(NEWS, news))
        if recorder:
            self.parts.report.recorder = self.recorder
            self.heard(NEWS, RecorderSeen(voice=True, photo=True, plays=True))

    def _send(self, wish: Wish) -> bool:
        self.wishes.append(wish)
        return True

    @property
    def box(self) -> Box:
        return self.kiosk.box

    def heard(self, name: str, news: object) -> None:
        self.kiosk.heard(name, news, self.at)

    def line(self, *, up: bool, gateway: bool = True) -> None:
        """The gateway's line to the centre, and the gateway itself."""
        self.gateway.there = gateway
        self.heard("gateway", gateway)
        self.heard("status", Status("gw", Line(up)))

    def press(self, control: str, argument: str = "", after_s: float = 1.0) -> bool:
        self.at += after_s
        pressed = self.kiosk.press(control, argument, self.at)
        self.gateway.settle(self.at)
        return pressed

    def type(self, digits: str) -> None:
        for digit in digits:
            self.press("digit", digit, 0.2)

    def wait(self, seconds: float) -> None:
        end = self.at + seconds
        while self.at < end:
            self.at = min(end, self.at + 0.25)
            self.kiosk.tick(self.at)
            self.gateway.settle(self.at)

    @property
    def place(self) -> str:
        return self.kiosk.flow.place.screen.value

    def shown(self) -> Shown:
        return self.kiosk.show(self.at, NOW)

    @property
    def texts(self) -> Mapping[str, Any]:
        return self.shown().view.texts

    def rows(self, control: str) -> list[str]:
        return [row.argument for row in self.shown().view.rows if row.control == control]
