"""The part with content's routes: drafts, media, versions, and their way to the receiver."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from office.desk.bringing import Bringing
from office.desk.content import items, media, reach, versions
from office.desk.content.items import Draft
from office.desk.content.kinds import kind_of, read
from office.desk.content.media import Media, MediaFolder
from office.desk.content.reach import Reach
from office.desk.content.versions import Change, Version
from office.desk.desk import Desk
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.desk.takeaway import links
from office.web import FilePart, Reply, said
from sync.contract.envelope import Struct
from sync.contract.kiosk import Manifest
from sync.contract.services import CONTENT

AGAIN_S = 5.0
MOST_NOTE = 200
OCTETS = "application/octet-stream"


class Drafts(Struct, frozen=True):
    """A page; `after` for the next one."""

    items: list[Draft]
    after: int | None


class DraftAsked(Struct, frozen=True):
    """An item as it shall be, over version `v` of it; 0 makes it."""

    v: int
    item: dict[str, Any]


class DraftMade(Struct, frozen=True):
    """Its version."""

    v: int


class OrderAsked(Struct, frozen=True):
    """Ids in the order of the screen."""

    ids: list[str]


class NoteAsked(Struct, frozen=True):
    """What is new, for the history."""

    note: str = ""


class Published(Struct, frozen=True):
    """The number of the version."""

    n: int


class Publishing(Part):
    """The version in force is brought to the receiver as soon as it is published: kiosks are told at once."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.media = MediaFolder(desk.config.desk_database.parent / "desk-media")
        self._bringing = Bringing("content", AGAIN_S)

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        may, item = Permission.CONTENT_EDIT, "/v1/content/{kind}/{id}"
        page = ("text", "after", "limit")
        version = "/v1/content-versions"
        return (
            Door("GET", version, self.versions, may, "Versions, newest first", answers=list[Version]),
            Door("GET", f"{version}/draft", self.draft, may, "What publishing would change", answers=list[Change]),
            Door("POST", version, self.publish, may, "Publish the drafts", asks=NoteAsked, answers=Published),
            Door("POST", version + "/{n}/again", self.again, may, "Go back to a version", answers=Published),
            Door("GET", "/v1/content-reach", self.reach, may, "Which kiosks show it", answers=Reach),
            Door("PUT", "/v1/content-media", self.bring, may, "Bring a file", asks=OCTETS, answers=Media),
            Door("GET", "/v1/content-media/{name:.+}", self.show, may, "A file", answers=OCTETS),
            Door("GET", "/v1/content/{kind}", self.listed, may, "Drafts of a kind", answers=Drafts, query=page),
            Door("POST", "/v1/content/{kind}/order", self.order, may, "Their order", asks=OrderAsked, status=204),
            Door("GET", item, self.one, may, "One draft", answers=Draft),
            Door("PUT", item, self.put, may, "Change or make a draft", asks=DraftAsked, answers=DraftMade),
            Door("DELETE", item, self.remove, may, "Remove a draft", query=("v",), status=204),
        )

    async def run(self) -> None:
        """Bring to the receiver what it has not got, until cancelled; what fails is tried again."""
        await asyncio.to_thread(self.media.sweep, await self.desk.look(versions.kept_media))
        await self._bringing.run(self.tell)

    async def tell(self) -> None:
        """The version in force to the receiver, unless it has it. Raises NotRunning, Declined, StoreError, OSError."""
        row = await self.desk.look(versions.live)
        if row is None or row["told_at"] is not None:
            return
        files = versions.files_of(row)
        texts = await self.desk.look(partial(versions.texts_of, files=files))

        def source(sha256: str) -> bytes | Path:
            return texts.get(sha256) or self.media.path(sha256)

        await self.desk.centre.content_files(CONTENT, Manifest(row["version"], files), source)
        await self.desk.change(partial(versions.told, at=self.desk.now(), n=row["n"]))
        self.desk.live.tell("content", {"n": row["n"]}, may=Permission.CONTENT_EDIT)

    # --- drafts

    async def listed(self, visit: Visit) -> Reply:
        """In the order of the screen."""
        kind, ask = kind_of(visit.name("kind")), visit.ask
        limit = ask.number("limit", 50, most=500) or 50
        after = ask.number("after", 0) or 0
        text = ask.query.get("text", "")[:100]
        found = await self.desk.look(partial(items.listed, kind=kind, text=text, after=after, limit=limit + 1))
        more = found[limit - 1][0] if len(found) > limit else None
        return said(Drafts([draft for _, draft in found[:limit]], more))

    async def one(self, visit: Visit) -> Reply:
        """As it is edited."""
        kind = kind_of(visit.name("kind"))
        return said(await self.desk.look(partial(items.one, kind=kind, item_id=visit.name("id"))))

    async def put(self, visit: Visit) -> Reply:
        """Every rule is held here, so that what is published is always whole."""
        kind, asked = kind_of(visit.name("kind")), await visit.asked(DraftAsked)
        item = read(kind, visit.name("id"), asked.item)
        at, actor = self.desk.now(), visit.who.id
        v = await self.desk.change(partial(items.put, at=at, actor=actor, kind=kind, item=item, v=asked.v))
        return said(DraftMade(v))

    async def remove(self, visit: Visit) -> Reply:
        """From the next version on."""
        kind, v = kind_of(visit.name("kind")), visit.ask.number("v", 0) or 0
        at, actor = self.desk.now(), visit.who.id
        await self.desk.change(partial(items.remove, at=at, actor=actor, kind=kind, item_id=visit.name("id"), v=v))
        return Reply(204)

    async def order(self, visit: Visit) -> Reply:
        """What comes first on the screen."""
        kind, asked = kind_of(visit.name("kind")), await visit.asked(OrderAsked)
        at, actor = self.desk.now(), visit.who.id
        await self.desk.change(partial(items.order, at=at, actor=actor, kind=kind, ids=asked.ids))
        return Reply(204)

    # --- media

    async def bring(self, visit: Visit) -> Reply:
        """Streamed to the disk."""
        sha256, brought = await self.media.take(visit.ask.body())
        at, actor = self.desk.now(), visit.who.id
        await self.desk.change(partial(media.keep, at=at, actor=actor, sha256=sha256, media=brought))
        return said(brought)

    async def show(self, visit: Visit) -> Reply:
        """For the editor."""
        row = await self.desk.look(partial(media.row, name=visit.name("name")))
        if row is None:
            raise missing("文件", "file")
        headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "sandbox"}
        file = FilePart(self.media.path(row["sha256"]), 0, row["size"])
        return Reply(200, file=file, headers=headers, content_type=row["type"])

    # --- versions

    async def versions(self, _: Visit) -> Reply:
        """With who and when."""
        return said(await self.desk.look(versions.listed))

    async def draft(self, _: Visit) -> Reply:
        """Ids by kind."""
        return said(await self.desk.look(partial(versions.difference, at=self.desk.now(), sign=self._sign)))

    async def reach(self, _: Visit) -> Reply:
        """And why one does not."""
        return said(await self.desk.look(reach.reach))

    async def publish(self, visit: Visit) -> Reply:
        """On disk at once; kiosks follow as soon as the receiver has every file."""
        asked = await visit.asked(NoteAsked)
        if len(asked.note) > MOST_NOTE:
            raise Mistake(f"最多 {MOST_NOTE} 个字", f"at most {MOST_NOTE} characters", field="note")
        at, actor = self.desk.now(), visit.who.id
        work = partial(versions.publish, at=at, actor=actor, note=asked.note, sign=self._sign)
        n = await self.desk.change(work, long=True)
        self._bringing.wake()
        return said(Published(n))

    async def again(self, visit: Visit) -> Reply:
        """One click back."""
        text = visit.name("n")
        if not text.isdigit():
            raise missing("版本", "version")
        at, actor = self.desk.now(), visit.who.id
        n = await self.desk.change(partial(versions.again, at=at, actor=actor, n=int(text)))
        self._bringing.wake()
        return said(Published(n))

    def _sign(self, guide: str) -> str:
        return links.link(self.desk.vault, self.desk.door.url, links.GUIDE, guide)
