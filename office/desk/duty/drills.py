"""突击演练: order one, list them, and write the report when it has ended.

The order goes down the real way and the alarm comes up the real way; what the desk does with it is in `drill_report`:
the board says that it was a drill once somebody took it, and nobody is phoned unless the whole way was asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk.alarms.board import Board
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.duty import drill_report
from office.desk.duty.drill_report import DrillView
from office.desk.duty.weekly import WeeklyList
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct, decode, encode, replaced

log = logging.getLogger("linli.office.drills")

VALID_S = 60.0
"""An order that the gateway has not within this time is no drill any more."""

LOOK_S = 2.0
LAST_WORD_MS = 10_000
MOST_OPEN = 5


class NewDrill(Struct, frozen=True):
    """Which device; both empty: any one-button device whose gateway is there."""

    gateway: str = ""
    device: str = ""
    whole_way: bool = False


class Target(Struct, frozen=True):
    """A device that can be drilled now."""

    gateway: str
    device: str
    profile: str


class Drills(Part):
    """`quiet` is asked by whoever phones out."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wake = asyncio.Event()

    def doors(self) -> Sequence[Door]:
        """See `Part`. Ordering is for who leads: whoever is on duty shall not know."""
        lead = Permission.DUTY_PLAN
        return (
            Door(
                "GET", "/v1/drills", self.listed, lead, "Drills, newest first", answers=list[DrillView],
                query=("before", "limit"),
            ),
            Door("GET", "/v1/drills/targets", self.targets, lead, "Devices that can be drilled", answers=list[Target]),
            Door("POST", "/v1/drills", self.order, lead, "Order a drill", asks=NewDrill, answers=DrillView, status=201),
            Door("GET", "/v1/drills/{drill}", self.one, lead, "One drill with its report", answers=DrillView),
        )  # fmt: skip

    async def listed(self, visit: Visit) -> Reply:
        """`before` is when the last one seen was ordered."""
        before = visit.ask.number("before", 2**62) or 0
        limit = visit.ask.number("limit", 50, most=200) or 50
        return said(await self.desk.look(partial(_listed, before=before, limit=limit)))

    async def targets(self, _: Visit) -> Reply:
        """Registered, in use, no alarm open, gateway online."""
        return said(await self._targets())

    async def one(self, visit: Visit) -> Reply:
        """As it stands, or as it ended."""
        return said(await self._seen(visit.name("drill")))

    async def order(self, visit: Visit) -> Reply:
        """Noted first, then sent with that id: a crash in between sends it never, or once."""
        wanted, at, who = await visit.asked(NewDrill), self.desk.now(), visit.who
        target = _chosen(wanted, await self._targets())
        new = f"drill-{secrets.token_hex(8)}"

        def work(conn: sqlite3.Connection) -> None:
            if conn.execute("SELECT count(*) FROM drills WHERE ended_at IS NULL").fetchone()[0] >= MOST_OPEN:
                raise Mistake("已有演练在进行中", "drills are under way already", 409)
            conn.execute(
                "INSERT INTO drills(id, gateway, device, whole_way, ordered_by, ordered_at) VALUES (?,?,?,?,?,?)",
                (new, target.gateway, target.device, wanted.whole_way, who.id, at),
            )
            audit.note(conn, at, who.id, "drill.ordered", new, gateway=target.gateway, device=target.device)

        await self.desk.change(work)
        arguments: dict[str, str | int | float | bool | None] = {"whole_way": wanted.whole_way}
        try:
            await self.desk.centre.order(target.gateway, "drill", target.device, arguments, "desk", VALID_S, new)
        except (NotRunning, Declined) as reason:
            await self.desk.change(partial(_failed, drill=new, at=self.desk.now(), why=str(reason)))
            raise
        self._wake.set()
        return said(await self._seen(new), 201)

    async def _targets(self) -> list[Target]:
        return await self.desk.look(partial(_targets, buttons=await self.desk.part(WeeklyList).buttons()))

    async def quiet(self, alarms: Sequence[str]) -> set[str]:
        """Of these the drills that nobody is to be phoned for."""
        return await self.desk.look(partial(drill_report.quiet, ids=alarms))

    async def run(self) -> None:
        """See `Part`."""
        self.desk.part(Board).drills = drill_report.marked
        while True:
            self._wake.clear()
            try:
                waiting = await self._look()
            except StoreError as error:
                log.error("a report cannot be kept: %s", error)  # noqa: TRY400 - a full disk needs no stack
                waiting = True
            try:
                async with asyncio.timeout(LOOK_S if waiting else None):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        """See `Part`."""
        busy = await self.desk.look(_any_under_way)
        if alarms and busy:
            self._wake.set()

    async def _look(self) -> bool:
        """Write the reports of what has ended; whether something is under way."""
        found = await self.desk.look(partial(_open, now=self.desk.now()))
        for view, why in found:
            if why:
                await self.desk.change(partial(_failed, drill=view.id, at=self.desk.now(), why=why))
            elif _over(view, self.desk.now()):
                await self.desk.change(partial(_ended, view=view, at=self.desk.now()))
            self.desk.live.tell("drills", {"id": view.id}, may=Permission.DUTY_PLAN)
        return any(not why and not _over(view, self.desk.now()) for view, why in found)

    async def _seen(self, drill: str) -> DrillView:
        found = await self.desk.look(partial(_one, drill=drill))
        if found is None:
            raise missing("演练", "drill")
        return found


