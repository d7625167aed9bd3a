"""A voice note is what was said, in a file every desk can play, and no longer than it may be."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from edge.call.note import RATE_OF_NOTE, NoteWriter
from edge.call.sound.block import RATE, Block, Floats


def tone(hertz: float, seconds: float) -> list[Block]:
    at = np.arange(int(RATE * seconds)) / RATE
    sound = (10_000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)[:, None]
    return [sound[begin : begin + 480] for begin in range(0, len(sound), 480)]


def recorded(blocks: list[Block], most_s: float = 60.0) -> NoteWriter:
    note = NoteWriter(most_s=most_s)
    for block in blocks:
        note.recorded(block)
    return note


def played(content: bytes) -> Floats:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_OF_NOTE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


def loudness_db(sound: Floats) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(sound))) + 1e-9))


@pytest.mark.parametrize("hertz", [200, 1000, 4000])
def test_what_was_said_is_in_the_file_as_loud_as_it_was(hertz: float) -> None:
    blocks = tone(hertz, 2.0)
    sound = played(recorded(blocks).wav())
    assert len(sound) == RATE_OF_NOTE * 2
    before = np.concatenate(blocks)[:, 0].astype(np.float64)
    assert abs(loudness_db(sound[800:-800]) - loudness_db(before)) < 0.5
    spectrum = np.abs(np.fft.rfft(sound))
    assert abs(float(np.argmax(spectrum)) / 2.0 - hertz) < 2


def test_what_a_lower_rate_cannot_hold_does_not_come_back_as_a_whistle() -> None:
    blocks = tone(11_000, 1.0)
    assert loudness_db(played(recorded(blocks).wav())[800:-800]) < loudness_db(blocks[0].astype(np.float64)) - 40


def test_a_note_ends_at_its_longest_and_a_slip_of_the_finger_is_none() -> None:
    note = recorded(tone(400, 3.0), most_s=1.0)
    assert (note.full, note.seconds) == (True, 1.0)
    assert len(played(note.wav())) == RATE_OF_NOTE
    assert recorded(tone(400, 0.3)).wav() == b""


def test_the_level_shows_that_somebody_is_heard_and_falls_in_silence() -> None:
    note = recorded(tone(400, 0.5))
    assert note.level > 0.2
    for _ in range(60):
        note.recorded(np.zeros((480, 1), np.int16))
    assert note.level < 0.01
