r"""Cut a GT06 byte stream into frames. Knows marks, lengths and checksums, and no message but the two without checksum.

    short  78 78 | length 1 | number 1 | content | serial 2 | CRC 2 | 0D 0A      length = number ... CRC
    long   79 79 | length 2 | number 1 | content | serial 2 | CRC 2 | 0D 0A
    Wi-Fi  78 78 | access points 1 | 17 or 69 | time 6 BCD | n x 7 | cells 1 | MCC 2 | MNC 1 | m x 5 | 0D 0A

A frame is taken when its CRC-16/X-25 (over length ... serial) is right at the place the length names: a cut-off `0D 0A`
must not cost an SOS. Some clones count wrong (a length without the CRC), so where it is not right, the bytes up to the
first `0D 0A` get a second chance.

Noise may contain a false mark whose length byte reaches over the next frame. So every mark is only a candidate, many
are open at once, and **the frame that ends first wins**. What ends first does not depend on how the bytes arrived,
hence the same bytes cut anywhere give the same frames. Each candidate is judged at most three times, so hostile input
costs linear time, and what is held back never exceeds the longest candidate.
"""

from __future__ import annotations

import re
from collections import deque
from enum import IntEnum
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from drivers.checksum import crc16_x25
from drivers.model import Note

TAIL = b"\r\n"
SHORT_MARK = b"\x78\x78"
LONG_MARK = b"\x79\x79"
WIFI_NUMBERS = (0x17, 0x69)

LONGEST_SHORT = 2 + 1 + 255 + 2
LONG_LENGTH_MAX = 0x07FF
"""Long frames carry texts and lists of some hundred bytes; photographs and voice are not asked of these devices."""
ACCESS_POINTS_MAX = 40
SHORTEST = 8
"""From the mark to the end of the CRC, with empty content."""
NOISE_PER_NOTE = 4096

_NO_NUMBER = b"\x78\x79"
"""No message has these numbers, so that a run of marks is no run of candidates."""
_MARK = re.compile(rb"\x78(?=\x78[\s\S][^\x78\x79])|\x79(?=\x79[\x00-\x07][\s\S][^\x78\x79])")
_MARK_BEGUN = re.compile(rb"\x78(?:\x78[\s\S]?)?\Z|\x79(?:\x79(?:[\x00-\x07][\s\S]?)?)?\Z")
_LONGEST_BEGUN = 4
_BCD_TIME = re.compile(
    rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59\x60-\x69\x70-\x79\x80-\x89\x90-\x99]"
    rb"[\x00-\x09\x10-\x12][\x00-\x09\x10-\x19\x20-\x29\x30\x31]"
    rb"[\x00-\x09\x10-\x19\x20-\x23][\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59]"
    rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59]"
)

WRONG_CHECKSUM = "wrong checksum"
NOISE = "noise between frames"


class Form(IntEnum):
    """Which of the three layouts a frame has."""

    SHORT = 0
    LONG = 1
    WIFI = 2


class Frame(NamedTuple):
    """One frame from its mark to the end of its CRC (Wi-Fi: of its content)."""

    form: Form
    raw: bytes


class _Check(IntEnum):
    """What is judged when a candidate's bytes have come so far."""

    LENGTH = 0
    TAIL = 1
    WIFI_COUNT = 2
    WIFI_END = 3


class _Due(NamedTuple):
    """At stream position `at`, the candidate that starts at `start` can be judged."""

    at: int
    start: int
    check: _Check


