"""What the centre may ask of a gateway: each command, what it needs, and what it does.

Everything is checked before anything happens, and a refusal names every reason. That an order happens once is
`edge.orders`' concern.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from drivers.model import Command, Refused, Verb
from edge import registry
from edge.config_shape import REQUESTS
from edge.device import FIELDS, Device, DeviceError
from edge.orders import Plan
from edge.registry import Registry, StaleError
from edge.screen_care import DEEDS
from firmware_profiles.finding import listed, meant
from sync.contract.lanes import Lane
from sync.contract.messages import Answer, Order, Outcome, Scalar
from sync.store import StoreError

if TYPE_CHECKING:
    from edge.gateway import Gateway

MAX_TEXT = 500
MAX_SECONDS = 31 * 24 * 3600
EVERYWHERE = ("expires_at",)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Result = Mapping[str, Scalar]
Hook = Callable[[Order], Awaitable[Result | Refused]]
"""What another part of the gateway does for an order: its result, or why not."""


class Commands:
    """Judges and does. `snapshot`, `diagnose` and `output` are filled in by the parts that can do them.

    `output` is for the gateway's own outputs; an output of a device goes to the device.
    """

    def __init__(self, gateway: Gateway) -> None:
        self.snapshot: Hook | None = None
        self.diagnose: Hook | None = None
        self.output: Hook | None = None
        self.drill: Hook | None = None
        self.screen: Hook | None = None
        self._gateway = gateway

    def judge(self, command: str, order: Order) -> Plan | Answer:
        """The plan, or the answer that says why not; nothing has happened yet."""
        if command not in REQUESTS:
            return refused(order, f"there is no command `{command[:40]}`{meant(command, REQUESTS)[0]}")
        if command not in self._gateway.config.allow.requests:
            return refused(order, f"`{command}` is not allowed here (`allow.requests` of the gateway's configuration)")
        reasons = list(_wrong(command, order.arguments))
        if reasons:
            return refused(order, "; ".join(reasons))
        if self._over(order.arguments.get("expires_at")):
            return Answer(id=order.id, outcome=Outcome.EXPIRED, reason="it came after its `expires_at`")
        return self._plans[command](self, order)

    def _over(self, expires_at: Scalar) -> bool:
        moment = _moment(expires_at)
        return moment is not None and moment <= self._gateway.clock().utc

    # --- to a device

    def _device(self, verb: Verb, order: Order) -> Plan | Answer:
        device = self._gateway.registry.get(order.device)
        if device is None:
            what = f"there is no device `{order.device[:64]}` here" if order.device else "name a device"
            return refused(order, what)
        if not device.enabled:
            return refused(order, f"`{device.id}` is disabled in the registry")
        return Plan(partial(self._say, verb, device, order))

    async def _say(self, verb: Verb, device: Device, order: Order) -> Answer:
        """Done: handed to the device's line. What the device itself says to it goes up as an event."""
        gateway, wanted = self._gateway, order.arguments
        place = (gateway.rules.driver(device.profile), device.address)
        if place not in gateway.intake.lines:
            return refused(order, f"`{device.id}` is not connected now{self._heard(place)}")
        command = Command(
            verb,
            device.address,
            text=str(wanted.get("text", "")),
            seconds=int(wanted.get("seconds") or 0),
            alarm=str(wanted.get("alarm", "")),
            on=bool(wanted.get("on", False)),
        )
        said = gateway.intake.say(place, command, gateway.clock())
        return refused(order, said.reason) if said is not None else done(order)

    def _heard(self, place: tuple[str, str]) -> str:
        heard = self._gateway.intake.last_heard.get(place)
        if heard is None:
            return " and was not heard since the gateway started"
        return f", last heard {max(0.0, self._gateway.clock().monotonic_s - heard):.0f} s ago"

    def _output(self, order: Order) -> Plan | Answer:
        if order.device:
            return self._device(Verb.OUTPUT, order)
        return self._hooked(self.output, "no output of its own", order)

    # --- to the gateway

    def _hooked(self, hook: Hook | None, without: str, order: Order) -> Plan | Answer:
        if hook is None:
            return refused(order, f"this gateway has {without}")
        return Plan(partial(_call, hook, order))

    def _snapshot(self, order: Order) -> Plan | Answer:
        return self._hooked(self.snapshot, "no camera", order)

    def _diagnose(self, order: Order) -> Plan | Answer:
        return self._hooked(self.diagnose, "no summary to give", order)

    def _screen(self, order: Order) -> Plan | Answer:
        return self._hooked(self.screen, "no screen", order)

    def _drill(self, order: Order) -> Plan | Answer:
        return self._hooked(self.drill, "no drills", order) if order.device else refused(order, "name a device")

    def _device_put(self, order: Order) -> Plan | Answer:
        values = {name: _text(value) for name, value in order.arguments.items() if name not in EVERYWHERE}
        if order.device and values.setdefault("id", order.device) != order.device:
            return refused(order, "`id` and the order's device are not the same")
        return Plan(partial(self._put, values, order))

    async def _put(self, values: Mapping[str, str], order: Order) -> Answer:
        rules, at = self._gateway.rules, self._gateway.clock().utc
        try:
            change = await self._change(lambda conn: registry.put(conn, values, rules, at))
        except DeviceError as error:
            return refused(order, "; ".join(str(problem) for problem in error.problems))
        except (StaleError, StoreError) as error:
            return refused(order, str(error))
        assert isinstance(change, registry.Change)
        return done(
            order, {"device": change.id, "new": change.before is None, "changed": change.before != change.after}
        )

    def _device_remove(self, order: Order) -> Plan | Answer:
        return Plan(partial(self._remove, order)) if order.device else refused(order, "name a device")

    async def _remove(self, order: Order) -> Answer:
        rules, at = self._gateway.rules, self._gateway.clock().utc
        try:
            await self._change(lambda conn: registry.remove(conn, order.device, rules, at))
        except KeyError:
            return refused(order, f"there is no device `{order.device[:64]}` here")
        except StoreError as error:
            return refused(order, str(error))
        return done(order, {"device": order.device})

    async def _change(self, change: Callable[[sqlite3.Connection], object]) -> object:
        """Change the registry and take the new one over, in the order of the changes."""
        driver_of = self._gateway.rules.driver_of

        def both(conn: sqlite3.Connection) -> tuple[object, Registry]:
            return change(conn), Registry.load(conn, driver_of)

        outcome, fresh = await self._gateway.store.transact(both)
        self._gateway.reload_registry(fresh)
        return outcome

    def _resend(self, order: Order) -> Plan | Answer:
        return Plan(partial(self._send_again, order))

    async def _send_again(self, order: Order) -> Answer:
        """Everything of the lane that waits for a receipt; what has one is deleted and cannot be sent again."""
        lane = Lane.of(str(order.arguments["lane"]))
        first = order.arguments.get("from")
        waiting = self._gateway.link.waiting(lane)
        if isinstance(first, int) and first < waiting.start:
            return refused(order, f"{lane.label} {first} has its receipt and is deleted; {waiting.start} is the oldest")
        self._gateway.link.resend(lane)
        return done(order, {"lane": lane.label, "from": waiting.start, "count": len(waiting)})

    def _restart(self, order: Order) -> Plan | Answer:
        async def effect() -> Answer:
            return done(order)

        return Plan(effect, then=self._gateway.leave)

    _plans: Mapping[str, Callable[[Commands, Order], Plan | Answer]] = {
        "locate": lambda self, order: self._device(Verb.LOCATE, order),
        "say": lambda self, order: self._device(Verb.SAY, order),
        "interval": lambda self, order: self._device(Verb.INTERVAL, order),
        "confirm": lambda self, order: self._device(Verb.CONFIRM, order),
        "output": _output,
        "snapshot": _snapshot,
        "diagnose": _diagnose,
        "device-put": _device_put,
        "device-remove": _device_remove,
        "resend": _resend,
        "restart": _restart,
        "drill": _drill,
        "screen": _screen,
    }


