"""When a camera counts as alive: no thread, no camera, time is an argument."""

from __future__ import annotations

import asyncio
from pathlib import Path

from drivers.camera.settings import Settings
from drivers.camera.sight import Looked, Lost
from drivers.camera.wire import Ask, NoPicture, Picture
from edge.camera_program import CameraProgram
from edge.config_shape import CameraConfig

CAMERA = CameraConfig(name="yard", profile="camera", source="/tmp/yard.mkv")


class Time:
    now_s = 100.0


def program(time: Time) -> CameraProgram:
    return CameraProgram(CAMERA, Settings(lost_after_s=8), Path("/nowhere/camera.sock"), lambda: time.now_s)


def look(made: CameraProgram, time: Time, seconds: float) -> None:
    for _ in range(round(seconds * 5)):
        time.now_s += 0.2
        made.take([Looked(time.now_s, 640, 360, frozen=False, covered=False, dark=False, moved=())], False)  # noqa: FBT003


def rest(made: CameraProgram, time: Time, seconds: float) -> None:
    for _ in range(round(seconds * 2)):
        time.now_s += 0.5
        made.turn()


def alive(made: CameraProgram) -> bool | None:
    report = made.report()
    return None if report is None else report.alive


def test_nothing_is_said_before_it_can_be_known() -> None:
    time = Time()
    made = program(time)
    rest(made, time, 8)
    assert alive(made) is None
    rest(made, time, 0.5)
    assert alive(made) is False


def test_one_picture_that_a_decoder_held_back_does_not_make_a_dead_camera_alive() -> None:
    time = Time()
    made = program(time)
    look(made, time, 5)
    assert alive(made) is True
    rest(made, time, 9)
    assert alive(made) is False
    look(made, time, 0.2)
    assert alive(made) is False
    look(made, time, 1.2)
    assert alive(made) is True


def test_the_reason_is_the_eyes_own_and_not_an_old_one() -> None:
    time = Time()
    made = program(time)
    made.take([Lost(time.now_s, "connection refused")], False)  # noqa: FBT003
    rest(made, time, 9)
    report = made.report()
    assert report is not None
    assert report.reason == "connection refused"
    look(made, time, 3)
    rest(made, time, 9)
    report = made.report()
    assert report is not None
    assert report.reason == "no picture for 8 s"


def test_the_picture_nearest_to_the_press_is_shown_and_none_of_another_time() -> None:
    time = Time()
    made = program(time)
    for at_s in (95.0, 96.0, 97.0, 98.0):
        made.ring.put(at_s, b"%d" % at_s)

    near = asyncio.run(made.show(Ask("1", 96.4)))
    time.now_s = 200.0
    late = asyncio.run(made.show(Ask("2", 96.4)))

    assert isinstance(near, Picture)
    assert (near.jpeg, near.taken) == (b"96", 96.0)
    assert isinstance(late, NoPicture)
    assert made.ring.size() == 0
