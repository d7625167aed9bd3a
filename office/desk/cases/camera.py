"""What a camera saw, or that it is covered, as the beginning of a case: filled in for a clerk who decides.

The picture is not copied into the case: it stays where each look at it is put on record.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from functools import partial

from office.desk.cases import office_time
from office.desk.cases.book import NewCase
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import missing
from office.desk.people.roles import Permission
from office.desk.register import look
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.messages import FAULT, MOTION

_EVENT = """SELECT e.id, e.type, e.time, e.data, d.gateway, d.device FROM centre.events e
JOIN centre.devices d ON d.id=e.device WHERE e.type IN (?, ?) AND """


class CameraDraft(Struct, frozen=True, kw_only=True):
    """The form, filled in. `picture` is looked at through `/v1/pictures/{sha256}/look`."""

    id: str
    gateway: str
    device: str
    words: str
    place: str = ""
    place_words: str = ""
    pole: str = ""
    community: str = ""
    picture: str = ""


class CameraDoors:
    """The draft; the case itself begins at `POST /v1/cases`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def doors(self) -> list[Door]:
        """For who types cases in."""
        path, may = "/v1/cases/camera", Permission.CASES_WORK
        return [Door("GET", path, self.draft, may, "A camera event", answers=CameraDraft, query=("event", "device"))]

    async def draft(self, visit: Visit) -> Reply:
        """`event` is its `n` in the list of a device's events."""
        n, device = visit.ask.number("event", 0) or 0, visit.ask.query.get("device", "")
        return said(await self._desk.look(partial(draft, n=n, device=device)))


def draft(conn: sqlite3.Connection, n: int, device: str = "") -> CameraDraft:
    """Of the event with that number in the centre's order. Raises Mistake 404."""
    row = conn.execute(_EVENT + "e.n=?", (MOTION, FAULT, n)).fetchone()
    if row is None:
        raise missing("摄像头事件", "event of a camera")
    data = json.loads(row["data"])
    camera = _camera(row, data, device)
    card = look.card(conn, row["gateway"], camera) or look.Card(gateway=row["gateway"], device=camera)
    when = office_time.beijing(row["time"]).strftime("%Y-%m-%d %H:%M")
    what = "画面中有人或物活动" if row["type"] == MOTION else f"故障 {data.get('fault', '')} {data.get('reason', '')}"
    return CameraDraft(
        id=row["id"],
        gateway=row["gateway"],
        device=camera,
        words=f"摄像头 {camera}({row['gateway']}){when}:{what.strip()}",
        place=card.place,
        place_words=card.words,
        pole=card.pole,
        community=card.community,
        picture=_text(data, "picture"),
    )


def begun(conn: sqlite3.Connection, new: NewCase, n: int, device: str) -> NewCase:
    """What was typed, bound to its event: one event begins one case. Raises Mistake 404."""
    seen = draft(conn, n, device)
    return replace(new, source_ref=seen.id, gateway=seen.gateway, community=new.community or seen.community)


def picture(conn: sqlite3.Connection, event: str) -> str:
    """The picture of the event that a case began with; empty when there is none."""
    row = conn.execute(_EVENT + "e.id=?", (MOTION, FAULT, event)).fetchone()
    return _text(json.loads(row["data"]), "picture") if row else ""


def _camera(row: sqlite3.Row, data: dict[str, object], wanted: str) -> str:
    """A fault of a gateway names several devices; the one that was looked at counts."""
    listed = data.get("devices")
    names = [row["device"], _text(data, "device"), *(map(str, listed) if isinstance(listed, list) else ())]
    return wanted if wanted in names else next((name for name in names if name), "")


def _text(data: dict[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
