"""Pictures for a reason: around an SOS of a device that is linked to a camera, and when the centre asks for one.

    alarm on disk -> look noted -> camera asked -> picture on disk -> look told -> the picture goes up when it can

Nothing here is waited for by an alarm: it begins when the alarm is stored and answered, and whatever fails is a note
on the look. A picture goes with an update of its alarm, or with its look when a person asked. Knows no picture library:
the cameras are looked through by processes of their own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from drivers.camera.wire import MAX_PICTURE, Picture
from drivers.model import Event, Instant, Kind, Refused
from drivers.ports.camera import CameraPort, NoPictureError
from edge import looks
from edge.config_shape import CameraConfig
from edge.durable import Durable
from edge.mapper import EMERGENCY, Identity, severity
from sync.contract import messages
from sync.contract.lanes import Lane
from sync.contract.messages import Look, Order, Scalar
from sync.store import Entry, StoreError

if TYPE_CHECKING:
    from edge.gateway import Gateway

log = logging.getLogger("linli.cameras")

MIGRATIONS = looks.MIGRATIONS

ANSWER_S = 5.0
"""The camera's process waits for the next picture of its ring, a second at most."""

AGAIN_S = 60.0
"""Another press for the same alarm brings another picture, but not with every press."""

MAX_AT_ONCE = 16
MAX_REMEMBERED = 1000
ALARM, CENTRE = "alarm", "centre"
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Wish:
    """Why somebody looks. `device` is whose alarm it is."""

    camera: str
    asked_by: str
    reason: str
    at: Instant
    alarm: str = ""
    device: Identity | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture on disk."""

    camera: str
    picture: str
    taken: datetime


class Cameras:
    """Built by a gateway after its doors; `run` with it. Called on the loop."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._ports = {d.port.name: d.port for d in gateway.doors if isinstance(d.port, CameraPort)}
        self._wishes: asyncio.Queue[Wish] = asyncio.Queue(MAX_AT_ONCE)
        self._looked_s: dict[tuple[str, str], float] = {}
        self._durable = Durable(gateway.store)
        if self._ports:
            gateway.on_event.append(self._heard)
            gateway.down.commands.snapshot = self._ordered

    async def run(self) -> None:
        """Look when somebody presses, until cancelled."""
        await self._gateway.store.transact(looks.interrupted)
        async with asyncio.TaskGroup() as group:
            for n in range(min(MAX_AT_ONCE, 2 * len(self._ports))):
                group.create_task(self._work(), name=f"pictures {n}")

    async def snapshot(self, camera: str, reason: str, asked_by: str) -> Snapshot:
        """A picture of now, kept, on its way to the centre and on record. Raises NoPictureError."""
        wish = Wish(camera, asked_by, reason, self._gateway.clock())
        if camera not in self._ports:
            raise NoPictureError(f"there is no camera `{camera[:64]}` here")
        return await self._look(wish)

    # --- who asks

    def _heard(self, event: Event, who: Identity, at: Instant) -> None:
        """Something is on disk; when it was a press, the cameras beside it look."""
        if event.kind is not Kind.ALARM or event.alarm is None or severity(event.alarm, who) != EMERGENCY:
            return
        if event.stored:  # pressed long ago; who is to be seen now is somebody else
            return
        book = self._gateway.book
        alarm = book.of(who.id, event.alarm, test=False) or book.of(who.id, event.alarm, test=True)
        for port in self._gateway.config.ports:
            if alarm is not None and isinstance(port, CameraConfig) and who.id in port.devices:
                self._ask(Wish(port.name, ALARM, event.alarm, at, alarm.id, who))

    def _ask(self, wish: Wish) -> None:
        key = (wish.alarm, wish.camera)
        before_s = self._looked_s.get(key)
        if before_s is not None and wish.at.monotonic_s - before_s < AGAIN_S:
            return
        if len(self._looked_s) > MAX_REMEMBERED:
            self._looked_s.pop(next(iter(self._looked_s)))
        self._looked_s[key] = wish.at.monotonic_s
        try:
            self._wishes.put_nowait(wish)
        except asyncio.QueueFull:
            log.warning("camera %s: too many pictures are asked for; none for alarm %s", wish.camera, wish.alarm)

    async def _work(self) -> None:
        while True:
            wish = await self._wishes.get()
            try:
                await self._look(wish)
            except OSError as error:  # NoPictureError, NotStoredError
                log.warning("camera %s: no picture for alarm %s: %s", wish.camera, wish.alarm, error)

    async def _ordered(self, order: Order) -> Mapping[str, Scalar] | Refused:
        """`snapshot` of the centre: `device` is the camera; it need not be named where there is only one."""
        device = self._gateway.registry.get(order.device)
        camera = device.address if device is not None else order.device
        if not order.device and len(self._ports) == 1:
            camera = next(iter(self._ports))
        try:
            taken = await self.snapshot(camera, str(order.arguments.get("reason", "")), CENTRE)
        except OSError as error:  # NoPictureError, NotStoredError
            return Refused(str(error))
        return {"camera": taken.camera, "picture": taken.picture, "taken": taken.taken.isoformat()}

    # --- one look

    async def _look(self, wish: Wish) -> Snapshot:
        asked_at = wish.at.utc.isoformat()
        try:
            n = await self._gateway.store.transact(
                lambda conn: looks.note(conn, asked_at, wish.camera, wish.asked_by, wish.reason, wish.alarm)
            )
        except StoreError as error:
            raise NoPictureError(f"the look cannot be put on record: {error}") from error
        try:
            picture = await self._picture(wish)
            name = await self._gateway.local.files.keep(picture.jpeg)
        except OSError as error:  # NoPictureError, BlobsFull, a disk
            reason = str(error)[:300]
            await self._tell(wish, looks.finisher(n, reason), refused=reason)
            raise NoPictureError(reason) from error
        taken = self._moment(picture)
        await self._tell(wish, looks.finisher(n, looks.KEPT, taken.isoformat(), name), taken=taken)
        await self._send(wish, name, taken)
        return Snapshot(wish.camera, name, taken)

    async def _picture(self, wish: Wish) -> Picture:
        picture = await self._ports[wish.camera].picture(wish.at.monotonic_s, ANSWER_S)
        if not picture.jpeg.startswith(JPEG) or len(picture.jpeg) > MAX_PICTURE:
            raise NoPictureError("what the camera's process sent is no picture")
        return picture

    def _moment(self, picture: Picture) -> datetime:
        """When it was taken, by our clock."""
        now = self._gateway.clock()
        return now.utc - timedelta(seconds=min(max(0.0, now.monotonic_s - picture.taken), 3600.0))

    async def _tell(
        self, wish: Wish, finish: looks.Finisher, *, taken: datetime | None = None, refused: str = ""
    ) -> None:
        """The end of the look, in its row and to the centre."""
        body = self._said(wish, taken=taken, refused=refused)
        await self._durable.append([Entry(Lane.STATE, body, also=finish)], [])

    async def _send(self, wish: Wish, name: str, taken: datetime) -> None:
        """Its event goes once the centre has the picture. Without a door there, the event says that we have it."""
        gateway = self._gateway
        if wish.device is not None:
            body = gateway.mapper.picture(wish.alarm, name, wish.device, gateway.clock())
            lane = Lane.ALARM
        else:
            body, lane = self._said(wish, taken=taken, picture=name), Lane.STATE
        if gateway.config.centre.blob_url is None:
            await self._durable.append([Entry(lane, body)], [])
            return
        try:
            await gateway.local.files.send_later(name, lane, body)
        except (StoreError, KeyError) as error:
            raise NoPictureError(f"the picture cannot be sent: {error}") from error

    def _said(
        self, wish: Wish, *, taken: datetime | None = None, refused: str = "", picture: str | None = None
    ) -> bytes:
        gateway = self._gateway
        port = next(p for p in gateway.config.ports if p.name == wish.camera)
        profile = str(getattr(port, "profile", ""))
        device = gateway.intake.identity(gateway.rules.driver(profile), wish.camera, profile).id
        look = Look(
            device=device,
            profile=profile,
            asked_by=wish.asked_by,
            reason=wish.reason,
            alarm=wish.alarm,
            taken=taken,
            refused=refused,
            picture=picture,
        )
        return gateway.mapper.plain(messages.LOOK, look, gateway.clock(), device)
