"""The call engine as a program: `linli call`, `python -m edge.call`. One loop, systemd around it, an exit code out."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edge.call import pictures
from edge.call.addresses import addresses
from edge.call.card import CardMicrophone, CardSpeaker
from edge.call.clock_picture import ClockPicture
from edge.call.engine import Engine
from edge.call.fake_sound import Beeps, FakeMicrophone, NullSpeaker, Speech
from edge.call.media import Microphone, Parts, Speaker
from edge.call.peer import AiortcPeer, hush
from edge.call.screen import sweep
from edge.call.sound import NoProcessing, Processing
from edge.call.tidy import Tidy, sparing
from sync.notify import Notify

log = logging.getLogger("linli.call")

OK, FAILED, MISCONFIGURED = 0, 1, 2
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
BEAT_S = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """What `linli call` was told; words as `edge.cli.call` explains them."""

    api: Path
    socket: Path
    camera: str
    microphone: str
    speaker: str
    relay_only: bool = False
    sos_devices: frozenset[str] = frozenset()
    sos_department: str = ""
    verbose: bool = False


def run(options: Options) -> int:
    """Until SIGTERM or SIGINT, or until the media broke: then systemd starts it anew."""
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING, format="%(levelname)s %(name)s %(message)s"
    )
    sparing()
    hush()
    sweep()
    try:
        parts = parts_of(options.camera, options.microphone, options.speaker)
    except (OSError, ValueError, EOFError) as error:
        print(f"linli call: {error}", file=sys.stderr)  # noqa: T201 - said to the person who starts it
        return MISCONFIGURED
    return asyncio.run(_serve(options, parts))


def parts_of(camera: str, microphone: str, speaker: str) -> Parts:
    """What the words of the command line mean. Raises OSError and ValueError for a WAV file that is none."""
    real = microphone != "fake" and not microphone.endswith(".wav") and speaker != "null"
    return Parts(
        camera=ClockPicture() if camera == "fake" else partial(pictures.camera, camera),
        microphone=_microphone(microphone),
        speaker=_speaker(speaker),
        processing=_cancelling if real else NoProcessing,
        peer=AiortcPeer,
    )


def new_id() -> str:
    """20 characters that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))


async def _serve(options: Options, parts: Parts) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_quiet)
    engine = Engine(
        parts,
        options.api,
        options.socket,
        new_id,
        addresses,
        relay_only=options.relay_only,
        sos_devices=options.sos_devices,
        sos_department=options.sos_department,
    )
    notify, tidy, fed_s = Notify(os.environ), Tidy(), 0.0

    def beat() -> None:
        nonlocal fed_s
        tidy.beat(loop.time(), in_call=engine.reception.living is not None)
        if loop.time() - fed_s >= BEAT_S:
            fed_s = loop.time()
            notify.alive("in a call" if engine.reception.living is not None else "waiting")

    gc.collect()
    gc.freeze()
    work = asyncio.create_task(engine.run(beat), name="call engine")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    notify.ready("waiting")
    try:
        await work
    except asyncio.CancelledError:
        return OK
    except OSError as error:
        log.critical("the screens' socket cannot be made: %s", error.strerror)
        return FAILED
    except Exception as error:  # noqa: BLE001 - supervision; its text may hold an address
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.critical("the engine met a fault: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
        return FAILED
    finally:
        notify.stopping()
    return FAILED


def _quiet(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What nobody awaited. Its text may hold an address: only its kind is told."""
    error = context.get("exception")
    log.warning("a task of the media ended badly (%s)", type(error).__name__ if error else "without an error")


def _microphone(word: str) -> Microphone:
    if word == "fake":
        return FakeMicrophone(Beeps())
    if word.endswith(".wav"):
        return FakeMicrophone(Speech(Path(word)))
    return CardMicrophone(word)


def _speaker(word: str) -> Speaker:
    return NullSpeaker() if word == "null" else CardSpeaker(word)


def _cancelling() -> Processing:
    """WebRTC's, loaded when a call begins; without it a handset still works."""
    with suppress(ImportError):
        from edge.call.processing import EchoCancelling  # noqa: PLC0415 - starts threads of its own

        return EchoCancelling(level=True)
    log.warning("no echo cancelling: the extra `call` is not complete")
    return NoProcessing()
