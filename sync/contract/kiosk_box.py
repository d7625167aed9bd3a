"""What a kiosk's box knows about itself: section `kiosk` of linli.yaml, handed to the screen by `GET /v1/kiosk`.

Lengths are millimetres. Times of day are `HH:MM` of the box's own zone; weekdays as ISO 8601, Monday is 1.
"""

from __future__ import annotations

from sync.contract.departments import Said
from sync.contract.envelope import Struct


class Glass(Struct, frozen=True, kw_only=True):
    """The screen, in portrait. Every size on it is computed from this.

    `bottom_mm` is its lower edge above the floor, `distance_mm` how far away a person's eye is.
    """

    width_px: int = 1080
    height_px: int = 1920
    width_mm: float = 268.0
    height_mm: float = 476.0
    bottom_mm: float = 780.0
    distance_mm: float = 600.0


class Hotline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number that helps where the screen cannot."""

    name: Said
    number: str


class Opening(Struct, frozen=True, kw_only=True):
    """The shop is open on these days from `opens` to `closes`."""

    days: tuple[int, ...]
    opens: str
    closes: str


class KioskBox(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`installer_code` is the salted hash of the service menu's code; empty: the menu cannot be entered."""

    place: str = ""
    pole: str = ""
    """Number of the nearest pole, from which a report and the grid warden are known without asking."""
    language: str = "zh"
    screen: Glass = Glass()
    open: tuple[Opening, ...] = ()
    hotlines: tuple[Hotline, ...] = ()
    installer_code: str = ""
    sos_devices: tuple[str, ...] = ()
    """Devices of this gateway whose emergency opens a voice here; empty: this box's own, `kiosk`."""
    sos_department: str = ""
    """Whom the call engine rings for them by itself; empty: the screen does it, for its own emergency."""