def done(order: Order, result: Result | None = None) -> Answer:
    """It happened."""
    return Answer(id=order.id, outcome=Outcome.DONE, result=dict(result or {}))


def refused(order: Order, reason: str) -> Answer:
    """Nothing happened."""
    return Answer(id=order.id, outcome=Outcome.REFUSED, reason=reason[:2000])


async def _call(hook: Hook, order: Order) -> Answer:
    said = await hook(order)
    return refused(order, said.reason) if isinstance(said, Refused) else done(order, said)


# --- arguments


def _text(value: Scalar) -> str:
    """A registry field as the text it is checked as."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _moment(value: Scalar) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _is_text(value: Scalar) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "must be a text"
    if len(value) > MAX_TEXT:
        return f"has {len(value)} characters, at most {MAX_TEXT}"
    return "holds control characters" if _CONTROL.search(value) else None


def _is_word(value: Scalar) -> str | None:
    return None if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{0,40}", value) else "must be a word"


def _is_seconds(value: Scalar) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SECONDS
    return None if fits else f"must be a whole number of seconds, 1 to {MAX_SECONDS}"


def _is_sequence(value: Scalar) -> str | None:
    return (
        None if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else "must be a sequence from 1"
    )


def _is_lane(value: Scalar) -> str | None:
    labels = [lane.label for lane in Lane]
    return None if value in labels else f"must be {listed(labels)}"


def _is_yes_or_no(value: Scalar) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _is_deed(value: Scalar) -> str | None:
    return None if value in DEEDS else f"must be {listed(DEEDS)}"


def _is_moment(value: Scalar) -> str | None:
    return None if _moment(value) is not None else "must be a time such as 2026-01-31T12:00:00Z"


def _is_field(_value: Scalar) -> str | None:
    return None  # the registry checks its fields itself, all at once


_Check = Callable[[Scalar], str | None]

NEEDED: Mapping[str, Mapping[str, _Check]] = {
    "say": {"text": _is_text},
    "interval": {"seconds": _is_seconds},
    "output": {"on": _is_yes_or_no},
    "snapshot": {"reason": _is_text},
    "resend": {"lane": _is_lane},
    "screen": {"do": _is_deed},
}
"""A picture is taken for a reason only, and the reason is kept with it (design, section 6)."""

POSSIBLE: Mapping[str, Mapping[str, _Check]] = {
    "confirm": {"alarm": _is_word},
    "output": {"output": _is_word},
    "resend": {"from": _is_sequence},
    "restart": {"reason": _is_text},
    "drill": {"whole_way": _is_yes_or_no},
    "device-put": dict.fromkeys(FIELDS, _is_field),
}


def _wrong(command: str, arguments: Mapping[str, Scalar]) -> Iterator[str]:
    """Every reason why these arguments are none for this command."""
    needed = NEEDED.get(command, {})
    checks = {**needed, **POSSIBLE.get(command, {}), "expires_at": _is_moment}
    for name in needed:
        if name not in arguments:
            yield f"`{name}` is missing"
    for name, value in list(arguments.items())[:40]:
        check = checks.get(name)
        if check is None:
            yield f"`{name[:40]}` is no argument of `{command}`{meant(name, checks)[0]}"
        elif (problem := check(value)) is not None:
            yield f"`{name}` {problem}"
    if len(arguments) > len(checks):
        yield f"{len(arguments)} arguments, at most {len(checks)}"
