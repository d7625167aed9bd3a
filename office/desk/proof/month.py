"""The month on one sheet: how fast alarms were answered, whether buttons were tried, when nobody was there, who looked.

Functions over a connection; months and weeks are Beijing's. A month that is not over counts to now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median, quantiles

from office.desk.proof.datasets import BEIJING
from sync.contract.envelope import Struct

GOAL_S = 60
WEEK = timedelta(days=7)
DRILL = """(data LIKE '%"drill":true%' OR reason='drill')"""


class Answers(Struct, frozen=True):
    """Emergencies, real or drills: how many, and how many seconds after the centre had them somebody took them."""

    raised: int
    within_goal: int
    never_taken: int
    median_s: float | None
    p90_s: float | None


class Week(Struct, frozen=True):
    """Of how many buttons one was pressed, or its person called, in an ISO week."""

    week: str
    buttons: int
    pressed: int
    called: int


class Looks(Struct, frozen=True):
    """Looks through cameras of one way (`kept`, `live`, `gateway`)."""

    way: str
    count: int
    refused: int


class Reason(Struct, frozen=True):
    """How alarms ended."""

    reason: str
    count: int


class Month(Struct, frozen=True, kw_only=True):
    """The sheet. `until` is the end of the month, or now; times in milliseconds, lengths in seconds."""

    month: str
    since: int
    until: int
    goal_s: int
    real: Answers
    drills: Answers
    reasons: list[Reason]
    weeks: list[Week]
    unattended_s: int
    unattended_times: int
    unattended_longest_s: int
    gateways_silent_s: int
    gateways_silent_times: int
    looks: list[Looks]


def bounds(month: str, now: int) -> tuple[int, int]:
    """First and last moment of `YYYY-MM` in milliseconds, at most `now`. Raises ValueError."""
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=BEIJING)
    after = (begin.replace(day=28) + timedelta(days=4)).replace(day=1)
    since, until = int(begin.timestamp() * 1000), int(after.timestamp() * 1000)
    if since > now:
        raise ValueError("this month has not begun")
    return since, min(until, now)


def sheet(conn: sqlite3.Connection, month: str, now: int, buttons: Sequence[str]) -> Month:
    """Everything on one sheet. `buttons` are the profiles whose own test is a press. Raises ValueError."""
    since, until = bounds(month, now)
    unattended = _spans(conn, "SELECT began_at, ended_at FROM unattended", since, until)
    silent = "SELECT received_at AS began_at, closed_at AS ended_at FROM centre.alarms WHERE cause='gatewaySilent'"
    silences = _spans(conn, silent, since, until)
    return Month(
        month=month,
        since=since,
        until=until,
        goal_s=GOAL_S,
        real=_answers(conn, since, until, f"test=0 AND NOT {DRILL}"),
        drills=_answers(conn, since, until, DRILL),
        reasons=_reasons(conn, since, until),
        weeks=_weeks(conn, since, until, buttons),
        unattended_s=sum(unattended) // 1000,
        unattended_times=len(unattended),
        unattended_longest_s=max(unattended, default=0) // 1000,
        gateways_silent_s=sum(silences) // 1000,
        gateways_silent_times=len(silences),
        looks=_looks(conn, since, until),
    )


def _answers(conn: sqlite3.Connection, since: int, until: int, which: str) -> Answers:
    rows = conn.execute(
        f"""SELECT acknowledged_at-received_at AS took FROM centre.alarms
            WHERE received_at>=? AND received_at<? AND severity='emergency' AND {which}""",  # noqa: S608 - our own words
        (since, until),
    ).fetchall()
    took = sorted(row["took"] / 1000 for row in rows if row["took"] is not None)
    return Answers(
        raised=len(rows),
        within_goal=sum(1 for seconds in took if seconds <= GOAL_S),
        never_taken=len(rows) - len(took),
        median_s=round(median(took), 1) if took else None,
        p90_s=round(quantiles(took, n=10, method="inclusive")[8], 1) if len(took) > 1 else None,
    )


def _reasons(conn: sqlite3.Connection, since: int, until: int) -> list[Reason]:
    rows = conn.execute(
        """SELECT CASE WHEN stage<5 THEN 'open' WHEN reason IN ('real', 'false', 'test', 'drill') THEN reason
             ELSE 'other' END AS reason, count(*) AS count FROM centre.alarms
           WHERE received_at>=? AND received_at<? AND severity='emergency' GROUP BY 1 ORDER BY 2 DESC, 1""",
        (since, until),
    )
    return [Reason(row["reason"], row["count"]) for row in rows]


def _spans(conn: sqlite3.Connection, times: str, since: int, until: int) -> list[int]:
    """Milliseconds of each time inside the month; one that lasts counts to its end."""
    rows = conn.execute(
        f"""SELECT min(coalesce(ended_at, :until), :until) - max(began_at, :since) AS lasted FROM ({times})
            WHERE began_at<:until AND coalesce(ended_at, :until)>:since""",  # noqa: S608 - our own words
        {"since": since, "until": until},
    )
    return [row["lasted"] for row in rows if row["lasted"] > 0]


def _weeks(conn: sqlite3.Connection, since: int, until: int, buttons: Sequence[str]) -> list[Week]:
    """Weeks that end in the month, and the one that is running."""
    first = datetime.fromtimestamp(since / 1000, BEIJING)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday.timestamp() * 1000 < until:
        weeks.append(_week(conn, monday, buttons))
        monday += WEEK
    return weeks


def _week(conn: sqlite3.Connection, monday: datetime, buttons: Sequence[str]) -> Week:
    year, number, _ = monday.isocalendar()
    name = f"{year}-W{number:02d}"
    marks = ",".join("?" * len(buttons))
    since, until = int(monday.timestamp() * 1000), int((monday + WEEK).timestamp() * 1000)
    row = conn.execute(
        f"""WITH tried AS (
                SELECT s.gateway, s.device,
                  EXISTS(SELECT 1 FROM centre.alarms a WHERE a.gateway=s.gateway AND a.device=s.device
                         AND a.received_at>=? AND a.received_at<? AND a.cause='sos' AND NOT {DRILL}) AS pressed,
                  EXISTS(SELECT 1 FROM weekly_calls c WHERE c.gateway=s.gateway AND c.device=s.device AND c.week=?)
                    AS called
                FROM device_state s WHERE s.registered=1 AND s.first_at<? AND s.profile IN ({marks}))
            SELECT count(*) AS buttons, coalesce(sum(pressed), 0) AS pressed,
                   coalesce(sum(called AND NOT pressed), 0) AS called FROM tried""",  # noqa: S608 - our own words
        (since, until, name, until, *buttons),
    ).fetchone()
    return Week(name, row["buttons"], row["pressed"], row["called"])


def _looks(conn: sqlite3.Connection, since: int, until: int) -> list[Looks]:
    rows = conn.execute(
        """SELECT way, count(*) AS count, sum(refused<>'') AS refused FROM looks WHERE at>=? AND at<?
           GROUP BY way ORDER BY way""",
        (since, until),
    )
    return [Looks(row["way"], row["count"], row["refused"]) for row in rows]
