"""`linli simulate --neighbourhood`: devices that log in, walk, and press, at the TCP ports a configuration declares."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from edge.cli.output import as_json
from edge.cli.speech import OK, WARN, CannotError, Speech
from edge.config_shape import TcpConfig, endpoint
from edge.demo.voices import Gt06Voice, Jt808Voice, Place, Saying, Voice, WatchVoice

CENTRE: Place = (31.2304, 121.4737)
PATIENCE_S = 5.0
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Tally:
    """What was said and what of it was answered."""

    said: int = 0
    answered: int = 0
    expected: int = 0
    sos: int = 0
    lost_lines: int = 0
    ms: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float | None:
        """Milliseconds within which so many answers came."""
        return round(sorted(self.ms)[int(share * (len(self.ms) - 1))], 1) if self.ms else None


class Life:
    """One device on one connection at a time."""

    def __init__(self, voice: Voice, where: tuple[str, int], tally: Tally, dice: random.Random) -> None:
        self.voice, self._where, self._tally, self._dice = voice, where, tally, dice
        self._sent: list[tuple[Saying, float]] = []
        self._clock = datetime.now(UTC).replace(microsecond=0)
        self.presses = 0

    async def run(self, until_s: float, every_s: float) -> None:
        """Speak until then; come back when the line breaks."""
        while time.monotonic() < until_s:
            try:
                reader, writer = await asyncio.open_connection(*self._where)
            except OSError:
                self._tally.lost_lines += 1
                await asyncio.sleep(1.0)
                continue
            try:
                await self._speak(reader, writer, until_s, every_s)
            except (OSError, TimeoutError):
                self._tally.lost_lines += 1
            finally:
                writer.transport.abort()

    async def _speak(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, until_s: float, every_s: float
    ) -> None:
        self.voice.connected()
        while hello := self.voice.hello():
            writer.write(hello)
            await self._hear(reader, writer, PATIENCE_S)
        await asyncio.sleep(self._dice.uniform(0, every_s))
        while time.monotonic() < until_s:
            saying = self._next()
            writer.write(saying.frame)
            self._tally.said += 1
            if saying.answer is not None:
                self._tally.expected += 1
                self._sent.append((saying, time.monotonic()))
            pause = time.monotonic() + every_s
            while (left := pause - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await self._hear(reader, writer, left)
        until = time.monotonic() + PATIENCE_S
        while self._sent and time.monotonic() < until:
            await self._hear(reader, writer, until - time.monotonic())

    def _next(self) -> Saying:
        self._clock = max(self._clock + SECOND, datetime.now(UTC).replace(microsecond=0))
        place = CENTRE[0] + self._dice.uniform(-0.01, 0.01), CENTRE[1] + self._dice.uniform(-0.01, 0.01)
        if self.presses:
            self.presses -= 1
            self._tally.sos += 1
            return self.voice.sos(self._clock, place)
        return self.voice.position(self._clock, place)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait_s: float) -> None:
        async with asyncio.timeout(wait_s):  # wait_for of Python 3.11 may swallow a cancellation
            data = await reader.read(4096)
        if not data:
            raise ConnectionResetError("closed by the gateway")
        for answer in self.voice.heard(data):
            for index, (saying, at) in enumerate(self._sent):
                if saying.answer == answer:
                    self._tally.answered += 1
                    self._tally.ms.append((time.monotonic() - at) * 1000)
                    del self._sent[index]
                    break
        if owed := self.voice.replies():
            writer.write(owed)


def live(args: argparse.Namespace, tr: Speech) -> int:
    """0 when everything that wants an answer was answered."""
    tally, dice = Tally(), random.Random(1)  # noqa: S311 - a simulation, not a secret
    lives = [Life(voice, where, tally, dice) for voice, where in _devices(args, tr)]
    for _ in range(args.sos):
        dice.choice(lives).presses += 1
    if not args.json:
        print(
            tr(f"{len(lives)} devices for {args.seconds:g} s", f"{len(lives)} 台设备，{args.seconds:g} 秒"), flush=True
        )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(lives, args))
    missing = tally.expected - tally.answered
    value = {
        "devices": len(lives),
        "said": tally.said,
        "sos": tally.sos,
        "answered": tally.answered,
        "missing": missing,
        "broken_lines": tally.lost_lines,
        "answer_ms_p50": tally.quantile(0.5),
        "answer_ms_p99": tally.quantile(0.99),
    }
    if args.json:
        as_json(value)
    else:
        print("  ".join(f"{name}: {one}" for name, one in value.items()))
    return OK if not missing and tally.said else WARN


async def _run(lives: list[Life], args: argparse.Namespace) -> None:
    until_s = time.monotonic() + args.seconds
    async with asyncio.TaskGroup() as group:
        for one in lives:
            group.create_task(one.run(until_s, args.every), name=one.voice.device)


def _devices(args: argparse.Namespace, tr: Speech) -> Iterator[tuple[Voice, tuple[str, int]]]:
    """So many at each port somebody here can speak at."""
    found = False
    for port in _ports(args, tr):
        make = VOICES.get(port.profile.partition("-")[0])
        if make is not None:
            host, number = endpoint(port.listen)
            found = True
            where = ("127.0.0.1" if host in {"", "0.0.0.0", "::"} else host, number)  # noqa: S104 - where it listens
            yield from ((make(index), where) for index in range(args.devices))
    if not found:
        raise CannotError(
            tr(
                f"{args.config} declares no TCP port for {', '.join(VOICES)}",
                f"{args.config} 中没有 {'、'.join(VOICES)} 的 TCP 端口",
            )
        )


def _ports(args: argparse.Namespace, tr: Speech) -> list[TcpConfig]:
    from edge.config import parts_of  # noqa: PLC0415
    from firmware_profiles.documents import read  # noqa: PLC0415

    document, findings = read(args.config)
    if document is None:
        raise CannotError(tr("no configuration", "没有配置"), [one.text(tr.language) for one in findings])
    ports: list[Any] = [port for _, port in parts_of(document.data).ports]
    return [port for port in ports if isinstance(port, TcpConfig)]


VOICES: dict[str, Any] = {
    "gt06": lambda index: Gt06Voice(f"gt06-{index}", f"86999990{index:07}"),
    "jt808": lambda index: Jt808Voice(f"jt808-{index}", f"199999{index:05}", edition=2019 if index % 2 else 2013),
    "watch": lambda index: WatchVoice(f"watch-{index}", f"99{index:08}"),
}
