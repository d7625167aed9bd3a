"""JT/T 808, editions 2011, 2013 and 2019, over TCP and UDP.

frame.py      flags, escapes, check byte            decoder.py   one conversation
header.py     header layouts, phone digits          events.py    reports to events, repeats
position.py   the position body                     peer.py      what is remembered of one phone number
items.py      what follows it, standard and vendor  parts.py     sub-packaged messages
dialect.py    bits, and models that differ          commands.py  the way down
enrolment.py  who a terminal says it is             messages.py  numbers and bodies that go down
"""

from __future__ import annotations

from typing import cast

from drivers.decoder import Decoder, Driver, Known
from drivers.jt808.decoder import Jt808Decoder
from drivers.jt808.header import canonical
from drivers.jt808.settings import Settings
from drivers.model import Struct

__all__ = ["DRIVER", "Jt808Decoder", "Settings", "canonical"]


def _make(settings: Struct, known: Known) -> Decoder[object]:
    return cast("Decoder[object]", Jt808Decoder(cast("Settings", settings), known))


DRIVER = Driver("jt808", ("tcp", "udp", "memory"), Settings, _make)
