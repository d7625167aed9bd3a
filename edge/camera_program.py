"""One camera as a program: `linli camera NAME --config FILE`.

A process of its own, so that a decoder which hangs, eats memory or crashes on a broken stream takes no alarm with it.
The thread of the eye looks; the loop judges whether the camera is alive, keeps the line to the gateway, answers its
questions for pictures and feeds systemd's watchdog, for as long as the eye says anything. An eye that says nothing
hangs in a library: the process ends, and is started again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import sys
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import NoReturn

from drivers.camera.ring import Ring
from drivers.camera.settings import Settings
from drivers.camera.shot import CONNECT_S, Source
from drivers.camera.sight import Looked, Lost
from drivers.camera.wire import REPORT_EVERY_S, Ask, NoPicture, Picture, Report
from drivers.model import ValidationError, convert
from drivers.ports.inbox import Inbox
from edge import config as configuration
from edge.camera_link import CameraLink, camera_socket
from edge.config_shape import CameraConfig, Config
from firmware_profiles.loader import Profile, load_profiles
from sync.notify import Notify

log = logging.getLogger("linli.camera")

OK, FAILED, MISCONFIGURED = 0, 1, 2

STUCK_S = 60.0
"""Longer than any time-out of connecting, reading and the longest pause between two tries together."""

TURN_S = 0.5
AFTER_S = 1.2
"""So long a picture may come after the moment it is wanted for: the next one of the ring."""

SURE_S = 1.0
"""Pictures must come for so long before a camera counts as back: what a decoder held back may come after the end."""

LEAVE_S = 0.5
"""So long the end waits for an eye that is inside a library; a read from a silent camera lasts longer."""

FPS_OVER = 20


class CameraError(ValueError):
    """A camera that cannot be looked through as it is configured; says what to change."""


class CameraProgram:
    """What happens on the loop. `now` are monotonic seconds."""

    def __init__(self, camera: CameraConfig, settings: Settings, socket: Path, now: Callable[[], float]) -> None:
        self.ring = Ring(settings.ring_s)
        self.link = CameraLink(camera.name, uuid.uuid4().hex[:12], socket, self.show)
        self.heard_s = self._since_s = now()
        self._camera, self._settings, self._now = camera, settings, now
        self._looked: Looked | None = None
        self._run_s = 0.0
        self._times: deque[float] = deque(maxlen=FPS_OVER)
        self._trouble = ""
        self._news = asyncio.Event()
        self._told: Report | None = None
        self._told_s = -REPORT_EVERY_S

    def take(self, batch: list[Looked | Lost], _lost: bool) -> None:  # noqa: FBT001 - the contract of an inbox
        """What the eye found."""
        for one in batch:
            self.heard_s = one.at_s
            if isinstance(one, Lost):
                self._trouble = one.reason
                self._times.clear()
                continue
            if self._looked is None or one.at_s - self._looked.at_s > self._settings.lost_after_s:
                self._run_s = one.at_s
            self._looked, self._trouble = one, ""
            self._times.append(one.at_s)
            for moved in one.moved:
                self.link.moved(moved)
        self._news.set()
        self.turn()

    def turn(self) -> None:
        """Report what changed, and now and then everything."""
        report, now_s = self.report(), self._now()
        if report is None:
            return
        before = self._told
        news = before is None or _sort(before) != _sort(report)
        if not news and now_s - self._told_s < REPORT_EVERY_S:
            return
        if before is None or before.alive != report.alive:
            log.warning("%s: %s", self._camera.name, "pictures come" if report.alive else report.reason)
        self._told, self._told_s = report, now_s
        self.link.report(report)

    def report(self) -> Report | None:
        """How the camera is; None when that cannot be known yet."""
        looked, limit_s = self._looked, self._settings.lost_after_s
        if self._now() - (self._since_s if looked is None else looked.at_s) > limit_s:
            return Report(alive=False, reason=self._trouble or f"no picture for {limit_s:g} s")
        if looked is None or looked.at_s - self._run_s < SURE_S:
            return self._told
        return Report(
            alive=True,
            frozen=looked.frozen,
            covered=looked.covered,
            dark=looked.dark,
            width=looked.width,
            height=looked.height,
            fps=self._fps(),
        )

    def _fps(self) -> float:
        if len(self._times) < 2 or self._times[-1] <= self._times[0]:
            return 0.0
        return round((len(self._times) - 1) / (self._times[-1] - self._times[0]), 2)

    async def show(self, ask: Ask) -> Picture | NoPicture:
        """The picture nearest to the moment, after having waited for the next one."""
        until_s = ask.at + AFTER_S
        while (self.ring.newest_s() or 0.0) < ask.at and (left_s := until_s - self._now()) > 0:
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):  # wait_for of Python 3.11 may swallow a cancellation
                    await self._news.wait()
        kept = self.ring.nearest(ask.at, self._now())
        if kept is None:
            return NoPicture(ask.id, self._trouble or "no picture of that moment")
        return Picture(ask.id, kept.at_s, kept.jpeg)


def run(config_path: Path, name: str, *, verbose: bool = False) -> int:
    """Look through one camera until SIGTERM or SIGINT; the exit code."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        config = configuration.load(config_path, machine=False)  # the gateway's key is none of a camera's business
        profiles = load_profiles([Path(config.gateway.profiles)] if config.gateway.profiles else [])
        camera, settings = find_camera(config, profiles, name)
        connect = source_of(camera, settings)
    except configuration.ConfigError as error:
        for finding in error.findings:
            print(finding, file=sys.stderr)  # noqa: T201 - said to the person who starts it
        return MISCONFIGURED
    except CameraError as error:
        print(error, file=sys.stderr)  # noqa: T201 - as above
        return MISCONFIGURED
    socket = camera_socket(Path(config.gateway.data), camera.name)
    return asyncio.run(_serve(CameraProgram(camera, settings, socket, monotonic), settings, connect))


