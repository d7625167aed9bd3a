"""Says prepared frames over connections and counts what is answered, with a window of what may be unanswered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence

TICK_S = 0.01
PATIENCE_S = 60.0


class Speaker:
    """One connection. Every frame is answered by `answer_bytes`; what the peer says beside that would be miscounted."""

    def __init__(self, connection: socket.socket, frames: Sequence[bytes], answer_bytes: int, window: int) -> None:
        self.socket = connection
        self._frames, self._answer_bytes, self._window = frames, answer_bytes, window
        self._sent = 0
        self._got = 0
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(PATIENCE_S)

    @property
    def done(self) -> bool:
        """Whether everything is answered."""
        return self._got >= len(self._frames) * self._answer_bytes

    def say(self, most: int) -> int:
        """Send up to `most` frames as far as the window allows; how many."""
        under_way = self._sent - self._got // self._answer_bytes
        count = min(most, self._window - under_way, len(self._frames) - self._sent)
        if count > 0:
            self.socket.sendall(b"".join(self._frames[self._sent : self._sent + count]))
            self._sent += count
        return max(0, count)

    def hear(self) -> None:
        """Read what is there. Raises ConnectionError when the peer hung up."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("hung up before everything was answered")
        self._got += len(data)


def flood(speakers: Sequence[Speaker]) -> None:
    """As fast as answers come."""
    with selectors.DefaultSelector() as selector:
        for speaker in speakers:
            selector.register(speaker.socket, selectors.EVENT_READ, speaker)
            speaker.say(len(speakers) * 10_000)
        left = len(speakers)
        while left:
            for key, _ in _ready(selector):
                speaker = key.data
                speaker.hear()
                if speaker.done:
                    selector.unregister(speaker.socket)
                    left -= 1
                else:
                    speaker.say(10_000)


def pace(speaker: Speaker, per_s: float) -> None:
    """So many frames a second, in small pieces, until everything is answered."""
    began, said = time.monotonic(), 0
    with selectors.DefaultSelector() as selector:
        selector.register(speaker.socket, selectors.EVENT_READ)
        while not speaker.done:
            said += speaker.say(int((time.monotonic() - began) * per_s) - said)
            if selector.select(TICK_S):
                speaker.hear()
                time.sleep(TICK_S)


def _ready(selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    ready = selector.select(PATIENCE_S)
    if not ready:
        raise TimeoutError(f"no answer for {PATIENCE_S:.0f} s")
    return ready
