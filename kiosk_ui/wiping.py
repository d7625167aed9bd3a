"""Memory that is given back is written over, so that nobody reads there what somebody has typed.

Python and Qt let go of texts without wiping them; what they let go of goes to the allocator of the C library, and that
can wipe (mallopt(3), `M_PERTURB`). It is asked to by the environment, which is read once, as a process begins:

- `MALLOC_PERTURB_`: what is freed is filled with a byte.
- `GLIBC_TUNABLES=glibc.malloc.tcache_count=0`: the cache of each thread would not wipe.
- `PYTHONMALLOC=malloc`: Python's own allocator would keep small texts to itself.

`systemd/linli-kiosk.service` sets them; started by hand, `__main__` starts itself anew with them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping

ENVIRONMENT = {
    "MALLOC_PERTURB_": "165",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    "PYTHONMALLOC": "malloc",
}


def wanting(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What is not set; what somebody has set otherwise is theirs to know."""
    return {name: value for name, value in ENVIRONMENT.items() if name not in environ}


def again(arguments: list[str]) -> None:
    """This program anew, in the same process, with what is wanting. Comes back if nothing is."""
    if missing := wanting():
        os.execve(sys.executable, [sys.executable, "-m", "kiosk_ui", *arguments], {**os.environ, **missing})  # noqa: S606


def settled() -> None:
    """The first screen is there: what was made until now stays, and is not looked through for waste again."""
    gc.freeze()
    gc.enable()


def forget() -> None:
    """What nobody refers to any more goes now, and empty pages go back to the system."""
    import ctypes  # noqa: PLC0415 - nobody waits for the screen now, as at its start

    gc.collect()
    gc.freeze()  # nothing that is left is anybody's, and the next search has that much less to look through
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):
        return  # another C library: it has its own way
