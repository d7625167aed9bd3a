"""GT06 trackers and buttons (Concox and the many clones), over TCP.

Sources: Concox GT06 and GT06N communication protocol documents; layouts of later models as recorded frames show them.

    framing     bytes -> frames             fields     clock, GPS block, cells
    positions   states   cells   texts      one family of messages each: content -> Report
    causes      alarm codes                 numbers    which number is read by whom
    decoder     the conversation            answers    what goes down
"""

from __future__ import annotations

from typing import cast

from drivers.decoder import Decoder, Driver, Known
from drivers.gt06.decoder import Gt06Decoder, Settings
from drivers.model import Struct

__all__ = ["DRIVER", "Gt06Decoder", "Settings"]


def _make(settings: Struct, known: Known) -> Decoder[object]:
    return cast("Decoder[object]", Gt06Decoder(cast("Settings", settings), known))


DRIVER = Driver(name="gt06", ports=("tcp", "memory"), settings=Settings, make=_make)
