"""Every list of cases comes from an index, whatever is filtered, and a page costs what a page holds."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from office.desk.cases import lists, reminders
from office.desk.cases.lists import Wanted
from office.desk.mistake import Mistake
from office.desk.schema import MIGRATIONS
from tests.office.desk.many_cases import fill

NOW = 1_790_000_000_000
COUNT = 3000


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path_factory.mktemp("lists") / "desk.sqlite")
    connection.row_factory = sqlite3.Row
    for _, script in MIGRATIONS:
        connection.executescript(script)
    fill(connection, COUNT, NOW, open_share=0.3)
    connection.commit()
    yield connection
    connection.close()


FILTERS = {"department": "city", "kind": "lamp", "step": "handle", "assignee": "account-3"}
CHOICES = [
    dict(zip(names, (FILTERS[name] for name in names), strict=True))
    for count in range(len(FILTERS) + 1)
    for names in itertools.combinations(FILTERS, count)
]


@pytest.mark.parametrize("chosen", CHOICES, ids="-".join)
@pytest.mark.parametrize("view", ["open", "overdue", "all", "words"])
def test_no_list_scans_or_sorts(conn: sqlite3.Connection, chosen: dict[str, str], view: str) -> None:
    wanted = replace(_view(view), **chosen)  # type: ignore[arg-type]
    for after in ("", "5.7" if view in ("open", "overdue") else "7"):
        sql, values = lists.statement(replace(wanted, after=after))
        plan = [row["detail"] for row in conn.execute("EXPLAIN QUERY PLAN " + sql, values)]
        for step in plan:
            assert step.startswith("SEARCH ") or "VIRTUAL TABLE INDEX" in step, plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize("chosen", CHOICES, ids="-".join)
@pytest.mark.parametrize("view", ["open", "overdue", "all", "words"])
def test_pages_together_hold_exactly_what_fits(conn: sqlite3.Connection, chosen: dict[str, str], view: str) -> None:
    where = [f"{name}='{value}'" for name, value in chosen.items()]
    where += {
        "open": ["open=1"],
        "overdue": ["open=1", f"due_at<{NOW}"],
        "all": [],
        "words": ["words || place_words LIKE '%路灯%'"],
    }[view]
    sql = "SELECT n FROM cases" + (" WHERE " + " AND ".join(where) if where else "")
    expected = {row[0] for row in conn.execute(sql)}
    seen: list[int] = []
    after = ""
    while True:
        found = lists.find(
            conn,
            replace(_view(view), after=after, limit=37, **chosen),  # type: ignore[arg-type]
        )
        seen += [row["n"] for row in found.rows]
        after = found.next
        if not after:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == expected


@pytest.mark.parametrize("text", ['"', "路灯 OR 1", "NEAR(", "words:", "*", "a" * 5000, "路灯)", "-", "zzstep"])
def test_no_text_breaks_the_search(conn: sqlite3.Connection, text: str) -> None:
    with suppress(Mistake):  # nothing to look for, said so
        lists.find(conn, Wanted(text=text, only_open=False))


def test_reminders_are_looked_for_by_index(conn: sqlite3.Connection) -> None:
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    reminders.waiting(conn, NOW)
    conn.set_trace_callback(None)
    sql = next(statement for statement in statements if "case_reminders" in statement)
    plan = [row["detail"] for row in conn.execute("EXPLAIN QUERY PLAN " + sql)]
    assert all("SCAN" not in step for step in plan), plan


def _view(name: str) -> Wanted:
    overdue, text = (NOW if name == "overdue" else None), ("路灯" if name == "words" else "")
    return Wanted(only_open=name == "open", overdue_at=overdue, text=text)
