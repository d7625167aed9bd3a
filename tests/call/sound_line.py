"""A voice, a line that loses, delays and disorders, and a player: what the tests and figures of the sound share.

All of it is arithmetic on a seed: the same call gives the same packets at the same times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from edge.call import opus
from edge.call.sound import BLOCK, RATE, Block, BrokenPacketError, PacketDecoder, Receiver, Sender
from edge.call.sound.block import to_int16

PACKET_S = BLOCK / RATE
TICK_PHASE_S = 0.007
"""The player's clock stands anywhere between two packets."""


def voice(seconds: float, pitch: float = 120.0, seed: int = 1) -> Block:
    """Something voiced that rises, falls and pauses, so that Opus takes it for speech."""
    random = np.random.default_rng(seed)
    at = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(pitch * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * at))) / RATE
    sound = sum(np.sin(n * phase) / n**1.3 for n in range(1, 25)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4.1 * at))
    sound = np.asarray(sound, np.float64) * (np.sin(2 * np.pi * 0.4 * at) > -0.8) + random.normal(0, 0.003, len(at))
    return to_int16(sound / np.abs(sound).max() * 12_000)[:, None]


@dataclass(frozen=True, slots=True)
class Packet:
    """One on its way: when it comes, and what it is."""

    at_s: float
    sequence: int
    timestamp: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """Random loss, a steady delay, and jitter that only adds (a queue's: half of a normal distribution)."""

    loss: float = 0.0
    delay_s: float = 0.020
    jitter_s: float = 0.0
    skew: float = 0.0
    seed: int = 1

    def carry(self, payloads: Iterator[bytes], first_sequence: int = 0, first_timestamp: int = 0) -> list[Packet]:
        """What arrives, by arrival. `skew`: the sender's clock is so much slower than ours."""
        random = np.random.default_rng(self.seed)
        arrived = []
        for n, payload in enumerate(payloads):
            lost, late = random.random() < self.loss, abs(random.normal(0, self.jitter_s))
            if not lost:
                at_s = n * PACKET_S * (1 + self.skew) + self.delay_s + late
                sequence, timestamp = (first_sequence + n) % (1 << 16), (first_timestamp + n * BLOCK) % (1 << 32)
                arrived.append(Packet(at_s, sequence, timestamp, payload))
        return sorted(arrived, key=lambda packet: packet.at_s)


def spoken(sound: Block, loss: float = 0.1, seconds: float | None = None) -> Iterator[bytes]:
    """The payloads of a voice, again and again for so long."""
    sender = Sender(opus.Encoder(sound.shape[1]))
    sender.lost(loss)
    blocks = len(sound) // BLOCK
    for n in range(blocks if seconds is None else int(seconds / PACKET_S)):
        at = n % blocks * BLOCK
        yield sender.block(sound[at : at + BLOCK])


@dataclass(slots=True)
class Listening:
    """A decoder that remembers what was asked of it, in the order of playing: ("decode", samples) and so on."""

    decoder: PacketDecoder = field(default_factory=opus.Decoder)
    made: list[tuple[str, int]] = field(default_factory=list)

    @property
    def channels(self) -> int:
        return self.decoder.channels

    def decode(self, payload: bytes) -> Block:
        return self._made("decode", self.decoder.decode(payload))

    def repair(self, following: bytes, samples: int) -> Block:
        return self._made("repair", self.decoder.repair(following, samples))

    def conceal(self, samples: int) -> Block:
        return self._made("conceal", self.decoder.conceal(samples))

    def reset(self) -> None:
        self.decoder.reset()

    def _made(self, how: str, sound: Block) -> Block:
        self.made.append((how, len(sound)))
        return sound

    def longest_gap_s(self) -> float:
        """The longest time in which nothing came that was really spoken; what came before the first packet is none."""
        longest = now = 0
        begun = False
        for how, samples in self.made:
            begun = begun or how == "decode"
            now = now + samples if how == "conceal" and begun else 0
            longest = max(longest, now)
        return longest / RATE


def play(
    receiver: Receiver, packets: list[Packet], seconds: float, begin_s: float = TICK_PHASE_S, at_once: int = 1
) -> tuple[Block, list[float]]:
    """What is heard, and the buffer's delay after each block. `at_once`: blocks the player takes in one go."""
    heard: list[Block] = []
    delays: list[float] = []
    waiting = iter(packets)
    coming = next(waiting, None)
    for tick in range(int(seconds / PACKET_S)):
        at_s = begin_s + tick // at_once * at_once * PACKET_S
        while coming is not None and coming.at_s <= at_s:
            receiver.packet(coming.sequence, coming.timestamp, coming.payload, coming.at_s)
            coming = next(waiting, None)
        heard.append(receiver.block(at_s))
        delays.append(receiver.delay_s)
    return np.concatenate(heard), delays


def likeness(heard: Block, original: Block) -> float:
    """The best correlation of the two over all shifts up to half a second: 1 is the same."""
    first, second = heard[:, 0].astype(np.float64), original[:, 0].astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(first) + len(second))))
    cross = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    return float(np.max(cross[: RATE // 2])) / float(np.linalg.norm(first) * np.linalg.norm(second))


class Nothing:
    """A decoder of a codec that does not exist: every packet is broken."""

    channels = 1

    def decode(self, payload: bytes) -> Block:
        raise BrokenPacketError(f"{len(payload)} bytes")

    def repair(self, following: bytes, samples: int) -> Block:
        raise BrokenPacketError(f"{len(following)} bytes for {samples} samples")

    def conceal(self, samples: int) -> Block:
        raise BrokenPacketError(f"{samples} samples")

    def reset(self) -> None:
        """There is nothing to forget."""
