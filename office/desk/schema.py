"""The tables of the desk, subject by subject, in the order in which they are applied."""

from __future__ import annotations

from office.desk.alarms.tables import BOARD, ERRANDS
from office.desk.bookings.tables import BOOKINGS
from office.desk.calls.tables import CALLBACKS, CALLS, DEPARTMENTS, JUDGED
from office.desk.cases.slip_links import SLIP_LINKS
from office.desk.cases.tables import CASES
from office.desk.content.tables import CONTENT
from office.desk.devices.tables import LOOKS, ORDERS, STATES
from office.desk.duty.proving_tables import DRILLS, HANDOVERS, PRESSES
from office.desk.duty.tables import DUTY
from office.desk.file_rows import FILES
from office.desk.grid.tables import DEPARTMENTS as GRID_DEPARTMENTS
from office.desk.grid.tables import GRID
from office.desk.neighbours.tables import NEIGHBOURS
from office.desk.people.accounts import ACCOUNTS, FACTORS
from office.desk.people.audit import AUDIT
from office.desk.people.codes import CODES
from office.desk.people.guesses import GUESSES
from office.desk.people.steps import FOLLOWED
from office.desk.people.vault import VAULT
from office.desk.proof.tables import EXPORTS, STREAMS
from office.desk.register.tables import REGISTER
from office.desk.submission_tables import SUBMISSIONS
from office.schema import Migration

MIGRATIONS: list[Migration] = [
    ("101 audit", AUDIT),
    ("102 accounts", ACCOUNTS),
    ("103 vault", VAULT),
    ("110 factors", FACTORS),
    ("111 codes", CODES),
    ("112 guesses", GUESSES),
    ("113 followed", FOLLOWED),
    ("120 register", REGISTER),
    ("130 alarms", BOARD),
    ("131 errands", ERRANDS),
    ("140 duty", DUTY),
    ("141 handovers", HANDOVERS),
    ("142 presses", PRESSES),
    ("143 drills", DRILLS),
    ("150 cases", CASES),
    ("160 files", FILES),
    ("161 grid", GRID),
    ("170 device states", STATES),
    ("171 device orders", ORDERS),
    ("172 looks", LOOKS),
    ("180 exports", EXPORTS),
    ("181 streams", STREAMS),
    ("190 departments", DEPARTMENTS),
    ("191 calls", CALLS),
    ("192 callbacks", CALLBACKS),
    ("200 content", CONTENT),
    ("201 submissions", SUBMISSIONS),
    ("202 bookings", BOOKINGS),
    ("203 neighbours", NEIGHBOURS),
    ("204 slip links", SLIP_LINKS),
    ("205 calls judged", JUDGED),
    ("206 grid departments", GRID_DEPARTMENTS),
]
