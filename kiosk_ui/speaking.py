"""Says things: a voice that makes sound of text, and a thread that plays it. Both ends are replaceable.

    speaker = Speaker(Espeak(), open_sink, told=lambda sounds: post("speaking", sounds), fetch=...)
    speaker.say(Utterance("您好", "zh"), gain_db=0.0)

Sound is made sentence by sentence, so that the first is heard while the next is made, and in memory only. The text goes
to the engine by its standard input: a command line can be read by everybody on the box.
"""

from __future__ import annotations

import logging
import re
import subprocess
import threading
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from kiosk_ui.sound_files import Sound, VoiceError, heard, sounds
from kiosk_ui.speech import MOST_DB, Utterance

log = logging.getLogger("linli.kiosk")

VOICES = {"zh": "cmn", "en": "en"}
WORDS_A_MINUTE = 140
"""Slower than espeak's own 175: for old ears."""
RENDER_S = 10.0
BLOCK_S = 0.02
MOST_PIECE, MOST_TEXT = 160, 12_000
END = re.compile(r"(?<=[。！？!?；;\n])")


class Voice(Protocol):
    """Makes sound of a sentence."""

    def sound(self, text: str, language: str) -> Sound:
        """Blocks. Raises VoiceError."""


class Sink(Protocol):
    """Plays blocks at the pace of sound. `drop` may come from another thread."""

    def write(self, block: bytes, rate: int) -> None:
        """Blocks until there is room. Raises OSError when it does not play."""

    def drop(self) -> None:
        """Silent at once; the next block begins anew."""

    def close(self) -> None:
        """Play out what is left."""


class Espeak:
    """espeak-ng(1), a process for each sentence. `command` as it is called."""

    def __init__(self, command: str = "espeak-ng") -> None:
        self._command = command

    def sound(self, text: str, language: str) -> Sound:
        """See `Voice`."""
        plain = text.replace("[[", "[ [")  # else it reads phonemes
        command = [self._command, "-v", VOICES.get(language, "cmn"), "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
        try:
            done = subprocess.run(command, input=plain.encode(), capture_output=True, timeout=RENDER_S, check=True)  # noqa: S603 - of our own making
        except (OSError, subprocess.SubprocessError) as error:
            raise VoiceError(type(error).__name__) from None  # its own words would hold the text
        return heard(done.stdout)


def sentences(text: str) -> list[str]:
    """Pieces that are said one after the other; none is long."""
    found = [part.strip() for part in END.split(text[:MOST_TEXT])]
    return [part[at : at + MOST_PIECE] for part in found if part for at in range(0, len(part), MOST_PIECE)]


def scaled(block: array[int], gain_db: float) -> bytes:
    """0 dB is 18 below the loudest there is, so that nothing is ever cut off at the top."""
    factor = 10 ** ((min(gain_db, MOST_DB) - MOST_DB) / 20)
    return array("h", (int(sample * factor) for sample in block)).tobytes()


@dataclass(slots=True)
class _Job:
    utterance: Utterance
    gain_db: float
    held: bool = False
    over: bool = False


class Speaker:
    """One thread, begun with the first word."""

    def __init__(
        self,
        voice: Voice,
        open_sink: Callable[[], Sink],
        told: Callable[[bool], None],
        fetch: Callable[[str], bytes | None] = lambda _sha256: None,
    ) -> None:
        self.fetch = fetch
        self._voice, self._open_sink, self._told = voice, open_sink, told
        self._changed = threading.Condition()
        self._job: _Job | None = None
        self._sink: Sink | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._failed = False

    def say(self, utterance: Utterance, gain_db: float) -> None:
        """See `speech.Speaking`."""
        self.stop()
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="speaking", daemon=True)
                self._thread.start()
            self._job = _Job(utterance, gain_db)
            self._changed.notify_all()

    def hush(self) -> None:
        """See `speech.Speaking`."""
        with self._changed:
            if self._job is not None:
                self._job.held = True
        self._drop()

    def go_on(self, gain_db: float) -> None:
        """See `speech.Speaking`."""
        with self._changed:
            if self._job is not None:
                self._job.held, self._job.gain_db = False, gain_db
            self._changed.notify_all()

    def stop(self) -> None:
        """See `speech.Speaking`."""
        with self._changed:
            if self._job is not None:
                self._job.over, self._job = True, None
            self._changed.notify_all()
        self._drop()

    def close(self) -> None:
        """End the thread."""
        self.stop()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(RENDER_S + 1)

    def _drop(self) -> None:
        if (sink := self._sink) is not None:
            sink.drop()

    # --- on the thread

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._speak(job)
            except (VoiceError, OSError) as error:
                if not self._failed:
                    log.warning("nothing can be said: %s", error if isinstance(error, VoiceError) else "no player")
                self._failed = True
            with self._changed:
                mine = self._job is job
                self._job = None if mine else self._job
            if mine:
                self._told(False)  # noqa: FBT003 - the news itself
            del job  # the words of somebody who has gone

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._job is not None)
            return None if self._closed else self._job

    def _speak(self, job: _Job) -> None:
        sink = self._sink = self._open_sink()
        try:
            for sound in self._sounds(job):
                step = max(1, int(sound.rate * BLOCK_S))
                for at in range(0, len(sound.samples), step):
                    if not self._goes_on(job, sink):
                        return
                    self._write(job, sink, scaled(sound.samples[at : at + step], job.gain_db), sound.rate)
            self._failed = False
        finally:
            sink.drop() if job.over else sink.close()
            self._sink = None

    def _write(self, job: _Job, sink: Sink, block: bytes, rate: int) -> None:
        try:
            sink.write(block, rate)
        except OSError:
            if not (job.over or job.held):  # else it was silenced in the middle of it
                raise

    def _goes_on(self, job: _Job, sink: Sink) -> bool:
        with self._changed:
            if job.held:
                sink.drop()
                self._changed.wait_for(lambda: job.over or not job.held)
            return not job.over

    def _sounds(self, job: _Job) -> Iterator[Sound]:
        for text, sha256 in job.utterance.parts():
            if sha256 and (content := self.fetch(sha256)):
                begun = False
                try:
                    for sound in sounds(content):
                        begun = True
                        yield sound
                except VoiceError as error:
                    log.warning("a spoken text of the content cannot be played (%s)", error)
                if begun:  # what was said is not said again
                    continue
            for sentence in sentences(text):
                if job.over:
                    return
                yield self._voice.sound(sentence, job.utterance.language)
