"""A route of the desk with who may use it; and the guard that stands before every handler.

The guard is the only place that reads the session cookie. Whatever changes something needs the session's own token
in a header: a foreign page can send our cookie but not read that token. Who may not, is told so in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar

from office.client import Declined, NotRunning
from office.database import StoreError
from office.desk.behind import came_from
from office.desk.desk import Desk
from office.desk.mistake import Mistake
from office.desk.people import sessions
from office.desk.people.accounts import NOBODY, Person, Stage
from office.desk.people.limits import Limits
from office.desk.people.roles import Permission
from office.parcel import understand
from office.web import Ask, Refused, Reply, Route, Talk, said
from sync.contract.envelope import ContractError

T = TypeVar("T")

COOKIE = "__Host-linli"
TOKEN = "X-Linli-Token"  # noqa: S105 - the name of a header
SAFE = ("GET", "HEAD")
OUR_SITE = ("same-origin", "none")
"""What browsers say of a request (Fetch Metadata, `Sec-Fetch-Site`) that our own page or a person makes."""


class Access(StrEnum):
    """Routes that ask for no permission of a role."""

    ANYONE = "anyone"
    """No session at all: residents, webhooks with a signature of their own, the login."""
    SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request and who stands behind it."""

    ask: Ask
    who: Person

    async def asked(self, shape: type[T]) -> T:
        """The body as a message of that shape. Raises Mistake."""
        content = _plain(await self.ask.content())
        try:
            return understand(content, shape)
        except ContractError as error:
            raise Mistake(f"填写的内容格式不对:{error}", f"the form is not as expected: {error}") from None

    def name(self, part: str) -> str:
        """A part of the path."""
        return self.ask.names[part]


_UNSEEN = re.compile(rb"\\u(?:202[a-eA-E]|206[6-9]|0000)|\\.|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


def _plain(body: bytes) -> bytes:
    """JSON without signs that turn text around (UAX 9, 2.1 and 2.2), and without NUL.

    A name could read as another's with them. They are left out and not refused: telephones put them around a number
    that somebody copies.
    """
    if not (b"\\u" in body or b"\xe2\x80" in body or b"\xe2\x81" in body):
        return body
    return _UNSEEN.sub(lambda found: found[0] if found[0][:1] == b"\\" and len(found[0]) == 2 else b"", body)


Handler = Callable[[Visit], Awaitable[Reply | Talk]]


@dataclass(frozen=True, slots=True)
class Door:
    """One route. `asks` and `answers` are shapes (or a media type as text) for OpenAPI; `query` its parameters."""

    method: str
    path: str
    handler: Handler
    may: Permission | Access
    summary: str
    asks: object = None
    answers: object = None
    query: Sequence[str] = ()
    status: int = 200
    early: bool = False
    """Also for whoever must still choose a password or set up the second factor."""


def guarded(desk: Desk, doors: Sequence[Door]) -> list[Route]:
    """The doors as routes of `office.web`, each behind the guard."""
    limits = Limits(desk.door.requests_per_s, desk.monotonic)
    return [(door.method, door.path, partial(_enter, desk, limits, door)) for door in doors]


async def _enter(desk: Desk, limits: Limits, door: Door, ask: Ask) -> Reply | Talk:
    ask = replace(ask, remote=came_from(ask.remote, ask.headers, desk.door.proxy))
    try:
        _unhurried(limits.of_address(ask.remote))
        _same_site(desk, door, ask)
        who = await _who(desk, ask)
        if who.id:
            _unhurried(limits.of_session(who.session))
        _allowed(door, ask, who)
        return await door.handler(Visit(ask, who))
    except Mistake as mistake:
        return _said(mistake)
    except Refused as refused:
        return _said(Mistake(f"请求无法处理:{refused}", str(refused), refused.status))
    except OverflowError:  # what nobody means: a number beyond the 64 bits that tables keep
        return _said(Mistake("数字超出范围", "a number is out of range", 422))
    except (NotRunning, StoreError) as reason:
        return _said(Mistake("系统暂时不能保存,请稍后再试", f"cannot be done now, try again: {reason}", 503))
    except Declined as reason:
        return _said(Mistake(f"接收程序拒绝了这个操作:{reason}", f"the receiver declined: {reason}", 409))


def _same_site(desk: Desk, door: Door, ask: Ask) -> None:
    """A browser says where a request comes from; another site's page changes nothing and follows nothing here."""
    if door.method in SAFE and "Upgrade" not in ask.headers:
        return
    origin, ours = ask.headers.get("Origin"), (f"https://{ask.headers.get('Host')}", desk.door.url)
    if (origin and origin.lower() not in map(str.lower, ours)) or ask.headers.get(
        "Sec-Fetch-Site", "none"
    ) not in OUR_SITE:
        raise Mistake("请求来自别的网站,已拒绝", "the request comes from another site", 403)


async def _who(desk: Desk, ask: Ask) -> Person:
    cookie, at = cookie_of(ask.headers), desk.now()
    if not cookie:
        return NOBODY
    found = await desk.look(partial(sessions.find, cookie=cookie, at=at, door=desk.door))
    if found.stale:
        with suppress(StoreError):  # a full disk ends nobody's session
            await desk.change(partial(sessions.touch, at=at, key=found.person.session))
    return found.person


def _unhurried(wait_s: int) -> None:
    if wait_s:
        raise Mistake("请求太频繁,请稍候", "too many requests, wait a little", 429, code="hurry", retry_s=wait_s)


def _allowed(door: Door, ask: Ask, who: Person) -> None:
    if door.may is Access.ANYONE:
        return
    if not who.id:
        raise Mistake("请先登录", "sign in first", 401, code="sign-in")
    sent = ask.headers.get(TOKEN, "").encode(errors="replace")
    if door.method not in SAFE and not compare_digest(sent, who.csrf.encode()):
        raise Mistake("页面已过期,请刷新后再试", "the page is out of date, load it again", 403, code="token")
    if who.stage is not Stage.DONE and not door.early:
        zh, en = "请先设置密码和动态码", "first choose a password and set up the second factor"
        raise Mistake(zh, en, 403, code="set-up")
    if isinstance(door.may, Permission) and door.may not in who.may:
        raise Mistake("您没有这项权限", f"you may not do this ({door.may})", 403, code="may-not")


def cookie_of(headers: Mapping[str, str]) -> str:
    """The session's cookie, or nothing."""
    try:
        morsel = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _said(mistake: Mistake) -> Reply:
    body = {"error": mistake.code or str(mistake.status), "zh": mistake.zh, "en": mistake.en, "field": mistake.field}
    if mistake.retry_s:
        return said(body, mistake.status, Retry_After=str(mistake.retry_s))
    return said(body, mistake.status)
