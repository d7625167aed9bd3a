"""What a profile, or a camera in the configuration, says about looking."""

from __future__ import annotations

from typing import Annotated

from drivers.model import Meta, Struct

Unit = Annotated[float, Meta(ge=0, le=1)]


class Zone(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the picture in which movement counts: corners as fractions of width and height, from the top left."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    points: Annotated[tuple[tuple[Unit, Unit], ...], Meta(min_length=3, max_length=64)]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds; 0 switches the judgement off.

    `fps`             pictures looked at in a second; more only costs.
    `lost_after_s`    without a picture for so long the camera counts as dead.
    `frozen_after_s`  still for so long, although this camera's pictures are never still.
    `covered_after_s` nothing to be seen for so long.
    `zones`           where movement is reported; nowhere without any. `motion_threshold` in grey levels of 255,
                      `min_area` as a part of the whole picture, `cool_down_s` between two reports of one zone.
    `picture_width`   pictures kept are at most so wide, and at most `picture_kb` large. `ring_s` of them, one a
                      second, are in memory.
    """

    fps: Annotated[float, Meta(ge=1, le=10)] = 5.0
    lost_after_s: Annotated[float, Meta(ge=1, le=60)] = 8.0
    frozen_after_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0
    covered_after_s: Annotated[float, Meta(ge=0, le=3600)] = 5.0
    zones: Annotated[tuple[Zone, ...], Meta(max_length=16)] = ()
    motion_threshold: Annotated[float, Meta(ge=2, le=128)] = 18.0
    min_area: Annotated[float, Meta(gt=0, le=1)] = 0.005
    cool_down_s: Annotated[float, Meta(ge=0, le=86400)] = 30.0
    picture_width: Annotated[int, Meta(ge=160, le=1920)] = 1280
    picture_kb: Annotated[int, Meta(ge=20, le=300)] = 300
    ring_s: Annotated[int, Meta(ge=2, le=30)] = 10
