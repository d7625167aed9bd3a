"""A row of the board: everything that a clerk must see of one alarm, in one message.

Read from both files at once: the alarm and people's steps are the receiver's, keepers, calls, errands and words the
desk's. One message for all pages, so no page asks again for what it was just told.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence

from office import alarms as centre_alarms
from office.desk import file_rows
from office.desk.alarms import errands
from office.desk.alarms.escalation import Kind, Mark, Standing, What, rings
from office.desk.alarms.history import said
from office.desk.file_rows import FileRef
from office.desk.people import accounts
from office.desk.people.vault import Vault
from office.desk.register import look
from sync.contract.alarm import Stage, Step
from sync.contract.envelope import Struct, replaced

log = logging.getLogger("linli.office.alarms")

MOST = 400
"""Alarms of one query."""

GRAVE = (centre_alarms.BROKER_LOST, centre_alarms.UNREADABLE)
"""Causes of the centre itself behind which an elder's press may hide."""


class CallView(Struct, frozen=True):
    """A step of the escalation."""

    what: What
    turn: int
    at: int
    account: str = ""
    name: str = ""


class ErrandView(Struct, frozen=True):
    """Somebody who was sent there; `state` is their last word, or `sent`."""

    id: str
    state: str
    at: int
    made_at: int
    warden: bool
    name: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """One alarm of the board. Times are milliseconds. `who` and `place` are empty for who may not see the register."""

    id: str
    n: int = 0
    """Grows with every telling; of two rows with one id the larger is the truth."""
    origin: str
    gateway: str
    device: str
    cause: str
    kind: Kind
    state: str
    """open, taken, way, there, closed"""
    presses: int
    raised_at: int
    received_at: int
    clock: str
    taken_at: int | None = None
    keeper: str = ""
    keeper_name: str = ""
    way_at: int | None = None
    way_text: str = ""
    promised_at: int | None = None
    closed_at: int | None = None
    closed_by: str = ""
    reason: str = ""
    notes: int = 0
    moved_at: int = 0
    pressed_at: int = 0
    fine_at: int = 0
    """When whoever pressed said at the kiosk that they are fine; 0 once they press again. It stays open."""
    rings: Sequence[str] = ()
    calls: Sequence[CallView] = ()
    errands: Sequence[ErrandView] = ()
    case: str = ""
    who: str = ""
    place: str = ""

    @property
    def standing(self) -> Standing:
        """What the escalation must know of it."""
        return Standing(
            self.id,
            self.kind,
            self.received_at,
            self.taken_at is not None,
            self.keeper,
            self.moved_at,
            self.pressed_at,
            self.promised_at or 0,
        )

    @property
    def marks(self) -> dict[tuple[What, int], Mark]:
        """The steps of the escalation that were taken."""
        return {(c.what, c.turn): Mark(c.what, c.turn, c.at, c.account) for c in self.calls}

    def bare(self) -> Row:
        """For who may not see the register."""
        return replaced(self, who="", place="", errands=[replaced(one, name="") for one in self.errands])


Drills = Callable[[sqlite3.Connection, Sequence[str]], set[str]]
"""Which of these alarms are drills."""


def none(_conn: sqlite3.Connection, _ids: Sequence[str]) -> set[str]:
    """No drills."""
    return set()


def read(conn: sqlite3.Connection, ids: Sequence[str], drills: Drills = none, vault: Vault | None = None) -> list[Row]:
    """These alarms as they are now, in no order; what is not there is left out."""
    found: list[Row] = []
    for first in range(0, len(ids), MOST):
        found += _Reading(conn, ids[first : first + MOST], vault).rows(drills)
    return found


def open_ids(conn: sqlite3.Connection) -> list[str]:
    """Every alarm that is not closed."""
    return [row[0] for row in conn.execute("SELECT id FROM centre.alarms WHERE stage<5 ORDER BY received_at, id")]


def closed_ids(conn: sqlite3.Connection, before: tuple[int, str] | None, limit: int) -> list[str]:
    """The last closed first, after the place `before` (time of closing, id)."""
    at, last = before or (2**62, "")
    rows = conn.execute(
        """SELECT id FROM centre.alarms WHERE stage=5 AND (closed_at, id)<(?, ?)
           ORDER BY closed_at DESC, id DESC LIMIT ?""",
        (at, last, limit),
    )
    return [row[0] for row in rows]


