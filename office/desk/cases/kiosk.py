"""What residents send off at kiosks becomes cases, each once: the event's id says so (`cases_once`).

A report is never turned away: what does not fit is kept as words.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from office.desk.cases import book, slip_links
from office.desk.cases.desk_doors import plausible
from office.desk.cases.moves import MOST_WORDS
from office.desk.cases.track import having
from office.desk.people.vault import Vault
from office.desk.submissions import Sent
from sync.contract import case_number

log = logging.getLogger("linli.office.cases")

KINDS = ("report", "complaint", "question", "message")
"""Submissions that ask the office to do something; a booking is no case."""
EVALUATION = "evaluation"
LABELS = {"merchant": "商户"}
"""What clerks read beside a field that has no place of its own."""


def take(conn: sqlite3.Connection, at: int, sent: Sent, vault: Vault, url: str) -> None:
    """One that cannot become a case as it is becomes one of its bare words."""
    conn.execute("SAVEPOINT as_it_is")
    try:
        number = book.begin(conn, at, read(sent), vault)
    except sqlite3.OperationalError:
        raise  # a disk that is full: all of it again
    except Exception:  # whatever a kiosk may send
        log.exception("the submission %s cannot be read", sent.id)
        conn.execute("ROLLBACK TO as_it_is")
        number = book.begin(conn, at, _bare(sent), vault)
    conn.execute("RELEASE as_it_is")
    slip_links.keep(conn, at, vault, url, sent.id, number)


def read(sent: Sent) -> book.NewCase:
    """A submission as a new case."""
    form = sent.form
    phone = _text(form, "phone")
    return book.NewCase(
        source=book.Source.KIOSK,
        source_ref=sent.id,
        number=_text(form, "number"),
        words=_words(form, phone),
        kind=_text(form, "kind") or "other",
        pole=_text(form, "pole"),
        place=_text(form, "place"),
        place_words=_text(form, "place_words", "near"),
        gateway=sent.gateway,
        resident=sent.resident,
        phone=phone if plausible(phone) else "",
        blobs=sent.blobs,
    )


def evaluated(conn: sqlite3.Connection, at: int, sent: Sent) -> None:
    """A resident's word about a case at a kiosk, by the number of the slip. Raises ValueError for what is none.

    A word with the telephone's digits or the link, which prove whose case it is, takes its place (`book.evaluate`).
    """
    number, stars, solved = (
        case_number.check(sent.text("number", 20)),
        sent.number("stars", 1, 5),
        sent.form.get("solved"),
    )
    rows = having(conn, number) if number else []
    which = sent.number("which", 1, len(rows)) or 1
    if not rows or stars is None or not isinstance(solved, bool):
        raise ValueError("no case, no stars, or not said whether it is solved")
    book.evaluate(conn, at, rows[which - 1]["number"], stars, sent.text("words", 500), book.AT_KIOSK, solved=solved)


def _bare(sent: Sent) -> book.NewCase:
    words = json.dumps(sent.form, ensure_ascii=False).encode("utf-8", "replace").decode()[:MOST_WORDS]
    return book.NewCase(source=book.Source.KIOSK, source_ref=sent.id, words=words, kind="other", gateway=sent.gateway)


def _words(form: Mapping[str, Any], phone: str) -> str:
    """What was said; without words, everything of the form that is not kept elsewhere."""
    words = _text(form, "words", "text")
    elsewhere = {"number", "kind", "pole", "place", "place_words", "near", "phone", "words", "text"}
    rest = {name: value for name, value in form.items() if name not in elsewhere and value not in (None, "", [], {})}
    if phone and not plausible(phone):
        rest["phone"] = phone
    lines = [words, *(f"{LABELS.get(name, name)}: {value}" for name, value in rest.items())]
    return "\n".join(line for line in lines if line) or "(没有文字)"


def _text(form: Mapping[str, Any], *names: str) -> str:
    """The first of these that holds something, as text."""
    for name in names:
        value = form.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:MOST_WORDS]
    return ""
