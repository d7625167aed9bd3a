"""Which notices hold at a moment. Pure."""

from __future__ import annotations

from datetime import datetime, time, tzinfo

from kiosk_ui.content import Services
from sync.contract.services import Notice

DAY = len("2026-01-01")


def in_force(services: Services, now: datetime, zone: tzinfo) -> list[Notice]:
    """Newest first. One whose dates cannot be read is not shown: nobody knows whether it still holds."""
    there = now.astimezone(zone)
    found = []
    for notice in services.notices.values():
        starts, ends = moment(notice.starts, zone), moment(notice.ends, zone, end=True)
        if starts is not None and ends is not None and starts <= there < ends:
            found.append((starts, notice))
    return [notice for _, notice in sorted(found, key=lambda one: one[0], reverse=True)]


def moment(text: str, zone: tzinfo, *, end: bool = False) -> datetime | None:
    """A day or a time of the office's zone; as an end, a day is over only at its midnight."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if end and len(text) == DAY:
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)
