"""A camera: what its own process sees, and how a gateway understands it.

settings.py   what a profile says                     shot.py      one picture, and where pictures come from
wire.py       the lines between the two processes     pyav.py      RTSP and files              (the door to PyAV)
decoder.py    lines to events                         opencv.py    V4L2                        (the door to OpenCV)
frozen.py     it stands still as no sensor does       measure.py   small grey pictures to numbers   (to numpy)
covered.py    nothing is left to be seen              numbers.py   what they come down to
motion.py     something moves in a zone               eye.py       opens, looks, measures, judges
sight.py      what the eye tells                      ring.py      the last seconds, in memory

A gateway imports `settings`, `wire` and `decoder` only; the picture libraries belong to the camera's process.
"""

from __future__ import annotations

from typing import cast

from drivers.camera.decoder import CameraDecoder
from drivers.camera.settings import Settings
from drivers.decoder import Decoder, Driver, Known
from drivers.model import Struct

__all__ = ["DRIVER", "CameraDecoder", "Settings"]


def _make(_settings: Struct, _known: Known) -> Decoder[object]:
    return cast("Decoder[object]", CameraDecoder())


DRIVER = Driver("camera", ("camera", "memory"), Settings, _make)
