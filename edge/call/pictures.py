"""The door to PyAV: VP8 both ways, sizes, the JPEG of a still, and cameras on V4L2.

VP8 is encoded here and not by the library under the call, because that one makes a new encoder, and with it a key
picture, for every tenth of bit rate that the line gives or takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import av.error
import av.logging
from av.video.frame import PictureType
from av.video.reformatter import Interpolation

from edge.call.picture import CameraError, Picture, PictureError

CLOCK = Fraction(1, 90_000)
"""RFC 7741: VP8's RTP clock."""
QUALITIES = (4, 8, 14, 22)
"""JPEG quantizers of FFmpeg, from fine to coarse."""
OPEN_S = 5.0


class Encoder:
    """VP8 in real time at one size and bit rate. Another size or rate is another encoder."""

    def __init__(self, width: int, height: int, bit_rate: int, frames_s: int) -> None:
        self.width, self.height, self.bit_rate = width, height, bit_rate
        codec: Any = av.CodecContext.create("libvpx", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.time_base, codec.framerate = CLOCK, Fraction(frames_s)
        codec.bit_rate, codec.gop_size = bit_rate, 3000
        codec.qmin, codec.qmax, codec.thread_count = 4, 56, 1
        codec.options = {
            "deadline": "realtime",
            "cpu-used": "-8",
            "lag-in-frames": "0",
            "error-resilient": "default",
            "minrate": str(bit_rate),
            "maxrate": str(bit_rate),
            # half a second may be saved up: a key picture must not fill a thin line for longer
            "bufsize": str(bit_rate // 2),
            "undershoot-pct": "100",
            "overshoot-pct": "15",
            "static-thresh": "1",
            "max-intra-rate": "300",
        }
        self._codec = codec

    def encode(self, picture: Picture, timestamp: int, *, key: bool) -> bytes:
        """One frame; empty when the encoder left it out to keep the rate. Raises PictureError."""
        frame = _frame_of(picture)
        frame.pts, frame.time_base = timestamp, CLOCK
        frame.pict_type = PictureType.I if key else PictureType.NONE
        try:
            return b"".join(bytes(packet) for packet in self._codec.encode(frame))
        except av.error.FFmpegError as error:
            raise PictureError(f"the encoder failed: {type(error).__name__}") from None


class Decoder:
    """VP8. After an error it needs a key picture."""

    def __init__(self) -> None:
        self._codec: Any = av.CodecContext.create("libvpx", "r")
        self._codec.thread_count = 1

    def decode(self, data: bytes) -> Picture | None:
        """A frame's picture, if it shows one. Raises PictureError."""
        try:
            frames = self._codec.decode(av.Packet(data))
        except av.error.FFmpegError as error:
            raise PictureError(f"the decoder failed: {type(error).__name__}") from None
        return _picture_of(frames[-1]) if frames else None


def scaled(picture: Picture, width: int, height: int) -> Picture:
    """The same in another size; the shape is the caller's business."""
    if (picture.width, picture.height) == (width, height):
        return picture
    frame = _frame_of(picture).reformat(width, height, interpolation=Interpolation.FAST_BILINEAR)
    return Picture(width, height, _planes(frame), picture.at_ns)


def jpeg(picture: Picture, limit: int) -> bytes:
    """As fine as fits into so many bytes; empty when nothing does. Raises PictureError."""
    for quality in QUALITIES:
        codec: Any = av.CodecContext.create("mjpeg", "w")
        codec.width, codec.height, codec.pix_fmt = picture.width, picture.height, "yuvj420p"
        codec.time_base, codec.qmin, codec.qmax = CLOCK, quality, quality
        frame = _frame_of(picture).reformat(format="yuvj420p")
        frame.pts, frame.time_base = 0, CLOCK
        try:
            data = b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])
        except av.error.FFmpegError as error:
            raise PictureError(f"the still cannot be packed: {type(error).__name__}") from None
        if len(data) <= limit:
            return data
    return b""


def camera(device: str, width: int, height: int, frames_s: int) -> Iterator[Picture]:
    """Pictures of a V4L2 device in its size nearest to this, until closed. Raises CameraError."""
    # PyAV's wheel was built elsewhere; what it prints about devices goes through Python's logging.
    av.logging.set_level(av.logging.ERROR)
    options = {"video_size": f"{width}x{height}", "framerate": str(frames_s), "input_format": "mjpeg"}
    container = _opened(device, options)
    try:
        for frame in container.decode(video=0):
            yield _picture_of(frame.reformat(_even(frame.width), _even(frame.height), format="yuv420p"))
    except (av.error.FFmpegError, OSError) as error:
        raise CameraError(f"the camera gives no picture ({type(error).__name__})") from None
    finally:
        container.close()
    raise CameraError("the camera ended")


def _opened(device: str, options: dict[str, str]) -> Any:
    """With JPEG inside, which a camera on USB sends in large sizes; else with whatever it has."""
    if not os.path.exists(device):  # noqa: PTH110 - a device, not a file of ours
        raise CameraError("there is no camera")
    for tried in (options, {key: value for key, value in options.items() if key != "input_format"}, {}):
        try:
            return av.open(device, format="v4l2", options=tried, timeout=OPEN_S)
        except (av.error.FFmpegError, OSError, ValueError):
            continue
    raise CameraError("the camera cannot be opened")


def _even(size: int) -> int:
    return size - size % 2


def _frame_of(picture: Picture) -> Any:
    frame: Any = av.VideoFrame(picture.width, picture.height, "yuv420p")
    view, at = memoryview(picture.planes), 0
    for plane in frame.planes:
        size = plane.width * plane.height
        if plane.line_size == plane.width:
            plane.update(view[at : at + size])
        else:
            rows = (view[at + y * plane.width :][: plane.width].tobytes() for y in range(plane.height))
            plane.update(b"".join(row.ljust(plane.line_size, b"\0") for row in rows))
        at += size
    return frame


def _picture_of(frame: Any) -> Picture:
    if frame.format.name != "yuv420p" or frame.width % 2 or frame.height % 2:
        frame = frame.reformat(_even(frame.width), _even(frame.height), format="yuv420p")
    return Picture(frame.width, frame.height, _planes(frame), time.monotonic_ns())


def _planes(frame: Any) -> bytes:
    """Without the padding at the end of each row."""
    parts: list[memoryview] = []
    for plane in frame.planes:
        view, width, line = memoryview(plane), plane.width, plane.line_size
        if line == width:
            parts.append(view[: width * plane.height])
        else:
            parts.extend(view[at : at + width] for at in range(0, line * plane.height, line))
    return b"".join(parts)
