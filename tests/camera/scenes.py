"""Scenes a camera could see, made on the spot: a yard with noise, a box that walks through, a hand over the lens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from drivers.camera.measure import Measurer
from drivers.camera.numbers import Numbers
from drivers.camera.settings import Zone
from drivers.camera.shot import SMALL_HEIGHT, SMALL_WIDTH

Grey = NDArray[np.uint8]
SMALL = SMALL_WIDTH, SMALL_HEIGHT
EVERYWHERE = Zone("everywhere", ((0, 0), (1, 0), (1, 1), (0, 1)))
LEFT = Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT = Zone("right", ((0.5, 0), (1, 0), (1, 1), (0.5, 1)))


class Yard:
    """A still scene; every picture of it has its own noise."""

    def __init__(self, width: int = SMALL_WIDTH, height: int = SMALL_HEIGHT, seed: int = 1) -> None:
        self._random = np.random.default_rng(seed)
        tiles = self._random.integers(40, 210, (9, 16)).astype(np.float32)
        self.scene = np.kron(tiles, np.ones((height // 9, width // 16), np.float32))

    def picture(self, noise: float = 2.0, light: float = 1.0) -> NDArray[np.float32]:
        picture = self.scene * light + self._random.normal(0, noise, self.scene.shape)
        return picture.astype(np.float32)

    def with_box(self, x: float, y: float, size: float = 0.15, noise: float = 2.0) -> NDArray[np.float32]:
        picture = self.picture(noise)
        height, width = picture.shape
        top, left = int(y * height), int(x * width)
        picture[top : top + int(size * height), left : left + int(size * width)] = 250
        return picture

    def covered(self, level: float = 60.0, noise: float = 1.0) -> NDArray[np.float32]:
        return self._random.normal(level, noise, self.scene.shape).astype(np.float32)


def grey(picture: NDArray[np.float32]) -> bytes:
    return np.clip(picture, 0, 255).astype(np.uint8).tobytes()


def measured(
    pictures: Iterable[NDArray[np.float32]], zones: tuple[Zone, ...] = (), fps: float = 5.0, since_s: float = 0.0
) -> Iterator[Numbers]:
    measurer = Measurer(zones, 18.0)
    for index, picture in enumerate(pictures):
        yield measurer.take(grey(picture), since_s + index / fps)


def video(
    path: Path,
    picture: Callable[[int], NDArray[np.float32]],
    count: int,
    *,
    fps: int = 25,
    codec: str = "libx264",
    keyframes: int = 50,
    bit_rate: int = 400_000,
) -> Path:
    """A file as a camera would have recorded it."""
    height, width = picture(0).shape
    layout = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, layout, bit_rate
        stream.codec_context.gop_size = keyframes
        stream.codec_context.max_b_frames = 0
        for index in range(count):
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = np.clip(picture(index), 16, 235).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, layout)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
