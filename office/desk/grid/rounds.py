"""What a warden's phone sends: a report, a step of a case, a word about an errand. Each exactly once.

A phone sends until it hears an answer, from places where the line comes and goes. It gives every sending an id of its
own; id and answer are written in the transaction that does the work, so whatever comes again gets the same answer.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeVar

from office.desk.cases import book
from office.desk.cases.book import NewCase, Source
from office.desk.cases.moves import Move
from office.desk.cases.steps import Action
from office.desk.mistake import Mistake
from office.desk.people.accounts import Person
from office.desk.register import look as register
from office.desk.register.look import Pole, Spot
from sync.contract.envelope import Struct, decode, encode

IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEIJING = timezone(timedelta(hours=8))
LATE_MS = 10 * 60 * 1000
"""A report that waited longer than this says when it was made."""
MOST_FILES = 9
MOST_WORDS = 2000
OLDEST_MS = 45 * 24 * 3600 * 1000
"""How long a phone may have been away; a clock beyond it, or ahead of ours, is not believed."""

Answer = TypeVar("Answer", bound=Struct)


class Report(Struct, frozen=True):
    """What a warden saw. `at` is the phone's time of it; `spot` where the phone was, when it was allowed to say."""

    id: str
    kind: str
    words: str
    at: int
    pole: str = ""
    where: str = ""
    lat: float | None = None
    lon: float | None = None
    files: list[str] = []


class Reported(Struct, frozen=True):
    """The case it became."""

    number: str


class Stepped(Struct, frozen=True):
    """Where the case stands now."""

    number: str
    step: str


class Progress(Struct, frozen=True):
    """A warden's word about their case: `arrived`, `note` or `done`."""

    id: str
    what: str
    words: str = ""
    at: int = 0
    files: list[str] = []


def report(conn: sqlite3.Connection, at: int, who: Person, wanted: Report) -> Reported:
    """The case, begun now or when it came the first time. Raises Mistake."""
    return _once(conn, at, who, wanted.id, Reported, lambda: _report(conn, at, who, wanted))


def progress(conn: sqlite3.Connection, at: int, who: Person, number: str, wanted: Progress) -> Stepped:
    """The step is taken, now or when it came the first time. Raises Mistake."""
    return _once(conn, at, who, wanted.id, Stepped, lambda: _progress(conn, at, who, number, wanted))


def _once(
    conn: sqlite3.Connection, at: int, who: Person, id_: str, shape: type[Answer], work: Callable[[], Answer]
) -> Answer:
    if not IDENTITY.fullmatch(id_):
        raise Mistake("页面已过期,请刷新后再试", "the id is a UUID in small letters", field="id")
    row = conn.execute("SELECT answer FROM round_sent WHERE account=? AND id=?", (who.id, id_)).fetchone()
    if row is not None:
        return decode(row["answer"].encode(), shape)
    answer = work()
    conn.execute("INSERT INTO round_sent VALUES (?,?,?,?)", (who.id, id_, at, encode(answer).decode()))
    return answer


def _report(conn: sqlite3.Connection, at: int, who: Person, wanted: Report) -> Reported:
    _fits(wanted.words, wanted.files)
    if not wanted.words.strip():
        raise Mistake("请写明看到的情况", "say what you saw", field="words")
    pole = register.pole(conn, wanted.pole.strip()) if wanted.pole.strip() else None
    spot = _spot(wanted)
    words = _where(wanted, pole, spot)
    place = pole.place if pole else ""
    late = f"(网格员 {_moment(wanted.at)} 在现场记录)" if at - LATE_MS > _believed(at, wanted.at) else ""
    new = NewCase(
        Source.WARDEN, wanted.words.strip() + late, kind=wanted.kind, source_ref=f"{who.id}:{wanted.id}", by=who.id,
        pole=pole.number if pole else "", place=place, place_words=words,
        community=register.place_levels(conn, place).get("community", ""),
        files=wanted.files,
    )  # fmt: skip
    return Reported(book.begin(conn, at, new))


def _progress(conn: sqlite3.Connection, at: int, who: Person, number: str, wanted: Progress) -> Stepped:
    _fits(wanted.words, wanted.files)
    move = _move(wanted, _moment(_believed(at, wanted.at)))
    case = book.step(conn, at, number, book.get(conn, number)["version"], move, who)
    if wanted.files:
        book.attach(conn, at, number, wanted.files, who.id)
    return Stepped(number, case["step"])


def _move(wanted: Progress, moment: str) -> Move:
    words = wanted.words.strip()
    match wanted.what:
        case "arrived":
            return Move(Action.NOTE, words=f"到达现场({moment})" + (f":{words}" if words else ""))
        case "note":
            return Move(Action.NOTE, words=words)
        case "done":
            return Move(Action.DONE, words=words)
    raise Mistake("不认识的操作", "`what` is arrived, note or done", field="what")


def _where(wanted: Report, pole: Pole | None, spot: Spot | None) -> str:
    """The pole's words and what the warden said of the place; else the point itself. Nothing that was said is lost."""
    number = wanted.pole.strip()[:40]
    read = pole.words if pole else f"编号 {number}(未登记)" if number else ""
    said = " ".join(part for part in (read, wanted.where.strip()) if part)
    point = f"{spot.lat:.5f}, {spot.lon:.5f}({spot.datum})" if spot and not pole else ""
    return " ".join(part for part in (said, point) if part)[:200]


def _spot(wanted: Report) -> Spot | None:
    if wanted.lat is None or wanted.lon is None:
        return None
    if not (-90 <= wanted.lat <= 90 and -180 <= wanted.lon <= 180):
        raise Mistake("位置不对", "this is no place on earth", field="lat")
    return Spot(lat=wanted.lat, lon=wanted.lon, datum="WGS-84")


def _fits(words: str, files: Sequence[str]) -> None:
    if len(words) > MOST_WORDS:
        raise Mistake(f"最多 {MOST_WORDS} 字", f"at most {MOST_WORDS} characters", field="words")
    if len(files) > MOST_FILES:
        raise Mistake(f"最多 {MOST_FILES} 张照片", f"at most {MOST_FILES} pictures", field="files")


def _believed(at: int, said: int) -> int:
    """When the phone says it was; now, where its clock cannot be right."""
    return said if at - OLDEST_MS <= said <= at + 60_000 else at


def _moment(at: int) -> str:
    """In Beijing time, as people write it."""
    return datetime.fromtimestamp(at / 1000, BEIJING).strftime("%m-%d %H:%M")
