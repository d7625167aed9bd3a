"""The message numbers of GT06, who reads each, and which are never answered."""

from __future__ import annotations

from collections.abc import Callable

from drivers.gt06.cells import (
    read_4g_by_length,
    read_cells_by_length,
    read_seven_cells,
    read_seven_cells_4g,
    read_seven_cells_wifi,
    read_six_cells_wifi,
)
from drivers.gt06.fields import Report, Session
from drivers.gt06.positions import (
    read_position,
    read_position_4g,
    read_position_card,
    read_position_cell,
    read_position_reason,
    read_position_vl,
    read_position_wide_cell,
    read_position_x1,
)
from drivers.gt06.states import (
    read_alarm,
    read_alarm_by_length,
    read_alarm_camera,
    read_alarm_cell,
    read_alarm_cell_4g,
    read_alarm_fence,
    read_fence_or_status,
    read_heartbeat,
    read_status,
)
from drivers.gt06.texts import (
    read_answer,
    read_information,
    read_long_answer,
    read_modules,
    read_pass_through,
    read_supply,
)

Reader = Callable[[bytes, Session], Report | None]
"""Content and session in, report out; None: these bytes are not what the number promises."""

LOGIN = 0x01
TIME_REQUEST = 0x8A
ADDRESS_REQUEST = 0x2A
ADDRESS_ANSWER = 0x97
COMMAND = 0x80

SHORT_READERS: dict[int, Reader] = {
    0x10: read_position,
    0x11: read_position_wide_cell,
    0x12: read_position_cell,
    0x13: read_status,
    0x15: read_answer,
    0x16: read_alarm_by_length,
    0x17: read_position_card,
    0x18: read_seven_cells_wifi,
    0x19: read_alarm_cell,
    0x1A: read_position,
    0x1E: read_position,
    0x21: read_long_answer,
    0x22: read_position_reason,
    0x23: read_heartbeat,
    0x24: read_cells_by_length,
    0x26: read_alarm,
    0x27: read_alarm_fence,
    0x28: read_seven_cells,
    0x2C: read_seven_cells_wifi,
    0x2D: read_position_reason,
    0x2E: read_seven_cells,
    0x31: read_position_reason,
    0x32: read_alarm,
    0x33: read_six_cells_wifi,
    0x34: read_position_x1,
    0x36: read_position_vl,
    0x37: read_position_reason,
    0x94: read_supply,
    0x95: read_alarm_camera,
    0xA0: read_position_4g,
    0xA1: read_seven_cells_4g,
    0xA2: read_4g_by_length,
    0xA3: read_fence_or_status,
    0xA4: read_alarm_fence,
    0xA5: read_alarm_cell_4g,
}

LONG_READERS: dict[int, Reader] = {
    **{number: SHORT_READERS[number] for number in (0x10, 0x12, 0x16, 0x19, 0x22, 0x26, 0x27)},
    0x15: read_answer,
    0x21: read_long_answer,
    0x70: read_modules,
    0x94: read_information,
    0x9B: read_pass_through,
}
"""A long frame differs in its length alone, so alarms and positions in one count, too: what is answered is not lost."""

NOT_ANSWERED = frozenset({0x34, 0x80, 0x81, 0x82, 0x94, 0x9B})
NOT_ANSWERED_LONG = NOT_ANSWERED | {0x21}
"""Answers to our own commands and one-way reports; an answer would only cost the device's airtime."""
ANSWERED_LONG = frozenset({0x32, 0x33, 0x41})
"""Numbers of long frames whose sender waits for a long frame."""
