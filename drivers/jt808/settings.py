"""What a profile may say about JT/T 808 devices."""

from __future__ import annotations

from typing import Annotated

from drivers.model import Meta, Struct


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All fields have defaults: a plain device of the standard needs none of them.

    `model`               chooses the reading of vendor-defined bits and items (`drivers/jt808/dialect.py`).
    `utc_offset_minutes`  the zone of the device's clock; the standard says GMT+8.
    `register_unknown`    answer the registration of a device that is not in the registry with 0 (else 4, "no such
                          terminal"). Its SOS is heard and kept either way.
    `auth_code`           handed out at registration; empty: the digits of the device's own phone number.
    `emergency_clears`    this model clears the emergency bit itself as soon as it is answered, as the standard says:
                          a bit set in a new message is then a new press, not a bit that stayed set.
    `part_wait_s`         how long a missing part of a sub-packaged message is waited for before it is asked for.
    `part_asks`           how often it is asked for before the message is given up.
    """

    model: str = ""
    utc_offset_minutes: Annotated[int, Meta(ge=-720, le=840)] = 480
    register_unknown: bool = True
    auth_code: Annotated[str, Meta(max_length=64)] = ""
    emergency_clears: bool = False
    part_wait_s: Annotated[float, Meta(gt=0, le=600)] = 5.0
    part_asks: Annotated[int, Meta(ge=0, le=10)] = 3
