"""Named places at which a test lets the program die: `LINLI_FAILPOINT=name` or `name:n` (at the n-th pass).

Death is SIGKILL to ourselves, so nothing is flushed, closed or said. Read once at start; without the
variable a pass costs one comparison.
"""

from __future__ import annotations

import os
import signal

_NAME, _, _COUNT = os.environ.get("LINLI_FAILPOINT", "").partition(":")
_left = [int(_COUNT or 1)]


def reach(name: str) -> None:
    """Pass this place, or die here."""
    if name != _NAME:
        return
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