def find_camera(config: Config, profiles: Mapping[str, Profile], name: str) -> tuple[CameraConfig, Settings]:
    """The camera of this name and what its profile and the configuration say. Raises CameraError."""
    cameras = {port.name: port for port in config.ports if isinstance(port, CameraConfig)}
    if name not in cameras:
        known = ", ".join(sorted(cameras)) or "there is none"
        raise CameraError(f"no camera `{name}` in the configuration; cameras: {known}")
    camera = cameras[name]
    profile = profiles.get(camera.profile)
    if profile is None or profile.driver != "camera":
        raise CameraError(f"camera `{name}`: `{camera.profile}` is not a profile of a camera")
    try:
        return camera, convert({**profile.settings, **camera.settings}, Settings)
    except ValidationError as error:
        raise CameraError(f"camera `{name}`: {error}") from None


def source_of(camera: CameraConfig, settings: Settings) -> Callable[[], Source]:
    """What opens it; the library is loaded here, once and before anything runs. Raises CameraError."""
    try:
        if camera.source.startswith("/dev/"):
            from drivers.camera.opencv import CvSource  # noqa: PLC0415 - only for cameras on USB

            return lambda: CvSource(camera.source)
        from drivers.camera.pyav import AvSource  # noqa: PLC0415 - only for streams and files
    except ModuleNotFoundError as error:
        raise CameraError(f"{error.name} is not installed; install `linli-edge[camera]`") from None
    user, password = camera.username or "", ""
    if camera.password_file:
        try:
            password = Path(camera.password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise CameraError(f"camera `{camera.name}`: {camera.password_file} cannot be read") from None
    return lambda: AvSource(camera.source, username=user, password=password, silence_s=settings.lost_after_s)


async def _serve(program: CameraProgram, settings: Settings, connect: Callable[[], Source]) -> int:
    from drivers.camera.eye import Eye  # noqa: PLC0415 - numpy belongs to a process that looks

    loop = asyncio.get_running_loop()
    inbox: Inbox[Looked | Lost] = Inbox(loop, program.take, limit=64)
    eye = Eye(settings, program.ring, inbox.put, monotonic, random.random)
    thread = Thread(target=_supervised, args=(partial(eye.look, connect),), name="eye", daemon=True)
    work = asyncio.create_task(_turn(program, Notify(os.environ), thread), name="camera")
    link = asyncio.create_task(program.link.run(), name="link")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    thread.start()
    code = FAILED
    try:
        await work
    except asyncio.CancelledError:
        code = OK
    finally:
        eye.stop.set()
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
    await asyncio.to_thread(thread.join, LEAVE_S)
    if thread.is_alive():
        _leave(code)
    return code


def _leave(code: int) -> NoReturn:
    """End without the interpreter's own end, which pulls down what the eye waits in: that crashed."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _supervised(look: Callable[[], None]) -> None:
    """A fault of ours ends the thread, and with it the process. Its text is not told: it may hold an address."""
    try:
        look()
    except Exception as error:  # noqa: BLE001 - supervision
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.critical("the eye met a fault: %s at %s:%s", type(error).__name__, place.filename, place.lineno)


async def _turn(program: CameraProgram, notify: Notify, thread: Thread) -> None:
    """Returns when the eye hangs or is gone."""
    notify.ready("looking")
    try:
        while True:
            await asyncio.sleep(TURN_S)
            program.turn()
            if monotonic() - program.heard_s > STUCK_S + CONNECT_S or not thread.is_alive():
                log.critical("the eye says nothing; the process ends to be started again")
                return
            if monotonic() - program.heard_s < STUCK_S:
                report = program.report()
                notify.alive("no picture" if report is None or not report.alive else "looking")
    finally:
        notify.stopping()


def _sort(report: Report) -> tuple[object, ...]:
    """What is news when it changes; the pace is not."""
    return report.alive, report.reason, report.frozen, report.covered, report.width, report.height
