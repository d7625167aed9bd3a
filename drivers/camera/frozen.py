"""Whether the picture stands still although this camera's pictures never do. Pure; numbers and time come in.

A sensor has noise, so two pictures of the emptiest corridor differ nearly everywhere. A camera that hangs repeats one
picture: between the key frames of its encoder, which change a little everywhere, nothing changes at all, except perhaps
the clock it writes into a corner. So what counts is in how many of the last minute's pictures nearly nothing changed.

A camera that compresses so hard that its noise is lost looks the same while nothing happens. Therefore a camera must
have shown its noise before it is judged in one period; in the dark, and before it has, only pictures that are the same
in every cell for ten periods count.
"""

from __future__ import annotations

from collections import deque

from drivers.camera.numbers import Numbers

STILL = 0.05
"""Of the cells: two of forty, for the clock in a corner."""

STILL_OFTEN, STILL_SELDOM, SAME_ALWAYS = 0.3, 0.1, 0.95
"""Part of a period's pictures: of a camera that hangs, of one that shows its noise, of one whose noise is not known."""

DARK = 16.0
LONG = 10


class FrozenJudge:
    """One camera. `after_s` 0: never frozen."""

    def __init__(self, after_s: float) -> None:
        self.frozen = False
        self._after_s = after_s
        self._window: deque[tuple[float, bool, bool]] = deque()
        self._still = self._same = 0
        self._noisy = False
        self._same_since: float | None = None

    def restart(self) -> None:
        """Another connection: what was learned stays, what was seen does not."""
        self._window.clear()
        self._still, self._same, self._same_since = 0, 0, None

    def take(self, numbers: Numbers) -> bool:
        """The next picture; whether the camera is frozen."""
        if self._after_s <= 0:
            return False
        still, same = numbers.changed <= STILL, numbers.changed == 0.0
        self._window.append((numbers.at_s, still, same))
        self._still += still
        self._same += same
        while numbers.at_s - self._window[0][0] > self._after_s:
            _, still, same = self._window.popleft()
            self._still -= still
            self._same -= same
        if numbers.at_s - self._window[0][0] < 0.9 * self._after_s:
            return self.frozen
        self.frozen = self._judge(numbers, self._still / len(self._window), self._same / len(self._window))
        return self.frozen

    def _judge(self, numbers: Numbers, still: float, same: float) -> bool:
        if same < SAME_ALWAYS:
            self._same_since = None
        elif self._same_since is None:
            self._same_since = numbers.at_s - self._after_s
        if still < STILL_SELDOM:
            self._noisy = True
        if self._noisy and numbers.brightness >= DARK:
            return still >= STILL_OFTEN
        since = self._same_since
        return since is not None and numbers.at_s - since >= LONG * self._after_s
