"""The last lines of the log, in memory, for `linli diagnose`; numbers that could be a person's are shortened."""

from __future__ import annotations

import logging
import re
from collections import deque
from datetime import UTC, datetime

LINES = 500
MAX_LINE = 400

_LONG = re.compile(r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]*[0-9]{3}[0-9A-Fa-f]{3,}(?![0-9A-Fa-f-])")
_USER = re.compile(r"//[^/@\s]+@")


def shortened(text: str) -> str:
    """An IMEI, a phone number, an RF code: enough to recognise one's own, too little to call somebody."""
    return f"{text[:2]}…{text[-2:]}" if len(text) > 5 else text


def redacted(line: str) -> str:
    """A line without long numbers and without credentials in URLs."""
    return _LONG.sub(lambda found: shortened(found[0]), _USER.sub("//…@", line))


class LogRing(logging.Handler):
    """Attach to a logger; `lines` is what to send."""

    def __init__(self, lines: int = LINES) -> None:
        super().__init__(logging.INFO)
        self._ring: deque[tuple[float, str, str, str]] = deque(maxlen=lines)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it; a broken record is no reason to fail."""
        try:
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                text += f" [{type(record.exc_info[1]).__name__}]"
        except (TypeError, ValueError):
            text = str(record.msg)
        self._ring.append((record.created, record.levelname, record.name, text[:MAX_LINE]))

    def lines(self) -> list[str]:
        """Oldest first, redacted."""
        return [
            f"{datetime.fromtimestamp(at, UTC).isoformat(timespec='milliseconds')} {level} {name}: {redacted(text)}"
            for at, level, name, text in list(self._ring)
        ]
