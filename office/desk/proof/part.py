"""The proof of an alarm, to look at and to take away."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from office.desk.door import Door, Visit
from office.desk.mistake import missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.proof.evidence import Proof, proof
from office.desk.proof.page import page
from office.parcel import ID
from office.web import Reply, said


class Proofs(Part):
    """`evidence` gathers, `page` shows; every export is noted."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        return (
            Door(
                "GET",
                "/v1/alarms/{alarm}/proof",
                self.look,
                Permission.PROOF_SEE,
                "What is known about the way of one alarm, with its part of the audit chain",
                answers=Proof,
            ),
            Door(
                "POST",
                "/v1/alarms/{alarm}/proof",
                self.take,
                Permission.PROOF_SEE,
                "The same as one page to take away, which checks itself without a network; noted in the log",
                answers="text/html",
            ),
        )

    async def look(self, visit: Visit) -> Reply:
        """The proof as JSON."""
        return said(await self._proof(visit))

    async def take(self, visit: Visit) -> Reply:
        """The proof as a file."""
        alarm, who, at = visit.name("alarm"), visit.who, self.desk.now()
        await self._proof(visit)

        def noted(conn: sqlite3.Connection) -> None:
            audit.note(conn, at, who.id, "alarm.proved", alarm)

        await self.desk.change(noted)
        shown = await self._proof(visit)
        name = f"proof-{alarm}.html"
        more = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Reply(200, page(shown).encode(), more, content_type="text/html; charset=utf-8")

    async def _proof(self, visit: Visit) -> Proof:
        alarm = visit.name("alarm")
        if not ID.fullmatch(alarm):
            raise missing("报警", "alarm")
        anchors = await asyncio.to_thread(kept_anchors, Path(self.desk.door.anchors))
        gather = partial(proof, alarm=alarm, now=self.desk.now(), office=self.desk.door.office, anchors=anchors)
        found = await self.desk.look(gather)
        if found is None:
            raise missing("报警", "alarm")
        return found


def kept_anchors(folder: Path) -> list[str]:
    """The lines written outside the database, oldest first; none when there is no such folder yet."""
    lines: list[str] = []
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        lines += [line for line in file.read_text(encoding="ascii", errors="replace").splitlines() if line.strip()]
    return lines
