"""The last that each device said of itself: battery, signal, contact, place. In memory, for whoever looks.

What lasts and is told (an empty battery, an open housing) is `edge.conditions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from drivers.model import Event, Instant, Kind, Place, Scalar
from edge.mapper import Identity

MAX_DEVICES = 20_000
BATTERY = ("batteryLevel", "battery")
SHOWN = frozenset(
    (*BATTERY, "power", "charge", "voltage", "rssi", "linkquality", "tamper", "online", "batteryAlarm", "temperature")
)


@dataclass(slots=True)
class Seen:
    """One device. `at` is when it was last heard, by our clock."""

    at: datetime
    values: dict[str, Scalar] = field(default_factory=dict)
    open: bool | None = None
    place: Place | None = None

    @property
    def battery(self) -> float | None:
        """Percent (or the device's own steps), if it ever said so."""
        found = next((self.values[name] for name in BATTERY if name in self.values), None)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


class LastSeen:
    """By the device's id."""

    def __init__(self) -> None:
        self._by_id: dict[str, Seen] = {}

    def note(self, event: Event, who: Identity, at: Instant) -> None:
        """A device said something. Called for every event, so it costs little."""
        seen = self._by_id.get(who.id)
        if seen is None:
            if len(self._by_id) >= MAX_DEVICES:
                del self._by_id[next(iter(self._by_id))]
            seen = self._by_id[who.id] = Seen(at.utc)
        if event.stored:
            return
        seen.at = at.utc
        if event.place is not None:
            seen.place = event.place
        if event.kind is Kind.CONTACT and event.open is not None:
            seen.open = event.open
        if event.attributes:
            _merge(seen.values, event.attributes)

    def of(self, device_id: str) -> Seen | None:
        """What is known of it, in this run of the gateway."""
        return self._by_id.get(device_id)


def _merge(values: dict[str, Scalar], said: Mapping[str, Scalar]) -> None:
    for name in SHOWN & said.keys():
        values[name] = said[name]
