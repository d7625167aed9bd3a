"""A Zigbee network as its broker shows it: what zigbee2mqtt publishes for contacts and buttons.

Builds the messages with the fields and order of the real program (`protocols.md` 10); opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from drivers.model import Message, Scalar, encode_json


@dataclass(frozen=True, slots=True)
class Network:
    """One zigbee2mqtt. `qos` 1 is what our documentation asks for; the program's own default is 0."""

    base_topic: str = "zigbee2mqtt"
    qos: int = 1

    def contact(self, name: str, *, closed: bool, at: datetime | None = None, battery: int = 97) -> Message:
        """An Aqara door contact that moved, or checks in."""
        return self._state(
            name,
            at,
            battery=battery,
            contact=closed,
            device_temperature=27,
            linkquality=98,
            power_outage_count=3,
            trigger_count=0,
            voltage=2995,
        )

    def press(self, name: str, at: datetime | None = None, *, action: str = "emergency", battery: int = 60) -> Message:
        """A button (Tuya TS0215A and TS0601: `emergency`, Heiman HS1EB: `single`, `double`, `hold`)."""
        return self._state(name, at, action=action, battery=battery, linkquality=40, voltage=2900)

    def sos_bit(
        self, name: str, *, on: bool, at: datetime | None = None, tamper: bool = False, low: bool = False
    ) -> Message:
        """A button of the alarm-zone kind, which sets and clears a bit."""
        return self._state(name, at, battery_low=low, linkquality=55, sos=on, tamper=tamper)

    def availability(self, name: str, *, online: bool) -> Message:
        """Retained, as the program publishes it."""
        payload = encode_json({"state": "online" if online else "offline"})
        return Message(f"{self.base_topic}/{name}/availability", payload, retain=True, qos=self.qos)

    def bridge(self, *, online: bool) -> Message:
        """The program itself; also its last will."""
        payload = encode_json({"state": "online" if online else "offline"})
        return Message(f"{self.base_topic}/bridge/state", payload, retain=True, qos=self.qos)

    def _state(self, name: str, at: datetime | None, **fields: Scalar) -> Message:
        if at is not None:
            fields["last_seen"] = at.isoformat(timespec="milliseconds")
        return Message(f"{self.base_topic}/{name}", encode_json(dict(sorted(fields.items()))), qos=self.qos)
