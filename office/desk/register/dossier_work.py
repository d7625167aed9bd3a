"""Of one person's data, what stands in the work of others: cases, promises, who was sent, and their files.

Cases are theirs when they name them, or came of an alarm of theirs. Functions over a connection; `alarms` is the JSON
list of those alarms' ids.
"""

from __future__ import annotations

import json
import sqlite3

from office.desk import file_rows
from office.desk.cases import book
from office.desk.people.vault import Vault

Rows = list[dict[str, object]]

_THEIRS = "(resident=:ref OR alarm IN (SELECT value FROM json_each(:alarms)))"
_SENT = "(SELECT id FROM errands WHERE alarm IN (SELECT value FROM json_each(:alarms)))"


def held(conn: sqlite3.Connection, vault: Vault, ref: str, alarms: str) -> dict[str, Rows]:
    """By section, with what is sealed opened. Raises WrongKey."""
    values = {"ref": ref, "alarms": alarms}

    def rows(query: str) -> Rows:
        return [dict(row) for row in conn.execute(query, values)]

    cases, errands = rows(_CASES), rows(_ERRANDS)
    for case in cases:
        case["phone"] = _opened(vault, case["phone"], book.phone_of(str(case["number"])))
    for errand in errands:
        for name in ("name", "phone"):
            errand[name] = _opened(vault, errand[name], f"errand:{errand['id']}:{name}")
    return {
        "alarm_promises": rows(_PROMISES),
        "cases": cases,
        "case_history": rows(_HISTORY),
        "case_evaluations": rows(_EVALUATIONS),
        "errands": errands,
        "errand_words": rows(_WORDS),
        "files": [
            {"about": about, "file": file.sha256, "type": file.type, "size": file.size}
            for about in abouts(conn, ref, alarms)
            for file in file_rows.of(conn, about)
        ],
    }


def abouts(conn: sqlite3.Connection, ref: str, alarms: str) -> list[str]:
    """What files of theirs belong to."""
    values = {"ref": ref, "alarms": alarms}
    cases = [book.about(row[0]) for row in conn.execute(f"SELECT number FROM cases WHERE {_THEIRS}", values)]  # noqa: S608 - ours
    errands = [f"errand:{row[0]}" for row in conn.execute(f"SELECT id FROM errands WHERE id IN {_SENT}", values)]  # noqa: S608 - ours
    return [*cases, *errands, *(f"alarm:{alarm}" for alarm in json.loads(alarms))]


def empty(conn: sqlite3.Connection, ref: str, alarms: str) -> None:
    """Over a writing connection. The place of a case that came of an alarm is a home; another one is in the street."""
    values = {"ref": ref, "alarms": alarms}
    _let_go(conn, abouts(conn, ref, alarms))
    numbers = [row[0] for row in conn.execute(f"SELECT number FROM cases WHERE {_THEIRS}", values)]  # noqa: S608 - ours
    for statement in _EMPTIED:
        conn.execute(statement, values)
    for number in numbers:
        book.index(conn, number)
    if numbers:
        conn.execute("INSERT INTO case_words(case_words) VALUES ('optimize')")  # old words leave the index's pages


def _let_go(conn: sqlite3.Connection, listed: list[str]) -> None:
    """Files that belong to nothing else leave the disk with the next sweep, which need not wait for a day."""
    for about in listed:
        names = [(file.sha256,) for file in file_rows.of(conn, about)]
        file_rows.forget(conn, about)
        conn.executemany("DELETE FROM file_uses WHERE sha256=? AND about GLOB 'account:*'", names)
        conn.executemany("UPDATE files SET kept_at=0 WHERE sha256=?", names)


def _opened(vault: Vault, sealed: object, belongs: str) -> str:
    return vault.open(str(sealed), belongs) if sealed else ""


_EMPTIED = (
    f"""UPDATE case_blobs SET state='bad' WHERE state='wait'
        AND number IN (SELECT number FROM cases WHERE {_THEIRS})""",  # noqa: S608 - the texts are ours, here and below
    f"UPDATE case_evaluations SET words='' WHERE number IN (SELECT number FROM cases WHERE {_THEIRS})",  # noqa: S608
    f"UPDATE cases SET place='', place_words='' WHERE source='alarm' AND {_THEIRS}",  # noqa: S608
    f"UPDATE cases SET words='', transcript='', phone='' WHERE {_THEIRS}",  # noqa: S608
    "UPDATE alarm_notes SET text='' WHERE text<>'' AND alarm IN (SELECT value FROM json_each(:alarms))",
    "UPDATE alarm_promises SET text='' WHERE alarm IN (SELECT value FROM json_each(:alarms))",
    f"UPDATE errand_words SET text='', picture='' WHERE errand IN {_SENT}",  # noqa: S608
    f"UPDATE errands SET name='', phone='' WHERE id IN {_SENT}",  # noqa: S608
)

_CASES = f"""SELECT number, slip, source, kind, department, step, begun_at, answered_at, ended_at, outcome, words,
transcript, place_words, phone, result, answer FROM cases WHERE {_THEIRS} ORDER BY n"""  # noqa: S608
_HISTORY = f"""SELECT number, at, action, step, department, words FROM case_history
WHERE number IN (SELECT number FROM cases WHERE {_THEIRS}) ORDER BY number, n"""  # noqa: S608
_EVALUATIONS = f"""SELECT number, at, stars, solved, words FROM case_evaluations
WHERE number IN (SELECT number FROM cases WHERE {_THEIRS}) ORDER BY number, round"""  # noqa: S608
_PROMISES = """SELECT alarm, at, minutes, text FROM alarm_promises
WHERE alarm IN (SELECT value FROM json_each(:alarms)) ORDER BY n"""
_ERRANDS = f"SELECT id, alarm, name, phone, made_at, ends_at FROM errands WHERE id IN {_SENT} ORDER BY made_at"  # noqa: S608
_WORDS = f"SELECT errand, at, what, text FROM errand_words WHERE errand IN {_SENT} ORDER BY n"  # noqa: S608