def _chosen(wanted: NewDrill, targets: Sequence[Target]) -> Target:
    if not targets:
        raise Mistake("目前没有可演练的设备", "there is no device to drill now", 409)
    if not wanted.gateway and not wanted.device:
        return secrets.choice(targets)
    fits = [one for one in targets if (one.gateway, one.device) == (wanted.gateway, wanted.device)]
    if not fits:
        raise Mistake(
            "这台设备现在不能演练(网关离线、有未结束的警报,或未登记)",
            "this device cannot be drilled now: gateway away, an alarm open, or not registered",
            409,
            field="device",
        )
    return fits[0]


def _targets(conn: sqlite3.Connection, buttons: Sequence[str]) -> list[Target]:
    marks = ",".join("?" * len(buttons))
    rows = conn.execute(
        f"""SELECT s.gateway, s.device, s.profile FROM device_state s JOIN centre.gateways g ON g.gateway=s.gateway
            WHERE s.registered=1 AND s.silent=0 AND g.online=1 AND g.silent_alarm IS NULL AND s.profile IN ({marks})
              AND NOT EXISTS (SELECT 1 FROM centre.alarms a
                              WHERE a.gateway=s.gateway AND a.device=s.device AND a.stage<5)
            ORDER BY s.gateway, s.device LIMIT 5000""",  # noqa: S608 - question marks
        tuple(buttons),
    )
    return [Target(row["gateway"], row["device"], row["profile"]) for row in rows]


def _listed(conn: sqlite3.Connection, before: int, limit: int) -> list[DrillView]:
    rows = conn.execute(
        "SELECT * FROM drills WHERE ordered_at<? ORDER BY ordered_at DESC, id DESC LIMIT ?", (before, limit)
    )
    return [_kept(conn, row) for row in rows.fetchall()]


def _one(conn: sqlite3.Connection, drill: str) -> DrillView | None:
    row = conn.execute("SELECT * FROM drills WHERE id=?", (drill,)).fetchone()
    return _kept(conn, row) if row else None


def _kept(conn: sqlite3.Connection, row: sqlite3.Row) -> DrillView:
    """The report as it was written, once it was."""
    return decode(row["report"].encode(), DrillView) if row["report"] else drill_report.view(conn, row)


def _any_under_way(conn: sqlite3.Connection) -> bool:
    return conn.execute("SELECT 1 FROM drills WHERE ended_at IS NULL LIMIT 1").fetchone() is not None


def _open(conn: sqlite3.Connection, now: int) -> list[tuple[DrillView, str]]:
    """What is under way, and why it failed, if it did."""
    found = []
    for row in conn.execute("SELECT * FROM drills WHERE ended_at IS NULL ORDER BY ordered_at").fetchall():
        view = drill_report.view(conn, row)
        answer = conn.execute("SELECT outcome, reason FROM centre.orders WHERE id=?", (row["id"],)).fetchone()
        why = ""
        if not view.alarm and answer is not None and answer["outcome"] not in (None, "done"):
            why = answer["reason"] or answer["outcome"]
        elif not view.alarm and answer is None and now - row["ordered_at"] > 2 * VALID_S * 1000:
            why = "the order was never given"
        found.append((view, why))
    return found


def _over(view: DrillView, now: int) -> bool:
    """Closed, and the gateway has had time to say when the broker had it."""
    closed = next((stage.at for stage in view.stages if stage.stage == "closed"), None)
    return closed is not None and now - closed >= LAST_WORD_MS


def _failed(conn: sqlite3.Connection, drill: str, at: int, why: str) -> None:
    done = conn.execute(
        "UPDATE drills SET failed=?, ended_at=? WHERE id=? AND ended_at IS NULL", (why[:300], at, drill)
    )
    if done.rowcount:
        audit.note(conn, at, audit.SYSTEM, "drill.failed", drill)


def _ended(conn: sqlite3.Connection, view: DrillView, at: int) -> None:
    text = encode(replaced(view, ended_at=at)).decode()
    done = conn.execute("UPDATE drills SET report=?, ended_at=? WHERE id=? AND ended_at IS NULL", (text, at, view.id))
    if done.rowcount:
        audit.note(conn, at, audit.SYSTEM, "drill.ended", view.id, report=hashlib.sha256(text.encode()).hexdigest())
