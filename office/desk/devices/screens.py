"""The part for kiosks' screens from afar: the picture that an order `screen` brought.

What a screen says of itself stands in its gateway's state. A picture is of a screen that nobody used: a screen in use
refuses (kiosk_ui/care.py), and only it knows.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from office.desk.desk import Desk
from office.desk.devices import looks, orders
from office.desk.devices.orders import Stand
from office.desk.door import Door, Visit
from office.desk.mistake import missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.web import Reply

COMMAND = "screen"
PNG = b"\x89PNG\r\n\x1a\n"


class Screens(Part):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._data = Path(desk.config.data)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may = Permission.DEVICES_COMMAND
        return (
            Door(
                "GET",
                "/v1/orders/{order}/picture",
                self.picture,
                may,
                "A kiosk's screen",
                answers="image/png",
            ),
        )

    async def picture(self, visit: Visit) -> Reply:
        """As the screen drew it."""
        sha256 = await self.desk.look(partial(_picture, order_id=visit.name("order")))
        content = await asyncio.to_thread(looks.picture, self._data, sha256, PNG)
        headers = {"Cache-Control": "private, max-age=600", "Content-Security-Policy": "sandbox"}
        return Reply(200, content, headers, content_type="image/png")


def _picture(conn: sqlite3.Connection, order_id: str) -> str:
    """Its hash: of a screenshot that was taken, and only a file that this very gateway brought."""
    row = orders.one(conn, order_id)
    if row is None or row.command != COMMAND or row.stand is not Stand.DONE:
        raise missing("截图", "screenshot")
    result = json.loads(bytes(row.result))
    sha256 = str(result.get("picture", "")) if isinstance(result, dict) else ""
    held = conn.execute(
        "SELECT 1 FROM centre.blob_holders WHERE sha256=? AND gateway=?", (sha256, row.gateway)
    ).fetchone()
    if held is None:
        raise missing("截图", "screenshot")
    return sha256
