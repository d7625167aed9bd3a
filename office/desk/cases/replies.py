"""Answers on their way back out: a row each, tried until the other side says it has it.

Written in the transaction that gave the answer (`book`), so none is forgotten; sent at least once, with the same key,
so the other side can tell a repeat. Back-off doubles to six hours; after three days a person sees that it was given up.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from office.desk.cases.hooks import secret_of
from office.desk.cases.signature import KEY, SIGNATURE, TIME, sign
from office.desk.cases.slip_links import link
from office.desk.desk import Desk

FIRST_MS, LONGEST_MS = 30_000, 6 * 3600 * 1000
GIVE_UP_MS = 3 * 24 * 3600 * 1000
TIMEOUT_S = 10.0
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """One to send."""

    n: int
    number: str
    source: str
    body: str
    url: str
    secret: str
    tries: int
    made_at: int


class Replies:
    """Sends what waits."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def send(self) -> int:
        """Try everything that is due, one after the other; how many arrived."""
        arrived = 0
        for one in await self._desk.look(self._due):
            fault = await asyncio.to_thread(self._post, one)
            arrived += not fault
            at = self._desk.now()
            await self._desk.change(lambda conn, one=one, fault=fault, at=at: _note(conn, at, one, fault))  # type: ignore[misc]
        return arrived

    def _due(self, conn: sqlite3.Connection) -> list[Waiting]:
        rows = conn.execute(
            """SELECT r.*, h.url FROM case_replies r JOIN case_hooks h ON h.source=r.source
               WHERE r.sent_at IS NULL AND r.given_up_at IS NULL AND r.next_at<=? AND h.active=1 AND h.url<>''
               ORDER BY r.next_at LIMIT ?""",
            (self._desk.now(), AT_ONCE),
        ).fetchall()
        same = ("n", "number", "source", "body", "url", "tries", "made_at")
        return [
            Waiting(secret=secret_of(conn, self._desk.vault, row["source"]), **{name: row[name] for name in same})
            for row in rows
        ]

    def _post(self, one: Waiting) -> str:
        body: dict[str, Any] = json.loads(one.body)
        if self._desk.door.url:
            body["evaluate"] = link(self._desk.vault, self._desk.door.url, one.number, self._desk.now())
        content = json.dumps(body, ensure_ascii=False).encode()
        at_s = self._desk.now() // 1000
        headers = {
            "Content-Type": "application/json",
            KEY: f"{one.number}-{one.n}",
            TIME: str(at_s),
            SIGNATURE: sign(one.secret, at_s, content),
        }
        return post(one.url, content, headers)


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """An answer goes to the address the office set, and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def post(url: str, content: bytes, headers: Mapping[str, str]) -> str:
    """Send it; empty when it arrived, else why not. Blocking."""
    request = urllib.request.Request(url, content, dict(headers), method="POST")  # noqa: S310 - `reachable` checked the scheme
    opener = urllib.request.build_opener(_NoDetour, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            status = int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        status = error.code
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    fine = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return "" if fine else f"HTTP {status}"


def _note(conn: sqlite3.Connection, at: int, one: Waiting, fault: str) -> None:
    if not fault:
        conn.execute("UPDATE case_replies SET tries=tries+1, sent_at=?, fault='' WHERE n=?", (at, one.n))
        return
    wait = min(FIRST_MS * 2 ** min(one.tries, 20), LONGEST_MS)
    given_up = at if at - one.made_at > GIVE_UP_MS else None
    conn.execute(
        "UPDATE case_replies SET tries=tries+1, fault=?, next_at=?, given_up_at=? WHERE n=?",
        (fault, at + wait, given_up, one.n),
    )
