"""The same judgements on pictures that went through an encoder and back, as a camera's do."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from drivers.camera.frozen import FrozenJudge
from drivers.camera.measure import Measurer
from drivers.camera.motion import MotionJudge
from drivers.camera.numbers import Numbers
from drivers.camera.pyav import AvShot, AvSource
from drivers.camera.settings import Zone
from drivers.camera.shot import SMALL_HEIGHT, SMALL_WIDTH, SourceError
from tests.camera.scenes import EVERYWHERE, Yard, video

FPS, EVERY = 10, 2
SIZE = 320, 180


def seen(path: str, zones: tuple[Zone, ...] = ()) -> list[Numbers]:
    """Every second picture of a file, without waiting for its pace."""
    measurer, found = Measurer(zones, 18.0), []
    with av.open(path) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % EVERY == 0:
                found.append(measurer.take(AvShot(frame).grey(), index / FPS))
    return found


@pytest.mark.parametrize("codec", ["libx264", "mjpeg"])
def test_a_still_yard_with_noise_is_not_frozen_and_the_same_picture_again_and_again_is(
    tmp_path: Path, codec: str
) -> None:
    yard, live = Yard(*SIZE), FPS * 15
    last = yard.picture()
    scene = video(
        tmp_path / "yard.mkv",
        lambda i: yard.picture(noise=4) if i < live else last,
        live + FPS * 15,
        fps=FPS,
        codec=codec,
        keyframes=FPS * 2,
        bit_rate=1_500_000,
    )
    judge = FrozenJudge(8)

    states = {numbers.at_s: judge.take(numbers) for numbers in seen(str(scene))}

    assert not any(frozen for at_s, frozen in states.items() if at_s < 15)
    assert [frozen for at_s, frozen in states.items() if at_s > 24] == [True] * len([s for s in states if s > 24])


def test_a_box_that_walks_through_an_encoded_yard_moves_and_the_yard_alone_does_not(tmp_path: Path) -> None:
    yard = Yard(*SIZE)
    scene = video(
        tmp_path / "walk.mkv",
        lambda i: yard.picture() if i < 60 else yard.with_box((i - 60) / 80, 0.4),
        120,
        fps=FPS,
    )
    judge = MotionJudge(0.005, 30)

    found = [one.at_s for numbers in seen(str(scene), (EVERYWHERE,)) for one in judge.take(numbers)]

    assert len(found) == 1
    assert 6 <= found[0] <= 8


def test_a_shot_is_small_and_grey_for_judging_and_a_bounded_jpeg_for_keeping(tmp_path: Path) -> None:
    noisy = np.random.default_rng(2)
    scene = video(tmp_path / "noise.mkv", lambda _i: noisy.uniform(0, 255, (720, 1280)).astype(np.float32), 2, fps=FPS)
    source = AvSource(str(scene), username="", password="", silence_s=5)
    try:
        shot = next(iter(source.shots()))
        assert (shot.width, shot.height, len(shot.grey())) == (1280, 720, SMALL_WIDTH * SMALL_HEIGHT)
        for limit in (300_000, 60_000, 20_000):
            jpeg = shot.jpeg(1280, limit)
            assert jpeg.startswith(b"\xff\xd8\xff")
            assert len(jpeg) <= limit
        assert shot.jpeg(1280, 100) == b""
    finally:
        source.close()


def test_a_file_that_is_no_video_is_named_by_its_kind(tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(b"\x00\xff" * 5000)
    with pytest.raises(SourceError, match="Invalid data"):
        AvSource(str(tmp_path / "noise.mp4"), username="", password="", silence_s=5)
