"""What a screen shows, as plain values: one `View` for each look at it, made anew after everything that happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One tile or line. A tap on it presses `control` with `argument`."""

    control: str
    argument: str
    title: str
    detail: str = ""
    said: str = ""
    """Its state in words."""
    art: str = ""
    """A drawing in kiosk_ui/art, without its ending."""
    tone: str = ""
    """For colours beside the words: good, warn, off or nothing."""
    live: bool = True
    """Whether it can be tapped."""
    picture: str = ""
    """The hash of a picture of content."""

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same row when its words change."""
        return self.control, self.argument


@dataclass(frozen=True, slots=True)
class View:
    """`texts` are read by the screen's QML by name; `rows` are its tiles."""

    title: str
    texts: dict[str, Value] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    sounds: Mapping[str, str] = field(default_factory=dict)
    """Words of it that were spoken at the centre, with the hash of the sound; QML needs none of it."""
