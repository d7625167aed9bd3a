"""Importing a CSV into the registry: first a plan that shows everything, then the plan as one transaction.

Nothing is applied while any row is bad, unless the rest was asked for; a device that is not in the file stays, unless
removal was asked for.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from edge.device import Device, DeviceError, Problem, Rules, as_text, device_from
from edge.registry import Change, all_devices, taken_by, write_batch
from edge.registry_csv import Row, bad_row, read_table
from firmware_profiles.finding import Finding, in_order


@dataclass(frozen=True, slots=True)
class Diff:
    """One field of a changed device."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `same` rows say nothing new; `bad` is every reason of every bad row."""

    adds: tuple[Change, ...] = ()
    changes: tuple[Change, ...] = ()
    removals: tuple[Change, ...] = ()
    same: int = 0
    bad: tuple[Finding, ...] = ()

    @property
    def bad_rows(self) -> int:
        """How many rows cannot be taken."""
        return len({finding.line for finding in self.bad})

    @property
    def empty(self) -> bool:
        """Nothing would change."""
        return not (self.adds or self.changes or self.removals)


class BadRowsError(ValueError):
    """A plan with bad rows was to be applied as a whole; `findings` has every reason."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(slots=True)
class _Wish:
    """One good row on its way into the plan."""

    line: int
    before: Device | None
    after: Device


def import_plan(
    conn: sqlite3.Connection, raw: bytes | str, rules: Rules, *, remove_missing: bool = False, name: str = "csv"
) -> Plan:
    """Compare a CSV with the registry. Changes nothing and raises nothing on bad input."""
    table = read_table(raw, name)
    registered = {device.id: device for device in all_devices(conn)}
    wishes, bad = _wishes(table.rows, registered, rules, name)
    bad = [*table.findings, *bad]
    named = {wish.after.id for wish in wishes}
    missing = [device for id_, device in registered.items() if id_ not in named]
    # a bad row may be the device that seems to be missing
    removals = missing if remove_missing and not bad else []
    wishes, taken = _without_taken(wishes, [] if removals else missing, rules, name)
    removals = [] if taken else removals
    changed = [wish for wish in wishes if wish.before is not None and wish.before != wish.after]
    return Plan(
        adds=tuple(Change(None, wish.after) for wish in wishes if wish.before is None),
        changes=tuple(Change(wish.before, wish.after) for wish in changed),
        removals=tuple(Change(device, None) for device in removals),
        same=sum(wish.before == wish.after for wish in wishes),
        bad=tuple(in_order([*bad, *taken])),
    )


def apply(conn: sqlite3.Connection, plan: Plan, rules: Rules, at: datetime, *, partial: bool = False) -> int:
    """Carry a plan out, all or nothing, and say how many devices changed. `registry.undo` takes it back.

    Raises BadRowsError when rows are bad and `partial` was not asked for, StaleError when the registry changed since.
    """
    if plan.bad and not partial:
        raise BadRowsError(plan.bad)
    adds = [replace(change, after=replace(change.after, added_at=at)) for change in plan.adds if change.after]
    changes = [*adds, *plan.changes, *plan.removals]
    if changes:
        write_batch(conn, changes, "import", rules, at)
    return len(changes)


def diff(change: Change) -> list[Diff]:
    """The fields that differ, as a person reads them."""
    before = as_text(change.before) if change.before else {}
    after = as_text(change.after) if change.after else {}
    fields = after or before
    pairs = [(name, before.get(name, ""), after.get(name, "")) for name in fields]
    return [Diff(*pair) for pair in pairs if pair[1] != pair[2]]


def _wishes(
    rows: Iterable[Row], registered: dict[str, Device], rules: Rules, name: str
) -> tuple[list[_Wish], list[Finding]]:
    wishes: list[_Wish] = []
    bad: list[Finding] = []
    first_line: dict[str, int] = {}
    for row in rows:
        id_ = row.values.get("id", "")
        before = registered.get(id_)
        problems: list[Problem] = []
        if id_ and first_line.setdefault(id_, row.line) != row.line:
            line = first_line[id_]
            problems.append(
                Problem("id", f"`{id_[:40]}` stands in line {line} already", f"`{id_[:40]}` 已在第 {line} 行")
            )
        try:
            after = device_from(row.values, rules, before)
            wishes += [_Wish(row.line, before, after)] if not problems else []
        except DeviceError as error:
            problems += error.problems
        bad += [bad_row(name, row.line, problem) for problem in problems]
    return wishes, bad


def _without_taken(
    wishes: list[_Wish], staying: Iterable[Device], rules: Rules, name: str
) -> tuple[list[_Wish], list[Finding]]:
    """Take out rows whose address somebody else has when all is done: another row, or a device that stays as it is.

    A row taken out leaves its device as it was, with its old address; so a row that wanted that one goes too.
    """
    owners = {_key(device, rules): device.id for device in staying}
    claims: dict[tuple[str, str], list[_Wish]] = {}
    for wish in wishes:
        claims.setdefault(_key(wish.after, rules), []).append(wish)
    pending: deque[tuple[_Wish, Problem]] = deque()
    for key, claimed in claims.items():
        if key in owners:
            pending.extend((wish, taken_by(owners[key])) for wish in claimed)
        elif len(claimed) > 1:
            pending.extend((wish, _doubled(claimed, wish)) for wish in claimed)
    refused: dict[str, Finding] = {}
    while pending:
        wish, problem = pending.popleft()
        if wish.after.id in refused:
            continue
        refused[wish.after.id] = bad_row(name, wish.line, problem)
        if wish.before is not None:
            others = claims.get(_key(wish.before, rules), [])
            pending.extend((other, taken_by(wish.after.id)) for other in others if other is not wish)
    return [wish for wish in wishes if wish.after.id not in refused], list(refused.values())


def _doubled(claimed: list[_Wish], wish: _Wish) -> Problem:
    line = next(other.line for other in claimed if other is not wish)
    return Problem("address", f"stands in line {line} too", f"与第 {line} 行的地址重复")


def _key(device: Device, rules: Rules) -> tuple[str, str]:
    return rules.driver(device.profile), device.address
