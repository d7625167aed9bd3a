"""What a gateway would send, built with the contract's own codec."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sync.contract.envelope import UNSET, Unsequenced, UnsetType, batch, encode, with_place
from sync.contract.messages import ALARM, LOSS, POSITION, DeviceEvent, Loss, Place, Range

EPOCH = "0190a1b2-0000-7000-8000-000000000001"
OTHER_EPOCH = "0190a1b2-0000-7000-8000-000000000002"
AT = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


def event(
    n: int,
    *,
    lane: str = "bulk",
    epoch: str = EPOCH,
    id: str | None = None,  # noqa: A002 - the field's own name
    kind: str = POSITION,
    data: object = None,
    gateway: str = "gw-1",
    device: str = "watch-1",
    subject: str | UnsetType = UNSET,
) -> bytes:
    """One encoded CloudEvent at its place."""
    if data is None:
        data = DeviceEvent(device=device, profile="gt06", place=Place(valid=True, lat=39.9, lon=116.4))
    body = Unsequenced(
        id=id or str(uuid4()),
        source=f"/linli/{gateway}/{device}",
        type=kind,
        time=AT,
        clock="trusted",
        boot=7,
        mono=1000 + n,
        data=data,
        subject=subject,
    )
    return with_place(encode(body), epoch, lane, n)


def alarm(n: int, *, cause: str = "sos", id: str | None = None, device: str = "button-1", test: bool = False) -> bytes:  # noqa: A002
    """One alarm as the alarm lane carries it."""
    data = DeviceEvent(device=device, profile="button", alarm=cause, severity="emergency", test=test)
    return event(n, lane="alarm", kind=ALARM, id=id, device=device, data=data)


def loss(n: int, ranges: Iterable[tuple[str, int, int]], *, epoch: str = EPOCH) -> bytes:
    """The event that lists what was given up."""
    listed = [Range(lane, first, last) for lane, first, last in ranges]
    data = Loss(reason="quota", ranges=listed, count=sum(r.last - r.first + 1 for r in listed), epoch=epoch)
    return event(n, lane="state", kind=LOSS, data=data, device="gateway", epoch=epoch)


def positions(first: int, last: int, **more: str) -> bytes:
    """A batch of positions first..last."""
    return batch(event(n, **more) for n in range(first, last + 1))