class Cutter:
    """The frames of one stream, and notes about what was none."""

    def __init__(self) -> None:
        self._held = b""
        self._base = 0  # stream position of _held[0]
        self._scanned = 0  # every mark before this stream position is a candidate or was none
        self._due: list[_Due] = []
        self._starts: deque[int] = deque()  # of candidates in order, closed ones included
        self._open: dict[int, int] = {}  # start -> judgements outstanding
        self._tailless: deque[int] = deque()  # candidates that wait for the first 0D 0A
        self._noise = 0
        self._out: list[Frame | Note] = []

    @property
    def held(self) -> int:
        """Bytes held back for the rest of a frame."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Frame | Note]:
        """Take more of the stream; return the frames that it completes."""
        self._out = []
        if not data:
            return []
        taken = 0 if self._held else self._take_plain(data, 0)
        if taken < len(data):
            before = len(self._held)
            self._base += taken
            self._held += data[taken:] if taken else data
            self._take_any(before)
            self._let_go()
        else:
            self._base += taken
            self._scanned = self._base
        out, self._out = self._out, []  # what is told is not kept
        return out

    def _take_plain(self, data: bytes, at: int) -> int:
        """Take faultless short frames that lie end to end from `at`; the fast way, with the same result."""
        size = len(data)
        while size - at >= SHORTEST and data.startswith(SHORT_MARK, at):
            end = at + 3 + data[at + 2]
            if (
                end > size
                or end - at < SHORTEST
                or data[at + 3] in _NO_NUMBER
                or data.find(SHORT_MARK, at + 1, end) >= 0
                or data.find(LONG_MARK, at + 1, end) >= 0
                or crc16_x25(data[at + 2 : end - 2]) != data[end - 2] << 8 | data[end - 1]
            ):
                break
            self._emit(Frame(Form.SHORT, data[at:end]))
            at = end + 2 if data.startswith(TAIL, end) else end
        return at

    def _take_any(self, before: int) -> None:
        self._find_tail(before)
        mark = self._next_mark()
        while True:
            if self._due and (mark is None or self._due[0].at <= mark):
                if self._due[0].at > self._base + len(self._held):
                    return
                end = self._judge(heappop(self._due))
                if end is not None:
                    self._drop_until(end)
                    mark = self._next_mark()
            elif mark is not None:
                self._open_candidate(mark)
                mark = self._next_mark()
            else:
                return

    def _next_mark(self) -> int | None:
        found = _MARK.search(self._held, self._scanned - self._base)
        if found is None:
            begun = _MARK_BEGUN.search(self._held, max(len(self._held) - _LONGEST_BEGUN, self._scanned - self._base))
            self._scanned = self._base + (begun.start() if begun else len(self._held))
            return None
        self._scanned = self._base + found.start()
        return self._scanned

    def _open_candidate(self, start: int) -> None:
        self._scanned = start + 1
        at = start - self._base
        held = self._held
        short = held[at] == SHORT_MARK[0]
        length = held[at + 2] if short else held[at + 2] << 8 | held[at + 3]
        self._starts.append(start)
        self._open[start] = 1
        heappush(self._due, _Due(start + (3 if short else 4) + length, start, _Check.LENGTH))
        if short and held[at + 3] in WIFI_NUMBERS and length <= ACCESS_POINTS_MAX:
            self._open[start] = 2
            heappush(self._due, _Due(start + 11 + 7 * length, start, _Check.WIFI_COUNT))

    def _judge(self, due: _Due) -> int | None:
        """The stream position where a frame ended; None when this judgement found none."""
        at = due.start - self._base
        if due.check is _Check.LENGTH:
            return self._judge_length(due, at)
        if due.check is _Check.TAIL:
            return self._judge_tail(due.start, at, due.at - 2 - self._base)
        if due.check is _Check.WIFI_COUNT:
            return self._judge_wifi_count(due, at)
        return self._judge_wifi_end(due, at)

    def _judge_length(self, due: _Due, at: int) -> int | None:
        end = due.at - self._base
        if self._is_frame(at, end):
            return self._take(due.start, at, end)
        last = self._last_tail(at)
        found = self._held.find(TAIL, at + SHORTEST, last + 2)
        if found < 0 and len(self._held) < last + 2:
            self._tailless.append(due.start)
        elif found < 0:
            self._close(due.start)
        elif found <= end - 2:
            return self._judge_tail(due.start, at, found)
        else:
            heappush(self._due, _Due(self._base + found + 2, due.start, _Check.TAIL))
        return None

    def _judge_tail(self, start: int, at: int, tail: int) -> int | None:
        if self._is_frame(at, tail):
            return self._take(start, at, tail)
        if tail == self._named_end(at):
            self._out.append(Note(WRONG_CHECKSUM, f"message 0x{self._number(at):02x}"))
        self._close(start)
        return None

    def _judge_wifi_count(self, due: _Due, at: int) -> int | None:
        count_at = due.at - 1 - self._base
        if _BCD_TIME.match(self._held, at + 4):
            cells = self._held[count_at]
            heappush(self._due, _Due(due.at + 3 + 5 * cells + 2, due.start, _Check.WIFI_END))
        else:
            self._close(due.start)
        return None

    def _judge_wifi_end(self, due: _Due, at: int) -> int | None:
        end = due.at - 2 - self._base
        if self._held.startswith(TAIL, end):
            return self._take(due.start, at, end, Form.WIFI)
        self._close(due.start)
        return None

    def _is_frame(self, at: int, end: int) -> bool:
        held = self._held
        shortest = SHORTEST if held[at] == SHORT_MARK[0] else SHORTEST + 1
        return end - at >= shortest and crc16_x25(held[at + 2 : end - 2]) == held[end - 2] << 8 | held[end - 1]

    def _number(self, at: int) -> int:
        return self._held[at + 3 if self._held[at] == SHORT_MARK[0] else at + 4]

    def _named_end(self, at: int) -> int:
        held = self._held
        return at + (3 + held[at + 2] if held[at] == SHORT_MARK[0] else 4 + (held[at + 2] << 8 | held[at + 3]))

    def _last_tail(self, at: int) -> int:
        """Where a candidate's 0D 0A can begin at the latest; a length that leaves the CRC out is two bytes short."""
        return max(at + LONGEST_SHORT, self._named_end(at) + 2)

    def _take(self, start: int, at: int, end: int, form: Form | None = None) -> int:
        if form is None:
            form = Form.SHORT if self._held[at] == SHORT_MARK[0] else Form.LONG
        self._count_noise(self._held[:at])
        self._emit(Frame(form, self._held[at:end]))
        if self._held.startswith(TAIL, end):
            end += 2
        return start - at + end

    def _emit(self, frame: Frame) -> None:
        if self._noise:
            self._out.append(Note(NOISE, f"{self._noise} bytes"))
            self._noise = 0
        self._out.append(frame)

    def _drop_until(self, end: int) -> None:
        """Forget everything before `end`: a frame ended there."""
        self._held = self._held[end - self._base :]
        self._base = end
        self._scanned = max(self._scanned, end)
        if self._due:
            self._due = [due for due in self._due if due.start >= end]
            heapify(self._due)
        self._tailless = deque(start for start in self._tailless if start >= end)
        while self._starts and self._starts[0] < end:
            self._open.pop(self._starts.popleft(), None)
        if not self._open and self._scanned == end:
            taken = self._take_plain(self._held, 0)
            self._base += taken
            self._scanned = self._base
            self._held = self._held[taken:]

    def _find_tail(self, before: int) -> None:
        """Wake the candidates that wait for a 0D 0A, or give them up; it can only be after the first `before` bytes."""
        fresh = max(before - 1, 0)
        if self._tailless and self._held.find(TAIL, fresh) >= 0:
            waiting, self._tailless = self._tailless, deque()
            for start in waiting:
                self._find_tail_of(start, fresh)
        while self._tailless and len(self._held) >= self._last_tail(self._tailless[0] - self._base) + 2:
            self._close(self._tailless.popleft())

    def _find_tail_of(self, start: int, fresh: int) -> None:
        at = start - self._base
        last = self._last_tail(at)
        found = self._held.find(TAIL, max(fresh, at + SHORTEST), last + 2)
        if found >= 0:
            heappush(self._due, _Due(self._base + found + 2, start, _Check.TAIL))
        elif len(self._held) >= last + 2:
            self._close(start)
        else:
            self._tailless.append(start)

    def _close(self, start: int) -> None:
        outstanding = self._open.get(start, 0) - 1
        if outstanding > 0:
            self._open[start] = outstanding
        else:
            self._open.pop(start, None)

    def _let_go(self) -> None:
        """Release what can be part of no frame any more."""
        while self._starts and self._starts[0] not in self._open:
            self._starts.popleft()
        keep = min(self._starts[0] if self._starts else self._scanned, self._scanned)
        useless = keep - self._base
        if useless > 0:
            self._count_noise(self._held[:useless])
            self._held = self._held[useless:]
            self._base = keep

    def _count_noise(self, noise: bytes) -> None:
        """Count in stream order, so that the notes do not depend on how the bytes arrived; a line end is no noise."""
        self._noise += len(noise) - noise.count(b"\r") - noise.count(b"\n")
        while self._noise >= NOISE_PER_NOTE:
            self._noise -= NOISE_PER_NOTE
            self._out.append(Note(NOISE, f"{NOISE_PER_NOTE} bytes"))
