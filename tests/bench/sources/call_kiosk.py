"""The call engine with measuring devices: a microphone that beeps with the clock, a loudspeaker that writes down.

    python -m tests.bench.sources.call_kiosk --api API --socket SOCKET --said FILE [--play WAV] [--record FILE]

It beeps at each full second of Unix time; what it hears begin is compared with the same clock, so that every beep of
the other end, which does likewise, tells a delay. SIGUSR1: what is measured begins here. At SIGTERM the file has what
was heard since, as JSON: `delays_ms` of the beeps, `made` the decoder's work in order ([how, samples]). `--record`:
what was played from the beginning, 48 kHz, 16 bit, bare.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edge.call import opus
from edge.call.addresses import addresses
from edge.call.clock_picture import ClockPicture
from edge.call.engine import Engine
from edge.call.fake_sound import FakeMicrophone, NullSpeaker, Speech
from edge.call.media import Parts
from edge.call.peer import AiortcPeer, hush
from edge.call.processing import EchoCancelling
from edge.call.program import new_id
from edge.call.sound import RATE, TEN_MS, Block, NoProcessing
from tests.call.sound_line import Listening

LOUD = 0.05
BEEP_S, APART_S = 0.2, 0.6
HERTZ, AMPLITUDE = 660.0, 12_000


def beep() -> Block:
    """The ten milliseconds that end now: a tone in the first fifth of each second."""
    now_s = time.time()
    at = now_s - (TEN_MS - np.arange(TEN_MS)) / RATE
    tone = np.sin(2 * np.pi * HERTZ * at) * AMPLITUDE * ((at % 1.0) < BEEP_S)
    return np.asarray(tone, np.int16).reshape(-1, 1)


class Ears(NullSpeaker):
    """Plays into nothing and remembers when a beep began."""

    def __init__(self) -> None:
        super().__init__()
        self.delays_ms: list[float] = []
        self._played: list[bytes] = []
        self._last_s = 0.0

    def open(self, to_play: Callable[[], Block]) -> None:
        """From now on."""
        super().open(lambda: self._heard(to_play()))

    def _heard(self, block: Block) -> Block:
        self._played.append(block.tobytes())
        loud = np.flatnonzero(np.abs(block[:, 0].astype(np.int32)) > LOUD * 32768)
        if len(loud):
            begun_s = time.time() + float(loud[0]) / RATE
            if begun_s - self._last_s > APART_S:
                self.delays_ms.append(begun_s % 1.0 * 1000)
            self._last_s = begun_s
        return block

    def write(self, said: Path, record: Path | None, made: list[tuple[str, int]]) -> None:
        """All of it."""
        said.write_text(json.dumps({"delays_ms": self.delays_ms, "made": made}), encoding="ascii")
        if record is not None:
            record.write_bytes(b"".join(self._played))


async def serve(given: argparse.Namespace) -> None:
    """Until SIGTERM."""
    hush()
    made: list[tuple[str, int]] = []
    real = opus.Decoder

    def decoder() -> Listening:
        return Listening(real(), made)

    opus.Decoder = decoder  # type: ignore[assignment, misc]
    ears = Ears()
    sound = Speech(Path(given.play)) if given.play else beep
    processing = EchoCancelling if given.processing else NoProcessing
    parts = Parts(ClockPicture(), FakeMicrophone(sound), ears, processing, AiortcPeer)
    engine = Engine(parts, Path(given.api), Path(given.socket), new_id, addresses)
    work = asyncio.create_task(engine.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)

    def begin() -> None:
        made.clear()
        ears.delays_ms.clear()

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin)
    await asyncio.gather(work, return_exceptions=True)
    ears.write(Path(given.said), Path(given.record) if given.record else None, made)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    for name in ("api", "socket", "said"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("play", "record"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--processing", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
