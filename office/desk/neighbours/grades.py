"""The credit grade of a merchant moves, with its reason: after a complaint that was looked into, or an award."""

from __future__ import annotations

import sqlite3
from typing import Any

from office.desk.cases.office_time import beijing
from office.desk.content import items
from office.desk.content.kinds import KINDS, read
from office.desk.neighbours.joining import short
from sync.contract.envelope import Struct

MOST_WHY = 200
MOST_HISTORY = 50


class GradeAsked(Struct, frozen=True):
    """The new grade (A to D) and why, as residents read it; the case it comes from, for the audit."""

    grade: str
    why: str
    case: str = ""


def move(conn: sqlite3.Connection, at: int, actor: str, merchant: str, asked: GradeAsked) -> int:
    """A draft with the change on top of its history, shown with the next version; its `v`. Raises Mistake."""
    kind = KINDS["merchants"]
    draft = items.one(conn, kind, merchant)
    item: dict[str, Any] = dict(draft.item)
    why = {"zh": short(asked.why, MOST_WHY, "why")}
    change = {"day": beijing(at).date().isoformat(), "grade": asked.grade, "why": why}
    item |= {"grade": asked.grade, "why": why, "history": [change, *item.get("history", [])][:MOST_HISTORY]}
    return items.put(conn, at, actor, kind, read(kind, merchant, item), draft.v)