def marks(conn: sqlite3.Connection, ids: Sequence[str]) -> dict[str, list[Mark]]:
    """The steps of the escalation that were taken, in order."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for first in range(0, len(ids), MOST):
        some = ids[first : first + MOST]
        query = f"SELECT * FROM alarm_calls WHERE alarm IN ({_places(some)}) ORDER BY at"  # noqa: S608 - question marks
        for row in conn.execute(query, some):
            found[row["alarm"]].append(Mark(What(row["what"]), row["turn"], row["at"], row["account"]))
    return found


class _Reading:
    """What stands about some alarms: one query a table, then put together."""

    def __init__(self, conn: sqlite3.Connection, ids: Sequence[str], vault: Vault | None) -> None:
        self._conn, self._ids, self._vault = conn, ids, vault
        self._names: dict[str, str] = {}
        self._steps = self._of(_STEPS)
        self._keepers = self._of(_KEEPERS)
        self._notes = self._of(_NOTES)
        self._promises = self._of(_PROMISES)
        self._presses = self._of(_PRESSES)
        self._fine = self._of(_FINE)
        self._cases = self._of(_CASES)
        self._errands = self._of(_ERRANDS)
        self._marks = marks(conn, ids)

    def _rows(self, query: str) -> list[sqlite3.Row]:
        return self._conn.execute(query.format(_places(self._ids)), self._ids).fetchall()

    def _of(self, query: str) -> dict[str, list[sqlite3.Row]]:
        found: dict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in self._rows(query):
            found[row["alarm"]].append(row)
        return found

    def rows(self, drills: Drills) -> list[Row]:
        """All of them."""
        drill = drills(self._conn, self._ids)
        return [self._whole(row, drill=row["id"] in drill) for row in self._rows(_ALARMS)]

    def _whole(self, row: sqlite3.Row, *, drill: bool) -> Row:
        """An alarm rings whatever else stands about it, readable or not."""
        try:
            return self._row(row, drill=drill)
        except Exception:  # something that came with it, or was entered about it
            log.exception("not everything about alarm %s can be read", row["id"])
            return _bones(row, drill=drill)

    def _row(self, row: sqlite3.Row, *, drill: bool) -> Row:
        alarm = row["id"]
        keeper, keeper_name = self._keeper(row)
        promise = self._promises[alarm][-1] if self._promises[alarm] else None
        sent = [self._errand(errand) for errand in self._errands[alarm]]
        called = self._marks.get(alarm, [])
        card = card_of(self._conn, row)
        whole = Row(
            id=alarm,
            origin=row["origin"],
            gateway=row["gateway"],
            device=row["device"],
            cause=row["cause"],
            kind=kind_of(row, drill=drill),
            state=_state(row, sent),
            presses=row["presses"],
            raised_at=row["raised_at"],
            received_at=row["received_at"],
            clock=row["clock"],
            taken_at=row["acknowledged_at"],
            keeper=keeper,
            keeper_name=keeper_name,
            way_at=row["on_the_way_at"],
            way_text=self._way_text(alarm),
            promised_at=promise["at"] + promise["minutes"] * 60_000 if promise else None,
            closed_at=row["closed_at"],
            closed_by=self._closed_by(row),
            reason=row["reason"],
            notes=self._notes[alarm][0]["n"] if self._notes[alarm] else 0,
            moved_at=self._moved(row, sent),
            pressed_at=self._presses[alarm][0]["at"] if self._presses[alarm] else 0,
            fine_at=self._fine_at(alarm),
            calls=[CallView(m.what, m.turn, m.at, m.account, self._name(m.account)) for m in called],
            errands=sent,
            case=self._cases[alarm][0]["number"] if self._cases[alarm] else "",
            who=card.name if card else "",
            place=card.words if card else "",
        )
        return replaced(whole, rings=() if whole.closed_at else rings(whole.standing, whole.marks))

    def _name(self, account: str) -> str:
        if account not in self._names:
            self._names[account] = accounts.name_of(self._conn, account) if account else ""
        return self._names[account]

    def _keeper(self, row: sqlite3.Row) -> tuple[str, str]:
        handed = self._keepers[row["id"]]
        if handed:
            return handed[-1]["account"], self._name(handed[-1]["account"])
        for step in self._steps[row["id"]]:
            if step["step"] in TAKING:
                return step["actor"], self._name(step["actor"]) or step["by"]
        return "", row["acknowledged_by"] or ""

    def _way_text(self, alarm: str) -> str:
        said = [step["text"] for step in self._steps[alarm] if step["step"] == Step.ON_THE_WAY.label]
        return str(said[-1]) if said else ""

    def _fine_at(self, alarm: str) -> int:
        pressed = self._presses[alarm][0]["at"] if self._presses[alarm] else 0
        fine = self._fine[alarm][0]["at"] if self._fine[alarm] else 0
        return fine if fine > pressed else 0

    def _closed_by(self, row: sqlite3.Row) -> str:
        if row["closed_at"] is None:
            return ""
        last = [step for step in self._steps[row["id"]] if step["step"] == Step.CLOSE.label][-1:]
        return (self._name(last[0]["actor"]) if last else "") or row["closed_by"] or ""

    def _errand(self, row: sqlite3.Row) -> ErrandView:
        state = "revoked" if row["revoked_at"] and not row["what"] else row["what"] or "sent"
        at = row["at"] or row["made_at"]
        return ErrandView(row["id"], state, at, row["made_at"], bool(row["account"]), self._sent(row))

    def _sent(self, row: sqlite3.Row) -> str:
        if row["account"] or self._vault is None:
            return self._name(row["account"])
        return errands.contact(self._conn, self._vault, row["id"])[0]

    def _moved(self, row: sqlite3.Row, sent: Sequence[ErrandView]) -> int:
        alarm = row["id"]
        theirs = [*self._notes[alarm], *self._keepers[alarm], *self._promises[alarm]]
        times = [row["acknowledged_at"], row["on_the_way_at"], *(one["at"] for one in theirs)]
        return max([*(at or 0 for at in times), *(one.at for one in sent)])


def card_of(conn: sqlite3.Connection, row: sqlite3.Row) -> look.Card | None:
    """Whose alarm it is and where, for a row of `centre.alarms`; None for the centre's own, or when nobody knows."""
    if row["origin"] != "gateway":
        return None
    told = said(row["data"])
    return look.card(conn, row["gateway"], row["device"], resident=told.resident or "", pole=told.pole or "")


