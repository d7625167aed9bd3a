"""Several positions in one message.

0x0704:  count(2) | type(1) | n x ( length(2) | position body )      type 0 normal, 1 kept while offline
0x0210:  n x ( length(1) | position body )                           a vendor's, seen in the field
"""

from __future__ import annotations

from drivers.jt808.position import ALARM_WORD


def records(data: bytes, length_size: int, *, cut: bool = True) -> list[bytes]:
    """The position bodies; with `cut` also a last one that lost its tail, as long as its alarm word is there."""
    found: list[bytes] = []
    at = 0
    while at + length_size <= len(data):
        size = int.from_bytes(data[at : at + length_size])
        at += length_size
        record = data[at : at + size]
        at += size
        if len(record) == size or cut:
            found.append(record)
    return [record for record in found if len(record) >= ALARM_WORD]
