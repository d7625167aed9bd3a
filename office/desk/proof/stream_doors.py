"""Setting up who is told: address, secret, what of; stopped and started, and what the last answer was."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence

from office.desk.door import Door, Visit
from office.desk.follower import newest
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.webhook import Webhook
from office.web import Reply, said
from sync.contract.envelope import Struct

MOST = 20


class StreamAsked(Struct, frozen=True):
    """A stream to another system. `from_now` false: everything there ever was."""

    name: str
    url: str
    alarms: bool = True
    cases: bool = True
    from_now: bool = True


class Stream(Struct, frozen=True):
    """One stream as it is now; `waiting` counts what is not yet told."""

    id: str
    name: str
    url: str
    alarms: bool
    cases: bool
    active: bool
    waiting: int
    fault: str
    told_at: int | None


class Made(Struct, frozen=True):
    """A new stream; the secret is shown this once."""

    id: str
    secret: str


class Active(Struct, frozen=True):
    """Go on, or stop."""

    active: bool


class StreamDoors(Part):
    """For administrators."""

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may = Permission.SETTINGS_EDIT
        return (
            Door("GET", "/v1/streams", self.listed, may, "Systems that are told what happens", answers=list[Stream]),
            Door("POST", "/v1/streams", self.make, may, "Tell one more", asks=StreamAsked, answers=Made, status=201),
            Door("PUT", "/v1/streams/{stream}", self.switch, may, "Stop or go on", asks=Active, status=204),
            Door("DELETE", "/v1/streams/{stream}", self.end, may, "Tell it no more", status=204),
        )

    async def listed(self, _: Visit) -> Reply:
        """All of them."""
        return said(await self.desk.look(_listed))

    async def make(self, visit: Visit) -> Reply:
        """201 with the secret with which every message is signed."""
        wanted = await visit.asked(StreamAsked)
        _check(wanted)
        stream, secret, at, who = secrets.token_hex(6), secrets.token_urlsafe(32), self.desk.now(), visit.who
        sealed = self.desk.vault.seal(secret, f"stream:{stream}")
        news = await self.desk.look(newest) if wanted.from_now else 0

        def add(conn: sqlite3.Connection) -> None:
            if conn.execute("SELECT count(*) FROM streams_out").fetchone()[0] >= MOST:
                raise Mistake(f"最多 {MOST} 个", f"{MOST} at most", 409)
            last = conn.execute("SELECT coalesce(max(n), 0) FROM case_history").fetchone()[0] if wanted.from_now else 0
            conn.execute(
                """INSERT INTO streams_out(id, name, url, secret, alarms, cases, alarm_news, case_step, made_at)
                   VALUES (?,?,?,?,?,?,?,?,?)""",
                (stream, wanted.name, wanted.url, sealed, wanted.alarms, wanted.cases, news, last, at),
            )
            audit.note(conn, at, who.id, "stream.made", stream, alarms=wanted.alarms, cases=wanted.cases)

        await self.desk.change(add)
        return said(Made(stream, secret), 201)

    async def switch(self, visit: Visit) -> Reply:
        """204; going on tries at once."""
        active = (await visit.asked(Active)).active
        await self._change(visit, "stream.switched", "UPDATE streams_out SET active=?, next_at=0 WHERE id=?", active)
        return Reply(204)

    async def end(self, visit: Visit) -> Reply:
        """204; its secret is gone with it."""
        await self._change(visit, "stream.ended", "DELETE FROM streams_out WHERE ?1 AND id=?2", True)  # noqa: FBT003
        return Reply(204)

    async def _change(self, visit: Visit, action: str, statement: str, value: bool) -> None:  # noqa: FBT001
        stream, at, who = visit.name("stream"), self.desk.now(), visit.who

        def change(conn: sqlite3.Connection) -> None:
            if not conn.execute(statement, (value, stream)).rowcount:
                raise missing("推送", "stream")
            audit.note(conn, at, who.id, action, stream, value=value)

        await self.desk.change(change)


def _check(wanted: StreamAsked) -> None:
    if not 0 < len(wanted.name.strip()) <= 60:
        raise Mistake("请填写名称,最多 60 字", "give it a name of at most 60 characters", field="name")
    if not (wanted.alarms or wanted.cases):
        raise Mistake("请选择推送内容", "choose what it is told", field="alarms")
    try:
        Webhook(wanted.url, b"")
    except ValueError as error:
        raise Mistake("网址要以 https:// 开头", str(error), field="url") from None


def _listed(conn: sqlite3.Connection) -> list[Stream]:
    rows = conn.execute(
        """SELECT s.*, CASE WHEN alarms THEN (SELECT count(*) FROM centre.alarm_news WHERE n>alarm_news) ELSE 0 END
             + CASE WHEN cases THEN (SELECT count(*) FROM case_history WHERE n>case_step) ELSE 0 END AS waiting
           FROM streams_out s ORDER BY made_at, id"""
    )
    return [
        Stream(
            id=row["id"],
            name=row["name"],
            url=row["url"],
            alarms=bool(row["alarms"]),
            cases=bool(row["cases"]),
            active=bool(row["active"]),
            waiting=row["waiting"],
            fault=row["fault"],
            told_at=row["told_at"],
        )
        for row in rows
    ]
