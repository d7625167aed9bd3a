"""The door to OpenCV, on a file: no V4L2 device is at hand where tests run."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from drivers.camera.opencv import CvSource
from drivers.camera.shot import SMALL_HEIGHT, SMALL_WIDTH, SourceError
from tests.camera.scenes import Yard, video


def test_its_shots_are_small_and_grey_for_judging_and_bounded_jpegs_for_keeping(tmp_path: Path) -> None:
    yard = Yard(640, 360)
    source = CvSource(str(video(tmp_path / "yard.mkv", lambda _i: yard.picture(), 3, fps=5)), cv2.CAP_FFMPEG)
    shots = source.shots()
    try:
        shot = next(shots)
        assert (shot.width, shot.height, len(shot.grey())) == (640, 360, SMALL_WIDTH * SMALL_HEIGHT)
        for limit in (300_000, 12_000):
            jpeg = shot.jpeg(320, limit)
            assert jpeg.startswith(b"\xff\xd8\xff")
            assert len(jpeg) <= limit
        assert shot.jpeg(320, 100) == b""
        with pytest.raises(SourceError, match="gives no picture"):
            list(shots)
    finally:
        source.close()


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="video77 cannot be opened"):
        CvSource(str(tmp_path / "video77"))
