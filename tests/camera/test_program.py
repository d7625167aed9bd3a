"""The camera's process as systemd starts it: it looks, it says what it sees, it comes back, it keeps its secret."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from drivers.ports.camera import NoPictureError
from tests.camera.rtsp import Camera, encoded, on_air
from tests.camera.scenes import Yard, video
from tests.camera.stage import Process, ears, until

pytestmark = pytest.mark.e2e

FPS = 10
EVERYWHERE = [{"name": "everywhere", "points": [[0, 0], [1, 0], [1, 1], [0, 1]]}]
QUICK = {"lost_after_s": 1, "covered_after_s": 1, "zones": EVERYWHERE, "cool_down_s": 3600}


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for one in started:
        one.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of an empty yard, three in which somebody walks through."""
    scene, path = Yard(320, 180), tmp_path_factory.mktemp("yard") / "yard.mkv"
    return video(path, lambda i: scene.picture() if i < 30 else scene.with_box((i - 30) / 40, 0.4), 60, fps=FPS)


def test_it_says_that_it_is_alive_and_what_moves_and_gives_the_picture_of_a_moment(
    tmp_path: Path, yard: Path, processes: list[Process]
) -> None:
    async def story() -> None:
        async with ears(tmp_path) as gateway:
            processes.append(Process(tmp_path, str(yard), QUICK))
            await until(gateway.reports, "first report")
            assert gateway.recorder.history == ["up"]
            report = gateway.reports()[0]
            assert (report.alive, report.width, report.height) == (True, 320, 180)

            pressed_s = monotonic()
            picture = await gateway.port.picture(pressed_s, 5)
            assert abs(picture.taken - pressed_s) <= 1.2
            assert picture.jpeg.startswith(b"\xff\xd8\xff")
            with pytest.raises(NoPictureError, match=r"no answer|no picture"):
                await gateway.port.picture(pressed_s + 3600, 0.5)

            await until(gateway.motions, "motion")
            assert [moved.zone for moved in gateway.motions()] == ["everywhere"]
            assert processes[0].end() == 0

    asyncio.run(story())


def test_it_outlives_the_gateway_and_the_gateway_outlives_it(
    tmp_path: Path, yard: Path, processes: list[Process]
) -> None:
    async def story() -> None:
        async with ears(tmp_path) as gateway:
            processes.append(Process(tmp_path, str(yard), QUICK))
            await until(gateway.reports, "first report")
        async with ears(tmp_path) as gateway:
            await until(gateway.reports, "report to the next gateway")
            processes[0].end(signal.SIGKILL)
            await until(lambda: gateway.recorder.conversations[-1].ended, "the line ends")
            processes[0].start()
            await until(lambda: len(gateway.hellos()) == 2, "back")
            first, second = gateway.hellos()
            assert first.start != second.start

    asyncio.run(story())


def test_a_camera_that_ends_is_told_as_dead_once_and_found_again(
    tmp_path: Path, yard: Path, processes: list[Process]
) -> None:
    async def story() -> None:
        source, away = tmp_path / "camera.mkv", tmp_path / "away.mkv"
        async with ears(tmp_path) as gateway:
            processes.append(Process(tmp_path, str(source), QUICK))
            await until(gateway.reports, "report without a camera")
            assert [report.alive for report in gateway.reports()] == [False]
            shutil.copy(yard, away)
            away.rename(source)
            await until(lambda: gateway.reports()[-1].alive, "found")
            assert gateway.recorder.history == ["down: No such file or directory", "up"]

    asyncio.run(story())


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes everything, answers nothing."""
    while await reader.read(65536):
        pass
    writer.close()


async def _rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Not what asks for RTSP wants to hear."""
    await reader.read(65536)
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n<html>" + b"\x00\xff" * 5000)
    writer.close()


