"""Which picture belongs to which sound. Pure.

RTP counts each stream on a clock of its own; only the sender reports (RFC 3550 section 6.4.1) say what both clocks read
at one moment, and a browser holds back whichever of the two is early. The library under the call reports a packet's
count with the moment at which that packet was sent: a block of sound is sent 20 ms after its first sample was spoken, a
picture as long after it was taken as encoding lasted. Both are put right here, and pictures are called so much older
than they are as sound may come after them: so they are not held back for what nobody notices.
"""

from __future__ import annotations

from edge.call.sound.block import BLOCK, RATE

SOUND_AFTER_S = 0.060
"""EBU R37: a sound that comes up to 60 ms after its picture is not noticed."""
PICTURE_RATE = 90_000
"""RFC 7741: VP8's RTP clock."""
SOUND_SINCE = BLOCK
"""Ticks of the sound's clock from what a block's timestamp names until it is sent."""
MOST_AGE_S = 1.0
MOST_HELD_S = 0.25


def picture_timestamp(at_ns: int) -> int:
    """Of a picture that was taken then, in monotonic nanoseconds."""
    return at_ns * 9 // 100_000


def picture_since(timestamp: int, now_ns: int) -> int:
    """Ticks to report beyond a picture's timestamp, when it is sent now."""
    age = (picture_timestamp(now_ns) - timestamp) & 0xFFFFFFFF
    return (age if age <= MOST_AGE_S * PICTURE_RATE else 0) + round(SOUND_AFTER_S * PICTURE_RATE)


def held_s(sound_delay_s: float) -> float:
    """How long a picture waits here for its sound, which is heard so long after its packet came."""
    return min(max(0.0, sound_delay_s + BLOCK / RATE - SOUND_AFTER_S), MOST_HELD_S)
