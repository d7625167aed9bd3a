"""From position reports to events: which causes are new, what a repeat is.

A report is its alarms, each with the place, and a position besides; a new SOS is told alone, because it carries the
place anyway. So neither a bit that stays set while somebody walks nor a cause that is ignored above swallows the walk.
In a batch, a run of reports with the same bit is one alarm, at its first report.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from drivers.jt808.header import Header
from drivers.jt808.peer import Mark, Peer
from drivers.jt808.position import Report
from drivers.model import Event, Instant, Kind, Scalar

SOS = "sos"


def mark_of(header: Header, body: bytes) -> Mark:
    """What tells the very same message from any other of this terminal."""
    return header.serial << 32 | crc32(body)


def repeat_key(peer: Peer, header: Header, body: bytes, report: Report | None, at: Instant, index: int = 0) -> str:
    """Message, serial and device time; without a usable clock also the body and the time of first arrival.

    Terminals count from 0 after a restart: without the latter, an SOS of a device whose clock is unset would be taken
    for the repeat of last month's.
    """
    key = f"{header.msg_id:04x}:{header.serial}:{report.stamp if report else ''}:{index}"
    if report is not None and report.time is not None:
        return key
    mark = mark_of(header, body)
    return f"{key}:{mark & 0xFFFFFFFF:08x}:{peer.period(mark, int(at.utc.timestamp()), at.monotonic_s)}"


def alarm(peer: Peer, report: Report, cause: str, key: str, *, held: bool, stored: bool = False) -> Event:
    """One cause of one report."""
    return Event(
        kind=Kind.ALARM,
        device=peer.device,
        alarm=cause,
        time=report.time,
        device_time=report.device_time,
        place=report.place,
        attributes=report.attributes,
        network=report.network,
        repeat=key,
        held=held,
        stored=stored,
    )


def presence(peer: Peer, report: Report, key: str, *, stored: bool = False) -> Event:
    """Where it is: a position, or a status when it has no usable place."""
    return Event(
        kind=Kind.STATUS if report.place is None else Kind.POSITION,
        device=peer.device,
        time=report.time,
        device_time=report.device_time,
        place=report.place,
        attributes=report.attributes,
        network=report.network,
        repeat=key,
        stored=stored,
    )


def live_events(peer: Peer, report: Report, key: str, before: frozenset[str], *, sos_edge: bool) -> tuple[Event, ...]:
    """A report as it happened. Its alarms are held bits: the layer above knows what was set earlier."""
    alarms = tuple(alarm(peer, report, cause, key, held=not (sos_edge and cause == SOS)) for cause in report.causes)
    carried = SOS in report.causes and (sos_edge or SOS not in before)
    return alarms if carried else (*alarms, presence(peer, report, key))


def batch_events(
    peer: Peer, reports: Sequence[Report], keys: Sequence[str], before: frozenset[str], *, stored: bool
) -> tuple[tuple[Event, ...], frozenset[str]]:
    """The reports of a batch in order, and what is set after the last one.

    In a batch of live reports the first compares with the device's previous report, which the layer above knows
    (`held`).
    Kept reports are late: each start of a run is an alarm of its own, whatever is set now.
    """
    events: list[Event] = []
    for number, (report, key) in enumerate(zip(reports, keys, strict=True)):
        if stored:
            report.attributes["archive"] = True
        first_live = number == 0 and not stored
        rising = [cause for cause in report.causes if first_live or cause not in before]
        events += [alarm(peer, report, cause, key, held=first_live, stored=stored) for cause in rising]
        if SOS not in report.causes or SOS in before:
            events.append(presence(peer, report, key, stored=stored))
        before = frozenset(report.causes)
    return tuple(events), before


def status(peer: Peer, attributes: dict[str, Scalar], key: str, report: Report | None = None) -> Event:
    """Values without a place."""
    return Event(
        kind=Kind.STATUS,
        device=peer.device,
        time=report.time if report else None,
        device_time=report.device_time if report else None,
        attributes=attributes,
        repeat=key,
    )
