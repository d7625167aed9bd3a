"""三微 and the district's programs: cases brought by signed message, and the settings of those ways.

A way has a secret (shown once, kept sealed) and, where answers go back, an address. Everything about a message that is
wrong reads the same from outside; the office sees which way was active when.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from office.desk.cases import book
from office.desk.cases.desk_doors import plausible
from office.desk.cases.moves import MOST_WORDS
from office.desk.cases.shapes import Begun
from office.desk.cases.signature import KEY, KEY_FORM, SIGNATURE, TIME, WINDOW_S, right
from office.desk.cases.views import when
from office.desk.desk import Desk
from office.desk.door import Access, Door, Visit
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.roles import Permission
from office.desk.people.vault import Vault
from office.parcel import understand
from office.web import Reply, said
from sync.contract import case_number
from sync.contract.envelope import ContractError, Struct

LARGEST = 64 * 1024
A_MINUTE = 120
"""Messages of one way in a minute: a flood of a public account waits at its side."""

SIGNED = (book.Source.WEIBO, book.Source.WECHAT, book.Source.WEISHI)
WAYS = (*SIGNED, book.Source.DISTRICT)


class Brought(Struct, frozen=True, kw_only=True):
    """A case as another program brings it."""

    words: str
    kind: str = "other"
    place_words: str = ""
    pole: str = ""
    phone: str = ""


class Way(Struct, frozen=True, kw_only=True):
    """A way in; the secret is never shown again."""

    source: str
    url: str
    active: bool
    changed_at: datetime | None


class WayAsked(Struct, frozen=True, kw_only=True):
    """Where answers go (empty: nowhere), whether it is open, whether to make a new secret."""

    url: str = ""
    active: bool = True
    renew: bool = False


class WaySet(Struct, frozen=True, kw_only=True):
    """The new secret, this once; empty when the old one stays."""

    secret: str


class HookDoors:
    """The way in and its settings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._minute: dict[str, tuple[int, int]] = {}
        self._signed: dict[tuple[str, str], tuple[str, int]] = {}

    def doors(self) -> Sequence[Door]:
        """The signature stands in the place of a session."""
        settings = Permission.SETTINGS_EDIT
        path = "/v1/hooks/{source}"
        own = "/v1/case-ways/{source}"
        return (
            Door("POST", path, self.bring, Access.ANYONE, "Signed: a case", asks=Brought, answers=Begun, status=201),
            Door("GET", "/v1/case-ways", self.ways, settings, "Ways in for other programs", answers=list[Way]),
            Door("PUT", own, self.set, settings, "Set one; its secret is shown once", asks=WayAsked, answers=WaySet),
        )

    async def bring(self, visit: Visit) -> Reply:
        """201 with the number; 200 with the same number when the key was there before."""
        source, headers = visit.name("source"), visit.ask.headers
        if source not in SIGNED:
            raise _unsigned()
        body = await visit.ask.content(most=LARGEST)
        secret = await self._desk.look(partial(secret_of, vault=self._desk.vault, source=source))
        now = self._desk.now()
        if not secret or not right(secret, now / 1000, headers.get(TIME, ""), headers.get(SIGNATURE, ""), body):
            raise _unsigned()
        key = headers.get(KEY, "")
        if not KEY_FORM.fullmatch(key):
            raise Mistake("缺少 Idempotency-Key", "Idempotency-Key: 1 to 64 letters, digits, . _ : -", field=KEY)
        self._once(source, headers[SIGNATURE], key, now)
        self._bounded(source, now)
        new = brought(_read(body), book.Source(source), key)

        def begin(conn: sqlite3.Connection) -> tuple[str, bool]:
            known = conn.execute("SELECT 1 FROM cases WHERE source=? AND source_ref=?", (source, key)).fetchone()
            return book.begin(conn, now, new, self._desk.vault), known is None

        number, fresh = await self._desk.change(begin)
        return said(Begun(number, case_number.shown(number)), 201 if fresh else 200)

    async def ways(self, _: Visit) -> Reply:
        """Without their secrets."""
        rows = await self._desk.look(lambda conn: conn.execute("SELECT * FROM case_hooks ORDER BY source").fetchall())
        return said(
            [
                Way(source=r["source"], url=r["url"], active=bool(r["active"]), changed_at=when(r["changed_at"]))
                for r in rows
            ]
        )

    async def set(self, visit: Visit) -> Reply:
        """The first time, and when asked to, a new secret is made."""
        source, asked, who, at = visit.name("source"), await visit.asked(WayAsked), visit.who, self._desk.now()
        if source not in WAYS:
            raise Mistake("没有这个来源", "there is no such way", 404)
        if asked.url and not reachable(asked.url):
            raise Mistake("地址必须是 https", "the address is https (http on this machine only)", field="url")
        fresh = secrets.token_urlsafe(32)

        def change(conn: sqlite3.Connection) -> str:
            row = conn.execute("SELECT secret FROM case_hooks WHERE source=?", (source,)).fetchone()
            renew = row is None or asked.renew
            secret = self._desk.vault.seal(fresh, f"way:{source}") if renew else row["secret"]
            values = (source, secret, asked.url, int(asked.active), at)
            conn.execute("INSERT OR REPLACE INTO case_hooks VALUES (?,?,?,?,?)", values)
            audit.note(conn, at, who.id, "case-way.set", source, active=asked.active, renewed=renew)
            return fresh if renew else ""

        return said(WaySet(secret=await self._desk.change(change)))

    def _once(self, source: str, signature: str, key: str, now: int) -> None:
        """The key is not signed: what somebody overheard and sends under another one is the same message."""
        old = now - 2 * WINDOW_S * 1000
        self._signed = {known: seen for known, seen in self._signed.items() if seen[1] > old}
        first, _ = self._signed.setdefault((source, signature), (key, now))
        if first != key:
            raise _unsigned()

    def _bounded(self, source: str, now: int) -> None:
        minute, count = self._minute.get(source, (0, 0))
        count = count + 1 if minute == now // 60_000 else 1
        self._minute[source] = (now // 60_000, count)
        if count > A_MINUTE:
            raise Mistake("提交太快,请稍后再试", "too many messages, wait a minute", 429)


def secret_of(conn: sqlite3.Connection, vault: Vault, source: str) -> str:
    """The secret of a way that is open; empty for none."""
    row = conn.execute("SELECT secret FROM case_hooks WHERE source=? AND active=1", (source,)).fetchone()
    return vault.open(row["secret"], f"way:{source}") if row else ""


def brought(message: Brought, source: book.Source, key: str) -> book.NewCase:
    """Checked. Raises Mistake."""
    if not message.words.strip() or len(message.words) > MOST_WORDS:
        raise Mistake(f"内容为 1 到 {MOST_WORDS} 字", f"words: 1 to {MOST_WORDS} characters", field="words")
    return book.NewCase(
        source=source,
        source_ref=key,
        words=message.words,
        kind=message.kind,
        place_words=message.place_words.strip(),
        pole=message.pole.strip(),
        phone=message.phone if plausible(message.phone) else "",
    )


def reachable(url: str) -> bool:
    """Whether answers may go there: TLS, or this machine."""
    try:
        parts = urlsplit(url)
        here = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
    plain = parts.scheme == "http" and here
    return len(url) <= 500 and bool(parts.hostname) and parts.username is None and (parts.scheme == "https" or plain)


def _read(body: bytes) -> Brought:
    try:
        return understand(body, Brought)
    except ContractError as error:
        raise Mistake(f"内容格式不对:{error}", f"the message is not as expected: {error}") from None


def _unsigned() -> Mistake:
    return Mistake("签名不对", "the signature is wrong, too old, or this way is closed", 401)
