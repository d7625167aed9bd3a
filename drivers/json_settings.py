"""What a profile of the driver `json_mqtt` declares: where things stand in an object and what they mean."""

from __future__ import annotations

from typing import Annotated, Literal

from drivers.model import Meta, Struct, field

Path = Annotated[str, Meta(pattern=r"^[^.]+(\.[^.]+)*$", max_length=200)]
"""Keys joined by dots, or `topic[n]`."""

Maybe = Annotated[str, Meta(pattern=r"^$|^[^.]+(\.[^.]+)*$", max_length=200)]
"""A path, or "" for: the device does not say."""

Zone = Annotated[str, Meta(pattern=r"^$|^[Zz]$|^[+-]([01]\d|2[0-3]):?[0-5]\d$")]


class Flag(Struct, frozen=True, forbid_unknown_fields=True):
    """A yes or no. Any other value is neither."""

    path: Path
    yes: tuple[str, ...] = ("1", "true", "on", "ON", "yes")
    no: tuple[str, ...] = ("0", "false", "off", "OFF", "no")


class AlarmTable(Struct, frozen=True, forbid_unknown_fields=True):
    """Which value raises which alarm; "" for a value that is known to be none.

    `held`: the value stays for as long as the cause does (tamper, battery). Otherwise each arrival is a new alarm.
    """

    path: Path
    table: dict[str, str]
    held: bool = False


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Degrees, metres; `speed_factor` turns the device's unit into km/h (knots 1.852, m/s 3.6).

    `datum` is on record with every place: Chinese map clouds deliver GCJ-02 or BD-09. Without `valid` a place in
    range is taken as a fix.
    """

    lat: Path
    lon: Path
    valid: Maybe = ""
    speed: Maybe = ""
    speed_factor: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    course: Maybe = ""
    altitude_m: Maybe = ""
    datum: Literal["WGS-84", "GCJ-02", "BD-09"] = "WGS-84"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`device` are paths whose values, joined by `-`, are the device's id; `require` says which objects count at all.

    `repeat` are paths that together tell a redelivered report from a new one (a serial number, a time).
    `fold_s`: an equal report of the same device within this time is the same one (radio sends several times).
    `attributes` and `readings` are names of ours with the path of each.
    `time_format`: `iso`, `unix_s`, `unix_ms`, or a strptime pattern; `time_zone` for times that carry none.
    """

    topics: Annotated[tuple[str, ...], Meta(min_length=1)] = ("#",)
    device: Annotated[tuple[Path, ...], Meta(min_length=1)] = ("device",)
    require: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alarms: tuple[AlarmTable, ...] = ()
    contact_open: Flag | None = None
    motion: Flag | None = None
    online: Flag | None = None
    readings: dict[str, Path] = field(default_factory=dict)
    attributes: dict[str, Path] = field(default_factory=dict)
    battery: Maybe = ""
    position: Position | None = None
    time: Maybe = ""
    time_format: str = "iso"
    time_zone: Zone = ""
    repeat: tuple[Path, ...] = ()
    fold_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
