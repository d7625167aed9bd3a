"""Applications made at a kiosk: submissions of kind `warden-application`.

The form has `name`, `phone` and, where they were asked, `where` and `words`. A bad one is passed over with a note:
the resident was told at the kiosk that the office calls back, so a person looks at it.
"""

from __future__ import annotations

import logging
import sqlite3

from office.desk.grid import applications
from office.desk.grid.applications import Apply
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract.envelope import ContractError, convert

log = logging.getLogger("linli.office.desk.grid")

KIND = "warden-application"


def take(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault) -> None:
    """Each once, by the id of its event."""
    conn.execute("SAVEPOINT application")
    try:
        applications.apply(conn, at, vault, "kiosk", convert({**sent.form, "id": sent.id}, Apply))
    except (ContractError, Mistake, ValueError) as reason:
        conn.execute("ROLLBACK TO application")
        log.warning("the warden application %s of a kiosk cannot be used: %s", sent.id, type(reason).__name__)
        audit.note(conn, at, audit.SYSTEM, "grid.application-unreadable", sent.id)
    conn.execute("RELEASE application")
