"""How large and in which colours everything is drawn: computed from the glass and the eye, not chosen by taste.

An em is 0.021 of the viewing distance: the angle of the 18 pt that the elders' version of a phone application has at
30 cm (MIIT 2021-04). Areas to touch are 24 mm (48 dp of an elders' home page, and what a thumb covers), keys 15 mm,
gaps 3 mm. Colours reach 7:1 (WCAG 2.2, 1.4.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

EM_PER_DISTANCE = 0.021
SMALL = 0.8
TITLE = 1.3
LINE = 1.3
"""From one line to the next."""
LEAST_ENTRIES, MOST_ENTRIES = 2, 6
TARGET_MM, KEY_MM, GAP_MM = 24.0, 15.0, 3.0
LARGE = 1.35
LARGE_WITH_LITTLE_ROOM = 1.15
TALL_MM = 300.0
"""From here on the upper part of a screen is out of reach from a wheelchair, and the lower half holds everything."""


@dataclass(frozen=True, slots=True)
class Glass:
    """A screen in portrait, and how far away the eye is."""

    width_px: int = 1080
    height_px: int = 1920
    width_mm: float = 268.0
    height_mm: float = 476.0
    distance_mm: float = 600.0
    bottom_mm: float = 780.0
    """Its lower edge above the floor."""

    @property
    def px_per_mm(self) -> float:
        """The finer of both directions, so that nothing comes out smaller than meant."""
        return max(self.width_px / self.width_mm, self.height_px / self.height_mm)

    @property
    def tall(self) -> bool:
        """Whether there is a lower half that holds everything; a short screen hangs low as a whole."""
        return self.height_mm >= TALL_MM


@dataclass(frozen=True, slots=True)
class Look:
    """What a person chose to see and reach better."""

    large: bool = False
    contrast: bool = False
    low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """Every colour there is. Each text colour has 7:1 on the ground it is named with."""

    ground: str
    ink: str
    muted: str
    tile: str
    tile_ink: str
    tile_muted: str
    tile_edge: str
    tile_down: str
    tile_down_ink: str
    off: str
    off_ink: str
    bar: str
    bar_ink: str
    bar_on: str
    bar_on_ink: str
    help: str
    help_ink: str
    sos: str
    sos_ink: str
    accent: str
    accent_ink: str
    good: str
    warn: str


NORMAL = Colours(
    ground="#F6F1E7",
    ink="#1C1A17",
    muted="#45403A",
    tile="#FFFFFF",
    tile_ink="#12312F",
    tile_muted="#3D4543",
    tile_edge="#8D9A97",
    tile_down="#0C4A47",
    tile_down_ink="#FFFFFF",
    off="#E6E1D6",
    off_ink="#45403A",
    bar="#E7DFCF",
    bar_ink="#1C1A17",
    bar_on="#0C4A47",
    bar_on_ink="#FFFFFF",
    help="#0B5A3C",
    help_ink="#FFFFFF",
    sos="#A01212",
    sos_ink="#FFFFFF",
    accent="#0C4A47",
    accent_ink="#FFFFFF",
    good="#0B5A3C",
    warn="#8A1C00",
)
CONTRAST = Colours(
    ground="#000000",
    ink="#FFE500",
    muted="#FFE500",
    tile="#000000",
    tile_ink="#FFE500",
    tile_muted="#FFF6A8",
    tile_edge="#FFE500",
    tile_down="#FFE500",
    tile_down_ink="#000000",
    off="#000000",
    off_ink="#D6C95A",
    bar="#000000",
    bar_ink="#FFE500",
    bar_on="#FFE500",
    bar_on_ink="#000000",
    help="#FFE500",
    help_ink="#000000",
    sos="#FFFFFF",
    sos_ink="#000000",
    accent="#FFE500",
    accent_ink="#000000",
    good="#FFE500",
    warn="#FFFFFF",
)
NIGHT = Colours(
    ground="#000000",
    ink="#B3A000",
    muted="#B3A000",
    tile="#000000",
    tile_ink="#B3A000",
    tile_muted="#B3A000",
    tile_edge="#B3A000",
    tile_down="#B3A000",
    tile_down_ink="#000000",
    off="#000000",
    off_ink="#A99B50",
    bar="#000000",
    bar_ink="#B3A000",
    bar_on="#B3A000",
    bar_on_ink="#000000",
    help="#B3A000",
    help_ink="#000000",
    sos="#A8A8A8",
    sos_ink="#000000",
    accent="#B3A000",
    accent_ink="#000000",
    good="#B3A000",
    warn="#A8A8A8",
)
"""Half the light of high contrast, and still 7:1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What the QML singleton of the same name holds, in pixels."""

    colours: Colours
    contrast: bool
    body: int
    small: int
    label: int
    """On the fixed bars, which have no room to grow as much as the page."""
    title: int
    target: int
    key: int
    gap: int
    side: int
    """Left and right of everything, at the edge of the glass."""
    edge: int
    radius: int
    tall: bool
    low: bool
    roomy: bool
    compact: bool
    """Little room beside the letters: what can wait gives way."""
    entries: int
    """How many entries of a list with long names stand on one page."""
    tiles: int
    """How many tiles of a list stand on one page."""
    columns: int


def theme(glass: Glass, look: Look, *, night: bool = False) -> Theme:
    """The look on this glass. 低位 does nothing where the whole screen hangs low."""
    low = look.low and glass.tall
    little = low or not glass.tall
    factor = (LARGE_WITH_LITTLE_ROOM if little else LARGE) if look.large else 1.0
    mm = glass.px_per_mm
    em = EM_PER_DISTANCE * glass.distance_mm * factor
    return Theme(
        colours=NIGHT if night else CONTRAST if look.contrast else NORMAL,
        contrast=look.contrast,
        body=ceil(em * mm),
        small=ceil(em * SMALL * mm),
        label=ceil(EM_PER_DISTANCE * glass.distance_mm * min(factor, LARGE_WITH_LITTLE_ROOM) * SMALL * mm),
        title=ceil(em * TITLE * mm),
        target=ceil(TARGET_MM * mm),
        key=ceil(KEY_MM * mm),
        gap=ceil(GAP_MM * mm),
        side=ceil(GAP_MM * mm) * (2 if glass.tall else 1),
        edge=max(2, round((1.2 if look.contrast else 0.5) * mm)),
        radius=round(3 * mm),
        tall=glass.tall,
        low=low,
        roomy=not little,
        compact=not glass.tall or (look.large and not low),
        entries=_entries(glass, em * mm, low=low),
        tiles=(6 if glass.tall else 4) if little and look.large else 9 if glass.tall else 6,
        columns=3 if glass.tall and not (little and look.large) else 2,
    )


def _entries(glass: Glass, em: float, *, low: bool) -> int:
    """An entry has two lines of its name and two under them; bars, heading and pager take their part of the glass."""
    target, gap = TARGET_MM * glass.px_per_mm, GAP_MM * glass.px_per_mm
    bars = 2.4 * target + 5 * gap
    above = glass.height_px / 2 if low else TITLE * LINE * em + 2 * gap
    pager = target + gap if glass.tall else 0.0
    entry = (2 + 2 * SMALL) * LINE * em + 2.2 * gap
    return max(LEAST_ENTRIES, min(MOST_ENTRIES, int((glass.height_px - bars - above - pager) / entry)))
