from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.call import opus
from edge.call.sound import BLOCK, RATE, Block, Playing, Receiver
from edge.call.sound.opus_packet import carries_copy
from edge.call.sound.shelf import HELD
from tests.call.sound_line import PACKET_S, Line, Listening, Nothing, Packet, likeness, play, spoken, voice

VOICE = voice(4)
PAYLOADS = tuple(spoken(VOICE))


def on(line: Line, first_sequence: int = 0, first_timestamp: int = 0) -> list[Packet]:
    return line.carry(iter(PAYLOADS), first_sequence, first_timestamp)


@pytest.fixture(scope="module")
def best() -> Block:
    """What Opus makes of the voice when nothing happens on the way."""
    decoder = opus.Decoder()
    return np.concatenate([decoder.decode(payload) for payload in PAYLOADS])


def without(packets: list[Packet], *lost: int) -> list[Packet]:
    return [packet for n, packet in enumerate(packets) if n not in lost]


def loudness(sound: Block) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def test_on_a_good_line_everything_is_heard_as_it_was_spoken(best: Block) -> None:
    receiver = Receiver(opus.Decoder())
    heard, delays = play(receiver, on(Line()), 4)
    assert likeness(heard, best) > 0.95
    assert receiver.heard.concealed == receiver.heard.faded == 0
    assert max(delays) < 0.061


def test_packets_out_of_order_are_heard_in_order(best: Block) -> None:
    packets = on(Line())
    for n in range(10, 150, 7):
        packets[n], packets[n + 1] = (
            replace(packets[n + 1], at_s=packets[n].at_s),
            replace(packets[n], at_s=packets[n + 1].at_s),
        )
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, packets, 4)
    assert likeness(heard, best) > 0.95
    assert receiver.heard.concealed == receiver.heard.late == 0


def test_doubles_are_heard_once(best: Block) -> None:
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, [packet for packet in on(Line()) for _ in range(3)], 4)
    assert likeness(heard, best) > 0.95
    assert receiver.heard.doubles == 2 * (len(PAYLOADS) - 1)
    assert receiver.heard.packets == len(PAYLOADS) - 1  # the last comes when all is over


def test_sequence_and_timestamp_may_begin_again_at_zero(best: Block) -> None:
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, on(Line(), 65_500, (1 << 32) - 30_000), 4)
    assert likeness(heard, best) > 0.95
    assert receiver.heard.refused == receiver.heard.concealed == 0
    assert receiver.next_timestamp is not None
    assert receiver.next_timestamp < 4 * RATE


def test_a_wrap_survives_disorder_at_the_wrap() -> None:
    packets = on(Line(), 65_535, (1 << 32) - 10)
    packets[0], packets[1] = replace(packets[1], at_s=packets[0].at_s), replace(packets[0], at_s=packets[1].at_s)
    receiver = Receiver(opus.Decoder())
    play(receiver, packets, 5)
    assert receiver.heard.decoded == len(PAYLOADS) * BLOCK


def test_a_lost_packet_is_played_from_the_copy_in_the_next(best: Block) -> None:
    lost = [n for n in range(20, 180, 20) if carries_copy(PAYLOADS[n + 1])][:4]
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, without(on(Line()), *lost), 4)
    assert (receiver.heard.repaired, receiver.heard.concealed) == (4 * BLOCK, 0)
    assert likeness(heard, best) > 0.95


def test_of_three_lost_in_a_row_two_are_guessed_and_the_last_is_a_copy() -> None:
    receiver = Receiver(listening := Listening())
    play(receiver, without(on(Line()), 40, 41, 42), 3)
    assert receiver.heard.repaired == BLOCK
    assert receiver.heard.concealed == 2 * BLOCK
    assert listening.longest_gap_s() == pytest.approx(0.040)


def test_what_is_lost_costs_no_delay() -> None:
    _, calm = play(Receiver(opus.Decoder()), on(Line()), 4)
    _, lossy = play(Receiver(opus.Decoder()), on(Line(loss=0.1)), 4)
    assert np.median(lossy) <= np.median(calm) + 0.021


