from __future__ import annotations

import numpy as np
import pytest

from edge.call.processing import EchoCancelling
from edge.call.sound import RATE, TEN_MS, Block, NoProcessing, Processing
from edge.call.sound.align import EARLY, Alignment
from edge.call.sound.block import silence, to_int16
from edge.call.sound.room_model import RoomModel
from tests.call.sound_line import voice

SECONDS = 8
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def babble(seconds: int = SECONDS, seed: int = 2) -> Floats:
    """As broad and as restless as speech, and never twice the same, so that each delay has but one answer."""
    random = np.random.default_rng(seed)
    at = np.arange(seconds * RATE) / RATE
    rough = np.convolve(random.normal(0, 1, len(at)), np.exp(-np.arange(60) / 8), "same")
    made = rough * (0.3 + np.abs(np.sin(2 * np.pi * 2.3 * at) * np.sin(2 * np.pi * 0.9 * at)))
    return np.asarray(made / np.abs(made).max() * 15_000, np.float64)


def echo_of(far: Floats, places: list[tuple[int, float]], drift: float) -> Block:
    """What the microphone hears: from so many seconds on with so much delay, the loudspeaker's clock off by `drift`."""
    at = np.arange(len(far)) / RATE
    delay = np.zeros(len(far))
    for from_s, delay_s in places:
        delay[from_s * RATE :] = delay_s
    return to_int16(0.5 * np.interp((at - delay) * (1 + drift), at, far))[:, None]


def run(
    processing: Processing | Alignment, far: Block, near: Block, seconds: int = SECONDS
) -> tuple[Block, list[tuple[float | None, float]]]:
    made, track = [], []
    for at in range(0, seconds * RATE, TEN_MS):
        processing.far(far[at : at + TEN_MS])
        if isinstance(processing, Alignment):
            made.append(processing.near(near[at : at + TEN_MS], 0))
            track.append((processing._track.place, processing.drift))
        else:
            made.append(processing.near(near[at : at + TEN_MS]))
    return np.concatenate(made), track


def power(sound: Block) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-9))


def test_the_echo_is_found_within_a_second() -> None:
    far = babble()
    _, track = run(Alignment(), to_int16(far)[:, None], echo_of(far, [(0, 0.123)], 0), seconds=2)
    place = track[60][0]
    assert place is not None
    assert -place / RATE == pytest.approx(0.123, abs=0.001)


@pytest.mark.parametrize("to_s", [0.140, 0.060])
def test_a_jump_of_the_delay_is_followed_within_a_second(to_s: float) -> None:
    far = babble()
    _, track = run(Alignment(), to_int16(far)[:, None], echo_of(far, [(0, 0.1), (3, to_s)], 0), seconds=5)
    before, after = track[290][0], track[400][0]
    assert before is not None
    assert after is not None
    assert -before / RATE == pytest.approx(0.1, abs=0.001)
    assert -after / RATE == pytest.approx(to_s, abs=0.001)


@pytest.mark.parametrize("drift", [200e-6, -200e-6, 0.0])
def test_the_drift_between_the_clocks_is_measured(drift: float) -> None:
    far = babble()
    _, track = run(Alignment(), to_int16(far)[:, None], echo_of(far, [(0, 0.1)], drift))
    assert track[-1][1] == pytest.approx(drift, abs=40e-6)


def test_what_is_given_to_the_canceller_stands_10_ms_before_its_echo() -> None:
    far = babble()
    near = echo_of(far, [(0, 0.1)], 200e-6)
    played, _ = run(Alignment(), to_int16(far)[:, None], near)
    first, second = played[5 * RATE : 6 * RATE, 0].astype(float), near[5 * RATE : 6 * RATE, 0].astype(float)
    cross = np.fft.irfft(np.fft.rfft(second, 1 << 17) * np.conj(np.fft.rfft(first, 1 << 17)))
    assert int(np.argmax(cross)) == pytest.approx(EARLY, abs=24)


def test_where_no_echo_is_none_is_found() -> None:
    far, other = babble(), to_int16(babble(seed=9))[:, None]
    alignment = Alignment()
    run(alignment, to_int16(far)[:, None], other)
    assert not alignment.found


def test_a_loudspeaker_that_stops_being_fed_gives_silence() -> None:
    alignment = Alignment()
    for _ in range(300):
        assert not alignment.near(silence(TEN_MS, 1), 0).any()
    for _ in range(300):
        alignment.far(silence(TEN_MS, 1))
    assert alignment.near(silence(TEN_MS, 1), 960).shape == (TEN_MS, 1)


