"""The part for configurations: versions, check and comparison, giving one to its gateway, going back to an earlier."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from functools import partial

from office.client import Declined, NotRunning
from office.desk.devices import configs, lists
from office.desk.devices.configs import Checked, ConfigRow, ConfigsOf
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.messages import ConfigStatus

log = logging.getLogger("linli.office.desk")

AGAIN_S = 15.0
TOPIC = "config"


class Typed(Struct, frozen=True, kw_only=True):
    """A text, and the version it is compared with (0: nothing)."""

    text: str
    against: int = 0


class Wished(Struct, frozen=True, kw_only=True):
    """A text to put in force."""

    text: str
    note: str = ""


class Configuring(Part):
    """Wanted configurations. What the receiver could not take is given again until it does."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, do, of = Permission.DEVICES_SEE, Permission.DEVICES_COMMAND, "/v1/gateways/{gateway}/configs"
        one = f"{of}/{{version}}"
        return (
            Door("GET", of, self.all, see, "A gateway's configuration", answers=ConfigsOf, query=("before", "limit")),
            Door("POST", f"{of}/check", self.check, see, "Check and compare a text", asks=Typed, answers=Checked),
            Door("POST", of, self.wish, do, "Put a text in force", asks=Wished, answers=ConfigRow, status=201),
            Door("GET", one, self.one, see, "One version with its text", answers=ConfigRow),
            Door("POST", f"{one}/again", self.again, do, "Go back to a version", answers=ConfigRow, status=201),
        )

    async def run(self) -> None:
        """Give again what was not taken."""
        while True:
            for gateway, version, document in await self.desk.look(configs.ungiven):
                try:
                    await self.desk.centre.want(gateway, version, document)
                except (NotRunning, Declined) as error:
                    log.warning("%s: configuration %d is not taken: %s", gateway, version, error)
                else:
                    await self._given(gateway, version)
            await asyncio.sleep(AGAIN_S)

    async def said_by(self, gateway: str, status: ConfigStatus) -> None:
        """A gateway's word about a version, from whoever reads its state."""
        at = self.desk.now()
        if await self.desk.change(partial(configs.judged, gateway=gateway, status=status, at=at)):
            self._tell(gateway, status.version)

    async def all(self, visit: Visit) -> Reply:
        """What is in force, and the versions."""
        gateway, limit = visit.name("gateway"), visit.ask.number("limit", configs.LIMIT, most=lists.MOST)
        before = visit.ask.number("before")

        def find(conn: sqlite3.Connection) -> ConfigsOf:
            return ConfigsOf(
                gateway=gateway,
                status=_status(conn, gateway),
                start=configs.START,
                versions=configs.of(conn, gateway, before, limit or configs.LIMIT),
            )

        return said(await self.desk.look(find))

    async def one(self, visit: Visit) -> Reply:
        """With its text."""
        return said(await self._version(visit))

    async def check(self, visit: Visit) -> Reply:
        """Nothing is kept."""
        typed, gateway = await visit.asked(Typed), visit.name("gateway")
        before = await self.desk.look(partial(configs.version, gateway=gateway, number=typed.against))
        _, remarks = await asyncio.to_thread(configs.check, typed.text)
        short = not remarks or remarks[0].line
        lines = await asyncio.to_thread(configs.diff, before.text if before else "", typed.text) if short else []
        return said(Checked(remarks, lines))

    async def wish(self, visit: Visit) -> Reply:
        """201 with the version; whether the gateway takes it comes live. Raises Mistake with the first mistake."""
        wished = await visit.asked(Wished)
        configs.too_long(wished.note)
        return said(await self._wish(visit, wished.text, wished.note, 0), 201)

    async def again(self, visit: Visit) -> Reply:
        """An earlier text as a new version."""
        before = await self._version(visit)
        return said(await self._wish(visit, before.text, "", before.version), 201)

    async def _wish(self, visit: Visit, text: str, note: str, again: int) -> ConfigRow:
        gateway, at, who = visit.name("gateway"), self.desk.now(), visit.who.id
        document, remarks = await asyncio.to_thread(configs.check, text)
        if document is None:
            first = remarks[0]
            raise Mistake(f"第 {first.line} 行:{first.zh}", f"line {first.line}: {first.en}", 400, "text")
        wish = document
        status = await self.desk.look(partial(_status, gateway=gateway))

        def keep(conn: sqlite3.Connection) -> int:
            least = status.version if status else 0
            return configs.keep(conn, at, who, gateway, text, wish, note.strip(), again, least)

        version = await self.desk.change(keep)
        try:
            await self.desk.centre.want(gateway, version, dict(wish))
        except (NotRunning, Declined) as error:  # kept, and given again
            log.warning("%s: configuration %d is not taken: %s", gateway, version, error)
        else:
            await self._given(gateway, version)
        row = await self.desk.look(partial(configs.version, gateway=gateway, number=version))
        assert row is not None
        return row

    async def _given(self, gateway: str, version: int) -> None:
        at = self.desk.now()
        await self.desk.change(lambda conn: configs.given(conn, gateway, version, at))
        self._tell(gateway, version)

    def _tell(self, gateway: str, version: int) -> None:
        self.desk.live.tell(TOPIC, {"gateway": gateway, "version": version}, may=Permission.DEVICES_SEE)

    async def _version(self, visit: Visit) -> ConfigRow:
        text = visit.name("version")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
        row = await self.desk.look(partial(configs.version, gateway=visit.name("gateway"), number=number))
        if row is None:
            raise missing("版本", "version")
        return row


def _status(conn: sqlite3.Connection, gateway: str) -> ConfigStatus | None:
    rows = lists.gateways(conn, name=gateway)
    if not rows:
        raise missing("网关", "gateway")
    return rows[0].config
