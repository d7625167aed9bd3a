"""Every part of the desk, in the order of its navigation."""

from __future__ import annotations

from office.desk.alarms.board import Board
from office.desk.alarms.caller import Caller
from office.desk.alarms.working import Working
from office.desk.cases.part import Cases
from office.desk.desk import Desk
from office.desk.devices.commanding import Commanding
from office.desk.devices.configuring import Configuring
from office.desk.devices.inventory import Inventory
from office.desk.devices.looking import Looking
from office.desk.duty.duty import Duty
from office.desk.duty.roster import Rostering
from office.desk.files import Files
from office.desk.part import Part
from office.desk.people.signing import Signing

PARTS: tuple[type[Part], ...] = (
    Signing,
    Board,
    Caller,
    Working,
    Files,
    Duty,
    Rostering,
    Cases,
    Inventory,
    Commanding,
    Configuring,
    Looking,
)


def make(desk: Desk) -> list[Part]:
    """One of each."""
    return [part(desk) for part in PARTS]
