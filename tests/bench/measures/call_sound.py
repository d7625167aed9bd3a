"""The sound of a call over bad lines, on drifting clocks and in an echoing corner, faster than real time.

Everything is arithmetic on seeds: the same code gives the same figures on every machine, but for the CPU.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from livekit.rtc import AudioFrame, AudioProcessingModule

from edge.call import opus
from edge.call.processing import EchoCancelling
from edge.call.sound import BLOCK, RATE, TEN_MS, Block, Receiver, Sender, Volume
from edge.call.sound.block import Floats, to_int16
from tests.bench.bench import Bench
from tests.bench.figure import Unmeasured, Value, Values, quantile
from tests.call.sound_line import PACKET_S, Line, Listening, play, spoken
from tests.call.sound_room import EVERY_S, Corner, cancelled, corner
from tests.call.sound_speech import CLERK, missing, speech

NOBODY = Unmeasured("espeak-ng is not installed")
STARTED = 50
"""Blocks after which the buffer has begun."""
JITTER_S = 0.015
NEAR_FROM_S = 20
CORNER_S = 40
WINDOW_S, STEP_S = 1.0, 0.5
ROOMS = ((3, 200e-6), (8, 200e-6), (11, -200e-6))
SETTLED_S = 2.0


def _voice() -> Block:
    return to_int16(speech(CLERK, "en-us", 20, 4_000))[:, None]


def lossy(bench: Bench) -> Values:
    """5 % random loss, 100 ms more delay, 15 ms of jitter; then 20 %."""
    names = ("slots_filled", "slots_real", "longest_gap", "delay_p50", "delay_p95", "stoi_5", "stoi_20")
    if missing():
        return {f"call.{name}": NOBODY for name in names}
    voice, seconds = _voice(), 120 if bench.quick else 600
    receiver = Receiver(listening := Listening())
    packets = Line(loss=0.05, delay_s=0.120, jitter_s=JITTER_S).carry(spoken(voice, 0.05, seconds))
    _, delays = play(receiver, packets, seconds)
    milliseconds = [delay * 1000 for delay in delays[STARTED:]]
    real, guessed, gone = slots(listening.made)
    return {
        "call.slots_filled": 100 * (real + guessed) / (real + guessed + gone),
        "call.slots_real": 100 * real / (real + guessed + gone),
        "call.longest_gap": listening.longest_gap_s() * 1000,
        "call.delay_p50": quantile(milliseconds, 0.5),
        "call.delay_p95": quantile(milliseconds, 0.95),
        "call.stoi_5": _understood(voice, 0.05),
        "call.stoi_20": _understood(voice, 0.20),
    }


def slots(made: list[tuple[str, int]]) -> tuple[int, int, int]:
    """Samples that really came, samples guessed in gaps of up to 60 ms, samples in longer gaps."""
    real = guessed = gone = run = 0
    for how, samples in [*made, ("decode", 0)]:
        if how == "conceal":
            run += samples
            continue
        guessed, gone = (guessed + run, gone) if run <= 0.060 * RATE else (guessed, gone + run)
        run, real = 0, real + samples
    return real, guessed, gone


def _understood(voice: Block, loss: float) -> Value:
    from pystoi import stoi  # noqa: PLC0415 - loads scipy, which takes a second

    seconds = len(voice) / RATE
    packets = Line(loss=loss, delay_s=0.120, jitter_s=JITTER_S).carry(spoken(voice, loss))
    heard, _ = play(Receiver(opus.Decoder()), packets, seconds + 0.5)
    clean, got = voice[:, 0].astype(np.float64), heard[:, 0].astype(np.float64)
    late = _shift(got, clean)
    length = min(len(clean), len(got) - late)
    return float(stoi(clean[:length], got[late : late + length], RATE))


def _shift(got: Floats, clean: Floats) -> int:
    size = 1 << int(np.ceil(np.log2(len(got) + len(clean))))
    cross = np.fft.irfft(np.fft.rfft(got, size) * np.conj(np.fft.rfft(clean, size)), size)
    return int(np.argmax(cross[:RATE]))


def skew(bench: Bench) -> Values:
    """Half an hour of a sender whose clock is 200 ppm slow, and one that is 200 ppm fast."""
    if missing():
        return {"call.drift_slow": NOBODY, "call.drift_fast": NOBODY}
    voice, seconds = _voice(), 300 if bench.quick else 1_800
    payloads = tuple(spoken(voice, 0.0, seconds))

    def drift(ppm: float) -> float:
        packets = Line(skew=ppm * 1e-6, jitter_s=0.005).carry(iter(payloads))
        _, delays = play(Receiver(opus.Decoder()), packets, seconds * (1 + min(ppm, 0) * 1e-6) - 1)
        by_ten_seconds = [median(delays[at : at + 500]) for at in range(STARTED, len(delays) - 500, 500)]
        return 1000 * (max(by_ten_seconds) - min(by_ten_seconds))

    return {"call.drift_slow": drift(200), "call.drift_fast": drift(-200)}


class Alone:
    """AEC3 as livekit gives it, without our alignment: what stands beside our figure."""

    def __init__(self) -> None:
        self.delay_ms = 0
        self._module = AudioProcessingModule(echo_cancellation=True, noise_suppression=True, high_pass_filter=True)

    def far(self, block: Block) -> None:
        self._module.process_reverse_stream(self._frame(block))

    def near(self, block: Block) -> Block:
        frame = self._frame(block)
        self._module.process_stream(frame)
        return np.frombuffer(frame.data, np.int16).reshape(TEN_MS, 1)

    @staticmethod
    def _frame(block: Block) -> AudioFrame:
        return AudioFrame(bytearray(block.tobytes()), RATE, 1, TEN_MS)


def echo(_bench: Bench) -> Values:
    """The corner of tests/call/sound_room.py with three sets of walls and both signs of the drift: the worst counts."""
    names = ("echo_down", "echo_30_db_after", "echo_down_alone", "echo_30_db_after_alone", "near_down", "near_stoi")
    if missing():
        return {f"call.{name}": NOBODY for name in names}
    rooms = [corner(CORNER_S, NEAR_FROM_S, drift, seed) for seed, drift in ROOMS]
    ours = [_aligned(room, cancelled(EchoCancelling(), room)) for room in rooms]
    # Gain would hide what the canceller takes from the voice.
    plain = [_aligned(room, cancelled(EchoCancelling(level=False), room)) for room in rooms]
    alone = [_aligned(room, cancelled(Alone(), room)) for room in rooms]
    return {
        "call.echo_down": min(map(_echo_down, rooms, ours)),
        "call.echo_30_db_after": max(map(_after, rooms, ours)),
        "call.echo_down_alone": min(map(_echo_down, rooms, alone)),
        "call.echo_30_db_after_alone": max(map(_after, rooms, alone)),
        "call.near_down": max(map(_near_down, rooms, plain)),
        "call.near_stoi": min(map(_near_stoi, rooms, plain)),
    }


def _aligned(room: Corner, sent: Floats) -> Floats:
    """Without the canceller's own delay."""
    talk = slice(NEAR_FROM_S * RATE, None)
    late = _shift(sent[talk], room.near[talk])
    return np.concatenate((sent[late:], np.zeros(late)))


