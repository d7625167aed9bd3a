"""Stretching, loudness: what is done to samples once they are there."""

from __future__ import annotations

import numpy as np
import pytest

from edge.call.sound import BLOCK, RATE, TEN_MS, Block, Volume
from edge.call.sound.block import LOUDEST, silence, to_int16
from edge.call.sound.interpolate import read
from edge.call.sound.level import Level
from edge.call.sound.stretch import lengthen, shorten
from tests.call.sound_line import voice


def tone(hertz: float, samples: int, loud: float = 8_000.0) -> Block:
    return to_int16(loud * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE))[:, None]


def roughness(sound: Block) -> float:
    """The sharpest bend: a click has one."""
    return float(np.abs(np.diff(sound[:, 0].astype(np.float64), 2)).max())


@pytest.mark.parametrize("hertz", [90, 137, 210, 333])
def test_a_voice_is_stretched_by_whole_periods_and_without_a_click(hertz: int) -> None:
    sound = tone(hertz, 3 * BLOCK)
    shorter, longer = shorten(sound, 720, 0.9), lengthen(sound, 720, 0.9)
    assert shorter is not None
    assert longer is not None
    for change in (len(sound) - len(shorter), len(longer) - len(sound)):
        periods = change / (RATE / hertz)
        assert periods == pytest.approx(round(periods), abs=0.05)
        assert 1 <= round(periods) <= 6
    assert roughness(shorter) <= 1.3 * roughness(sound) + 1
    assert roughness(longer) <= 1.3 * roughness(sound) + 1


def test_a_stretch_keeps_both_ends() -> None:
    sound = voice(1)[20_000:22_500]
    for made in (shorten(sound, 720, 0.0), lengthen(sound, 720, 0.0)):
        assert made is not None
        assert made[0] == pytest.approx(sound[0], abs=1)
        assert made[-1] == sound[-1]


def test_what_does_not_repeat_is_left_alone() -> None:
    noise = to_int16(np.random.default_rng(1).normal(0, 3_000, 3 * BLOCK))[:, None]
    assert shorten(noise, 720, 0.9) is None
    assert lengthen(noise, 720, 0.9) is None


def test_silence_can_always_be_stretched_and_no_more_than_asked() -> None:
    shorter = shorten(silence(3 * BLOCK, 1), 300, 0.9)
    assert shorter is not None
    assert len(shorter) == 3 * BLOCK - 300


def test_too_little_sound_is_not_stretched() -> None:
    assert shorten(tone(200, 200), 720, 0.0) is None


def test_both_ears_are_stretched_alike() -> None:
    both = np.hstack((tone(200, 3 * BLOCK), tone(200, 3 * BLOCK)))
    shorter = shorten(both, 720, 0.9)
    assert shorter is not None
    assert (shorter[:, 0] == shorter[:, 1]).all()


def through(volume: Volume, sound: Block) -> Block:
    return np.concatenate([volume.block(sound[at : at + BLOCK]) for at in range(0, len(sound), BLOCK)])


def test_normal_loudness_changes_nothing_but_5_ms() -> None:
    sound = voice(1)
    heard = through(Volume(), sound)
    late = round(Volume.delay_s * RATE)
    assert (heard[late:] == sound[:-late]).all()


def test_the_loudest_is_18_db_more() -> None:
    volume = Volume()
    assert [volume.louder() for _ in range(8)] == [3, 6, 9, 12, 15, 18, 18, 18]
    heard = through(volume, tone(300, RATE, 500.0))
    assert np.abs(heard).max() == pytest.approx(500 * 10 ** (18 / 20), rel=0.01)


def test_the_loudest_never_clips_and_leaves_the_wave_its_shape() -> None:
    volume = Volume()
    volume.gain_db = 18
    sound = voice(2)
    heard = through(volume, sound)
    assert np.abs(heard.astype(np.int32)).max() < LOUDEST
    settled = through(volume, tone(300, RATE, 20_000.0))[RATE // 2 :, 0].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(settled * np.hanning(len(settled))))
    peak = int(np.argmax(spectrum))
    rest = np.concatenate((spectrum[: peak - 5], spectrum[peak + 6 :]))
    assert np.sqrt((rest**2).sum() / (spectrum**2).sum()) < 0.02


def test_a_sudden_shout_is_caught_before_it_comes() -> None:
    volume = Volume()
    volume.gain_db = 18
    sound = np.concatenate((silence(10 * BLOCK + 7 * 48, 1), tone(1_000, RATE, 32_000.0)))
    heard = through(volume, sound[: len(sound) // BLOCK * BLOCK])
    assert np.abs(heard.astype(np.int32)).max() < LOUDEST


def test_after_each_person_it_is_normal_again() -> None:
    volume = Volume(2)
    volume.gain_db = 99
    assert volume.gain_db == 18
    volume.normal()
    assert volume.gain_db == 0
    volume.softer()
    assert volume.gain_db == 0


def test_reading_between_samples_follows_the_wave() -> None:
    sound = np.sin(2 * np.pi * 1_000 * np.arange(2_000) / RATE)
    at = 500.3 + np.arange(480) * (1 + 0.2 / 480)
    assert np.abs(read(sound, 500.3, 480, 0.2) - np.sin(2 * np.pi * 1_000 * at / RATE)).max() < 0.002


@pytest.mark.parametrize("begin", [-3_000.0, -100.5, 1_900.2, 9_000.0])
def test_reading_where_nothing_is_gives_silence(begin: float) -> None:
    got = read(np.ones(2_000), begin, 480, 0.1)
    assert got.shape == (480,)
    assert got[0 if begin < 0 else -1] == 0


def rms(sound: Block) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def levelled(level: Level, sound: Block) -> Block:
    return np.concatenate([level.block(sound[at : at + TEN_MS]) for at in range(0, len(sound), TEN_MS)])


@pytest.mark.parametrize("share", [0.15, 1.0])
def test_a_quiet_voice_and_a_loud_one_come_near_to_each_other(share: float) -> None:
    sound = to_int16(voice(8).astype(np.float64) * share)
    heard = levelled(Level(), sound)[-2 * RATE :]
    assert 1_200 < rms(heard) < 4_600


def test_what_is_no_voice_is_not_raised() -> None:
    level = Level()
    noise = to_int16(np.random.default_rng(3).normal(0, 150, 5 * RATE))[:, None]
    assert rms(levelled(level, noise)) == pytest.approx(150, rel=0.05)
    assert level.gain == 1.0


def test_a_shout_after_a_whisper_does_not_clip() -> None:
    level = Level()
    levelled(level, to_int16(voice(6).astype(np.float64) * 0.1))
    assert level.gain > 2
    heard = levelled(level, tone(500, RATE, 30_000.0))
    assert np.abs(heard.astype(np.int32)).max() < LOUDEST
