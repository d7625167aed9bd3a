"""How far the published version has come: which kiosks show it, and why one does not. Functions over a connection.

A kiosk's screen says in its gateway's state which version it shows; a gateway that does not take a version, or cannot
fetch it, says why, as a fault.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from office.desk.content import versions
from office.desk.devices.lists import moment, states
from sync.contract.envelope import Struct
from sync.contract.services import CONTENT

MOST = 100


class Behind(Struct, frozen=True):
    """A kiosk that does not show the published version. `reason`: why its gateway does not take it; empty: not yet."""

    gateway: str
    online: bool
    version: str
    published: datetime | None
    """When the version that it shows was published, if that is known."""
    reason: str


class Reach(Struct, frozen=True):
    """`kiosks` are all, `there` show the published version; of the rest the first, who say why before the others."""

    kiosks: int
    there: int
    behind: list[Behind]


def reach(conn: sqlite3.Connection) -> Reach:
    """As their gateways said last."""
    last = versions.live(conn)
    newest = last["version"] if last is not None else ""
    at = {row["version"]: row["made_at"] for row in conn.execute("SELECT version, made_at FROM content_versions")}
    reasons = {
        row["gateway"]: row["reason"]
        for row in conn.execute(
            "SELECT gateway, reason FROM device_faults WHERE device='' AND fault IN ('blobs', 'blob-store', ?1)"
            " ORDER BY fault=?1",
            (f"content-{CONTENT}",),
        )
    }
    kiosks = {name: state for name, state in states(conn).items() if state.screen}
    behind = [
        Behind(
            name,
            state.online,
            version := str(state.screen.get("content") or ""),
            moment(at[version]) if version in at else None,
            reasons.get(name, ""),
        )
        for name, state in kiosks.items()
        if str(state.screen.get("content") or "") != newest
    ]
    behind.sort(key=lambda one: (not one.reason, not one.online, one.gateway))
    return Reach(len(kiosks), len(kiosks) - len(behind), behind[:MOST])
