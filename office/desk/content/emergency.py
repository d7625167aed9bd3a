"""The emergency notice: one person writes it, another releases it, and every kiosk shows and speaks it.

What was released or withdrawn stands in our file first and is owed to the receiver until it has it, so that a receiver
that is away delays it and loses nothing. Who has shown it comes back as events of the kiosks.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from office.desk.bringing import Bringing
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.submissions import Sent, Submissions
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.messages import NOTICE_SHOWN, Notice

LONGEST_MINUTES = 3 * 24 * 60
MOST_TITLE, MOST_TEXT = 20, 300
"""What an old person reads standing, and what is spoken in under a minute."""
LISTED = 50
AGAIN_S = 1.0


class NoticeAsked(Struct, frozen=True):
    """What is to be said, and for how long."""

    title: str
    text: str
    minutes: int = 60


class Shown(Struct, frozen=True):
    """A kiosk that had it on its screen, since when (milliseconds)."""

    gateway: str
    at: int


class Emergency(Struct, frozen=True, kw_only=True):
    """One of them. `state`: draft, owed (not yet with the receiver), out, over, withdrawn."""

    id: str
    title: str
    text: str
    minutes: int
    state: str
    made_at: int
    made_by: str
    released_at: int | None
    released_by: str
    ends_at: int | None
    withdrawn_at: int | None
    withdrawn_by: str
    told: int
    shown: list[Shown]


class Emergencies(Part):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._bringing = Bringing("an emergency notice", AGAIN_S)
        desk.part(Submissions).note(NOTICE_SHOWN, _shown, self._told_pages)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may, one = Permission.NOTICE_RELEASE, "/v1/notices/{id}"
        return (
            Door("GET", "/v1/notices", self.listed, may, "Emergency notices, newest first", answers=list[Emergency]),
            Door("POST", "/v1/notices", self.write, may, "Write one", asks=NoticeAsked, answers=Emergency, status=201),
            Door("POST", f"{one}/release", self.release, may, "Release it; not whoever wrote it", status=204),
            Door("POST", f"{one}/withdraw", self.withdraw, may, "Take it from every screen", status=204),
        )

    async def listed(self, _: Visit) -> Reply:
        """With the kiosks that have shown each."""
        return said(await self.desk.look(partial(_listed, now=self.desk.now())))

    async def write(self, visit: Visit) -> Reply:
        """A draft that nobody sees yet."""
        asked = await visit.asked(NoticeAsked)
        for name, text, most in (("title", asked.title, MOST_TITLE), ("text", asked.text, MOST_TEXT)):
            if not 0 < len(text.strip()) <= most:
                raise Mistake(f"要有内容,最多 {most} 个字", f"1 to {most} characters", field=name)
        if not 1 <= asked.minutes <= LONGEST_MINUTES:
            raise Mistake("时长为 1 分钟到 3 天", "one minute to three days", field="minutes")
        notice_id, at, actor = f"n-{secrets.token_hex(8)}", self.desk.now(), visit.who.id

        def change(conn: sqlite3.Connection) -> Emergency:
            conn.execute(
                "INSERT INTO emergencies(id, title, text, minutes, made_at, made_by) VALUES (?,?,?,?,?,?)",
                (notice_id, asked.title.strip(), asked.text.strip(), asked.minutes, at, actor),
            )
            audit.note(conn, at, actor, "notice.written", notice_id, minutes=asked.minutes)
            return _seen(conn, _row(conn, notice_id), at)

        made = await self.desk.change(change)
        self._told_pages()
        return said(made, 201)

    async def release(self, visit: Visit) -> Reply:
        """From now on for its minutes."""
        notice_id, at, actor = visit.name("id"), self.desk.now(), visit.who.id

        def change(conn: sqlite3.Connection) -> None:
            row = _row(conn, notice_id)
            if row["released_at"] is not None or row["withdrawn_at"] is not None:
                raise Mistake("这条通知已经处理过", "this notice was released or withdrawn already", 409)
            if row["made_by"] == actor:
                raise Mistake("要由另一个人发布", "somebody else than its writer releases it", 403, code="two-people")
            conn.execute(
                "UPDATE emergencies SET released_at=?, released_by=?, ends_at=?, owed='notice' WHERE id=?",
                (at, actor, at + row["minutes"] * 60_000, notice_id),
            )
            audit.note(conn, at, actor, "notice.released", notice_id, minutes=row["minutes"])

        await self.desk.change(change)
        self._now()
        return Reply(204)

    async def withdraw(self, visit: Visit) -> Reply:
        """Also a draft, and by whoever may."""
        notice_id, at, actor = visit.name("id"), self.desk.now(), visit.who.id

        def change(conn: sqlite3.Connection) -> None:
            row = _row(conn, notice_id)
            if row["withdrawn_at"] is not None:
                raise Mistake("已经撤回", "it was withdrawn already", 409)
            owed = "withdrawal" if row["released_at"] is not None else ""
            conn.execute(
                "UPDATE emergencies SET withdrawn_at=?, withdrawn_by=?, owed=? WHERE id=?",
                (at, actor, owed, notice_id),
            )
            audit.note(conn, at, actor, "notice.withdrawn", notice_id, released=bool(owed))

        await self.desk.change(change)
        self._now()
        return Reply(204)

    async def run(self) -> None:
        """Bring what is owed, until cancelled."""
        await self._bringing.run(self.tell)

    async def tell(self) -> None:
        """Everything that is owed. Raises NotRunning, Declined, StoreError."""
        for row in await self.desk.look(_owed):
            ends = datetime.fromtimestamp(row["ends_at"] / 1000, UTC)
            withdrawn = row["owed"] == "withdrawal"
            notice = Notice(id=row["id"], title=row["title"], text=row["text"], expires_at=ends, withdrawn=withdrawn)
            count = await self.desk.centre.notice(notice)
            await self.desk.change(partial(_paid, notice_id=row["id"], owed=row["owed"], count=count))
            self._told_pages()

    def _now(self) -> None:
        self._told_pages()
        self._bringing.wake()

    def _told_pages(self) -> None:
        self.desk.live.tell("notices", {}, may=Permission.NOTICE_RELEASE)


def _row(conn: sqlite3.Connection, notice_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = conn.execute("SELECT * FROM emergencies WHERE id=?", (notice_id,)).fetchone()
    if row is None:
        raise missing("通知", "notice")
    return row


def _listed(conn: sqlite3.Connection, now: int) -> list[Emergency]:
    rows = conn.execute("SELECT * FROM emergencies ORDER BY made_at DESC, id LIMIT ?", (LISTED,)).fetchall()
    return [_seen(conn, row, now) for row in rows]


def _seen(conn: sqlite3.Connection, row: sqlite3.Row, now: int) -> Emergency:
    shown = conn.execute("SELECT gateway, at FROM emergencies_shown WHERE id=? ORDER BY at", (row["id"],))
    plain = {name: row[name] for name in Emergency.__struct_fields__ if name not in ("state", "shown")}
    return Emergency(**plain, state=_state(row, now), shown=[Shown(each["gateway"], each["at"]) for each in shown])


def _state(row: sqlite3.Row, now: int) -> str:
    if row["owed"]:
        return "owed"
    if row["withdrawn_at"] is not None:
        return "withdrawn"
    if row["released_at"] is None:
        return "draft"
    return "out" if now < row["ends_at"] else "over"


def _owed(conn: sqlite3.Connection) -> list[sqlite3.Row]:
    return conn.execute("SELECT * FROM emergencies WHERE owed!='' ORDER BY made_at").fetchall()


def _paid(conn: sqlite3.Connection, notice_id: str, owed: str, count: int) -> None:
    """Unless it was withdrawn meanwhile: then that is owed."""
    conn.execute("UPDATE emergencies SET owed='', told=max(told, ?) WHERE id=? AND owed=?", (count, notice_id, owed))


def _shown(conn: sqlite3.Connection, at: int, sent: Sent) -> None:
    """A kiosk had it on its screen."""
    conn.execute("INSERT OR IGNORE INTO emergencies_shown VALUES (?,?,?)", (sent.text("notice", 64), sent.gateway, at))
