"""Registration, authentication and attributes: who a terminal says it is.

0x0100 2011:  province(2) | city(2) | maker 5  | model 8  | id 7  | plate colour(1) | plate
       2013:  province(2) | city(2) | maker 5  | model 20 | id 7  | plate colour(1) | plate
       2019:  province(2) | city(2) | maker 11 | model 30 | id 30 | plate colour(1) | plate
0x0102 2011, 2013:  code
       2019:        length(1) | code | IMEI 15 | software version 20
0x0107 2013:  type(2) | maker 5 | model 20 | id 7 | ICCID BCD[10] | length + hardware | length + firmware | ...
"""

from __future__ import annotations

from drivers.jt808.findings import text
from drivers.model import Scalar, Struct

_LAYOUTS = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}
_COLOURS_2013 = 9
"""The largest plate colour of 2011 and 2013: an ASCII character in its place betrays the shorter layout of 2011."""


class Registration(Struct, frozen=True):
    """0x0100. `plate` is the vehicle's; personal devices leave it empty."""

    province: int
    city: int
    maker: str
    model: str
    terminal_id: str
    plate_color: int
    plate: str


class Authentication(Struct, frozen=True):
    """0x0102. Any code is accepted: an SOS must never depend on it."""

    auth_code: str
    imei: str = ""
    software: str = ""


def read_registration(body: bytes, version: int | None) -> Registration:
    """Cut bodies give empty fields."""
    sizes = _LAYOUTS[2019 if version is not None else _edition(body)]
    fields, at = [], 4
    for size in sizes:
        fields.append(text(body[at : at + size]))
        at += size
    return Registration(
        province=int.from_bytes(body[:2]),
        city=int.from_bytes(body[2:4]),
        maker=fields[0],
        model=fields[1],
        terminal_id=fields[2],
        plate_color=body[at] if at < len(body) else 0,
        plate=text(body[at + 1 :]),
    )


def _edition(body: bytes) -> int:
    """2011 and 2013 share the header; the plate colour stands at 36 in 2013, at 24 in 2011."""
    return 2013 if len(body) > 36 and body[36] <= _COLOURS_2013 else 2011


def read_authentication(body: bytes, version: int | None) -> Authentication:
    """Edition 2019 says how long the code is; before, the body is the code."""
    if version is None or not body:
        return Authentication(text(body))
    end = 1 + body[0]
    return Authentication(text(body[1:end]), text(body[end : end + 15]), text(body[end + 15 : end + 35]))


def read_attributes(body: bytes, version: int | None) -> dict[str, Scalar]:
    """0x0107: SIM card and versions."""
    maker, model, name = _LAYOUTS[2019 if version is not None else 2013]
    at = 2 + maker
    fields = {
        "model": text(body[at : at + model]),
        "terminalId": text(body[at + model : at + model + name]),
        "iccid": body[at + model + name : at + model + name + 10].hex(),
    }
    found: dict[str, Scalar] = {key: value for key, value in fields.items() if value}
    at += model + name + 10
    for key in ("versionHw", "versionFw"):
        if at < len(body):
            size = body[at]
            if size:
                found[key] = text(body[at + 1 : at + 1 + size])
            at += 1 + size
    return found
