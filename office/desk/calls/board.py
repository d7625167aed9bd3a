"""The board of calls: all that live, the departments, and who takes calls; made anew from the exchange each time."""

from __future__ import annotations

from office.desk.calls.exchange import Exchange
from office.desk.calls.line import Line
from office.desk.calls.shapes import Board, CallOnBoard, ClerkOnBoard, DepartmentOnBoard
from office.desk.desk import Desk


def board(exchange: Exchange, desk: Desk, callbacks: int) -> Board:
    """As it is now."""
    clerks = exchange.clerks()
    lines = sorted(
        exchange.lines.values(), key=lambda line: (not line.urgent, not line.waits, not line.first, line.began)
    )
    departments = []
    for name, one in exchange.staff.departments.items():
        presence = exchange.present(name, clerks)
        departments.append(
            DepartmentOnBoard(
                id=name,
                zh=one.department.name.zh,
                en=one.department.name.en,
                there=presence.there,
                free=presence.free,
                waiting=presence.waiting,
                open=presence.open,
                wait_s=presence.wait_s,
                opens_at=presence.opens_at,
            )
        )
    return Board(
        [_call(exchange, desk, line) for line in lines],
        departments,
        [
            ClerkOnBoard(
                clerk.account, exchange.staff.names.get(clerk.account, ""), sorted(clerk.departments), clerk.free
            )
            for clerk in clerks
        ],
        callbacks,
    )


def _call(exchange: Exchange, desk: Desk, line: Line) -> CallOnBoard:
    since = desk.now() - int((desk.monotonic() - line.call.since_s) * 1000)
    return CallOnBoard(
        id=line.id,
        department=line.department,
        state=line.call.state,
        gateway=line.gateway,
        kiosk=line.kiosk,
        since=round(since, -2),
        began=line.began,
        place=line.place if line.waits else 0,
        rings=list(line.rings) if line.waits else [],
        clerk=line.clerk,
        clerk_name=exchange.staff.names.get(line.clerk, ""),
        alarm=line.alarm,
        video=line.video,
        outgoing=line.outgoing,
        away=line.away,
        orphan=line.orphan,
    )
