"""The receiver's own API on a Unix socket: what the command line uses, and the desk will.

Who may open the socket file may do everything here; accounts come with the desk. `by` is a role, never a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from office import views
from office.calls import MAX_SIGNAL
from office.parcel import ID
from office.presence import Word
from office.receiver import Receiver
from office.store import Store
from office.web import Ask, Refused, Reply, Route, error, said
from sync.contract.alarm import Step, step_of
from sync.contract.call_signals import CALL_ID
from sync.contract.envelope import Struct
from sync.contract.messages import Notice, Scalar
from sync.contract.topics import GATEWAY_NAME

T = TypeVar("T")

MOST = 1000
"""Rows in one answer."""

MOST_TIME = 40
"""Characters of a time."""

COMMAND = re.compile(r"[a-z][a-z0-9-]{0,40}")
DEPARTMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class StepAsked(Struct, frozen=True):
    """A person's step about an alarm."""

    step: str
    by: str
    text: str = ""
    reason: str = ""
    actor: str = ""


class OrderAsked(Struct, frozen=True):
    """An order to a gateway or one of its devices."""

    command: str
    by: str
    device: str = ""
    arguments: dict[str, Scalar] = {}
    valid_s: float = 60.0
    id: str = ""
    """Of whoever gives it and notes it first: the same id again is the same order."""


class ConfigAsked(Struct, frozen=True):
    """What a gateway's configuration shall say over its own file."""

    version: int
    config: dict[str, Any]


class PresenceAsked(Struct, frozen=True):
    """How many of a department are there, and how many wait."""

    there: int
    waiting: int = 0
    valid_s: float = 0.0
    """After so long without another word nobody is there; 0: until another word."""
    free: int = 0
    wait_s: float | None = None
    open: bool = True
    opens_at: str = ""


class NoticeAsked(Struct, frozen=True):
    """An emergency notice for these gateways; none named: for all."""

    notice: Notice
    gateways: list[str] = []


class GiveUpAsked(Struct, frozen=True):
    """Why what is missing will never come."""

    reason: str


