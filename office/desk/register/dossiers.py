"""Doors for one person's data: given to them, or erased. Both are noted."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.desk.door import Door, Visit
from office.desk.files import Files
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.register import dossier
from office.desk.register.dossier import Stays
from office.desk.register.dossier_file import packed
from office.web import Reply, said
from sync.contract.envelope import Struct


class EraseAsked(Struct, frozen=True):
    """Why; the reference typed once more; the `v` of the card that was read."""

    reason: str
    confirm: str
    v: int


class Erased(Struct, frozen=True):
    """What stays, and why."""

    stays: list[Stays]


class Dossiers(Part):
    """Export and erasure."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        one, may = "/v1/register/persons/{ref}", Permission.REGISTER_EXPORT
        return (
            Door("POST", f"{one}/export", self.export, may, "Everything held about them", answers="application/zip"),
            Door("POST", f"{one}/erase", self.erase, may, "Erase who they are", asks=EraseAsked, answers=Erased),
        )

    async def export(self, visit: Visit) -> Reply:
        """A ZIP with JSON, a page and CSV; noted before it is given."""
        ref, who, at = visit.name("ref"), visit.who, self.desk.now()
        found = await self.desk.look(partial(dossier.gather, vault=self.desk.vault, ref=ref))
        if found is None:
            raise missing("居民", "person")
        content = await asyncio.to_thread(packed, found, at, self.desk.part(Files).path)
        await self.desk.change(lambda conn: audit.note(conn, at, who.id, "register.person.exported", ref))
        headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
        return Reply(200, content, headers, content_type="application/zip")

    async def erase(self, visit: Visit) -> Reply:
        """Cannot be taken back, so the reference is typed once more."""
        wanted, ref, who, at = await visit.asked(EraseAsked), visit.name("ref"), visit.who, self.desk.now()
        if wanted.confirm != ref:
            raise Mistake("请再输入一次居民编号以确认", "type the reference once more to confirm", 400, "confirm")
        if not 4 <= len(wanted.reason.strip()) <= 500:
            raise Mistake("请写明原因(4 到 500 字)", "say why, in 4 to 500 characters", 400, "reason")
        ids = await self.desk.look(partial(dossier.alarms, ref=ref))

        def work(conn: sqlite3.Connection) -> list[Stays]:
            return dossier.erase(conn, at, ref, wanted.v, ids, wanted.reason, who.id)

        stays = await self.desk.change(work, long=True)
        await self.desk.part(Files).sweep()
        self.desk.live.tell("register", {"subject": "persons"}, may=Permission.REGISTER_SEE)
        return said(Erased(stays))
