"""What an office would publish, to try kiosks with: guides, notices, shops, activities, lessons, polls, calendars.

Written as an office speaks, with nobody's name in it; shops say that they are made up. Days stand as `{+3}` and are
put in when it is brought, so that it is always of today. Lessons are sounds made here.

    items(today, media)                         # kind -> drafts as the desk takes them
    sounds()                                    # name -> WAV
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

KINDS = ("guides", "notices", "merchants", "activities", "learning", "polls", "calendars", "reports")
DAY = re.compile(r"\{([+-]\d+)\}")
SOUND = re.compile(r"\{([a-z]+)\}")
WORKDAYS, TIMES = 10, ("09:00", "09:30", "10:00", "10:30", "14:00", "14:30", "15:00", "15:30")
PLACES = 3
RATE = 8_000


def items(today: date, media: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Every kind, with days from `today` on; `media` gives each sound the name it was kept under."""

    def filled(text: str) -> str:
        text = DAY.sub(lambda found: (today + timedelta(days=int(found[1]))).isoformat(), text)
        return SOUND.sub(lambda found: media[found[1]], text)

    folder = files(__name__)
    found = {kind: json.loads(filled(folder.joinpath(f"{kind}.json").read_text("utf-8"))) for kind in KINDS}
    for calendar in found["calendars"]:
        calendar["slots"] = list(_slots(today))
    return found


def _slots(today: date) -> Iterator[dict[str, object]]:
    """Two weeks of half hours, from the next working day on."""
    day, left = today, WORKDAYS
    while left:
        day += timedelta(days=1)
        if day.isoweekday() <= 5:
            left -= 1
            yield from ({"starts": f"{day.isoformat()}T{time}", "places": PLACES} for time in TIMES)


def sounds() -> dict[str, bytes]:
    """The lessons' sound, small enough to be made anew each time."""
    return {"beat": _wav(30, _beat), "breath": _wav(40, _breath), "smoke": _wav(12, _smoke)}


def _wav(seconds: int, loud: Callable[[float], float]) -> bytes:
    count = seconds * RATE
    data = struct.pack(f"<{count}h", *(int(loud(n / RATE) * 20_000) for n in range(count)))
    shape = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + shape
        + (b"data" + struct.pack("<I", len(data)) + data)
    )


def _beat(at: float) -> float:
    """A wood block each second, the first of four higher."""
    since = at % 1.0
    return math.exp(-since * 30) * math.sin(2 * math.pi * (1000 if int(at) % 4 == 0 else 700) * since)


def _breath(at: float) -> float:
    """Four seconds up, six seconds down."""
    since = at % 10
    part = since / 4 if since < 4 else 1 - (since - 4) / 6
    # The phase of a tone that glides is the integral of its frequency: 200 to 400 Hz, and back.
    up, down = min(since, 4.0), max(0.0, since - 4.0)
    glide = 2 * math.pi * (200 * up + 25 * up**2 + 400 * down - 100 / 6 * down**2)
    return 0.4 * (0.3 + 0.7 * part) * math.sin(glide)


def _smoke(at: float) -> float:
    """Three short, a pause: ISO 8201."""
    since = at % 4
    on = since < 3 and since % 1.0 < 0.5
    return 0.6 * math.sin(2 * math.pi * 3000 * since) if on else 0.0
