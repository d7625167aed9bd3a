"""What the screen knows of its box: settings, line, departments and who is there. Filled by `local`, read by views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk_ui.content import Contents
from kiosk_ui.departments import Presence, Seen, seen, shipped, zone_of
from kiosk_ui.local import Status
from kiosk_ui.report_poles import Poles
from sync.contract.departments import Department, Departments
from sync.contract.kiosk_box import KioskBox

RECEPTION = "reception"
"""Stands for the first department, where the caller does not know whom to ask."""


@dataclass(slots=True)
class Box:
    """The newest of each; what was heard stays while the gateway is away, but nobody is said to be there then."""

    settings: KioskBox = field(default_factory=KioskBox)
    gateway: bool = False
    """The gateway answers."""
    line: bool = False
    """It has its line to the centre."""
    departments: Departments = field(default_factory=shipped)
    presence: Mapping[str, Presence] = field(default_factory=dict)
    status: Status | None = None
    contents: Contents = field(default_factory=Contents)
    poles: Poles = field(default_factory=Poles)

    @property
    def online(self) -> bool:
        """Whether a call can be made at all."""
        return self.gateway and self.line

    @property
    def hotline(self) -> str:
        """The number for when nothing else works; empty: none is known."""
        return self.settings.hotlines[0].number if self.settings.hotlines else ""

    def department(self, name: str) -> Department | None:
        """By its id; RECEPTION is the first, whatever the office calls it."""
        listed = self.departments.departments
        if name == RECEPTION:
            return listed[0] if listed else None
        return next((department for department in listed if department.id == name), None)

    def standing(self, now: datetime) -> list[Seen]:
        """All departments as they stand now."""
        there = now.astimezone(zone_of(self.departments))
        return [
            seen(department, self.presence.get(department.id), there, line=self.online)
            for department in self.departments.departments
        ]


def hears(box: Box) -> dict[str, Callable[[object, float], None]]:
    """What to do with each piece of news of `local`. One of another kind than expected changes nothing."""

    def gateway(news: object, _at: float) -> None:
        box.gateway = news is True

    def status(news: object, _at: float) -> None:
        if isinstance(news, Status):
            box.line, box.status = news.line.up, news

    def newest(name: str, kind: type) -> Callable[[object, float], None]:
        """The field of that name is the newest of its kind."""
        return lambda news, _at: setattr(box, name, news) if isinstance(news, kind) else None

    kinds = {"settings": KioskBox, "departments": Departments, "presence": dict, "poles": Poles}
    return {
        "gateway": gateway,
        "status": status,
        "services": box.contents.heard,
        **{name: newest(name, kind) for name, kind in kinds.items()},
    }
