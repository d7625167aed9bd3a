"""The registry over the local API: look, add, change, import with a plan first, adopt, announce tests, speak.

What a field may hold is the registry's to say; every problem is told at once.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from drivers.model import Command, Place, Verb
from drivers.model import Refused as DeviceRefused
from edge import registry, registry_csv, registry_import, unknown_devices
from edge.api import asked, shapes
from edge.api.parts import Parts, limit_of
from edge.api.refusal import Refused, Words, fields_wrong, nothing, wrong
from edge.api.web import Ask, Reply, said
from edge.device import FIELDS, Device, DeviceError, Problem, Rules
from edge.registry import Change, StaleError
from edge.registry_import import BadRowsError, Plan
from firmware_profiles.finding import Finding
from sync.contract.messages import Scalar

T = TypeVar("T")

PLANS = 8
PLAN_S = 600.0
MAX_AWAY_DAYS = 366
SHOWN_CHANGES = 1000
"""Of a larger import the counts are right and the list is cut."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    plan: Plan
    until_s: float


class DevicesApi:
    """Handlers."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._gateway = parts, parts.gateway
        self._plans: OrderedDict[str, _Waiting] = OrderedDict()

    # --- looking

    async def list(self, ask: Ask) -> Reply:
        """`after` (an id), `limit`, `profile`, `silent=1`, `q` (text in id, address, place)."""
        silent = self._gateway.guard.silent()
        found = sorted(self._gateway.registry, key=lambda device: device.id)
        if (profile := ask.query.get("profile")) is not None:
            found = [d for d in found if d.profile == profile]
        if ask.flag("silent"):
            found = [d for d in found if d.id in silent]
        if q := ask.query.get("q", "").strip().lower()[:100]:
            found = [d for d in found if q in f"{d.id} {d.address} {d.building} {d.room} {d.pole}".lower()]
        total, limit = len(found), limit_of(ask)
        rest = [d for d in found if d.id > ask.query.get("after", "")]
        page = [self._seen(d, ask.language, silent) for d in rest[:limit]]
        return said(shapes.Devices(page, page[-1].id if len(rest) > limit else None, total))

    async def get(self, ask: Ask) -> Reply:
        """One device."""
        return said(self._seen(self._device(ask), ask.language, self._gateway.guard.silent()))

    async def export(self, ask: Ask) -> Reply:
        """CSV that a spreadsheet opens; `language` of the column names, zh or en."""
        language = ask.query.get("language", ask.language)
        if language not in ("zh", "en"):
            raise wrong("language is zh or en", "language 应为 zh 或 en")
        devices = await self._parts.look(registry.all_devices)
        text = registry_csv.write_table(devices, language)
        headers = {"Content-Disposition": 'attachment; filename="devices.csv"'}
        return Reply(200, text.encode(), headers, content_type="text/csv; charset=utf-8")

    # --- changing

    async def add(self, ask: Ask) -> Reply:
        """201; 409 when the id is taken."""
        values = _texts(await ask.message(asked.DeviceAsked))
        if self._gateway.registry.get(values.get("id", "")) is not None:
            raise Refused(409, "taken", Words("a device of this id is registered", "该编号已登记"))
        return said(await self._put(values, ask), 201)

    async def put(self, ask: Ask) -> Reply:
        """Change the given fields; 201 when it is new."""
        values, id_ = _texts(await ask.message(asked.DeviceAsked)), ask.names["id"]
        if values.setdefault("id", id_) != id_:
            raise fields_wrong([Problem("id", "is not the one of the path", "与路径中的编号不一致")])
        new = self._gateway.registry.get(id_) is None
        return said(await self._put(values, ask), 201 if new else 200)

    async def delete(self, ask: Ask) -> Reply:
        """What it raises from now on comes from an unknown device."""
        try:
            await self._change(lambda conn, rules, at: registry.remove(conn, ask.names["id"], rules, at))
        except KeyError:
            raise nothing("device", "设备") from None
        return Reply(204)

    async def undo(self, _: Ask) -> Reply:
        """Take the last import back; 409 when a device of it was changed since."""
        changes = await self._change(registry.undo)
        return said(shapes.Changed(len(changes), _diffs(changes)), 200)

    # --- import

    async def plan(self, ask: Ask) -> Reply:
        """What the CSV in the body would do; nothing changes. `remove_missing=1`: who is not in it goes."""
        raw, remove = await ask.content(registry_csv.MAX_BYTES), ask.flag("remove_missing")
        rules = self._gateway.rules
        plan = await self._parts.look(lambda conn: registry_import.import_plan(conn, raw, rules, remove_missing=remove))
        token = secrets.token_urlsafe(16)
        self._plans[token] = _Waiting(plan, self._gateway.clock().monotonic_s + PLAN_S)
        while len(self._plans) > PLANS:
            self._plans.popitem(last=False)
        changes = [*plan.adds, *plan.changes, *plan.removals]
        return said(
            shapes.PlanSeen(
                token,
                len(plan.adds),
                len(plan.changes),
                len(plan.removals),
                plan.same,
                plan.bad_rows,
                _diffs(changes[:SHOWN_CHANGES]),
                _bad(plan.bad, ask.language),
                PLAN_S,
            )
        )

    async def apply(self, ask: Ask) -> Reply:
        """Carry a plan out, all or nothing; 409 when the registry changed since, 422 for bad rows without `partial`."""
        wish = await ask.message(asked.ApplyAsked)
        waiting = self._plans.get(ask.names["token"])
        if waiting is None or waiting.until_s < self._gateway.clock().monotonic_s:
            raise Refused(404, "no-plan", Words("this plan is over; import again", "该导入预览已失效，请重新导入"))
        try:
            count = await self._change(
                lambda conn, rules, at: registry_import.apply(conn, waiting.plan, rules, at, partial=wish.partial)
            )
        except BadRowsError as error:
            raise fields_wrong(Problem(f"line {f.line}", f.message, f.zh) for f in error.findings) from None
        del self._plans[ask.names["token"]]
        return said(shapes.Changed(count))

    # --- one device's times and commands

    async def test(self, ask: Ask) -> Reply:
        """Announce a test for so many minutes; a day at most."""
        wish, device = await ask.message(asked.TestAsked), self._device(ask)
        if not 0 < wish.minutes <= 24 * 60:
            raise fields_wrong([Problem("minutes", "is more than 0 and at most a day", "应大于 0，且不超过一天")])
        return await self._announce(device, wish.minutes, ask)

    async def end_test(self, ask: Ask) -> Reply:
        """What it raises is real again."""
        return await self._announce(self._device(ask), 0, ask)

    async def away(self, ask: Ask) -> Reply:
        """Its silence is expected until then."""
        wish, device, now = await ask.message(asked.AwayAsked), self._device(ask), self._gateway.clock().utc
        until = wish.until
        if until.tzinfo is None or not now < until <= now + timedelta(days=MAX_AWAY_DAYS):
            en = "is a time with its zone, after now and within a year"
            raise fields_wrong([Problem("until", en, "应为带时区的时间，晚于现在且在一年之内")])
        return await self._timed(ask, lambda conn: registry.set_away(conn, device.id, until))

    async def end_away(self, ask: Ask) -> Reply:
        """It is expected to speak again."""
        device = self._device(ask)
        return await self._timed(ask, lambda conn: registry.set_away(conn, device.id, None))

    async def say(self, ask: Ask) -> Reply:
        """202 when the command went to the device's line; 409 with the reason why not."""
        wish, device = await ask.message(asked.SayAsked), self._device(ask)
        try:
            verb = Verb(wish.verb)
        except ValueError:
            names = ", ".join(Verb)
            raise fields_wrong([Problem("verb", f"is one of {names}", f"应为 {names} 之一")]) from None
        if len(wish.text) > 500 or not 0 <= wish.seconds <= 31 * 24 * 3600 or len(wish.alarm) > 40:
            raise wrong("text, seconds or alarm is out of bounds", "text、seconds 或 alarm 超出范围")
        command = Command(verb, device.address, wish.text, wish.seconds, wish.alarm, wish.on)
        place = (self._gateway.rules.driver(device.profile), device.address)
        outcome = self._gateway.intake.say(place, command, self._gateway.clock())
        if isinstance(outcome, DeviceRefused):
            hint = Words("see when it was last heard", "请查看设备最近一次上线时间")
            raise Refused(409, "device-refused", Words(outcome.reason), hint)
        return said(shapes.Said(device.id, verb.value), 202)

    # --- unknown devices

    async def unknown(self, ask: Ask) -> Reply:
        """Those that spoke and are not registered; `limit`."""
        found, gone = await self._parts.look(
            lambda conn: (unknown_devices.all_unknown(conn, limit_of(ask)), unknown_devices.dropped(conn))
        )
        lines = self._gateway.intake.lines
        seen = [
            shapes.UnknownSeen(
                **{name: getattr(one, name) for name in one.__dataclass_fields__},
                connected=(one.driver, one.address) in lines,
            )
            for one in found
        ]
        return said(shapes.Unknowns(seen, gone))

    async def adopt(self, ask: Ask) -> Reply:
        """Register it: `id` and any other field, `driver` where several heard this address."""
        values, address = _texts(await ask.message(asked.DeviceAsked)), ask.names["address"]
        driver = values.pop("driver", "")
        change = await self._change(
            lambda conn, rules, at: unknown_devices.adopt(conn, address, values, rules, at, driver)
        )
        return said(self._now(change.id, ask.language), 201)

    async def forget(self, ask: Ask) -> Reply:
        """Take it off the list; it comes back when it speaks. `driver` where several heard this address."""
        address, driver = ask.names["address"], ask.query.get("driver")

        def forget(conn: sqlite3.Connection) -> int:
            rows = conn.execute("SELECT driver FROM unknown_devices WHERE address = ?", (address,)).fetchall()
            names = [name for (name,) in rows if driver in (None, name)]
            return sum(unknown_devices.forget(conn, name, address) for name in names)

        if not await self._gateway.store.transact(forget):
            raise nothing("unknown device", "未登记设备")
        return Reply(204)

    # --- parts

    def _device(self, ask: Ask) -> Device:
        device = self._gateway.registry.get(ask.names["id"])
        if device is None:
            raise nothing("device", "设备")
        return device

    async def _change(self, change: Callable[[sqlite3.Connection, Rules, datetime], T]) -> T:
        """Change the registry; its refusals become ours."""
        rules, at = self._gateway.rules, self._gateway.clock().utc
        try:
            return await self._parts.change_registry(lambda conn: change(conn, rules, at))
        except DeviceError as error:
            raise fields_wrong(error.problems) from None
        except StaleError as error:
            hint = Words("look at it again, then decide anew", "请重新查看后再操作")
            raise Refused(409, "stale", Words(str(error), "登记内容在此期间已被修改"), hint) from None

    async def _put(self, values: Mapping[str, str], ask: Ask) -> shapes.DeviceSeen:
        change = await self._change(lambda conn, rules, at: registry.put(conn, values, rules, at))
        return self._now(change.id, ask.language)

    async def _announce(self, device: Device, minutes: float, ask: Ask) -> Reply:
        try:
            await self._gateway.announce_test(device.id, minutes)
        except KeyError:
            raise nothing("device", "设备") from None
        return said(self._now(device.id, ask.language))

    async def _timed(self, ask: Ask, change: Callable[[sqlite3.Connection], Device]) -> Reply:
        try:
            device = await self._parts.change_registry(change)
        except KeyError:
            raise nothing("device", "设备") from None
        return said(self._now(device.id, ask.language))

    def _now(self, device_id: str, language: str) -> shapes.DeviceSeen:
        device = self._gateway.registry.get(device_id)
        if device is None:  # taken out by somebody else in this moment
            raise nothing("device", "设备")
        return self._seen(device, language, self._gateway.guard.silent())

    def _seen(self, device: Device, language: str, silent: Mapping[str, str]) -> shapes.DeviceSeen:
        gateway, seen = self._gateway, self._parts.seen.of(device.id)
        profile = gateway.profiles.get(device.profile)
        title = "" if profile is None else profile.title.zh if language == "zh" else profile.title.en
        return shapes.DeviceSeen(
            **{name: getattr(device, name) for name in Device.__dataclass_fields__},
            title=title,
            connected=(gateway.rules.driver(device.profile), device.address) in gateway.intake.lines,
            last_heard=gateway.guard.heard_before(device),
            silent=silent.get(device.id),
            battery=seen.battery if seen else None,
            open=seen.open if seen else None,
            place=place_of(seen.place) if seen else None,
            values=dict(seen.values) if seen else {},
            lasting=gateway.guard.conditions.of(device.id),
        )


def place_of(place: Place | None) -> shapes.PlaceSeen | None:
    """A driver's place as this API says it."""
    return None if place is None else shapes.PlaceSeen(place.lat, place.lon, place.valid, place.datum)


def _texts(values: Mapping[str, Scalar]) -> dict[str, str]:
    """Fields as the text the registry checks; a key that is no field is told with the others."""
    if len(values) > 2 * len(FIELDS):
        raise wrong(f"{len(values)} fields are too many", f"字段过多（{len(values)} 个）")
    return {name: _text(value) for name, value in values.items()}


def _text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _diffs(changes: Iterable[Change]) -> list[shapes.ChangeSeen]:
    return [
        shapes.ChangeSeen(
            change.id,
            "add" if change.before is None else "remove" if change.after is None else "change",
            [shapes.DiffSeen(d.field, d.before, d.after) for d in registry_import.diff(change)],
        )
        for change in changes
    ]


def _bad(findings: Iterable[Finding], language: str) -> list[shapes.BadRow]:
    return [shapes.BadRow(f.line, f.column, f.zh if language == "zh" and f.zh else f.message) for f in findings]