def test_the_echo_is_30_db_down_after_two_seconds_with_drift_and_a_jump() -> None:
    far = babble()
    near = echo_of(far, [(0, 0.08), (4, 0.12)], 200e-6)
    left, _ = run(EchoCancelling(), to_int16(far)[:, None], near)
    for from_s in (2, 6):
        part = slice(from_s * RATE, (from_s + 2) * RATE)
        assert power(near[part]) - power(left[part]) >= 30


@pytest.mark.parametrize("handful", [2, 4])
def test_a_card_that_plays_by_handfuls_changes_nothing(handful: int) -> None:
    far = to_int16(babble())[:, None]
    near = echo_of(babble(), [(0, 0.08)], 0)
    processing = EchoCancelling()
    left: list[Block] = []
    for block in range(4 * RATE // TEN_MS):
        if block % handful == 0:
            for at in range(block * TEN_MS, (block + handful) * TEN_MS, TEN_MS):
                processing.far(far[at : at + TEN_MS])
        if block % handful == handful - 1:
            recorded = range((block + 1 - handful) * TEN_MS, (block + 1) * TEN_MS, TEN_MS)
            left += [processing.near(near[at : at + TEN_MS]) for at in recorded]
    part = slice(2 * RATE, 4 * RATE)
    assert power(near[part]) - power(np.concatenate(left)[part]) >= 30


def modelled(model: RoomModel, far: Block, near: Block) -> Block:
    return np.concatenate(
        [model.block(far[at : at + TEN_MS], near[at : at + TEN_MS]) for at in range(0, len(near), TEN_MS)]
    )


def room_of(far: Block, delay: int = 480) -> Block:
    """A direct path and one wall."""
    sound = far[:, 0].astype(np.float64)
    return to_int16(0.5 * np.roll(sound, delay) - 0.2 * np.roll(sound, delay + 700))[:, None]


def test_the_model_of_the_room_takes_the_straight_echo_away_and_leaves_the_voice() -> None:
    far = to_int16(babble(6))[:, None]
    echo = room_of(far)
    near = silence(len(far), 1)
    near[4 * RATE :] = voice(2)
    left = modelled(model := RoomModel(), far, to_int16(echo.astype(np.float64) + near))
    alone, both = slice(2 * RATE, 4 * RATE), slice(4 * RATE, 6 * RATE)
    assert power(echo[alone]) - power(left[alone]) > 15
    assert power(to_int16(left[both].astype(np.float64) - near[both])) < power(echo[both]) - 10
    assert model.share == 1.0


def test_until_it_has_proved_itself_the_model_changes_nothing() -> None:
    far, other = to_int16(babble(3))[:, None], to_int16(babble(3, seed=9))[:, None]
    assert (modelled(model := RoomModel(), far, other) == other).all()
    assert model.share == 0.0


def test_after_a_jump_the_model_knows_the_room_from_before() -> None:
    far = to_int16(babble(7))[:, None]
    echo = room_of(far)
    moved = slice(4 * RATE, 4 * RATE + RATE * 2 // 5)
    echo[moved] = room_of(far, 3_000)[moved]
    model = RoomModel()
    modelled(model, far[: moved.stop], echo[: moved.stop])
    model.jumped()
    later = slice(moved.stop + RATE // 2, moved.stop + RATE)
    left = modelled(model, far[moved.stop : later.stop], echo[moved.stop : later.stop])
    assert power(echo[later]) - power(left[RATE // 2 :]) > 10


def test_the_model_survives_the_loudest_and_most_senseless_input() -> None:
    random = np.random.default_rng(1)
    far, near = (to_int16(random.choice([-32_768.0, 32_767.0, 0.0], 2 * RATE))[:, None] for _ in range(2))
    model = RoomModel()
    modelled(model, far, near)
    assert np.isfinite(model._weights).all()
    assert (modelled(model, silence(RATE, 1), silence(RATE, 1)) == 0).all()


def test_a_voice_without_echo_is_kept() -> None:
    near = voice(3)
    left, _ = run(EchoCancelling(), silence(len(near), 1), near, seconds=3)
    assert power(near[RATE:]) - power(left[RATE:]) < 3


def test_doing_nothing_does_nothing() -> None:
    near = voice(1)
    left, _ = run(NoProcessing(), near, near, seconds=1)
    assert (left == near).all()


def test_a_block_of_another_size_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="10 ms"):
        EchoCancelling().far(silence(960, 1))


def test_a_delay_the_card_invents_is_held_in_bounds() -> None:
    processing = EchoCancelling()
    processing.delay_ms = 100_000
    assert processing.delay_ms == 500
    processing.delay_ms = -3
    assert processing.delay_ms == 0


def test_while_nothing_is_recorded_what_is_played_does_not_pile_up() -> None:
    processing = EchoCancelling()
    for _ in range(5_000):
        processing.far(silence(TEN_MS, 1))
    assert len(processing._played) <= 100
