"""Looks through cameras, on record: who, which camera, which picture, why, when. First the row, then the picture.

Three ways: a picture that was `kept` around an alarm and is shown now, a `live` one that the desk orders, and what a
`gateway` did by itself or for somebody beside it (told by its own event). Functions over a connection.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from office.blobs import whole_at
from office.desk.devices.forms import CONTROL
from office.desk.devices.lists import moment, moment_or_none
from office.desk.mistake import Mistake, missing
from office.desk.people import audit
from sync.blobs import is_name
from sync.contract.alarm import Stage
from sync.contract.envelope import Struct

LEAST_REASON, MOST_REASON = 4, 500
LARGEST = 8 << 20
"""A camera's picture has some hundred kilobytes."""

JPEG = b"\xff\xd8\xff"
SHOWN_FOR_MS = 10 * 60 * 1000
"""A look lasts this long: whoever asked may load its picture again, then it is another look."""

LIMIT = 50
MOST_CSV = 20_000


class LookRow(Struct, frozen=True, kw_only=True):
    """A look. `by` is a person's name, or who at the gateway; `way` is kept, live or gateway."""

    n: int
    at: datetime
    by: str
    account: str
    gateway: str
    camera: str
    reason: str
    about: str
    way: str
    sha256: str
    refused: str
    ended_at: datetime | None
    here: bool
    """The picture has come and can be loaded."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """Which looks; empty: all. `span` is milliseconds from and until."""

    account: str = ""
    gateway: str = ""
    camera: str = ""
    about: str = ""
    span: tuple[int, int] | None = None


def why(conn: sqlite3.Connection, reason: str, about: str) -> tuple[str, str]:
    """The reason and what it is about, as they are kept. Raises Mistake when neither says enough."""
    reason, about = reason.strip(), about.strip()
    if len(reason) > MOST_REASON or len(about) > 64 or CONTROL.search(reason + about):
        raise Mistake("原因过长或含有不可见字符", "the reason is too long or holds control characters", 400, "reason")
    if about and not _open(conn, about):
        raise Mistake("所指的报警或案件已经结束,或没有它", "that alarm or case is over, or is none", 400, "about")
    if not about and len(reason) < LEAST_REASON:
        raise Mistake("请写明查看原因(至少 4 个字)", "say why, in at least 4 characters", 400, "reason")
    return reason, about


def _open(conn: sqlite3.Connection, about: str) -> bool:
    """Whether it is an alarm or a case that somebody works on."""
    alarm = conn.execute("SELECT 1 FROM centre.alarms WHERE id=? AND stage<?", (about, Stage.CLOSED)).fetchone()
    return bool(alarm or conn.execute("SELECT 1 FROM cases WHERE number=? AND open=1", (about,)).fetchone())


def whose(conn: sqlite3.Connection, sha256: str) -> tuple[str, str, str]:
    """(gateway, camera, alarm) of a picture of a gateway. Raises Mistake when it is none of theirs."""
    row = conn.execute("SELECT gateway, camera, alarm FROM pictures WHERE sha256=?", (sha256,)).fetchone()
    if row is not None:
        return row["gateway"], row["camera"], row["alarm"]
    holder = conn.execute(
        "SELECT gateway FROM centre.blob_holders WHERE sha256=? AND gateway NOT IN ('*', 'office') LIMIT 1", (sha256,)
    ).fetchone()
    if holder is None:
        raise missing("图片", "picture")
    return holder["gateway"], "", ""


def begin(
    conn: sqlite3.Connection,
    at: int,
    account: str,
    camera: tuple[str, str],
    why: tuple[str, str],
    way: str,
    *,
    sha256: str = "",
    mark: str | None = None,
) -> int:
    """Put it on record; its number. `camera` is (gateway, camera), `why` (reason, about)."""
    n = conn.execute(
        """INSERT INTO looks(at, account, asked_by, gateway, camera, reason, about, sha256, way, mark, ended_at)
           VALUES (?,?,'centre',?,?,?,?,?,?,?,?)""",
        (at, account, *camera, *why, sha256, way, mark, at if sha256 else None),
    ).lastrowid
    assert n is not None
    audit.note(conn, at, account, "camera.look", str(n), gateway=camera[0], camera=camera[1], way=way, of=why[1])
    return n


def end(conn: sqlite3.Connection, mark: str, at: int, *, sha256: str = "", camera: str = "", refused: str = "") -> int:
    """How a live one ended; its number, 0 when there is none."""
    row = conn.execute("SELECT n FROM looks WHERE mark=? AND ended_at IS NULL", (mark,)).fetchone()
    if row is None:
        return 0
    conn.execute(
        "UPDATE looks SET sha256=?, refused=?, ended_at=?, camera=CASE camera WHEN '' THEN ? ELSE camera END WHERE n=?",
        (sha256, refused[:300], at, camera, row["n"]),
    )
    return int(row["n"])


def live_waiting(conn: sqlite3.Connection) -> list[sqlite3.Row]:
    """Looks whose order has an answer that they do not know yet."""
    return conn.execute(
        """SELECT l.n, l.mark, l.account, o.outcome, o.reason, json_extract(o.result, '$.picture') AS picture,
                  json_extract(o.result, '$.camera') AS camera
           FROM looks l JOIN centre.orders o ON o.id=l.mark
           WHERE l.way='live' AND l.ended_at IS NULL AND o.outcome IS NOT NULL LIMIT 100"""
    ).fetchall()


def one(conn: sqlite3.Connection, n: int) -> LookRow | None:
    """One look."""
    row = conn.execute(f"{_LOOK} WHERE l.n=?", (n,)).fetchone()
    return _row(row) if row else None


def listed(conn: sqlite3.Connection, narrow: Narrow, before: int | None = None, limit: int = LIMIT) -> list[LookRow]:
    """Newest first."""
    words = ["l.n<:before"]
    values: dict[str, object] = {"before": 2**62 if before is None else before, "limit": limit}
    for name in ("account", "gateway", "camera", "about"):
        if value := getattr(narrow, name):
            words.append(f"l.{name}=:{name}")
            values[name] = value
    if narrow.span is not None:
        words.append("l.at>=:since AND l.at<:until")
        values |= {"since": narrow.span[0], "until": narrow.span[1]}
    rows = conn.execute(f"{_LOOK} WHERE {' AND '.join(words)} ORDER BY l.n DESC LIMIT :limit", values)
    return [_row(row) for row in rows]


def picture(data: Path, sha256: str, begins: bytes = JPEG) -> bytes:
    """The picture as it lies in the receiver's folder. Blocking. Raises Mistake: not here, not whole, no picture."""
    if not is_name(sha256):
        raise missing("图片", "picture")
    try:
        with whole_at(data / "blobs", sha256).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        raise Mistake("图片还没有传到", "the picture has not come yet", 404, code="not-here") from None
    if len(content) > LARGEST:
        raise Mistake("图片过大", "the picture is too large", 422, code="too-large")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Mistake("图片已损坏", "the picture is damaged", 422, code="damaged")
    if not content.startswith(begins):
        raise Mistake("这不是这类图片", "this is no picture of that kind", 422, code="no-picture")
    return content


_LOOK = """
SELECT l.*, coalesce(nullif(a.name, ''), nullif(l.account, ''), l.asked_by) AS name,
       l.sha256<>'' AND EXISTS(SELECT 1 FROM centre.blobs b WHERE b.sha256=l.sha256) AS here
FROM looks l LEFT JOIN accounts a ON a.id=l.account"""


def _row(row: sqlite3.Row) -> LookRow:
    return LookRow(
        n=row["n"],
        at=moment(row["at"]),
        by=row["name"],
        account=row["account"],
        gateway=row["gateway"],
        camera=row["camera"],
        reason=row["reason"],
        about=row["about"],
        way=row["way"],
        sha256=row["sha256"],
        refused=row["refused"],
        ended_at=moment_or_none(row["ended_at"]),
        here=bool(row["here"]),
    )
