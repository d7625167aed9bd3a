"""The part that knows every gateway and device: follows the receiver's file, answers lists, tells pages what changed.

Pages are told at most once a second, and only which rows are other than before; each asks anew for what it shows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from office.database import StoreError
from office.desk.desk import Desk
from office.desk.devices import chart, gathering, lists
from office.desk.devices.chart import Map
from office.desk.devices.configuring import Configuring
from office.desk.devices.lists import DeviceRow, DeviceWhole, EventRow, FaultRow, GatewayRow, Only
from office.desk.door import Door, Visit
from office.desk.mistake import Mistake, missing
from office.desk.part import Part
from office.desk.people.roles import Permission
from office.web import Reply, said
from sync.contract.envelope import Struct
from sync.contract.messages import GatewayState

log = logging.getLogger("linli.office.desk")

TELL_S = 1.0
BEHIND_S = 0.05
"""Between two chunks when there is much to catch up with: half of the time is for everyone else."""

MOST_TOLD = 300
"""Named in one message; above it a page takes it that everything changed."""

TOPIC = "devices"


class GatewayWhole(Struct, frozen=True):
    """A gateway with what is wrong at it and with its devices."""

    gateway: GatewayRow
    faults: list[FaultRow]


class Inventory(Part):
    """Gateways and devices."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._states: dict[str, GatewayState] = {}
        self._gateways: set[str] = set()
        self._devices: set[tuple[str, str]] = set()

    def doors(self) -> Sequence[Door]:
        """See `Part`."""
        see, one = Permission.DEVICES_SEE, ("gateway", "device")
        return (
            Door(
                "GET",
                "/v1/gateways",
                self.gateways,
                see,
                "Gateways and how they are",
                answers=list[GatewayRow],
                query=("text", "after", "limit"),
            ),
            Door("GET", "/v1/gateways/{gateway}", self.gateway, see, "One gateway", answers=GatewayWhole),
            Door(
                "GET",
                "/v1/devices",
                self.devices,
                see,
                "Devices and their last word",
                answers=list[DeviceRow],
                query=("gateway", "only", "text", "community", "after_gateway", "after_device", "limit"),
            ),
            Door("GET", "/v1/device", self.device, see, "One device", answers=DeviceWhole, query=one),
            Door(
                "GET",
                "/v1/device/events",
                self.events,
                see,
                "What a device said, newest first",
                answers=list[EventRow],
                query=(*one, "before", "limit"),
            ),
            Door(
                "GET", "/v1/map/communities", self.communities, see, "Communities by name", answers="application/json"
            ),
            Door("GET", "/v1/map", self.map, see, "Where devices and poles are", answers=Map, query=("community",)),
        )

    async def run(self) -> None:
        """Follow, and tell."""
        loop, told = asyncio.get_running_loop(), float("-inf")
        while True:
            try:
                behind = await self._gather_or_pass_over()
                if loop.time() - told >= TELL_S:
                    await self._look_at_gateways()
                    self._tell()
                    told = loop.time()
            except StoreError as error:  # a full disk: lists are old until there is room, nothing is lost
                log.warning("what devices said cannot be kept: %s", error)
                behind = False
            await asyncio.sleep(BEHIND_S if behind else TELL_S)

    async def gateways(self, visit: Visit) -> Reply:
        """By name."""
        query = visit.ask.query
        find = partial(lists.gateways, after=query.get("after", ""), limit=_limit(visit), text=_text(visit))
        return said(await self.desk.look(find))

    async def gateway(self, visit: Visit) -> Reply:
        """With its faults."""
        name = visit.name("gateway")
        rows = await self.desk.look(partial(lists.gateways, name=name))
        if not rows:
            raise missing("网关", "gateway")
        return said(GatewayWhole(rows[0], await self.desk.look(partial(lists.faults, gateway=name))))

    async def devices(self, visit: Visit) -> Reply:
        """By gateway and name."""
        query = visit.ask.query
        try:
            only = Only(query.get("only", ""))
        except ValueError:
            raise Mistake("没有这种筛选", "there is no such filter", 400, "only") from None
        find = partial(
            lists.devices,
            after=(query.get("after_gateway", ""), query.get("after_device", "")),
            gateway=query.get("gateway", ""),
            only=only,
            text=_text(visit),
            community=query.get("community", ""),
            limit=_limit(visit),
        )
        return said(await self.desk.look(find))

    async def device(self, visit: Visit) -> Reply:
        """With its faults and its last events."""
        query = visit.ask.query
        find = partial(lists.device, gateway=query.get("gateway", ""), name=query.get("device", ""))
        found = await self.desk.look(find)
        if found is None:
            raise missing("设备", "device")
        return said(found)

    async def events(self, visit: Visit) -> Reply:
        """In pages."""
        query = visit.ask.query
        find = partial(
            lists.events,
            gateway=query.get("gateway", ""),
            name=query.get("device", ""),
            before=visit.ask.number("before"),
            limit=_limit(visit),
        )
        return said(await self.desk.look(find))

    async def communities(self, _: Visit) -> Reply:
        """To choose from."""
        return said(await self.desk.look(lists.communities))

    async def map(self, visit: Visit) -> Reply:
        """All of it at once."""
        community = visit.ask.query.get("community", "")
        return said(await self.desk.look(lambda conn: chart.drawn(conn, community, lists.communities(conn))))

    # --- following

    async def _gather_or_pass_over(self) -> bool:
        try:
            return await self._gather()
        except StoreError:
            raise
        except Exception:  # a list that one event spoils must not take the alarm board along
            log.exception("events of devices cannot be looked through; they are passed over")
            upto = await self.desk.look(gathering.reach)
            await self.desk.change(partial(gathering.go_on, upto=upto), long=True)
            return True

    async def _gather(self) -> bool:
        """One chunk; whether there may be more."""
        news = await self.desk.look(gathering.gather)
        if news is None:
            return False
        for piece in gathering.pieces(news):
            await self.desk.change(piece, long=True)
        for word in news.words:
            if word.device == gathering.GATEWAY:
                self._gateways.add(word.gateway)
            elif len(self._devices) <= MOST_TOLD:
                self._devices.add((word.gateway, word.device))
        return news.behind

    async def _look_at_gateways(self) -> None:
        """What each says of itself: who is silent, what became of its configuration."""
        now = await self.desk.look(lists.states)
        other = {name: state for name, state in now.items() if self._states.get(name) != state}
        silent = {name: state.silent for name, state in other.items() if self._silent(name) != state.silent}
        if silent:
            await self.desk.change(partial(lists.note_silent, silent=silent), long=True)
        for name, state in other.items():
            if state.config is not None and self._config(name) != state.config:
                await self.desk.part(Configuring).said_by(name, state.config)
            self._devices |= {(name, device) for device in {*(self._silent(name) or ())} ^ {*state.silent}}
        self._gateways |= other.keys()
        self._states = now

    def _silent(self, gateway: str) -> list[str] | None:
        state = self._states.get(gateway)
        return state.silent if state else None

    def _config(self, gateway: str) -> object:
        state = self._states.get(gateway)
        return state.config if state else None

    def _tell(self) -> None:
        if not (self._gateways or self._devices):
            return
        devices = [] if len(self._devices) > MOST_TOLD else sorted(self._devices)
        data = {
            "gateways": sorted(self._gateways),
            "devices": [{"gateway": gateway, "device": device} for gateway, device in devices],
            "many": len(self._devices) > MOST_TOLD,
        }
        self._gateways, self._devices = set(), set()
        self.desk.live.tell(TOPIC, data, may=Permission.DEVICES_SEE)


def _limit(visit: Visit) -> int:
    return visit.ask.number("limit", lists.LIMIT, most=lists.MOST) or lists.LIMIT


def _text(visit: Visit) -> str:
    return visit.ask.query.get("text", "").strip()[:80]
