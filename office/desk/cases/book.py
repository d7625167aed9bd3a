"""The book of cases: `begin` one, `step` it on, take a resident's `evaluation`. Functions inside anyone's transaction.

Nobody else writes to `cases` or `case_history`. Every change is compare-and-set on `version`: of two clerks who press
at the same moment one reads who was first. Raises Mistake with what to tell the person; then nothing was changed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from office.desk import file_rows
from office.desk.cases import office_time
from office.desk.cases.moves import MOST_WORDS, Move, aim, changes, current, get, judge, may
from office.desk.cases.steps import Action, Step
from office.desk.cases.wording import tag, units
from office.desk.mistake import Mistake
from office.desk.people import audit
from office.desk.people.accounts import Person
from office.desk.people.vault import Vault
from office.desk.register import look as register
from sync.contract import case_number

__all__ = [
    "MOST_FILES",
    "MOST_WORDS",
    "Correction",
    "NewCase",
    "Source",
    "attach",
    "begin",
    "correct",
    "evaluate",
    "get",
    "step",
]

MOST_FILES = 12
EVALUATE_MS = 15 * 24 * 3600 * 1000
"""How long after an answer a resident may say that it is not solved."""
RESIDENT = "resident"
AT_KIOSK = "kiosk"
"""Way of an evaluation without proof."""


class Source(StrEnum):
    """How a case came."""

    KIOSK = "kiosk"
    ALARM = "alarm"
    CAMERA = "camera"
    HOTLINE = "hotline"
    WEIBO = "weibo"
    WECHAT = "wechat"
    WEISHI = "weishi"
    DISTRICT = "district"
    WARDEN = "warden"
    CALL = "call"
    """Said in a video call, written down by the clerk."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known when it begins. The same `source` and `source_ref` begin one case, however often it is tried.

    `number` is the one minted elsewhere; `phone` is plain and is sealed by `begin`. `files` are kept files, `blobs`
    files of a kiosk that may still be on their way. `accepted`: a person has looked at it already, so it waits for
    its department. A `pole` or `place` the register knows fills in `place_words` and `community`.
    """

    source: Source
    words: str
    kind: str = "other"
    source_ref: str = ""
    number: str = ""
    by: str = audit.SYSTEM
    department: str = ""
    assignee: str = ""
    pole: str = ""
    place: str = ""
    place_words: str = ""
    community: str = ""
    gateway: str = ""
    alarm: str = ""
    resident: str = ""
    phone: str = ""
    files: Sequence[str] = ()
    blobs: Sequence[str] = ()
    accepted: bool = False
    district_number: str = ""
    district_due: int | None = None


def begin(
    conn: sqlite3.Connection,
    at: int,
    new: NewCase,
    vault: Vault | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> str:
    """A new case; its number. The number on the resident's slip stays findable even when another case has it."""
    if new.source_ref and (known := _known(conn, new)):
        return known
    slip = case_number.check(new.number) if new.number else None
    number = _free_number(conn, slip, random)
    kind, department = _kind(conn, new)
    place, place_words, community = _whereabouts(conn, new)
    step = Step.DISPATCH if new.accepted else Step.RECEIVED
    if new.assignee and department:
        step = Step.HANDLE
    due = _due(conn, at, kind, step)
    conn.execute(
        """INSERT INTO cases(number, slip, step, kind, department, assignee, source, source_ref, words, pole, place,
               place_words, community, gateway, alarm, resident, phone, begun_at, begun_by, step_at, due_at,
               district_number, district_due)
           VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        (
            number, slip or number, step, kind, department, new.assignee, new.source, new.source_ref,
            new.words.strip()[:MOST_WORDS], new.pole[:40], place, place_words[:200], community[:80],
            new.gateway, new.alarm, new.resident[:64], _sealed(vault, number, new.phone), at, new.by, at, due,
            new.district_number[:64], new.district_due,
        ),
    )  # fmt: skip
    conn.execute("INSERT INTO case_words(rowid, words, tags) SELECT n, '', '' FROM cases WHERE number=?", (number,))
    attach(conn, at, number, new.files, new.by)
    blobs = [(number, blob) for blob in new.blobs[:MOST_FILES]]
    conn.executemany("INSERT OR IGNORE INTO case_blobs(number, blob) VALUES (?,?)", blobs)
    index(conn, number)
    detail = {"slip": slip} if slip and slip != number else {}
    _history(conn, at, new.by, "begin", get(conn, number), "", {"source": new.source, **detail})
    if new.by != audit.SYSTEM:
        audit.note(conn, at, new.by, "case.begin", number, source=new.source)
    return number


def step(conn: sqlite3.Connection, at: int, number: str, version: int, move: Move, who: Person) -> sqlite3.Row:
    """Do it; the case as it stands then. `version` is the one the person looked at. Raises Mistake."""
    case = get(conn, number)
    current(conn, case, version)
    judge(case, move, who)
    to = aim(case, move)
    _apply(conn, at, case, to, changes(conn, at, case, move))
    now = get(conn, number)
    _history(conn, at, who.id, move.action, now, move.words, _detail(move))
    audit.note(conn, at, who.id, f"case.{move.action}", number, step=now["step"])
    if to is Step.CLOSE and to != case["step"]:
        _queue_answers(conn, at, now)
    return now


def evaluate(
    conn: sqlite3.Connection, at: int, number: str, stars: int, words: str, way: str, *, solved: bool
) -> sqlite3.Row:
    """A resident's word about the answer, once for each answer: solved ends the case, not solved opens it again.

    Who says it at a kiosk knew the number, which stands on a slip; a word with proof (`way` phone or link) takes its
    place.
    """
    mine = get(conn, number)
    case = leading(conn, mine)
    if case["step"] not in (Step.CLOSE, Step.ENDED) or case["answered_at"] is None:
        raise Mistake("案件还在办理,答复后才能评价", "the case is still being worked; evaluate it once answered", 409)
    if at > case["answered_at"] + EVALUATE_MS:
        raise Mistake("评价时间已过(答复后十五天内),请重新反映", "the time for this is over; report it anew", 409)
    row = (number, case["round"], at, stars, int(solved), words.strip()[:500], way)
    if way != AT_KIOSK:
        conn.execute(
            "DELETE FROM case_evaluations WHERE number=? AND round=? AND way=?", (number, case["round"], AT_KIOSK)
        )
    if not conn.execute("INSERT OR IGNORE INTO case_evaluations VALUES (?,?,?,?,?,?,?)", row).rowcount:
        raise Mistake("这次答复已经评价过了,谢谢您", "this answer has been evaluated already, thank you", 409)
    if not solved:
        to = Step.HANDLE if case["department"] else Step.DISPATCH
        _apply(conn, at, case, to, {"round": case["round"] + 1, "ended_at": None, "outcome": ""})
    elif case["step"] == Step.CLOSE and case["number"] == number:
        _apply(conn, at, case, Step.ENDED, {"ended_at": at})
    action = "solved" if solved else "not-solved"
    now = get(conn, case["number"])
    _history(conn, at, RESIDENT, action, now, "", {"stars": stars, "of": number})
    return now


def end_unanswered(conn: sqlite3.Connection, at: int, number: str) -> None:
    """The time for an evaluation is over and nobody said anything: the case ends."""
    case = get(conn, number)
    if case["step"] != Step.CLOSE or not case["open"] or case["held_until"] is not None:
        return
    _apply(conn, at, case, Step.ENDED, {"ended_at": at})
    _history(conn, at, audit.SYSTEM, "end", get(conn, number), "", {"unevaluated": True})


def moved_deadline(conn: sqlite3.Connection, at: int, number: str, due: int, by: str) -> None:
    """The calendar changed. Not a change that a clerk at work must look at first: the version stays."""
    case = get(conn, number)
    conn.execute("UPDATE cases SET due_at=? WHERE number=?", (due, number))
    _history(conn, at, by, "deadline", case, "", {"from": case["due_at"], "to": due})


@dataclass(frozen=True, slots=True)
class Correction:
    """What may be put right while a case is open; None leaves it."""

    kind: str | None = None
    words: str | None = None
    transcript: str | None = None
    pole: str | None = None
    place: str | None = None
    place_words: str | None = None
    community: str | None = None


def correct(
    conn: sqlite3.Connection, at: int, number: str, version: int, correction: Correction, who: Person
) -> sqlite3.Row:
    """Put right what was written down. The history says which fields, not what stood there."""
    case = get(conn, number)
    current(conn, case, version)
    may(case, Move(Action.NOTE), who)
    put: dict[str, object] = {
        name: value.strip()[:MOST_WORDS]
        for name in Correction.__slots__
        if (value := getattr(correction, name)) is not None and value.strip() != case[name]
    }
    if not put:
        return case
    if "kind" in put:
        _known_kind(conn, str(put["kind"]))
        put["due_at"] = _due(conn, case["step_at"], str(put["kind"]), Step(case["step"]))
    _apply(conn, at, case, Step(case["step"]), put)
    now = get(conn, number)
    _history(conn, at, who.id, "correct", now, "", {"fields": sorted(put)})
    audit.note(conn, at, who.id, "case.correct", number, fields=sorted(put))
    return now


def with_number(conn: sqlite3.Connection, number: str) -> list[sqlite3.Row]:
    """Every case that somebody with this number in the hand may mean: the one on the slip first."""
    return conn.execute(
        """SELECT * FROM cases WHERE slip=?1 UNION SELECT * FROM cases WHERE number=?1 ORDER BY n LIMIT 10""", (number,)
    ).fetchall()


def leading(conn: sqlite3.Connection, case: sqlite3.Row) -> sqlite3.Row:
    """The case whose steps count: the one it follows, or itself."""
    return get(conn, case["leader"]) if case["leader"] else case


def attach(conn: sqlite3.Connection, at: int, number: str, files: Sequence[str], by: str) -> None:
    """Pictures and sounds that belong to a case; a person attaches only what they brought. Raises Mistake."""
    kept = len(file_rows.of(conn, about(number)))
    if kept + len(files) > MOST_FILES:
        raise Mistake(f"一个案件最多 {MOST_FILES} 个附件", f"a case has at most {MOST_FILES} files", field="files")
    for sha256 in files:
        if by == audit.SYSTEM:
            file_rows.use(conn, at, sha256, about(number))
        else:
            file_rows.bring(conn, at, sha256, about(number), by)


def add_files(conn: sqlite3.Connection, at: int, number: str, files: Sequence[str], who: Person) -> None:
    """Somebody adds pictures or sound to a case they may write to. Raises Mistake."""
    case = get(conn, number)
    may(case, Move(Action.NOTE), who)
    attach(conn, at, number, files, who.id)
    _history(conn, at, who.id, "files", case, "", {"count": len(files)})
    audit.note(conn, at, who.id, "case.files", number, count=len(files))


def about(number: str) -> str:
    """What the files of a case belong to."""
    return f"case:{number}"


def index(conn: sqlite3.Connection, number: str) -> None:
    """What the search finds this case by."""
    case = get(conn, number)
    parts = ("number", "slip", "words", "transcript", "place_words", "pole", "district_number")
    tags = [tag(name, str(case[name])) for name in ("step", "kind", "department", "assignee", "open")]
    conn.execute(
        "UPDATE case_words SET words=?, tags=? WHERE rowid=?",
        (" ".join(units(case[part]) for part in parts), " ".join(tags), case["n"]),
    )


# --- how it is written down


def _apply(conn: sqlite3.Connection, at: int, case: sqlite3.Row, to: Step, put: dict[str, object]) -> None:
    if to != case["step"]:
        _note_span(conn, at, case)
        kind = str(put.get("kind", case["kind"]))
        moved: dict[str, object] = {"step": to, "step_at": at, "due_at": _due(conn, at, kind, to)}
        put = {**moved, "held_until": None, "held_reason": "", "held_left": None, **put}
    leader = put.get("leader", case["leader"])
    put = {**put, "open": int(to is not Step.ENDED and not leader), "version": case["version"] + 1}
    names = ", ".join(f"{name}=?" for name in put)
    conn.execute(f"UPDATE cases SET {names} WHERE number=?", (*put.values(), case["number"]))  # noqa: S608 - names are ours
    index(conn, case["number"])


def _note_span(conn: sqlite3.Connection, at: int, case: sqlite3.Row) -> None:
    worked = office_time.load(conn).between(case["step_at"], at)
    on_time = at <= case["due_at"] or case["held_until"] is not None
    conn.execute(
        """INSERT INTO case_spans(number, step, department, kind, began_at, ended_at, worked_ms, on_time)
           VALUES (?,?,?,?,?,?,?,?)""",
        (case["number"], case["step"], case["department"], case["kind"], case["step_at"], at, worked, int(on_time)),
    )


def _history(
    conn: sqlite3.Connection, at: int, actor: str, action: str, case: sqlite3.Row, words: str, detail: dict[str, object]
) -> None:
    conn.execute(
        """INSERT INTO case_history(number, at, actor, action, step, department, assignee, words, detail)
           VALUES (?,?,?,?,?,?,?,?,?)""",
        (
            case["number"], at, actor, action, case["step"], case["department"], case["assignee"], words.strip(),
            json.dumps(detail, ensure_ascii=False, sort_keys=True),
        ),
    )  # fmt: skip


def _detail(move: Move) -> dict[str, object]:
    given = {"until": move.until, "leader": case_number.check(move.leader)}
    return {name: value for name, value in given.items() if value}


def _queue_answers(conn: sqlite3.Connection, at: int, case: sqlite3.Row) -> None:
    """The answer goes back the way the case came, also to those who reported the same thing."""
    followers = conn.execute("SELECT * FROM cases WHERE leader=?", (case["number"],)).fetchall()
    for one in (case, *followers):
        way = conn.execute("SELECT 1 FROM case_hooks WHERE source=? AND active=1 AND url<>''", (one["source"],))
        if way.fetchone() is None:
            continue
        body = {
            "number": one["number"],
            "ref": one["source_ref"],
            "outcome": case["outcome"],
            "answer": case["answer"],
            "at": case["answered_at"],
            "round": case["round"],
        }
        conn.execute(
            "INSERT INTO case_replies(number, source, body, made_at, next_at) VALUES (?,?,?,?,?)",
            (one["number"], one["source"], json.dumps(body, ensure_ascii=False), at, at),
        )


def _known(conn: sqlite3.Connection, new: NewCase) -> str:
    row = conn.execute(
        "SELECT number FROM cases WHERE source=? AND source_ref=?", (new.source, new.source_ref)
    ).fetchone()
    return str(row["number"]) if row else ""


def _free_number(conn: sqlite3.Connection, wanted: str | None, random: Callable[[int], bytes]) -> str:
    """The number wanted, or a fresh one that stands on no other slip."""
    number = wanted or case_number.mint(random)
    while conn.execute("SELECT 1 FROM cases WHERE number=?1 OR slip=?1", (number,)).fetchone():
        number = case_number.mint(random)
    return number


def _kind(conn: sqlite3.Connection, new: NewCase) -> tuple[str, str]:
    """Its kind, and the department it usually goes to. What is unknown is `other`: a case is never turned away."""
    row = conn.execute("SELECT id, department FROM case_kinds WHERE id=?", (new.kind,)).fetchone()
    if row is None:
        return "other", new.department
    return row["id"], new.department or (row["department"] if new.assignee else "")


def _whereabouts(conn: sqlite3.Connection, new: NewCase) -> tuple[str, str, str]:
    """Place, its words and its community, from the register as far as it knows them."""
    pole = register.pole(conn, new.pole) if new.pole else None
    place = new.place or (pole.place if pole else "")
    words = new.place_words or register.place_words(conn, place) or (pole.words if pole else "")
    return place[:64], words, new.community or register.place_levels(conn, place).get("community", "")


def _known_kind(conn: sqlite3.Connection, kind: str) -> None:
    if not conn.execute("SELECT 1 FROM case_kinds WHERE id=?", (kind,)).fetchone():
        raise Mistake("没有这种类别", "no such kind", field="kind")


def _due(conn: sqlite3.Connection, at: int, kind: str, to: Step) -> int:
    row = conn.execute(
        "SELECT hours FROM case_limits WHERE kind IN (?, '') AND step=? ORDER BY kind DESC LIMIT 1", (kind, to)
    ).fetchone()
    hours = row["hours"] if row else 0.0
    return office_time.load(conn).add(at, round(hours * office_time.HOUR_MS))


def _sealed(vault: Vault | None, number: str, phone: str) -> str:
    if not phone:
        return ""
    if vault is None:
        raise ValueError("a telephone number needs the vault")
    return vault.seal(phone.strip()[:32], phone_of(number))


def phone_of(number: str) -> str:
    """Where a sealed telephone number belongs."""
    return f"case:{number}:phone"
