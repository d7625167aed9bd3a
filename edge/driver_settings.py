"""What the drivers say about themselves, put to the checks of profiles and configuration, which know no driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from drivers.decoder import DriverError, load_driver
from drivers.model import json_schema
from firmware_profiles.finding import Finding, listed
from firmware_profiles.loader import Profile


def settings_schema(driver: str) -> dict[str, Any] | None:
    """The JSON Schema of a driver's settings; None when there is no such driver."""
    try:
        return json_schema(load_driver(driver).settings)
    except DriverError:
        return None


def check_ports(profiles: Iterable[Profile]) -> Iterator[Finding]:
    """Profiles that name a kind of port their driver cannot be heard through."""
    for profile in profiles:
        try:
            possible = load_driver(profile.driver).ports
        except DriverError:  # the check of the profile says so
            continue
        for kind in sorted(set(profile.ports) - set(possible)):
            yield Finding(
                profile.file,
                0,
                0,
                f"`ports`: the driver `{profile.driver}` cannot be heard through {kind}",
                listed(possible),
                f"`ports`：驱动 `{profile.driver}` 不能通过 {kind} 接收；允许：{listed(possible)}",
            )
