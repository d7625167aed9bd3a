"""Configurations that the office wishes for its gateways: versions as they were typed, checked, compared, given.

What may be wished is the part of a gateway's configuration that can be changed from afar; its schema is kept here as
the gateway keeps it (a test holds the two together). A gateway judges each wish whole and says in its state what became
of it. A version is never changed: going back to an earlier text makes a new version of it.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firmware_profiles.documents import parse, shipped_schema, validate
from firmware_profiles.finding import Finding, in_order
from office.desk.devices.lists import moment, moment_or_none
from office.desk.mistake import Mistake
from office.desk.people import audit
from sync.contract.envelope import Struct
from sync.contract.messages import ConfigStatus

NAME = "config.yaml"
MOST_BYTES = 64 * 1024
MOST_LINES = 1000
"""Comparing two texts of this length takes 0.2 s at worst."""
LIMIT = 50

START = """\
# 只写要改变的部分;没有写的,以网关自己的文件为准。 Only what shall differ from the gateway's own file.
intervals:
  state_s: 60
"""


class ConfigRow(Struct, frozen=True, kw_only=True):
    """A version. `accepted` is the gateway's word, empty while there is none."""

    gateway: str
    version: int
    note: str
    again: int
    by: str
    at: datetime
    given_at: datetime | None
    judged_at: datetime | None
    accepted: bool | None
    reasons: list[str]
    text: str = ""


class ConfigsOf(Struct, frozen=True, kw_only=True):
    """A gateway's configuration: what it says is in force (version 0: its own file alone), and the versions."""

    gateway: str
    status: ConfigStatus | None
    start: str
    versions: list[ConfigRow]


class Remark(Struct, frozen=True):
    """A mistake in the text, where it stands."""

    line: int
    column: int
    zh: str
    en: str


class DiffLine(Struct, frozen=True):
    """One line of two texts side by side; `kind` is same, added, removed or changed. Number 0: not on that side."""

    kind: str
    left_n: int
    left: str
    right_n: int
    right: str


class Checked(Struct, frozen=True):
    """What is wrong with a text, and how it differs from the version it is held against."""

    remarks: list[Remark]
    lines: list[DiffLine]


def check(text: str) -> tuple[Mapping[str, Any] | None, list[Remark]]:
    """The document, or every mistake with its place. YAML or JSON."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES or text.count("\n") > MOST_LINES:
        return None, [Remark(0, 0, "内容过长", "the text is too long")]
    document, found = parse(text, NAME)
    if document is None:
        return None, [_remark(finding) for finding in found]
    if document.data is None:
        return ({}, []) if not found else (None, [_remark(finding) for finding in found])
    found = in_order([*found, *validate(document, shipped_schema("office", "wanted.schema.json"))])
    if found or not isinstance(document.data, Mapping):
        return None, [_remark(finding) for finding in found]
    return document.data, []


def diff(left: str, right: str) -> list[DiffLine]:
    """Both texts line by line, beside each other."""
    one, two = left.splitlines()[:MOST_LINES], right.splitlines()[:MOST_LINES]
    lines: list[DiffLine] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        kind = {"equal": "same", "replace": "changed", "delete": "removed", "insert": "added"}[tag]
        for k in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + k, j1 + k
            has_left, has_right = i < i2, j < j2
            what = kind if tag != "replace" or (has_left and has_right) else ("removed" if has_left else "added")
            lines.append(
                DiffLine(
                    what,
                    i + 1 if has_left else 0,
                    one[i] if has_left else "",
                    j + 1 if has_right else 0,
                    two[j] if has_right else "",
                )
            )
    return lines


def of(conn: sqlite3.Connection, gateway: str, before: int | None = None, limit: int = LIMIT) -> list[ConfigRow]:
    """The versions of a gateway, newest first, without their texts."""
    rows = conn.execute(
        f"{_CONFIG} WHERE c.gateway=? AND c.version<? ORDER BY c.version DESC LIMIT ?",
        (gateway, 2**62 if before is None else before, limit),
    )
    return [_row(row) for row in rows]


def version(conn: sqlite3.Connection, gateway: str, number: int) -> ConfigRow | None:
    """One version with its text."""
    row = conn.execute(f"{_CONFIG} WHERE c.gateway=? AND c.version=?", (gateway, number)).fetchone()
    return _row(row, text=True) if row else None


def keep(
    conn: sqlite3.Connection,
    at: int,
    account: str,
    gateway: str,
    text: str,
    document: Mapping[str, Any],
    note: str,
    again: int,
    least: int,
) -> int:
    """A new version, above every one that is known (`least` is the gateway's word); its number."""
    last = conn.execute("SELECT coalesce(max(version), 0) FROM configs WHERE gateway=?", (gateway,)).fetchone()[0]
    number = max(int(last), least) + 1
    conn.execute(
        "INSERT INTO configs(gateway, version, text, document, note, again, account, at) VALUES (?,?,?,?,?,?,?,?)",
        (gateway, number, text, json.dumps(document, ensure_ascii=False), note, again, account, at),
    )
    audit.note(conn, at, account, "config.wanted", gateway, version=number, again=again, bytes=len(text))
    return number


def given(conn: sqlite3.Connection, gateway: str, number: int, at: int) -> None:
    """The receiver has it."""
    conn.execute(
        "UPDATE configs SET given_at=coalesce(given_at, ?) WHERE gateway=? AND version=?", (at, gateway, number)
    )


def ungiven(conn: sqlite3.Connection) -> list[tuple[str, int, Any]]:
    """The newest version of each gateway, where the receiver has not taken it yet: (gateway, version, document)."""
    rows = conn.execute(
        """SELECT gateway, max(version) AS version, document, given_at FROM configs GROUP BY gateway
           HAVING given_at IS NULL"""
    )
    return [(row["gateway"], row["version"], json.loads(row["document"])) for row in rows]


def judged(conn: sqlite3.Connection, gateway: str, status: ConfigStatus, at: int) -> bool:
    """The gateway's word about a version; whether that is news."""
    values = (at, status.accepted, json.dumps(status.reasons, ensure_ascii=False))
    return bool(
        conn.execute(
            """UPDATE configs SET judged_at=?1, accepted=?2, reasons=?3, given_at=coalesce(given_at, ?1)
               WHERE gateway=?4 AND version=?5 AND (accepted IS NOT ?2 OR reasons IS NOT ?3)""",
            (*values, gateway, status.version),
        ).rowcount
    )


def too_long(note: str) -> None:
    """Raises Mistake."""
    if len(note) > 500:
        raise Mistake("说明最多 500 字", "the note has at most 500 characters", 400, "note")


_CONFIG = """
SELECT c.*, coalesce(a.name, c.account) AS name FROM configs c LEFT JOIN accounts a ON a.id=c.account"""


def _row(row: sqlite3.Row, *, text: bool = False) -> ConfigRow:
    return ConfigRow(
        gateway=row["gateway"],
        version=row["version"],
        note=row["note"],
        again=row["again"],
        by=row["name"],
        at=moment(row["at"]),
        given_at=moment_or_none(row["given_at"]),
        judged_at=moment_or_none(row["judged_at"]),
        accepted=None if row["accepted"] is None else bool(row["accepted"]),
        reasons=json.loads(row["reasons"]),
        text=row["text"] if text else "",
    )


def _remark(finding: Finding) -> Remark:
    en = f"{finding.message}; allowed: {finding.allowed}" if finding.allowed else finding.message
    return Remark(finding.line, finding.column, finding.zh or en, en)
