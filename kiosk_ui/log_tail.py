"""The last lines of the screen's own log, for the service menu. Logs never carry what people said or entered."""

from __future__ import annotations

import logging
from collections import deque

LINES = 200


class LogTail(logging.Handler):
    """A handler that keeps the newest lines."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=LINES)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname).1s %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self._lines.append(self.format(record))

    @property
    def lines(self) -> list[str]:
        """Newest first."""
        return list(reversed(self._lines))
