"""Packets of Opus from a network in, one block of sound for every tick of the player out.

    packet() --> Shelf --> the next packet, its copy, or a guess --> samples --> a period less or more --> block()
                   |                                                                ^
                   +--> ArrivalDelay: the delay to play at -------------------------+

Everything is measured as a delay: the time something happens, less the timestamp of what it happens to. A packet is
there in time when its delay is below the delay it is due at; the due delay is kept at `ArrivalDelay.wanted_s` by taking
out and putting in single periods of the voice. A drifting clock shows as a due delay that creeps away, and goes the
same way. What is missing when it is due:

- the packet after it is here and carries a copy (in-band FEC): the copy is played;
- a later packet is here: the decoder conceals the gap, it will not come;
- nothing later is here: the decoder conceals and everything waits, because it may only be late. If a later packet then
  shows that it is lost, the waiting has already covered it.

No clock, no thread, no socket: times are seconds of any clock that never jumps, the same for both methods.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

import numpy as np

from edge.call.sound.block import BLOCK, RATE, Block, silence
from edge.call.sound.delay import ArrivalDelay
from edge.call.sound.fade import ConcealmentFade
from edge.call.sound.opus_packet import BrokenPacketError, carries_copy, is_silence
from edge.call.sound.shelf import Shelf, Spoken, Taken
from edge.call.sound.stretch import NEEDED, SHORTEST, lengthen, shorten

TOO_LATE_S = 1.0
"""After so long without a packet nothing is waited for any more; the next one begins anew."""
JUMP_S = 1.0
"""A delay so far from the others is another clock (a sender that paused, a gateway that restarted)."""
OVER_S, UNDER_S = 0.015, 0.005
"""How far the due delay may leave the wanted one before sound is shortened or lengthened."""
FAR_OVER_S = 0.060
"""From here on it is shortened at every block."""
SKIP_S = 0.250
"""From here on packets are skipped: hearing what is new is worth the gap."""
PAUSE_BLOCKS = 5
"""Between two stretches when there is no hurry: 100 ms."""
SMOOTHED = 25
"""Ticks over which the due delay is looked at: a player that takes two blocks at once takes the second early."""


class PacketDecoder(Protocol):
    """What `edge.call.opus.Decoder` is. `decode` and `repair` raise BrokenPacketError."""

    @property
    def channels(self) -> int:
        """1 or 2."""

    def decode(self, payload: bytes) -> Block:
        """The sound of a packet."""

    def repair(self, following: bytes, samples: int) -> Block:
        """The sound before this packet, from the copy inside it."""

    def conceal(self, samples: int) -> Block:
        """A guess."""

    def reset(self) -> None:
        """As new."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came and what was made of it, since the beginning. Packets, then samples."""

    packets: int = 0
    late: int = 0
    doubles: int = 0
    refused: int = 0
    skipped: int = 0
    decoded: int = 0
    repaired: int = 0
    concealed: int = 0
    faded: int = 0
    comfort: int = 0
    idle: int = 0
    shortened: int = 0
    lengthened: int = 0


class Playing(Enum):
    """Where the player is."""

    WAITING = "waiting"  # nothing has come yet, or not for long
    SPEAKING = "speaking"
    RESTING = "resting"  # the sender said that it is silent