def _echo_down(room: Corner, sent: Floats) -> float:
    """The worst second of echo alone, from two seconds after each jump, and after the start, on."""
    jumps = range(0, NEAR_FROM_S, EVERY_S)
    ats = [at for jump in jumps for at in _windows(jump) if at >= jump + SETTLED_S and _speaks(room.echo, at)]
    return min(_down(room.echo, sent, at) for at in ats)


def _windows(jump_s: float) -> list[float]:
    """The seconds, every half second one, that end before the next jump."""
    return [float(at) for at in np.arange(jump_s, jump_s + EVERY_S - WINDOW_S + STEP_S / 2, STEP_S)]


def _after(room: Corner, sent: Floats) -> float:
    """The longest time after a jump until every later second before the next has 30 dB."""
    jumps = range(0, NEAR_FROM_S, EVERY_S)
    bad = [
        at + STEP_S - jump
        for jump in jumps
        for at in _windows(jump)
        if _speaks(room.echo, at) and _down(room.echo, sent, at) < 30
    ]
    return max(bad, default=0.0)


def _down(before: Floats, after: Floats, at_s: float) -> float:
    part = slice(int(at_s * RATE), int((at_s + WINDOW_S) * RATE))
    return 10 * float(np.log10(np.mean(before[part] ** 2) / (np.mean(after[part] ** 2) + 1e-3)))


def _speaks(sound: Floats, at_s: float) -> bool:
    """30 dB under a pause nothing can be measured."""
    return float(np.sqrt(np.mean(sound[int(at_s * RATE) : int((at_s + WINDOW_S) * RATE)] ** 2))) > 300


def _settled(of: Callable[[slice], Floats]) -> Floats:
    """The parts of the double talk from two seconds after each jump on."""
    jumps = range(NEAR_FROM_S, CORNER_S, EVERY_S)
    return np.concatenate([of(slice(int((at + SETTLED_S) * RATE), (at + EVERY_S) * RATE)) for at in jumps])


def _near_down(room: Corner, sent: Floats) -> float:
    """Loudness of the near voice before, over what is sent, while both speak; what is left of the echo is inside."""
    before, after = _settled(lambda part: room.near[part]), _settled(lambda part: sent[part])
    return 10 * float(np.log10(np.mean(before**2) / np.mean(after**2)))


def _near_stoi(room: Corner, sent: Floats) -> float:
    from pystoi import stoi  # noqa: PLC0415 - loads scipy, which takes a second

    return float(stoi(_settled(lambda part: room.near[part]), _settled(lambda part: sent[part]), RATE))


def cpu(bench: Bench) -> Values:
    """One call's sound, both directions, everything switched on: 5 % loss, echo, loud."""
    if missing():
        return {"call.sound_cpu": NOBODY, "call.echo_cpu": NOBODY}
    seconds = 20 if bench.quick else CORNER_S
    room = corner(seconds, seconds // 2)
    packets = Line(loss=0.05, jitter_s=JITTER_S).carry(spoken(to_int16(room.far)[: seconds * RATE, None], 0.05))
    microphone, processing = room.microphone, EchoCancelling()
    receiver, sender, volume = Receiver(opus.Decoder()), Sender(opus.Encoder()), Volume()
    volume.gain_db = 12
    processing.near(microphone[:TEN_MS])  # the library starts its threads
    coming, cancelling_s, began = iter(packets), 0.0, time.process_time()
    for at in range(0, seconds * RATE - BLOCK, BLOCK):
        packet = next(coming, None)
        if packet is not None:
            receiver.packet(packet.sequence, packet.timestamp, packet.payload, packet.at_s)
        heard = volume.block(receiver.block(at / RATE + PACKET_S))
        before = time.process_time()
        halves = []
        for half in (0, TEN_MS):
            processing.far(heard[half : half + TEN_MS])
            halves.append(processing.near(microphone[at + half : at + half + TEN_MS]))
        cancelling_s += time.process_time() - before
        sender.block(np.concatenate(halves))
    took_s = time.process_time() - began
    return {"call.sound_cpu": 100 * took_s / seconds, "call.echo_cpu": 100 * cancelling_s / seconds}