async def _refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A camera that knows another password."""
    while request := await reader.readuntil(b"\r\n\r\n"):
        number = next(line for line in request.split(b"\r\n") if line.lower().startswith(b"cseq"))
        challenge = b'WWW-Authenticate: Digest realm="cam", nonce="1"\r\n'
        code = b"200 OK" if request.startswith(b"OPTIONS") else b"401 Unauthorized"
        writer.write(b"RTSP/1.0 " + code + b"\r\n" + number + b"\r\n" + challenge + b"\r\n")


Server = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize("behaviour", [_silent, _rude, _refusing])
def test_a_camera_that_does_not_answer_as_one_is_dead_and_its_password_stands_nowhere(
    tmp_path: Path, processes: list[Process], behaviour: Server
) -> None:
    async def story() -> None:
        server = await asyncio.start_server(behaviour, "127.0.0.1", 0)
        number = server.sockets[0].getsockname()[1]
        (tmp_path / "password").write_text("geh:eim@/!", encoding="utf-8")
        (tmp_path / "password").chmod(0o600)
        async with server, ears(tmp_path) as gateway:
            source = f"rtsp://127.0.0.1:{number}/1"
            secret = {"username": "viewer", "password_file": str(tmp_path / "password")}
            processes.append(Process(tmp_path, source, QUICK, **secret))
            await until(gateway.reports, "report")
            (report, *_) = gateway.reports()
            assert not report.alive
            assert report.reason
            assert processes[0].end() == 0
        told = processes[0].said() + "".join(map(str, gateway.heard())) + str(gateway.recorder.history)
        for secret_part in ("geh", "eim", "viewer", "rtsp://"):
            assert secret_part not in told

    asyncio.run(story())


def test_an_unknown_camera_is_named_with_those_there_are(tmp_path: Path, yard: Path, processes: list[Process]) -> None:
    processes.append(Process(tmp_path, str(yard), None, name="gate"))
    assert processes[0].process.wait(30) == 2
    assert "no camera `yard` in the configuration; cameras: gate" in processes[0].said()


PASSWORD = "geh:eim@/! 密码"


def test_an_rtsp_camera_with_a_password_is_seen_and_its_silence_is_noticed_and_mended(
    tmp_path: Path, processes: list[Process]
) -> None:
    async def story() -> None:
        scene = Yard(640, 360)
        camera = Camera(encoded([scene.picture() for _ in range(20)]), "viewer", PASSWORD)
        (tmp_path / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        (tmp_path / "password").chmod(0o600)
        async with ears(tmp_path) as gateway, on_air(camera) as source:
            secret = {"username": "viewer", "password_file": str(tmp_path / "password")}
            processes.append(Process(tmp_path, source, {"lost_after_s": 3}, **secret))
            await until(gateway.reports, "first report")
            report = gateway.reports()[0]
            assert (report.alive, report.width, report.height) == (True, 640, 360)

            camera.talks.clear()  # the line stays open: no picture, no word
            await until(lambda: not gateway.reports()[-1].alive, "silence noticed")
            await until(lambda: camera.players >= 2, "connected anew")
            camera.talks.set()
            await until(lambda: gateway.reports()[-1].alive, "back")
            assert [word.partition(":")[0] for word in gateway.recorder.history] == ["up", "down", "up"]
            assert processes[0].end() == 0

    asyncio.run(story())


def test_a_wrong_password_is_named_as_the_reason(tmp_path: Path, processes: list[Process]) -> None:
    async def story() -> None:
        camera = Camera(encoded([Yard().picture()] * 2), "viewer", "right")
        (tmp_path / "password").write_text("wrong", encoding="utf-8")
        (tmp_path / "password").chmod(0o600)
        async with ears(tmp_path) as gateway, on_air(camera) as source:
            secret = {"username": "viewer", "password_file": str(tmp_path / "password")}
            processes.append(Process(tmp_path, source, QUICK, **secret))
            await until(gateway.reports, "report")
            assert gateway.reports()[0].reason == "the camera refuses user name or password"

    asyncio.run(story())