class Api:
    """The handlers; `routes` names them."""

    def __init__(self, store: Store, receiver: Receiver, answers: Callable[[], dict[str, object]]) -> None:
        self._store = store
        self._receiver = receiver
        self._facts = answers

    def routes(self) -> list[Route]:
        """Method, path, handler."""
        return [
            ("GET", "/v1/status", self.status),
            ("GET", "/v1/alarms", self.alarms),
            ("GET", "/v1/alarms/{alarm}", self.alarm),
            ("POST", "/v1/alarms/{alarm}/steps", self.step),
            ("GET", "/v1/devices", self.devices),
            ("GET", "/v1/events", self.events),
            ("GET", "/v1/gateways", self.gateways),
            ("POST", "/v1/gateways/{gateway}/orders", self.order),
            ("PUT", "/v1/gateways/{gateway}/config", self.want),
            ("POST", "/v1/notices", self.notice),
            ("POST", "/v1/gateways/{gateway}/give-up", self.give_up),
            ("GET", "/v1/orders/{order}", self.order_seen),
            ("GET", "/v1/gaps", self.gaps),
            ("GET", "/v1/losses", self.losses),
            ("GET", "/v1/quarantine", self.quarantine),
            ("GET", "/v1/awaited", self.awaited),
            ("GET", "/v1/presence", self.presence),
            ("PUT", "/v1/presence/{department}", self.set_presence),
            ("GET", "/v1/calls", self.listen),
            ("POST", "/v1/gateways/{gateway}/calls/{call}", self.signal),
        ]

    async def status(self, _: Ask) -> Reply:
        """Lines and counts."""
        lines = {"alarms": self._receiver.alarm_line.online, "events": self._receiver.rest_line.online}
        calls = self._receiver.calls.counts()
        return said({"lines": lines, "calls": calls, **await self._store.look(views.counts), **self._facts()})

    async def alarms(self, ask: Ask) -> Reply:
        """`open=1`, `gateway`, `before` (milliseconds), `limit`."""
        query = partial(
            views.alarms,
            only_open=ask.query.get("open") == "1",
            gateway=ask.query.get("gateway"),
            before=ask.number("before"),
            limit=_limit(ask),
        )
        return said(await self._store.look(query))

    async def alarm(self, ask: Ask) -> Reply:
        """One alarm with its steps."""
        return _found(await self._store.alarm(ask.names["alarm"]), "alarm")

    async def step(self, ask: Ask) -> Reply:
        """200 with `changed`; of two who take an alarm the second reads who was first."""
        wanted = await ask.message(StepAsked)
        try:
            step = step_of(wanted.step)
        except KeyError:
            step = Step.PUBACK
        if step not in (Step.ACKNOWLEDGE, Step.ON_THE_WAY, Step.CLOSE):
            raise Refused("step is acknowledge, on_the_way or close")
        if not 0 < len(wanted.by) <= 64:
            raise Refused("by says in which role, in 1 to 64 characters")
        if step is Step.CLOSE and not wanted.reason.strip():
            raise Refused("closing needs a reason")
        if max(len(wanted.text), len(wanted.reason)) > 2000:
            raise Refused("text and reason have at most 2000 characters")
        if len(wanted.actor) > 64:
            raise Refused("actor has at most 64 characters")
        taken = await self._store.step(ask.names["alarm"], step, wanted.by, wanted.text, wanted.reason, wanted.actor)
        self._receiver.dispatch.wake()
        if taken is None:
            return error(404, "no such alarm")
        answer = {"alarm": taken.alarm, "stage": taken.stage.label, "changed": taken.changed}
        return said({**answer, "by": taken.by, "actor": taken.actor})

    async def devices(self, ask: Ask) -> Reply:
        """`gateway`, `after` (n), `limit`."""
        after = ask.number("after", 0) or 0
        query = partial(views.devices, gateway=ask.query.get("gateway"), after=after, limit=_limit(ask))
        return said(await self._store.look(query))

    async def events(self, ask: Ask) -> Reply:
        """`after` (n), `device` (a device's n), `limit`."""
        after = ask.number("after", 0) or 0
        query = partial(views.events, after=after, device=ask.number("device"), limit=_limit(ask))
        return said(await self._store.look(query))

    async def gateways(self, _: Ask) -> Reply:
        """All gateways."""
        return said(await self._store.look(views.gateways))

    async def gaps(self, ask: Ask) -> Reply:
        """`gateway`."""
        return said(await self._store.look(partial(views.gaps, gateway=ask.query.get("gateway"))))

    async def losses(self, ask: Ask) -> Reply:
        """`gateway`, `limit`."""
        query = partial(views.losses, gateway=ask.query.get("gateway"), limit=_limit(ask))
        return said(await self._store.look(query))

    async def quarantine(self, ask: Ask) -> Reply:
        """`before` (n), `limit`."""
        query = partial(views.quarantined, before=ask.number("before"), limit=_limit(ask))
        return said(await self._store.look(query))

    async def awaited(self, ask: Ask) -> Reply:
        """`gateway`, `limit`."""
        query = partial(views.awaited, gateway=ask.query.get("gateway"), limit=_limit(ask))
        return said(await self._store.look(query))

    async def order(self, ask: Ask) -> Reply:
        """202 with the order's id; its answer is at `/v1/orders/{id}`."""
        wanted = await ask.message(OrderAsked)
        gateway = ask.names["gateway"]
        if not GATEWAY_NAME.fullmatch(gateway) or gateway not in await self._store.known_gateways():
            return error(404, "no such gateway")
        if not COMMAND.fullmatch(wanted.command):
            raise Refused("a command is lower case letters, digits and dashes")
        if not 1 <= wanted.valid_s <= 24 * 3600:
            raise Refused("an order is valid for 1 second to a day")
        if wanted.id and not ID.fullmatch(wanted.id):
            raise Refused("an order's id is 1 to 64 letters, digits, dots, dashes or underscores")
        order = await self._store.order(
            gateway, wanted.command, wanted.device, wanted.arguments, wanted.by, wanted.valid_s, wanted.id
        )
        self._receiver.dispatch.wake()
        return said({"id": order}, 202)

    async def want(self, ask: Ask) -> Reply:
        """Kept, and published retained until the gateway has it; what became of it stands in its state."""
        wanted = await ask.message(ConfigAsked)
        gateway = ask.names["gateway"]
        if not GATEWAY_NAME.fullmatch(gateway) or gateway not in await self._store.known_gateways():
            return error(404, "no such gateway")
        if not 1 <= wanted.version < 2**53:
            raise Refused("a version is a number from 1")
        if not await self._store.want(gateway, wanted.version, wanted.config):
            return error(409, "a newer configuration is wanted already")
        self._receiver.dispatch.wake()
        return Reply(204)

    async def notice(self, ask: Ask) -> Reply:
        """202 with how many gateways are told: those named, or all. It goes out again until a broker has it."""
        wanted = await ask.message(NoticeAsked)
        known = await self._store.known_gateways()
        to = [gateway for gateway in known if not wanted.gateways or gateway in wanted.gateways]
        if not ID.fullmatch(wanted.notice.id):
            raise Refused("a notice's id is 1 to 64 letters, digits, dots, dashes or underscores")
        if not wanted.notice.text.strip() or len(wanted.notice.text) > 2000 or len(wanted.notice.title) > 100:
            raise Refused("a notice has a text of 1 to 2000 characters and a title of at most 100")
        if wanted.notice.expires_at is None or wanted.notice.expires_at.tzinfo is None:
            raise Refused("a notice says until when it holds, with its zone")
        told = await self._store.notice(to, wanted.notice)
        self._receiver.dispatch.wake()
        return said({"gateways": told}, 202)

    async def order_seen(self, ask: Ask) -> Reply:
        """One order."""
        return _found(await self._store.look(partial(views.order, order_id=ask.names["order"])), "order")

    async def give_up(self, ask: Ask) -> Reply:
        """What is missing of this gateway is noted as lost, and its watermark moves on."""
        wanted = await ask.message(GiveUpAsked)
        if not wanted.reason.strip():
            raise Refused("giving up needs a reason")
        return said({"sequences": await self._store.give_up(ask.names["gateway"], wanted.reason[:500])})

    async def listen(self, _: Ask) -> Reply:
        """Call signals of all kiosks, a line `{"gateway", "call", "signal"}` each; it ends for who is too slow."""
        return Reply(stream=self._receiver.calls.listen(), content_type="application/x-ndjson")

    async def signal(self, ask: Ask) -> Reply:
        """A call signal to a kiosk: 202 when it is on the line, 503 at once when there is none. Never kept."""
        payload = await ask.content(MAX_SIGNAL)
        if not GATEWAY_NAME.fullmatch(ask.names["gateway"]) or not CALL_ID.fullmatch(ask.names["call"]) or not payload:
            raise Refused("a gateway, a call and a signal are needed")
        if not self._receiver.calls.send(ask.names["gateway"], ask.names["call"], payload):
            return error(503, "no line to the broker")
        return Reply(202)

    async def presence(self, _: Ask) -> Reply:
        """All departments."""
        return said(await self._store.look(views.presence))

    async def set_presence(self, ask: Ask) -> Reply:
        """Kept, and published for every kiosk."""
        wanted = await ask.message(PresenceAsked)
        department = ask.names["department"]
        if not DEPARTMENT.fullmatch(department) or min(wanted.there, wanted.waiting, wanted.free) < 0:
            raise Refused("a department is lower case letters, digits and dashes, numbers are not negative")
        if wanted.valid_s and not 1 <= wanted.valid_s <= 3600:
            raise Refused("presence is valid for 1 second to an hour, or until another word")
        if len(wanted.opens_at) > MOST_TIME:
            raise Refused("opens_at is a time, ISO 8601")
        word = Word(
            department,
            wanted.there,
            wanted.waiting,
            wanted.valid_s,
            wanted.free,
            wanted.wait_s,
            wanted.open,
            wanted.opens_at,
        )
        await self._store.keep_presence(word)
        self._receiver.publish_presence(word)
        return Reply(204)


def _limit(ask: Ask) -> int:
    return ask.number("limit", views.LIMIT, most=MOST) or views.LIMIT


def _found(view: object | None, what: str) -> Reply:
    return error(404, f"no such {what}") if view is None else said(view)
