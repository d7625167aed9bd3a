"""The departments as data: content `departments`, made at the desk, shown by kiosks, known to the call's queues.

One JSON file `departments.json` of the shape `Departments`. Times are minutes after midnight of the office's zone;
weekdays as ISO 8601, Monday is 1.
"""

from __future__ import annotations

from sync.contract.envelope import Struct

CONTENT = "departments"
FILE = "departments.json"


class Said(Struct, frozen=True, omit_defaults=True):
    """Chinese, and English where there is one."""

    zh: str
    en: str = ""


class Hours(Struct, frozen=True):
    """Open on these weekdays, from one minute to another."""

    days: list[int]
    opens: int
    closes: int


class Department(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of them. `words` says in plain words what it is for; `icon` names a drawing of the screen."""

    id: str
    name: Said
    words: Said = Said("")
    icon: str = ""
    hotline: str = ""
    hours: list[Hours] = []
    """None: always open."""
    closed_on: list[str] = []
    """Days (ISO 8601) that are holidays."""
    open_on: list[str] = []
    """Days that are worked although it is a weekend, with the hours of Monday."""


class Departments(Struct, frozen=True):
    """All of them, in the order of the screen. The first is the reception, for who does not know whom to ask."""

    departments: list[Department]
    zone: str = "Asia/Shanghai"