class Receiver:
    """One stream's sound. Never raises on what comes from the network, and keeps two seconds of it at most."""

    def __init__(self, decoder: PacketDecoder) -> None:
        self._decoder = decoder
        self._shelf, self._delay, self._fade = Shelf(), ArrivalDelay(), ConcealmentFade()
        self._heard = Heard()
        self._ssrc: int | None = None
        self._waiting: Block = silence(0, decoder.channels)
        self._due: deque[float] = deque(maxlen=SMOOTHED)
        self._heard_at: float | None = None
        self._begin_anew()

    def packet(self, sequence: int, timestamp: int, payload: bytes, at_s: float, ssrc: int = 0) -> None:
        """One packet of RTP came at this time."""
        if ssrc != self._ssrc:
            self._ssrc = ssrc
            self._change_stream()
        taken, spoken = self._shelf.put(sequence, timestamp, payload)
        if spoken is None:
            self._count(doubles=taken is Taken.DOUBLE, refused=taken is Taken.REFUSED)
            return
        self._count(packets=1)
        if taken is Taken.RESTART:
            self._begin_anew()
            self._delay.forget()
        self._measure(spoken, at_s)
        if self._next is not None and spoken.timestamp < self._next:
            self._shelf.remove(spoken)
            self._count(late=1)

    def block(self, at_s: float) -> Block:
        """The next 20 ms, whatever came."""
        asked = 0
        while len(self._waiting) < BLOCK:
            self._append(self._more(at_s, due=asked == 0))
            asked += 1
        self._hold_the_delay(at_s)
        block, self._waiting = self._waiting[:BLOCK], self._waiting[BLOCK:]
        if self._next is not None and self._playing is Playing.SPEAKING:
            self._heard_at = at_s - (self._next - len(self._waiting) - BLOCK) / RATE
        return block

    @property
    def heard(self) -> Heard:
        """Figures for the quality shown, and for receiver reports."""
        return self._heard

    @property
    def delay_s(self) -> float:
        """How long the quickest packet waits from its arrival until it is heard."""
        return 0.0 if self._heard_at is None else self._heard_at - self._delay.least_s

    @property
    def wanted_delay_s(self) -> float:
        """What `delay_s` is held near."""
        return self._delay.wanted_s - self._delay.least_s

    @property
    def next_timestamp(self) -> int | None:
        """The RTP timestamp of the sample after the last block, for lips; None while nothing is spoken."""
        if self._playing is not Playing.SPEAKING or self._next is None:
            return None
        return (self._next - len(self._waiting)) % (1 << 32)

    def _begin_anew(self) -> None:
        self._playing = Playing.WAITING
        self._next: int | None = None
        self._last_sequence = 0
        self._held = 0
        self._waiting = silence(0, self._decoder.channels)
        self._due.clear()
        self._heard_at = None
        self._since_stretch = 0

    def _change_stream(self) -> None:
        self._shelf.clear()
        self._delay.forget()
        self._decoder.reset()
        self._begin_anew()

    def _measure(self, spoken: Spoken, at_s: float) -> None:
        delay_s = at_s - spoken.timestamp / RATE
        if self._delay.known and not -JUMP_S < delay_s - self._delay.wanted_s < JUMP_S + TOO_LATE_S:
            self._delay.forget()
            self._begin_anew()
        self._delay.add(delay_s)
        if not self._shelf.has(spoken.sequence - 1) and carries_copy(spoken.payload):
            # The packet before arrives with this one, as its copy.
            self._delay.add(delay_s + spoken.samples / RATE)

    # What is next

    def _more(self, at_s: float, *, due: bool) -> Block:
        if self._playing is not Playing.SPEAKING and not self._begin(at_s):
            return self._rest()
        assert self._next is not None
        if due:
            self._due.append(at_s - self._next / RATE)
        first = self._first(self._next)
        if first is None:
            return self._hold()
        missing = first.timestamp - self._next
        covered = min(self._held, missing)
        missing -= covered
        self._next, self._held = self._next + covered, 0
        if missing <= 0:
            return self._decode(first)
        if first.sequence == self._last_sequence + 1:
            return self._bridge(first, at_s)
        return self._fill(first, self._next, missing)

    def _first(self, timestamp: int) -> Spoken | None:
        """The first packet that begins here or later."""
        while (first := self._shelf.first()) is not None and first.timestamp < timestamp:
            self._shelf.remove(first)
            self._count(late=1)
        return first

    def _begin(self, at_s: float) -> bool:
        """Whether the first packet has waited long enough."""
        first = self._shelf.first()
        if first is None or at_s - first.timestamp / RATE < self._delay.wanted_s:
            return False
        self._playing, self._held, self._next = Playing.SPEAKING, 0, first.timestamp
        self._last_sequence = first.sequence - 1
        self._due.clear()
        self._skip(at_s, OVER_S + BLOCK / RATE)
        return True

    def _rest(self) -> Block:
        if self._playing is Playing.RESTING:
            self._count(comfort=BLOCK)
            return self._concealed(BLOCK)
        self._count(idle=BLOCK)
        return silence(BLOCK, self._decoder.channels)

    def _hold(self) -> Block:
        """Nothing is here: conceal, and let the packets be late."""
        self._held += BLOCK
        if self._held > TOO_LATE_S * RATE:
            self._playing = Playing.WAITING
        return self._guess(BLOCK)

    def _decode(self, spoken: Spoken) -> Block:
        self._shelf.remove(spoken)
        self._next, self._last_sequence = spoken.timestamp + spoken.samples, spoken.sequence
        if is_silence(spoken.payload):
            self._playing = Playing.RESTING
        try:
            sound = self._decoder.decode(spoken.payload)
        except BrokenPacketError:
            self._count(refused=1)
            return self._guess(spoken.samples)
        self._count(decoded=len(sound))
        return self._fade.in_again(sound)

    def _bridge(self, first: Spoken, at_s: float) -> Block:
        """Nothing was lost, the sender was silent: begin again at the wanted delay."""
        if at_s - first.timestamp / RATE >= self._delay.wanted_s:
            return self._decode(first)
        self._playing = Playing.RESTING
        return self._rest()

    def _fill(self, first: Spoken, begin: int, missing: int) -> Block:
        """What is lost, as far as it can be got back."""
        step = min(missing, BLOCK)
        self._next = begin + step
        if missing <= first.samples and carries_copy(first.payload):
            try:
                sound = self._decoder.repair(first.payload, step)
            except BrokenPacketError:
                return self._guess(step)
            self._count(repaired=len(sound))
            return self._fade.in_again(sound)
        return self._guess(step)

    def _guess(self, samples: int) -> Block:
        sound, audible = self._fade.out(self._concealed(samples))
        self._count(concealed=audible, faded=samples - audible)
        return sound

    def _concealed(self, samples: int) -> Block:
        try:
            return self._decoder.conceal(samples)
        except BrokenPacketError:  # a hostile timestamp asks for a length that Opus does not make
            return silence(samples, self._decoder.channels)

    # Delay

    def _hold_the_delay(self, at_s: float) -> None:
        """Shorten or lengthen what waits, so that the due delay stays near the wanted one."""
        self._since_stretch += 1
        if self._playing is not Playing.SPEAKING or self._held or not self._due:
            return
        over_s = min(self._due) - self._delay.wanted_s
        if over_s > SKIP_S:
            self._skip(at_s, OVER_S)
        elif over_s > OVER_S and (over_s > FAR_OVER_S or self._since_stretch >= PAUSE_BLOCKS):
            self._gather(BLOCK + NEEDED)
            self._stretched(shorten(self._waiting, self._most(over_s), 0.9 - 5 * (over_s - OVER_S)))
        elif over_s < -UNDER_S and self._since_stretch >= PAUSE_BLOCKS:
            self._stretched(lengthen(self._waiting, self._most(-over_s), 0.9 + 10 * (over_s + UNDER_S)))

    def _most(self, wrong_s: float) -> int:
        return max(2 * SHORTEST, int(wrong_s * RATE))

    def _gather(self, samples: int) -> None:
        """Decode ahead, only what is here in order."""
        while len(self._waiting) < samples and self._playing is Playing.SPEAKING:
            first = self._shelf.first()
            if first is None or first.timestamp != self._next:
                return
            self._append(self._decode(first))

    def _stretched(self, sound: Block | None) -> None:
        if sound is None or len(sound) < BLOCK:
            return
        change = len(sound) - len(self._waiting)
        self._waiting, self._since_stretch = sound, 0
        self._due = deque((due + change / RATE for due in self._due), maxlen=SMOOTHED)
        self._count(lengthened=max(0, change), shortened=max(0, -change))

    def _skip(self, at_s: float, over_s: float) -> None:
        """Leave out packets until the next is not much older than wanted; the last one here stays."""
        while (first := self._shelf.first()) is not None and len(self._shelf) > 1:
            if at_s - first.timestamp / RATE <= self._delay.wanted_s + over_s:
                break
            self._shelf.remove(first)
            self._count(skipped=1)
        if first is not None and self._next is not None and first.timestamp > self._next:
            self._next, self._last_sequence = first.timestamp, first.sequence - 1
            self._due.clear()

    def _append(self, sound: Block) -> None:
        self._waiting = np.concatenate((self._waiting, sound))

    def _count(self, **more: int) -> None:
        self._heard = replace(self._heard, **{name: getattr(self._heard, name) + n for name, n in more.items()})
