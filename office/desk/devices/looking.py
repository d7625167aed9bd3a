"""The part for camera looks: a picture only with a permission and a reason, and the inspector's list of all looks."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

from office.client import Declined, NotRunning
from office.desk.desk import Desk
from office.desk.devices import forms, lists, looks
from office.desk.devices.commanding import Commanding
from office.desk.devices.looks import LookRow, Narrow
from office.desk.devices.orders import Given
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct

LOOK_S = 0.25
TOPIC = "look"
BEIJING = timezone(timedelta(hours=8))
COLUMNS = ("编号 n", "时间 at", "查看人 by", "网关 gateway", "摄像头 camera", "原因 reason", "关于 about", "方式 way",
           "图片 sha256", "结果 refused")  # fmt: skip


class Why(Struct, frozen=True, kw_only=True):
    """Why somebody looks: a reason in words, or the open alarm or case that it is about."""

    reason: str = ""
    about: str = ""


class Live(Struct, frozen=True, kw_only=True):
    """A picture of now. `camera` may be empty where a gateway has only one."""

    camera: str = ""
    reason: str = ""
    about: str = ""


class Looking(Part):
    """Looks, kept and live."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._data = Path(desk.config.data)
        self._wake = asyncio.Event()

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        look, see, image = Permission.CAMERA_LOOK, Permission.LOOKS_SEE, "image/jpeg"
        narrow = ("account", "gateway", "camera", "about", "since", "until")
        return (
            Door("POST", "/v1/pictures/{sha256}/look", self.kept, look, "Look at a picture", asks=Why, answers=image),
            Door(
                "POST",
                "/v1/gateways/{gateway}/snapshot",
                self.live,
                look,
                "Look through a camera now",
                asks=Live,
                answers=LookRow,
                status=202,
            ),
            Door("GET", "/v1/looks/{n}", self.one, look, "A look of one's own", answers=LookRow),
            Door("GET", "/v1/looks/{n}/picture", self.picture, look, "Its picture, for ten minutes", answers=image),
            Door(
                "GET",
                "/v1/looks",
                self.all,
                see,
                "Who looked at which camera and why",
                answers=list[LookRow],
                query=(*narrow, "before", "limit"),
            ),
            Door("GET", "/v1/looks.csv", self.csv, see, "The same as a table", answers="text/csv", query=narrow),
        )

    async def run(self) -> None:
        """Take over the answers of live looks."""
        while True:
            self._wake.clear()
            if await self._take_over():
                await asyncio.sleep(LOOK_S)
            else:
                await self._wake.wait()

    async def kept(self, visit: Visit) -> Reply:
        """The picture, after the look is on record."""
        asked, sha256, at = await visit.asked(Why), visit.name("sha256"), self.desk.now()

        def judge(conn: sqlite3.Connection) -> tuple[tuple[str, str], tuple[str, str]]:
            gateway, camera, _ = looks.whose(conn, sha256)
            return (gateway, camera), looks.why(conn, asked.reason, asked.about)

        camera, why = await self.desk.look(judge)
        content = await asyncio.to_thread(looks.picture, self._data, sha256)
        begin = partial(looks.begin, at=at, account=visit.who.id, camera=camera, why=why, way="kept", sha256=sha256)
        n = await self.desk.change(begin)
        self._told(n)
        return _image(content, n)

    async def live(self, visit: Visit) -> Reply:
        """202 with the look; its picture comes with the gateway's answer."""
        asked, gateway, at = await visit.asked(Live), visit.name("gateway"), self.desk.now()
        if len(asked.camera) > 200 or forms.CONTROL.search(asked.camera):
            raise Mistake("摄像头编号不对", "no camera can be called this", 400, "camera")
        why = await self.desk.look(partial(looks.why, reason=asked.reason, about=asked.about))
        commanding, camera = self.desk.part(Commanding), (gateway, asked.camera)
        mark = commanding.new_id()
        begin = partial(looks.begin, at=at, account=visit.who.id, camera=camera, why=why, way="live", mark=mark)
        await self.desk.look(partial(_must_be, gateway=gateway))
        n = await self.desk.change(begin)
        reason = why[0] or f"about {why[1]}"
        try:
            order = Given(mark, gateway, asked.camera, "snapshot", why[0])
            await commanding.give(visit.who, order, {"reason": reason})
        except (NotRunning, Declined) as error:
            text = str(error)
            await self.desk.change(lambda conn: looks.end(conn, mark, self.desk.now(), refused=text))
            raise
        self._wake.set()
        return said(await self._look(n), 202)

    async def one(self, visit: Visit) -> Reply:
        """How it stands."""
        return said(await self._own(visit))

    async def picture(self, visit: Visit) -> Reply:
        """Only for who looked, and only while the look lasts."""
        row = await self._own(visit)
        if self.desk.now() - row.at.timestamp() * 1000 > looks.SHOWN_FOR_MS:
            raise Mistake(
                "这次查看已结束,请重新说明原因", "this look is over; look again, with a reason", 403, code="over"
            )
        content = await asyncio.to_thread(looks.picture, self._data, row.sha256)
        return _image(content, row.n)

    async def all(self, visit: Visit) -> Reply:
        """Newest first."""
        limit = visit.ask.number("limit", looks.LIMIT, most=lists.MOST) or looks.LIMIT
        query = partial(looks.listed, narrow=_narrow(visit), before=visit.ask.number("before"), limit=limit)
        return said(await self.desk.look(query))

    async def csv(self, visit: Visit) -> Reply:
        """For Excel: UTF-8 with its mark; cells that would be formulas are text. The export itself is on record."""
        rows = await self.desk.look(partial(looks.listed, narrow=_narrow(visit), limit=looks.MOST_CSV))
        at, who = self.desk.now(), visit.who.id
        await self.desk.change(lambda conn: audit.note(conn, at, who, "looks.exported", "looks", rows=len(rows)))
        content = await asyncio.to_thread(_table, rows)
        headers = {"Content-Disposition": 'attachment; filename="camera-looks.csv"'}
        return Reply(200, content, headers, content_type="text/csv; charset=utf-8")

    async def _take_over(self) -> bool:
        """The answers that have come; whether any look still waits for one."""
        at = self.desk.now()
        for row in await self.desk.look(looks.live_waiting):
            end = partial(
                looks.end,
                mark=row["mark"],
                at=at,
                sha256=row["picture"] or "",
                refused=_refused(row),
                camera=row["camera"] or "",
            )
            n = await self.desk.change(end)
            look = await self._look(n or row["n"])
            self.desk.live.tell(TOPIC, look, accounts=frozenset({row["account"]}))
            self._told(look.n)
        waiting = "SELECT EXISTS(SELECT 1 FROM looks WHERE way='live' AND ended_at IS NULL)"
        return bool(await self.desk.look(lambda conn: conn.execute(waiting).fetchone()[0]))

    async def _own(self, visit: Visit) -> LookRow:
        text = visit.name("n")
        n = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
        row = await self.desk.look(partial(looks.one, n=n))
        if row is None or row.account != visit.who.id:
            raise missing("查看记录", "look")
        return row

    async def _look(self, n: int) -> LookRow:
        row = await self.desk.look(partial(looks.one, n=n))
        assert row is not None
        return row

    def _told(self, n: int) -> None:
        self.desk.live.tell("looks", {"n": n}, may=Permission.LOOKS_SEE)


