from __future__ import annotations

import numpy as np
import pytest

from edge.call import opus
from edge.call.sound import BLOCK, BrokenPacketError, Sender
from edge.call.sound.block import silence
from edge.call.sound.opus_packet import carries_copy, samples_of
from tests.call.sound_line import likeness, spoken, voice

VOICE = voice(2)
HERE = [place for place in opus.places() if opus.load([place])]


@pytest.mark.parametrize("place", HERE)
def test_every_libopus_here_says_a_voice_again(place: str) -> None:
    decoder = opus.Decoder(lib=opus.load([place]))
    heard = np.concatenate([decoder.decode(payload) for payload in spoken(VOICE)])
    assert likeness(heard, VOICE) > 0.7
    assert decoder.conceal(BLOCK).shape == (BLOCK, 1)


def test_without_any_libopus_the_message_says_what_to_install() -> None:
    with pytest.raises(opus.OpusMissingError, match="libopus0"):
        opus.load(["/nowhere/libopus.so"])


def test_it_names_its_version() -> None:
    assert opus.version().startswith("libopus")


@pytest.mark.parametrize("size", [120, 240, 480, 960, 1_920, 2_880])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_length_of_a_packet_is_read_without_decoding_it(size: int, channels: int) -> None:
    encoder, decoder = opus.Encoder(channels), opus.Decoder(channels)
    sound = np.repeat(VOICE, channels, axis=1)[:size]
    payload = encoder.encode(sound)
    assert samples_of(payload) == size
    assert decoder.decode(payload).shape == (size, channels)


def test_most_packets_of_a_voice_carry_a_copy_of_the_one_before() -> None:
    payloads = list(spoken(VOICE))
    assert sum(map(carries_copy, payloads)) > 0.5 * len(payloads)


def test_a_copy_sounds_like_the_packet_that_was_lost() -> None:
    payloads = list(spoken(VOICE))
    whole, lossy = opus.Decoder(), opus.Decoder()
    for payload in payloads[:39]:
        whole.decode(payload)
        lossy.decode(payload)
    assert carries_copy(payloads[40])
    really, copy = whole.decode(payloads[39]), lossy.repair(payloads[40], BLOCK)
    assert likeness(copy, really) > 0.8


def test_silence_is_sent_as_well_and_takes_few_bytes() -> None:
    payloads = list(spoken(silence(BLOCK * 50, 1)))
    assert len(payloads) == 50
    assert 2 < np.mean([len(payload) for payload in payloads]) < 60


@pytest.mark.parametrize("rate", [24_000, 32_000])
def test_a_voice_costs_no_more_than_was_granted(rate: int) -> None:
    encoder = opus.Encoder(bit_rate=rate)
    encoder.expect_loss(20)
    sizes = [len(encoder.encode(VOICE[at : at + BLOCK])) for at in range(0, len(VOICE), BLOCK)]
    assert 0.7 * rate < np.mean(sizes) * 8 * 50 < 1.02 * rate


def test_garbage_is_a_broken_packet_and_the_decoder_goes_on() -> None:
    decoder = opus.Decoder()
    with pytest.raises(BrokenPacketError):
        decoder.decode(b"\xff\xff\xff")
    with pytest.raises(BrokenPacketError):
        decoder.conceal(37)
    assert len(decoder.decode(next(spoken(VOICE)))) == BLOCK


def test_an_encoder_wants_its_own_shape() -> None:
    with pytest.raises(ValueError, match="channels"):
        opus.Encoder(1).encode(silence(BLOCK, 2))
    with pytest.raises(ValueError, match="samples"):
        opus.Encoder(1).encode(silence(100, 1))
    with pytest.raises(ValueError, match="block"):
        Sender(opus.Encoder(1)).block(silence(480, 1))


def test_reported_loss_is_prepared_for_at_once_and_forgotten_slowly() -> None:
    sender = Sender(opus.Encoder())
    assert sender.expected_loss == 10
    sender.lost(0.2)
    assert sender.expected_loss == 20
    sender.lost(0.0)
    assert sender.expected_loss == 18
    sender.lost(7.0)
    assert sender.expected_loss == 25
    for _ in range(60):
        sender.lost(0.0)
    assert sender.expected_loss == 10
