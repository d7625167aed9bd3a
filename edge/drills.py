"""突击演练: an alarm that the centre orders instead of a person pressing.

It is raised for a registered device as if its button had been pressed: the same event, transaction, lane and path; only
`attributes.drill` (and the order's id) tells what it is. A press meanwhile is an alarm of its own, and real. Unless the
whole way was asked for, nothing in the house sounds or speaks and the second path is left out: the elder did not press.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from drivers.model import AlarmName, Event, Kind, Refused
from edge.alarm_book import Alarm, Drill, inserter
from edge.mapper import EMERGENCY, severity
from sync.contract.lanes import Lane
from sync.contract.messages import Order, Scalar
from sync.store import Entry, StoreError

if TYPE_CHECKING:
    from edge.gateway import Gateway


class Drills:
    """Built by a gateway when its store is open."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        gateway.down.commands.drill = self.begin

    async def begin(self, order: Order) -> dict[str, Scalar] | Refused:
        """The alarm's id, once it is on disk."""
        gateway, at = self._gateway, self._gateway.clock()
        device = gateway.registry.get(order.device)
        if device is None or not device.enabled:
            return Refused(f"there is no device `{order.device[:64]}` in use here")
        who = gateway.intake.identity(gateway.rules.driver(device.profile), device.address, device.profile)
        if severity(AlarmName.SOS, who) != EMERGENCY:
            return Refused(f"a press of `{device.id}` is no emergency here")
        if any(alarm.device == device.id for alarm in gateway.book.open.values()):
            return Refused(f"an alarm of `{device.id}` is open; a drill must not stand in its way")
        whole_way = order.arguments.get("whole_way") is True
        attributes: dict[str, Scalar] = {"drill": True, "order": order.id, "whole_way": whole_way}
        event = Event(kind=Kind.ALARM, device=device.address, alarm=AlarmName.SOS, attributes=attributes)
        new, body = gateway.mapper.alarm(event, who, at)
        driver = gateway.rules.driver(device.profile)
        alarm = Alarm(new, device.id, device.address, driver, AlarmName.SOS, raised_at=at.utc.isoformat())
        alarm.drill = Drill.WHOLE_WAY if whole_way else Drill.QUIET
        gateway.book.add(alarm)
        try:
            await self._store(alarm, body)
        except StoreError as error:
            gateway.book.drop(alarm)
            return Refused(f"it could not be stored: {error}")
        gateway.intake.on_alarm(alarm, event)
        return {"alarm": new, "raised_at": alarm.raised_at}

    async def _store(self, alarm: Alarm, body: bytes) -> None:
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: BaseException | None) -> None:
            if stored.done():
                return
            if error is None:
                stored.set_result(None)
            else:
                stored.set_exception(error)

        store = self._gateway.store
        store.append([Entry(Lane.ALARM, body, alarm=True, also=inserter(alarm, store.era))], done)
        await stored
