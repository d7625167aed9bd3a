"""Who speaks in the benchmarks. All are registered: that is what a site looks like after its installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

GATEWAY = "gw-bench"
TRACKERS = 200
PRESSERS = 400
BUTTONS = 10
LAMP = 10
"""Pins BUTTONS are at 2..11, their lamps LAMP pins higher."""

FIRST_PIN = 2
DEBOUNCE_MS = 50

Row = Mapping[str, str]

DOORS = [f"door-{n}" for n in range(50)]


def imei(n: int) -> str:
    """Of the n-th tracker; those that press an SOS come after those that send positions."""
    return f"86123456{n:07d}"


def tracker_rows(first: int, count: int) -> list[Row]:
    """For the registry."""
    return [{"id": f"tracker-{n}", "profile": "gt06", "address": imei(n)} for n in range(first, first + count)]


def all_devices() -> Sequence[Row]:
    """Trackers, those who press, doors and wired buttons."""
    doors = [{"id": door, "profile": "z2m-contact", "address": door} for door in DOORS]
    buttons = [{"id": b, "profile": "gpio-button", "address": b} for b in map(button, range(BUTTONS))]
    return [*tracker_rows(0, TRACKERS + PRESSERS), *doors, *buttons]


def button(n: int) -> str:
    """The n-th wired button."""
    return f"button-{n}"