def _bones(row: sqlite3.Row, *, drill: bool) -> Row:
    """What the receiver's own row says."""
    names = ("id", "origin", "gateway", "device", "cause", "presses", "raised_at", "received_at", "clock", "reason")
    return Row(
        **{name: row[name] for name in names},
        kind=kind_of(row, drill=drill),
        state=_state(row, ()),
        taken_at=row["acknowledged_at"],
        keeper_name=row["acknowledged_by"] or "",
        way_at=row["on_the_way_at"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"] or "",
    )


TAKING = (Step.ACKNOWLEDGE.label, Step.ON_THE_WAY.label)


def kind_of(row: sqlite3.Row, *, drill: bool) -> Kind:
    """What is not known to be harmless is an emergency."""
    if drill:
        return Kind.DRILL
    if row["test"]:
        return Kind.TEST
    return Kind.TROUBLE if row["severity"] == "trouble" and row["cause"] not in GRAVE else Kind.EMERGENCY


def _state(row: sqlite3.Row, sent: Sequence[ErrandView]) -> str:
    said = {one.state for one in sent}
    if row["stage"] >= Stage.CLOSED:
        return "closed"
    if said & {"arrived", "found"}:
        return "there"
    if row["on_the_way_at"] is not None or "accept" in said:
        return "way"
    return "taken" if row["acknowledged_at"] is not None else "open"


def _places(ids: Sequence[str]) -> str:
    return ",".join("?" * len(ids))


_ALARMS = "SELECT * FROM centre.alarms WHERE id IN ({})"
_STEPS = "SELECT alarm, step, by, at, text, actor FROM centre.alarm_steps WHERE alarm IN ({}) ORDER BY n"
_KEEPERS = "SELECT * FROM alarm_keepers WHERE alarm IN ({}) ORDER BY n"
_NOTES = """SELECT alarm, sum(kind='note') AS n, max(at) AS at FROM alarm_notes WHERE alarm IN ({}) GROUP BY alarm"""
_PROMISES = "SELECT * FROM alarm_promises WHERE alarm IN ({}) ORDER BY n"
_PRESSES = """SELECT alarm, max(at) AS at FROM centre.alarm_updates
    WHERE alarm IN ({}) AND CASE WHEN json_valid(data) THEN json_extract(data, '$.count')>1 END GROUP BY alarm"""
_FINE = """SELECT alarm, max(at) AS at FROM centre.alarm_updates
    WHERE alarm IN ({}) AND CASE WHEN json_valid(data) THEN json_extract(data, '$.attributes.step')='fine' END
    GROUP BY alarm"""
_CASES = "SELECT alarm, number FROM alarm_cases WHERE alarm IN ({})"
_ERRANDS = """SELECT e.*, w.what, w.at FROM errands e
    LEFT JOIN errand_words w ON w.n=(SELECT max(n) FROM errand_words WHERE errand=e.id)
    WHERE alarm IN ({}) ORDER BY made_at"""


def file_of(conn: sqlite3.Connection, sha256: str) -> list[FileRef]:
    """The picture that came with a word, if it is kept."""
    file = file_rows.ref(conn, sha256) if sha256 else None
    return [file] if file else []