def _must_be(conn: sqlite3.Connection, gateway: str) -> None:
    if not lists.gateways(conn, name=gateway):
        raise missing("网关", "gateway")


def _refused(row: sqlite3.Row) -> str:
    if row["outcome"] == "done" and row["picture"]:
        return ""
    return str(row["reason"] or row["outcome"])


def _narrow(visit: Visit) -> Narrow:
    query = visit.ask.query
    span = (_day(visit, "since", 0), _day(visit, "until", 1)) if query.get("since") or query.get("until") else None
    account, gateway, camera, about = (query.get(name, "") for name in ("account", "gateway", "camera", "about"))
    return Narrow(account, gateway, camera, about, span)


def _day(visit: Visit, name: str, more: int) -> int:
    """The first moment of that day in Beijing, or of the day after it; without a day, ever."""
    text = visit.ask.query.get(name, "")
    if not text:
        return 2**52 if more else 0
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BEIJING) + timedelta(days=more)
    except (ValueError, OverflowError):
        raise Mistake("日期应写成 2026-01-31", "a day is written 2026-01-31", 400, name) from None
    return int(day.timestamp() * 1000)


def _image(content: bytes, n: int) -> Reply:
    headers = {"X-Linli-Look": str(n), "Content-Disposition": "inline", "Cross-Origin-Resource-Policy": "same-origin"}
    return Reply(200, content, headers, content_type="image/jpeg")


def _table(rows: Sequence[LookRow]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        at = row.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        cells = (row.n, at, row.by, row.gateway, row.camera, row.reason, row.about, row.way, row.sha256, row.refused)
        writer.writerow([_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _cell(value: object) -> object:
    """A cell that begins like a formula is shown as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
