"""RTSP and files through PyAV: the only file of the drivers that imports it.

RTSP goes over TCP (RFC 2326, section 10.12: interleaved), because UDP loses pictures on the wireless bridges cameras
hang on. User and password are put into the address here and nowhere else; PyAV's errors carry the address, so they
are told by their kind alone. A file stands for a camera in demos and tests: it plays at its own pace, again and again.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av
import av.error
import av.logging

from drivers.camera.shot import CONNECT_S, SMALL_HEIGHT, SMALL_WIDTH, SourceError

QUALITIES = (4, 8, 14, 22, 31)
"""Quantisers of the JPEG encoder, from good to poor."""

LAMBDA = 118
"""FF_QP2LAMBDA of libavutil: the unit in which a codec's fixed quality is given."""

LEARN_US = "1000000"
"""How long FFmpeg may study a stream before it gives the first picture; its own 5 s are a camera lost for 5 s more."""

MIN_WIDTH = 160


class AvShot:
    """One decoded frame."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self.width, self.height = int(frame.width), int(frame.height)

    def grey(self) -> bytes:
        """Scaled down by averaging, so that noise stays where it was and does not become a pattern."""
        small = self._frame.reformat(SMALL_WIDTH, SMALL_HEIGHT, "gray", interpolation="AREA")
        return bytes(small.to_ndarray().tobytes())

    def jpeg(self, width: int, limit: int) -> bytes:
        """As good as fits; smaller when even the poorest does not."""
        width = min(width, self.width)
        while True:
            size = width // 2 * 2, round(self.height * width / self.width) // 2 * 2
            picture = self._frame.reformat(*size, "yuvj420p")
            data = b""
            for quality in QUALITIES:
                data = encode_jpeg(picture, quality)
                if len(data) <= limit:
                    return data
            if width <= MIN_WIDTH:
                return data if len(data) <= limit else b""
            width //= 2


def encode_jpeg(picture: Any, quality: int) -> bytes:
    """One JPEG, without anything that would tell where it comes from."""
    encoder: Any = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.qmin = encoder.qmax = quality
    encoder.options = {"huffman": "default"}
    picture.pts = None
    out = io.BytesIO()
    for packet in (*encoder.encode(picture), *encoder.encode(None)):
        out.write(bytes(packet))
    return out.getvalue()


class AvSource:
    """An opened stream or file."""

    def __init__(self, address: str, *, username: str, password: str, silence_s: float) -> None:
        """Connect. Raises SourceError."""
        self._live = "://" in address
        options = {"rtsp_transport": "tcp", "analyzeduration": LEARN_US} if self._live else {}
        av.logging.set_level(None)  # it would write addresses into our log
        try:
            self._container: Any = av.open(
                with_credentials(address, username, password) if self._live else address,
                options=options,
                timeout=(CONNECT_S, silence_s),
            )
            self._stream: Any = self._container.streams.video[0]
        except IndexError:
            raise SourceError("there is no picture in the stream") from None
        except (av.error.FFmpegError, ValueError) as error:
            raise SourceError(reason_of(error)) from None
        self._stream.thread_type = "NONE"
        self._stream.codec_context.skip_frame = "NONREF"
        self._silence_s = silence_s

    def shots(self) -> Iterator[AvShot]:
        """Pictures as they come."""
        try:
            yield from self._stream_shots() if self._live else self._file_shots()
        except (av.error.FFmpegError, ValueError) as error:
            raise SourceError(reason_of(error, self._silence_s)) from None
        raise SourceError("the camera ended the stream")

    def close(self) -> None:
        """Hang up."""
        self._container.close()

    def _stream_shots(self) -> Iterator[AvShot]:
        for frame in self._container.decode(self._stream):
            yield AvShot(frame)

    def _file_shots(
        self, now: Callable[[], float] = monotonic, rest: Callable[[float], None] = sleep
    ) -> Iterator[AvShot]:
        while True:
            start_s, first, any_frame = now(), None, False
            for frame in self._container.decode(self._stream):
                any_frame, time_s = True, float(frame.time or 0.0)
                first = time_s if first is None else first
                if (wait_s := start_s + time_s - first - now()) > 0:
                    rest(wait_s)
                yield AvShot(frame)
            if not any_frame:
                return
            self._container.seek(0)


def with_credentials(address: str, username: str, password: str) -> str:
    """The address as only the camera may see it."""
    if not username:
        return address
    parts = urlsplit(address)
    secret = f"{quote(username, safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{secret}@{parts.netloc}"))


def reason_of(error: Exception, silence_s: float = CONNECT_S) -> str:
    """Why, without the address that stands in the error's own text."""
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return f"nothing came for {silence_s:.0f} s"
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "the camera refuses user name or password"
    if isinstance(error, av.error.FFmpegError):
        return str(error.strerror or type(error).__name__)
    return type(error).__name__
