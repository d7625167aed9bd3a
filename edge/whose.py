"""Whose an address is: what the registry, the profile and the configuration say of it, and who is not registered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from drivers.model import Instant
from edge import screen_alarm, unknown_devices
from edge.intake import Place
from edge.mapper import Identity
from sync.store import Write

if TYPE_CHECKING:
    from edge.gateway import Gateway

UNKNOWN_EVERY_S = 60.0


class Whose:
    """Asks the gateway's registry and configuration as they are then."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._unknown_at: dict[Place, float] = {}

    def identity(self, driver: str, address: str, profile: str) -> Identity:
        """Of a registered device, or what is known without one."""
        if (driver, address) == screen_alarm.PLACE:
            return screen_alarm.screen_identity(self._gateway)
        device = self._gateway.registry.find(driver, address)
        if device is None or not device.enabled:
            return Identity(address, profile, registered=False, severities=self._severities(profile))
        severities = self._severities(device.profile)
        return Identity(
            device.id,
            device.profile,
            resident=device.resident,
            pole=device.pole or None,
            severities=severities,
        )

    def _severities(self, profile: str) -> Mapping[str, str]:
        known = self._gateway.profiles.get(profile)
        return {**(known.alarms if known else {}), **self._gateway.config.alarms.severities}

    def patience_s(self, profile: str, address: str) -> float | None:
        """Three check-ins; a device that is not supervised may be silent for ever."""
        device = self._gateway.registry.find_by_profile(profile, address)
        known = self._gateway.profiles.get(device.profile if device else profile)
        own = device.check_in_s if device else None
        check_in = own if own is not None else known.supervision.check_in_s if known else 0.0
        return 3 * check_in

    def unknown(self, place: Place, profile: str, at: Instant, alarm: bool) -> Write | None:  # noqa: FBT001
        """Keep who is not registered; once a minute is enough, an alarm always."""
        if not alarm and at.monotonic_s - self._unknown_at.get(place, -UNKNOWN_EVERY_S) < UNKNOWN_EVERY_S:
            return None
        if len(self._unknown_at) > unknown_devices.MAX_UNKNOWN:
            self._unknown_at.clear()
        self._unknown_at[place] = at.monotonic_s
        driver, address = place
        return partial(
            unknown_devices.note, driver=driver, address=address, profile=profile, at=at.utc, alarms=int(alarm)
        )
