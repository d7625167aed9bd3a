"""From the time a device writes to a moment that can be believed, or to text for the record.

Formats: `iso` (ISO 8601), `unix_s`, `unix_ms`, or a pattern as `datetime.strptime` reads it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from drivers.model import Instant, plausible

MAX_TEXT = 64

OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")

Moment = tuple[datetime | None, str | None]
"""The moment if it is plausible, else None and what was claimed."""


def moment(value: object, at: Instant, style: str = "iso", zone: tzinfo | None = None) -> Moment:
    """Read a device's time. One without a zone counts only if the settings declare which it is in."""
    if value is None or value == "":
        return None, None
    try:
        time = _read(value, style)
    except (ValueError, OverflowError, OSError, TypeError):
        time = None
    if time is not None and time.tzinfo is None:
        time = None if zone is None else time.replace(tzinfo=zone)
    if time is None:
        return None, str(value)[:MAX_TEXT]
    try:
        time = time.astimezone(UTC)
        if plausible(time, at.utc):
            return time, None
    except OverflowError:
        pass
    return None, str(value)[:MAX_TEXT]


def zone_of(text: str) -> tzinfo | None:
    """`+08:00` or `Z`; None for an empty text. Raises ValueError for anything else."""
    if not text:
        return None
    if text.upper() in {"Z", "UTC"}:
        return UTC
    if not (match := OFFSET.fullmatch(text)):
        raise ValueError(f"time zone {text!r}: write an offset such as +08:00, or Z")
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def _read(value: object, style: str) -> datetime:
    if style == "iso" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if style in {"unix_s", "unix_ms"} and isinstance(value, str | int | float):
        return datetime.fromtimestamp(float(value) / (1000 if style == "unix_ms" else 1), UTC)
    if isinstance(value, str | int):
        return datetime.strptime(str(value), style)  # noqa: DTZ007 - the caller knows the zone
    raise TypeError(f"no time can be a {type(value).__name__}")
