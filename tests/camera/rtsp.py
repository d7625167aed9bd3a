"""An RTSP camera in a hundred lines: digest access, H.264 over RTP interleaved in TCP (RFC 2326, 6184), a plug to pull.

It speaks from the specifications and not from what our client happens to send; FFmpeg is the one that judges.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from hashlib import md5
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

FPS, REALM, NONCE = 10, "camera", "5f0c"
MOST = 1400
SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


def encoded(pictures: list[NDArray[np.float32]]) -> list[bytes]:
    """Each picture as its NAL units, with start codes between them; a key frame every second."""
    height, width = pictures[0].shape
    encoder: Any = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = width, height, "yuv420p", Fraction(1, FPS)
    encoder.options, encoder.gop_size, encoder.max_b_frames = {"tune": "zerolatency"}, FPS, 0
    packets: list[Any] = []
    for index, picture in enumerate(pictures):
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        planes[:height] = np.clip(picture, 16, 235).astype(np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts = index
        packets += encoder.encode(frame)
    return [bytes(packet) for packet in (*packets, *encoder.encode(None))]


class Camera:
    """Plays its pictures over and over to whoever knows the password; silent while `talks` is clear."""

    def __init__(self, pictures: list[bytes], user: str = "", password: str = "") -> None:
        self.talks = asyncio.Event()
        self.talks.set()
        self.players = 0
        self._pictures, self._user, self._password = pictures, user, password

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        player: asyncio.Task[None] | None = None
        try:
            while request := (await reader.readuntil(b"\r\n\r\n")).decode():
                method, uri, _ = request.split(" ", 2)
                body, more, code = "", "", "200 OK"
                if not self._allowed(method, uri, request):
                    code, more = "401 Unauthorized", f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}"\r\n'
                elif method == "DESCRIBE":
                    body, more = SDP, "Content-Type: application/sdp\r\n"
                elif method == "SETUP":
                    more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
                number = re.search(r"(?i)cseq: *(\d+)", request)
                assert number is not None
                head = f"RTSP/1.0 {code}\r\nCSeq: {number[1]}\r\nSession: 1\r\n{more}"
                writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                if method == "PLAY" and player is None:
                    player = asyncio.create_task(self._play(writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if player is not None:
                player.cancel()
            writer.close()

    def _allowed(self, method: str, uri: str, request: str) -> bool:
        if not self._user or method == "OPTIONS":
            return True
        mine = digest(f"{self._user}:{REALM}:{self._password}")
        wanted = digest(f"{mine}:{NONCE}:{digest(f'{method}:{uri}')}")
        return f'response="{wanted}"' in request

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        self.players += 1
        sequence, moment = 0, 0
        while True:
            for picture in self._pictures:
                await self.talks.wait()
                units = [unit for unit in re.split(b"\x00\x00\x00?\x01", picture) if unit]
                parts = [(part, unit is units[-1] and last) for unit in units for part, last in fragments(unit)]
                for part, marker in parts:
                    sequence, header = sequence + 1, bytes((0x80, marker << 7 | 96))
                    rtp = header + struct.pack(">HII", sequence & 0xFFFF, moment & 0xFFFFFFFF, 1) + part
                    writer.write(b"$\x00" + struct.pack(">H", len(rtp)) + rtp)
                await writer.drain()
                moment += 90000 // FPS
                await asyncio.sleep(1 / FPS)


def fragments(unit: bytes) -> list[tuple[bytes, bool]]:
    """A NAL unit as it fits into packets (FU-A), each with whether it is the last."""
    if len(unit) <= MOST:
        return [(unit, True)]
    kind, pieces = unit[0] & 0x1F, [unit[at : at + MOST] for at in range(1, len(unit), MOST)]
    indicator, last = unit[0] & 0xE0 | 28, len(pieces) - 1
    return [
        (bytes((indicator, (n == 0) << 7 | (n == last) << 6 | kind)) + piece, n == last)
        for n, piece in enumerate(pieces)
    ]


def digest(text: str) -> str:
    return md5(text.encode()).hexdigest()


@asynccontextmanager
async def on_air(camera: Camera) -> AsyncIterator[str]:
    """Its address."""
    lines: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(writer)
        await camera.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream1"
    finally:
        server.close()
        for line in lines:
            line.transport.abort()
        await asyncio.sleep(0)
