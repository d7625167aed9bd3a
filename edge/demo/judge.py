"""The judge: what devices saw answered (the ledger) against what the centre has (the receiver's database).

It asks neither the gateway nor the receiver. The database is opened read-only, so it may be read while the receiver
runs. Each rule can fail; `edge.demo.sabotage` shows it.

    lost           a device saw it answered, and the centre does not have it
    doubled        the centre has it more often than the device said it
    out of order   the centre's sequence of one device in one lane is not the order in which the device spoke
    invented       the centre has a position, a contact or an alarm of a device that the device never said
    alarms wrong   an answered SOS that is no alarm there, or more than one that nobody has closed
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from edge.demo.ledger import Record, Word
from sync.contract import messages
from sync.contract.alarm import Stage

EXAMPLES = 5


class Identity(NamedTuple):
    """By what an event is known on both sides."""

    device: str
    kind: str
    alarm: str
    key: str


class Arrival(NamedTuple):
    """One event of the centre: where it stands, and what it is."""

    stream: int
    lane: str
    seq: int
    event: Identity


@dataclass(slots=True)
class Verdict:
    """Counts, and a few examples of each violation."""

    said: int = 0
    answered: int = 0
    arrived: int = 0
    unanswered_arrived: int = 0
    alarms: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    invented: int = 0
    alarms_wrong: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing was found, and there was something to judge."""
        broken = self.lost + self.doubled + self.out_of_order + self.invented + self.alarms_wrong
        return broken == 0 and self.answered > 0

    def found(self, rule: str, what: str, count: int = 1) -> None:
        """Count a violation of the rule."""
        setattr(self, rule, getattr(self, rule) + count)
        shown = self.examples.setdefault(rule, [])
        if len(shown) < EXAMPLES:
            shown.append(what)


_KINDS = {
    messages.POSITION: "position",
    messages.CONTACT: "contact",
    messages.STATUS: "status",
    messages.ALARM: "alarm",
    messages.ALARM_UPDATE: "alarm",
}
_NEVER_INVENTED = frozenset({"position", "contact", "alarm"})
"""A status may well be of the gateway's or the driver's own making: a button released, a device registered."""


def judge(records: Iterable[Record], database: Path) -> Verdict:
    """Compare. Raises sqlite3.Error when the database cannot be read."""
    book = list(records)
    verdict = Verdict()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        arrivals = list(_arrivals(conn, {record.word.device for record in book}))
        alarms = _alarms(conn)
    _count(verdict, book, arrivals)
    _order(verdict, book, arrivals)
    _judge_alarms(verdict, book, alarms)
    return verdict


def identity(word: Word) -> Identity:
    """As the centre will know it."""
    return Identity(word.device, word.kind, word.alarm, word.key)


def _count(verdict: Verdict, book: list[Record], arrivals: list[Arrival]) -> None:
    said = Counter(identity(r.word) for r in book if not r.answered)
    answered = {identity(r.word) for r in book if r.answered}
    there = Counter(arrival.event for arrival in arrivals)
    verdict.said, verdict.answered = said.total(), sum(r.answered for r in book)
    for event in answered:
        if event not in there:
            verdict.found("lost", _name(event))
    for event, times in there.items():
        allowed = said[event]
        if allowed:
            verdict.arrived += min(times, allowed)
            verdict.unanswered_arrived += 0 if event in answered else min(times, allowed)
            if times > allowed:
                verdict.found("doubled", f"{_name(event)}: {times} times", times - allowed)
        elif event.kind in _NEVER_INVENTED:
            verdict.found("invented", _name(event), times)


def _order(verdict: Verdict, book: list[Record], arrivals: list[Arrival]) -> None:
    """Only what was said once can be told apart, so only that has an order."""
    said = Counter(identity(r.word) for r in book if not r.answered)
    said_as = {identity(r.word): r.word.n for r in book if said[identity(r.word)] == 1}
    newest: dict[tuple[int, str], tuple[int, Identity]] = {}
    for arrival in sorted(arrivals, key=lambda a: (a.stream, a.seq)):
        n = said_as.get(arrival.event)
        if n is None:
            continue
        place = arrival.stream, arrival.event.device
        before = newest.get(place, (0, arrival.event))
        if n < before[0]:
            verdict.found("out_of_order", f"{_name(arrival.event)} after {_name(before[1])} ({arrival.lane} lane)")
        newest[place] = max(before, (n, arrival.event))


def _judge_alarms(verdict: Verdict, book: list[Record], alarms: dict[tuple[str, str], list[int]]) -> None:
    """An SOS is an alarm there, and the centre knows that it has it; one at a time, until a person closes it."""
    said = Counter((r.word.device, r.word.alarm) for r in book if r.word.alarm and not r.answered)
    answered = {(r.word.device, r.word.alarm) for r in book if r.word.alarm and r.answered}
    for place, presses in sorted(said.items()):
        stages = alarms.get(place, [])
        good = [stage for stage in stages if stage >= Stage.RECEIVED]
        verdict.alarms += len(good)
        unclosed = [stage for stage in stages if stage < Stage.CLOSED]
        if len(unclosed) > 1 or len(stages) > presses or (place in answered and not good):
            what = f"{place[1]} of {place[0]}: {presses} presses, {len(stages)} alarms, {len(good)} of them received"
            verdict.found("alarms_wrong", what)


def _arrivals(conn: sqlite3.Connection, devices: set[str]) -> Iterator[Arrival]:
    rows = conn.execute(
        "SELECT e.stream, s.lane, e.seq, e.type, e.data FROM events e JOIN streams s ON s.id = e.stream"
    )
    for stream, lane, seq, type_, text in rows:
        data = json.loads(text)
        kind = _KINDS.get(type_)
        if kind is None or data.get("device") not in devices or _own_word(type_, data):
            continue
        yield Arrival(stream, lane, seq, Identity(data["device"], kind, data.get("alarm") or "", _key(kind, data)))


def _own_word(type_: str, data: dict[str, Any]) -> bool:
    """Whether it is the gateway's own word: a step in the life of an alarm, how a contact stood at the start.

    A button that is found pressed at the start is a press.
    """
    if type_ == messages.ALARM_UPDATE:
        return data.get("count") is None
    return type_ == messages.CONTACT and bool(data.get("attributes", {}).get("start"))


def _key(kind: str, data: dict[str, Any]) -> str:
    """The device's own time; of a watch's keep-alive its counter, of a contact without a clock which way it went."""
    if data.get("time"):
        return time_key(datetime.fromisoformat(data["time"]))
    steps = data.get("attributes", {}).get("steps")
    if steps is not None:
        return f"steps {steps}"
    return ("open" if data.get("open") else "closed") if kind == "contact" else ""


def time_key(at: datetime) -> str:
    """One spelling of a moment."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _alarms(conn: sqlite3.Connection) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for device, cause, stage in conn.execute("SELECT device, cause, stage FROM alarms WHERE origin = 'gateway'"):
        found[device, cause].append(stage)
    return found


def _name(event: Identity) -> str:
    return " ".join(part for part in (event.device, event.alarm or event.kind, event.key) if part)
