"""The tables of the keyboards, loaded once for all tests of a process: a second of work and 40 MB."""

from __future__ import annotations

import gc
from functools import cache

from kiosk_ui.typing import Lexicon


@cache
def lexicon() -> Lexicon:
    """Words of a place that a test adds stay in it."""
    made = Lexicon.shipped()
    gc.collect()
    gc.freeze()  # half a million objects that no search for waste has to pass again
    return made
