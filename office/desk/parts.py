"""Every part of the desk, in the order of its navigation."""

from __future__ import annotations

from office.desk.alarms.board import Board
from office.desk.alarms.caller import Caller
from office.desk.alarms.card import Cards
from office.desk.alarms.casing import Casing
from office.desk.alarms.helping import Helping
from office.desk.alarms.sending import Sending
from office.desk.alarms.working import Working
from office.desk.bookings.part import Bookings
from office.desk.calls.calls import Calls
from office.desk.calls.lists import CallLists
from office.desk.cases.part import Cases
from office.desk.content.emergency import Emergencies
from office.desk.content.preview import Previews
from office.desk.content.publishing import Publishing
from office.desk.desk import Desk
from office.desk.devices.commanding import Commanding
from office.desk.devices.configuring import Configuring
from office.desk.devices.inventory import Inventory
from office.desk.devices.looking import Looking
from office.desk.devices.screens import Screens
from office.desk.duty.drills import Drills
from office.desk.duty.duty import Duty
from office.desk.duty.handover import Handing
from office.desk.duty.roster import Rostering
from office.desk.duty.weekly import WeeklyList
from office.desk.duty.windows import Windows
from office.desk.files import Files
from office.desk.grid.grid import GridPart
from office.desk.grid.round import RoundPart
from office.desk.neighbours.part import Neighbours
from office.desk.part import Part
from office.desk.people.auditing import AlarmSteps, Auditing
from office.desk.people.keeping import Keeping
from office.desk.people.own import OwnAccount
from office.desk.people.signing import Signing
from office.desk.proof.exports import Exports
from office.desk.proof.month_door import Months
from office.desk.proof.part import Proofs
from office.desk.proof.stream_doors import StreamDoors
from office.desk.proof.streams import Streams
from office.desk.register.dossiers import Dossiers
from office.desk.register.importing import Importing
from office.desk.register.kiosk_poles import KioskPoles
from office.desk.register.part import Register
from office.desk.submissions import Submissions
from office.desk.takeaway.part import Takeaway

PARTS: tuple[type[Part], ...] = (
    Submissions,  # before whoever takes what kiosks send
    Signing,
    Register,
    Importing,
    Dossiers,
    KioskPoles,
    OwnAccount,
    Keeping,
    Auditing,
    AlarmSteps,
    Windows,  # before the board: what closes itself as a test does not ring first
    Board,
    Caller,
    Working,
    Cards,
    Casing,
    Sending,
    Helping,
    Files,
    GridPart,
    RoundPart,
    Duty,
    Rostering,
    Handing,
    WeeklyList,
    Drills,
    Cases,
    Calls,
    CallLists,
    Inventory,
    Commanding,
    Configuring,
    Looking,
    Screens,
    Proofs,
    Months,
    Exports,
    Publishing,
    Previews,
    Emergencies,
    Bookings,
    Neighbours,
    Takeaway,
    StreamDoors,
    Streams,
)


def make(desk: Desk) -> list[Part]:
    """One of each."""
    return [part(desk) for part in PARTS]
