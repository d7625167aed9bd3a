"""Who answers for which department, and what residents are told of each. As the tables had it when it was loaded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from office.desk.calls import departments as office
from office.desk.calls import queue, rows
from office.desk.calls.hours import is_open, opens_at
from office.desk.calls.queue import Clerk
from office.desk.calls.shapes import DepartmentEdited
from office.desk.desk import Desk
from office.desk.people.accounts import Person
from office.desk.people.roles import Role
from sync.contract.call_signals import Ways
from sync.contract.kiosk import Presence


class Staff:
    """`load` before anything is asked."""

    def __init__(self, desk: Desk) -> None:
        self.departments: dict[str, DepartmentEdited] = {}
        self.names: dict[str, str] = {}
        """Of accounts."""
        self._desk = desk
        self._answers: dict[str, frozenset[str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._handled: dict[str, list[float]] = {}

    async def load(self) -> None:
        """Departments, staff and handling times, as the tables have them now."""

        def look(conn: sqlite3.Connection) -> tuple[list[DepartmentEdited], list[sqlite3.Row], dict[str, list[float]]]:
            return office.every(conn), office.assigned(conn), rows.handled(conn, queue.KNOWN)

        departments, staff, self._handled = await self._desk.look(look)
        self.departments = {one.department.id: one for one in departments}
        self._numbers = {(r["account"], r["department"]): r["number"] for r in staff if r["department"]}
        self.names = {row["account"]: row["name"] for row in staff}
        answers: dict[str, set[str]] = {}
        for account, department in self._numbers:
            answers.setdefault(account, set()).add(department)
        self._answers = {account: frozenset(names) for account, names in answers.items()}

    @property
    def reception(self) -> str:
        """The first department."""
        return next(iter(self.departments), "")

    def answers(self, who: Person) -> frozenset[str]:
        """The departments of whoever this is; without any assigned, their own, or for the duty the reception."""
        assigned = self._answers.get(who.id)
        if assigned is not None:
            return assigned & self.departments.keys()
        if who.department in self.departments:
            return frozenset({who.department})
        return frozenset({self.reception}) if Role.DUTY in who.roles else frozenset()

    def clerk(self, who: Person, *, free: bool = True) -> Clerk:
        """As the queue sees them."""
        return Clerk(who.id, self.answers(who), free, Role.DUTY in who.roles)

    def handled(self, department: str, seconds: float) -> None:
        """One more call was, and took so long."""
        known = self._handled.setdefault(department, [])
        known.append(seconds)
        del known[: -queue.KNOWN]

    def wait_s(self, department: str, place: int, there: int) -> float | None:
        """Until it is the turn of that place; None: unknown."""
        return queue.expected_wait(self._handled.get(department, []), place, there)

    def present(self, department: str, clerks: Iterable[Clerk], waiting: int) -> Presence:
        """What kiosks are told of a department where so many wait."""
        at, it = self._desk.now(), self.departments[department].department
        of = [clerk for clerk in clerks if department in clerk.departments]
        free = sum(clerk.free for clerk in of)
        return Presence(
            there=len(of),
            waiting=waiting,
            free=free,
            wait_s=0.0 if free and not waiting else self.wait_s(department, waiting + 1, len(of)),
            open=is_open(it, at),
            opens_at=opens_at(it, at),
        )

    def ways(self, department: str, clerks: Iterable[Clerk]) -> Ways:
        """What a resident can do instead."""
        known = self.departments.get(department)
        if known is None:
            return Ways(callback=True)
        at = self._desk.now()
        free = {name for clerk in clerks if clerk.free for name in clerk.departments}
        others = [
            name
            for name, one in self.departments.items()
            if name != department and name in free and is_open(one.department, at)
        ]
        return Ways(
            callback=True,
            hotline=known.department.hotline,
            others=others,
            opens_at=opens_at(known.department, at),
        )

    def by(self, department: str, account: str, language: str) -> str:
        """What a resident reads of a clerk: department and desk, never a name."""
        known = self.departments.get(department)
        name = known.department.name if known else None
        number = self._numbers.get((account, department), 0)
        if language == "en":
            return f"{(name and (name.en or name.zh)) or department}" + (f", desk {number}" if number else "")
        return f"{(name and name.zh) or department}" + (f" {number}号席" if number else "")
