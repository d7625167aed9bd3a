"""A fault of ours ends the screen, and the service manager starts it anew: half a screen helps nobody.

Only where it happened is logged, never the value that caused it: it may be what somebody has entered.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

log = logging.getLogger("linli.kiosk")

FAULT = 70
"""Exit code: an internal error (sysexits.h, EX_SOFTWARE)."""


def end_on_faults(leave: Callable[[int], None]) -> None:
    """`leave` may be called by any thread."""

    def noted(kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None) -> None:
        frames = traceback.extract_tb(trace)[-8:]
        log.critical("%s at %s", kind.__name__, " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(frames)))
        leave(FAULT)

    sys.excepthook = noted
    threading.excepthook = lambda fault: noted(fault.exc_type, fault.exc_value, fault.exc_traceback)