def test_a_guess_fades_out_after_about_a_tenth_of_a_second() -> None:
    receiver = Receiver(opus.Decoder())
    packets = on(Line())[:45]
    heard, _ = play(receiver, packets, 2)
    end = (45 + 3) * BLOCK
    assert loudness(heard[end - BLOCK : end]) > 500
    assert loudness(heard[end + RATE // 20 : end + RATE // 20 + BLOCK]) > 100
    assert loudness(heard[end + RATE // 5 :]) == 0


def test_a_late_packet_is_heard_all_the_same() -> None:
    packets = [replace(p, at_s=p.at_s + (0.150 if 60 <= n < 68 else 0)) for n, p in enumerate(on(Line()))]
    packets.sort(key=lambda packet: packet.at_s)
    receiver = Receiver(opus.Decoder())
    play(receiver, [p for p in packets if p.at_s < 3.5], 4)
    late = [p for p in packets if p.at_s < 3.5]
    assert receiver.heard.decoded + receiver.heard.repaired >= (len(late) - 8) * BLOCK


def test_when_the_line_stops_and_brings_everything_late_nothing_is_lost_and_the_delay_goes_back() -> None:
    calm = Line().carry(spoken(VOICE, seconds=20))
    packets = [replace(p, at_s=15.3) if 15.0 < p.at_s < 15.3 else p for p in calm]
    receiver = Receiver(opus.Decoder())
    _, delays = play(receiver, packets, 20)
    assert receiver.heard.late == receiver.heard.skipped == 0
    assert max(delays) > 0.2
    assert delays[-1] < 0.12


def test_the_delay_follows_the_jitter_up_and_down_again() -> None:
    payloads = tuple(spoken(VOICE, seconds=60))
    calm, rough = Line().carry(iter(payloads)), Line(jitter_s=0.040).carry(iter(payloads))
    packets = sorted(
        (rough[n] if 500 <= n < 1000 else calm[n] for n in range(len(calm)) if n < len(rough)), key=lambda p: p.at_s
    )
    _, delays = play(Receiver(opus.Decoder()), packets, 60)
    assert delays[450] < 0.070
    assert 0.080 < delays[980] < 0.150
    assert delays[-1] < 0.080


def test_half_a_second_of_silence_from_the_sender_is_no_loss() -> None:
    packets = on(Line())
    silent = bytes([packets[0].payload[0] & 0xF8])  # a packet of nothing but its first byte: DTX
    spoken_again = [
        replace(p, at_s=p.at_s + 0.5, timestamp=p.timestamp + RATE // 2 + BLOCK, sequence=p.sequence + 1)
        for p in packets[50:]
    ]
    pause = replace(packets[50], payload=silent)
    receiver = Receiver(opus.Decoder())
    states = []
    for at in range(100):
        for packet in [*packets[:50], pause, *spoken_again]:
            if at * PACKET_S - PACKET_S < packet.at_s <= at * PACKET_S:
                receiver.packet(packet.sequence, packet.timestamp, packet.payload, packet.at_s)
        receiver.block(at * PACKET_S)
        states.append(receiver._playing)
    assert Playing.RESTING in states
    assert states[-1] is Playing.SPEAKING
    assert receiver.heard.concealed == receiver.heard.faded == 0
    assert receiver.heard.comfort > 0.3 * RATE


def test_another_source_begins_anew_at_once() -> None:
    receiver = Receiver(opus.Decoder())
    for n, payload in enumerate(PAYLOADS[:100]):
        ssrc, back = (1, 0) if n < 50 else (2, 777_777)
        receiver.packet((n - back) % 65_536, (n * BLOCK - back) % (1 << 32), payload, n * PACKET_S, ssrc)
        receiver.block(n * PACKET_S + 0.001)
    assert receiver.heard.refused == receiver.heard.late == 0
    assert receiver.heard.decoded >= 90 * BLOCK


def test_a_sender_that_paused_its_numbers_is_heard_again() -> None:
    packets = on(Line())
    later = [replace(p, at_s=p.at_s + 7) for p in packets[100:]]
    receiver = Receiver(opus.Decoder())
    heard, delays = play(receiver, [*packets[:100], *later], 12)
    assert receiver.heard.decoded == len(PAYLOADS) * BLOCK
    assert delays[-80] < 0.1
    assert loudness(heard[9 * RATE + RATE // 2 : 10 * RATE]) > 500


@pytest.mark.parametrize("away_s", [5, 20, 45])
def test_after_a_pulled_line_sound_is_back_with_the_first_packets(away_s: int) -> None:
    payloads = tuple(spoken(VOICE, seconds=2))
    packets = Line().carry(iter(payloads))
    later = [
        replace(
            p,
            at_s=p.at_s + 2 + away_s,
            sequence=(p.sequence + (2 + away_s) * 50) % 65_536,
            timestamp=p.timestamp + (2 + away_s) * RATE,
        )
        for p in packets
    ]
    receiver = Receiver(opus.Decoder())
    heard, delays = play(receiver, [*packets, *later], 4 + away_s)
    back = heard[int((2 + away_s + 0.15) * RATE) :]
    assert loudness(back[: RATE // 2]) > 500
    assert delays[-1] < 0.1


@pytest.mark.parametrize("skew", [2e-3, -2e-3])
def test_a_clock_that_drifts_does_not_move_the_delay(skew: float) -> None:
    packets = Line(skew=skew, jitter_s=0.004).carry(spoken(VOICE, seconds=30))
    _, delays = play(Receiver(opus.Decoder()), packets, 29)
    by_second = [float(np.median(delays[n : n + 100])) for n in range(100, len(delays) - 100, 100)]
    assert max(by_second) - min(by_second) <= 0.040


def test_a_player_that_takes_two_blocks_at_once_hears_everything(best: Block) -> None:
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, on(Line(jitter_s=0.005)), 4, at_once=2)
    assert receiver.heard.concealed <= 3 * BLOCK
    assert likeness(heard, best) > 0.6


def test_one_packet_from_far_away_moves_nothing(best: Block) -> None:
    packets = on(Line())
    strangers = [
        Packet(packets[50].at_s, (50 + 30_000) % 65_536, 5, PAYLOADS[0]),
        Packet(packets[90].at_s, 91, 123_456_789, PAYLOADS[0]),
        Packet(packets[99].at_s, 100, 99 * BLOCK - 1, PAYLOADS[0]),
    ]
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, sorted([*packets, *strangers], key=lambda p: p.at_s), 4)
    assert receiver.heard.refused == len(strangers)
    assert likeness(heard, best) > 0.95


def test_two_strangers_that_know_each_other_are_a_new_beginning() -> None:
    packets = on(Line())
    moved = [replace(p, sequence=p.sequence + 20_000, timestamp=p.timestamp + 77_000_000) for p in packets[100:]]
    receiver = Receiver(opus.Decoder())
    heard, _ = play(receiver, [*packets[:100], *moved], 4)
    assert receiver.heard.refused == 1
    assert loudness(heard[-RATE:]) > 500


def test_a_flood_ahead_keeps_two_seconds_and_is_answered() -> None:
    receiver = Receiver(opus.Decoder())
    for n in range(2_000):
        receiver.packet(n, n * BLOCK, PAYLOADS[n % len(PAYLOADS)], 1.0)
    assert len(receiver._shelf) <= HELD
    assert receiver.block(1.1).shape == (BLOCK, 1)


def test_a_codec_that_refuses_everything_gives_silence() -> None:
    receiver = Receiver(Nothing())
    heard, _ = play(receiver, on(Line(loss=0.1)), 4)
    assert not heard.any()


def test_before_anything_came_there_is_silence() -> None:
    receiver = Receiver(opus.Decoder(2))
    assert not receiver.block(3.0).any()
    assert receiver.block(3.02).shape == (BLOCK, 2)
    assert (receiver.delay_s, receiver.next_timestamp) == (0.0, None)


def test_the_delay_it_names_is_the_delay_that_is_heard() -> None:
    receiver = Receiver(opus.Decoder())
    heard, delays = play(receiver, on(Line(delay_s=0.150)), 4)
    size = 1 << 19
    cross = np.fft.irfft(np.fft.rfft(heard[:, 0], size) * np.conj(np.fft.rfft(VOICE[:, 0], size)), size)
    codec_s = 0.0065  # Opus looks 6.5 ms ahead
    assert int(np.argmax(cross)) / RATE - 0.150 - codec_s + 0.007 == pytest.approx(delays[100], abs=0.003)
