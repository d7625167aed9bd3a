"""The gateway about itself: status and verdict, faults, device types, outbox and losses, the bundle for support."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from edge import losses
from edge.api import asked, shapes
from edge.api.parts import Parts, limit_of
from edge.api.refusal import wrong
from edge.api.verdict import Facts, judge
from edge.api.web import Ask, Reply, said
from sync.contract.envelope import ContractError, Struct, decode
from sync.contract.lanes import Lane

MB = 1024 * 1024


class _Dated(Struct, frozen=True):
    """What of a waiting event says how old it is."""

    time: datetime
    boot: int = 0
    mono: int = 0


class AboutApi:
    """Handlers; `diagnosis` makes the bundle."""

    def __init__(
        self, parts: Parts, version: str, diagnosis: Callable[[shapes.Status], Awaitable[shapes.Diagnosis]]
    ) -> None:
        self._parts, self._gateway, self._version = parts, parts.gateway, version
        self._diagnosis = diagnosis
        self._started_s = parts.gateway.clock().monotonic_s

    async def status(self, ask: Ask) -> Reply:
        """Everything at a glance, with one word for it."""
        return said(await self.facts(ask.language))

    async def facts(self, language: str) -> shapes.Status:
        """The status."""
        gateway = self._gateway
        lanes, unknown, alarming, lost = await self._parts.look(self._stored)
        disk, line, silent, config = self._disk(), self._line(), self._silent(), gateway.down.wanted.status
        alarm_s = gateway.guard.oldest_alarm_s()
        at = gateway.clock()
        verdict, reasons = judge(
            Facts(
                store_fault=gateway.store.fault,
                oldest_alarm_s=alarm_s,
                line_up=line.up,
                line_reason=line.reason,
                line_s=(at.utc - line.since).total_seconds(),
                hindrance=line.hindrance,
                backlog=sum(lane.waiting for lane in lanes),
                disk_free_mb=disk.free_mb,
                clock=gateway.clock.trust,
                faults=[(fault.fault, fault.reason) for fault in gateway.faults.values()],
                silent=len(silent),
                unknown_with_alarms=alarming,
                config_refused=[] if config is None or config.accepted else config.reasons,
            ),
            language,
        )
        return shapes.Status(
            verdict=verdict,
            reasons=reasons,
            gateway=gateway.name,
            epoch=gateway.store.epoch,
            boot=gateway.boot,
            up_s=round(at.monotonic_s - self._started_s, 1),
            line=line,
            oldest_alarm_s=alarm_s,
            lanes=lanes,
            disk=disk,
            clock=shapes.ClockSeen(gateway.clock.trust, at.utc, gateway.clock.floor),
            faults=sorted(gateway.faults.values(), key=lambda fault: fault.fault),
            silent=silent,
            counts=shapes.Counts(
                devices=len(gateway.registry),
                unknown=unknown,
                unknown_with_alarms=alarming,
                open_alarms=len(gateway.book.open),
                connections=len(gateway.intake.talks),
                stored=gateway.intake.stored,
                lost=lost,
                blobs_waiting=self._parts.files.carrier.backlog()[0],
            ),
            versions=shapes.Versions(
                self._version, platform.python_version(), f"{platform.system()} {os.uname().release}"
            ),
            config=config,
        )

    async def faults(self, _: Ask) -> Reply:
        """What does not work now."""
        return said(shapes.Faults(sorted(self._gateway.faults.values(), key=lambda fault: fault.fault)))

    async def profiles(self, ask: Ask) -> Reply:
        """Device types, with what an installer does to prove one."""
        zh = ask.language == "zh"
        found = [
            shapes.ProfileSeen(
                id=p.id,
                title=p.title.zh if zh else p.title.en,
                driver=p.driver,
                ports=list(p.ports),
                check_in_s=p.supervision.check_in_s,
                alarms=dict(p.alarms),
                self_test=None if p.self_test is None else p.self_test.how.zh if zh else p.self_test.how.en,
                samples=len(p.samples),
                file=Path(p.file).name,
            )
            for _, p in sorted(self._gateway.profiles.items())
        ]
        return said(shapes.Profiles(found))

    async def outbox(self, ask: Ask) -> Reply:
        """What waits, and what was lost on purpose; `before` (n) and `limit` page the losses."""
        limit, before = limit_of(ask), ask.number("before", 2**62)
        lanes, _, _, lost = await self._parts.look(self._stored)
        found = await self._parts.look(partial(losses.list_losses, limit=limit + 1, before=before))
        carrier = self._parts.files.carrier
        waiting, since = carrier.backlog()
        more = found[limit - 1].n if len(found) > limit else None
        return said(shapes.Outbox(lanes, waiting, since, carrier.trouble, lost, found[:limit], more))

    async def resend(self, ask: Ask) -> Reply:
        """202: what has no receipt goes again, with the same ids. What has one is deleted and cannot."""
        wish = await ask.message(asked.ResendAsked)
        try:
            lanes = list(Lane) if wish.lane is None else [Lane.of(wish.lane)]
        except KeyError:
            names = ", ".join(lane.label for lane in Lane)
            raise wrong(f"lane is one of {names}", f"lane 应为 {names} 之一") from None
        link = self._gateway.link
        for lane in lanes:
            link.resend(lane)
        link.urge()
        return said(shapes.Resent({lane.label: len(link.waiting(lane)) for lane in lanes}), 202)

    async def diagnose(self, _: Ask) -> Reply:
        """A bundle for support: no resident, no place, device addresses shortened, no secret."""
        made = await self._diagnosis(await self.facts("en"))
        return Reply(200, said(made).body, {"Content-Disposition": 'attachment; filename="linli-diagnose.json"'})

    def _stored(self, conn: sqlite3.Connection) -> tuple[list[shapes.LaneSeen], int, int, int]:
        unknown, alarming = conn.execute("SELECT count(*), total(alarms > 0) FROM unknown_devices").fetchone()
        lanes = [self._lane(conn, lane) for lane in Lane]
        return lanes, int(unknown), int(alarming), losses.total(conn)

    def _lane(self, conn: sqlite3.Connection, lane: Lane) -> shapes.LaneSeen:
        waiting, size = self._gateway.store.waiting[lane]
        row = conn.execute(
            "SELECT body FROM outbox WHERE era = (SELECT min(era) FROM outbox WHERE lane = ?1) AND lane = ?1"
            " ORDER BY seq LIMIT 1",
            (int(lane),),
        ).fetchone()
        if row is None:
            return shapes.LaneSeen(lane.label, 0, 0)
        try:
            dated = decode(row[0], _Dated)
        except ContractError:
            return shapes.LaneSeen(lane.label, waiting, size)
        at = self._gateway.clock()
        same = dated.boot == self._gateway.boot  # then the clock of the wall may have jumped meanwhile
        age = at.monotonic_s - dated.mono / 1000 if same else (at.utc - dated.time).total_seconds()
        return shapes.LaneSeen(lane.label, max(waiting, 1), size, dated.time, round(max(0.0, age), 1))

    def _disk(self) -> shapes.DiskSeen:
        gateway = self._gateway
        path = gateway.store.path
        usage = shutil.disk_usage(path.parent)
        return shapes.DiskSeen(
            free_mb=usage.free // MB,
            total_mb=usage.total // MB,
            store_mb=round(_size(path, path.with_name(path.name + "-wal")) / MB, 1),
            reserve_mb=round(_size(path.with_name(path.name + ".reserve")) / MB, 1),
            blobs_mb=round(self._parts.files.store.used / MB, 1),
            fault=gateway.store.fault,
        )

    def _line(self) -> shapes.LineSeen:
        gateway = self._gateway
        centre, at = gateway.config.centre, gateway.clock()
        return shapes.LineSeen(
            up=gateway.link.connection.online,
            since=at.utc - timedelta(seconds=at.monotonic_s - gateway.line_since_s),
            centre=f"{centre.host}:{centre.port}",
            reason=gateway.line_reason,
            hindrance=gateway.link.hindrance,
        )

    def _silent(self) -> list[shapes.SilentDevice]:
        return [shapes.SilentDevice(device, reason) for device, reason in sorted(self._gateway.guard.silent().items())]


def _size(*paths: Path) -> int:
    return sum(path.stat().st_size for path in paths if path.exists())
