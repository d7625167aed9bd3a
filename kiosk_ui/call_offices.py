"""Whom one can call, in words: departments, who of them is free, and the numbers that help without this machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from kiosk_ui.box import Box
from kiosk_ui.departments import Standing, name_of, zone_of
from kiosk_ui.words import Words

MOST_OTHERS = 2
"""Other departments that are offered where one did not answer: more would be a list to read."""


@dataclass(frozen=True, slots=True)
class Offices:
    """The box's departments, as a call needs them."""

    box: Box

    def id(self, department: str) -> str:
        """The department's own id, where the screen has a name for whichever is the first."""
        found = self.box.department(department)
        return found.id if found is not None else department

    def name(self, department: str, words: Words) -> str:
        """What it is called; of one that nobody knows, the office."""
        found = self.box.department(department)
        return name_of(found.name, words.language) if found is not None else words.say("call.office")

    def by(self, by: str, words: Words) -> str:
        """Who has it, as the desk says it; `<department> <number>` where it has the department's id."""
        first, _, rest = by.partition(" ")
        found = self.box.department(first)
        if found is None:
            return by or words.say("call.office")
        return f"{name_of(found.name, words.language)} {rest}".strip()

    def hotline(self, department: str) -> str:
        """The number to ring instead: the department's, else the box's first."""
        found = self.box.department(department)
        if found is not None and found.hotline:
            return found.hotline
        return self.box.settings.hotlines[0].number if self.box.settings.hotlines else ""

    @property
    def zone(self) -> tzinfo:
        """The office's."""
        return zone_of(self.box.departments)

    def free(self, but: str, now: datetime) -> list[str]:
        """Open departments with somebody free, in their order."""
        return [
            seen.department.id
            for seen in self.box.standing(now)
            if seen.standing is Standing.FREE and seen.department.id != but
        ]


def when(opens_at: str, now: datetime, zone: tzinfo, words: Words) -> str:
    """`opens_at` (ISO 8601) as people in the office's zone say it; empty when it is no time."""
    try:
        moment, now = datetime.fromisoformat(opens_at).astimezone(zone), now.astimezone(zone)
    except ValueError:
        return ""
    clock = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return words.say("call.today", time=clock)
    if moment.date() == (now + timedelta(days=1)).date():
        return words.say("call.tomorrow", time=clock)
    return words.say("call.on_day", month=moment.month, day=moment.day, time=clock)
