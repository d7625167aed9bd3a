r"""A video file for a camera without a camera: somebody walks along a corridor. YUV4MPEG2, which needs no encoder.

YUV4MPEG2 W160 H120 F5:1 Ip A1:1 C420jpeg \n   then for each picture   FRAME \n  Y  U  V
"""

from __future__ import annotations

from pathlib import Path

WIDTH, HEIGHT, PER_SECOND, SECONDS = 160, 120, 5, 8
WALL, FLOOR, COAT = 150, 90, 35
GREY = bytes((128,)) * (WIDTH * HEIGHT // 2)
"""Both colour planes of a picture without colour."""


def write_video(path: Path) -> None:
    """Eight seconds of 160 x 120."""
    frames = PER_SECOND * SECONDS
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(frames):
            file.write(b"FRAME\n" + _picture(index * (WIDTH - 20) // frames) + GREY)


def _picture(walker: int) -> bytes:
    rows = []
    for y in range(HEIGHT):
        row = bytearray((WALL if y < HEIGHT * 2 // 3 else FLOOR,)) * WIDTH
        if HEIGHT // 3 < y < HEIGHT * 5 // 6:
            row[walker : walker + 14] = bytes((COAT,)) * 14
        rows.append(bytes(row))
    return b"".join(rows)
