"""The audit log: who changes a row by hand, cuts it or writes it anew, is found out, and at which row."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from office.database import make_ready
from office.desk.people import anchors, audit, auditing, steps
from office.desk.people.anchors import Anchor, Anchors
from office.desk.people.roles import Role
from office.desk.people.verify import Verdict, judge, rows_of, verify
from office.desk.schema import MIGRATIONS
from office.schema import MIGRATIONS as CENTRE_MIGRATIONS
from sync.contract.alarm import Step
from tests.office.desk.house import House, until

ROWS = 200
COLUMNS = ("at", "actor", "action", "about", "detail", "hash")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A desk's file with 200 rows, all of it in the file itself."""
    path = tmp_path / "desk.sqlite"
    make_ready(path, MIGRATIONS)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("BEGIN")
        for n in range(1, ROWS + 1):
            audit.note(conn, 1_790_000_000_000 + n, f"person-{n % 7}", "case.moved", f"case-{n:04}", step=n, to="处理")
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("PRAGMA journal_mode=DELETE")
    return path


def bare(path: Path) -> sqlite3.Connection:
    """As somebody comes who means harm: without our triggers."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("DROP TRIGGER IF EXISTS audit_no_update")
    conn.execute("DROP TRIGGER IF EXISTS audit_no_delete")
    return conn


def anchored(path: Path, *numbers: int) -> Anchors:
    with closing(sqlite3.connect(path)) as conn:
        held = [conn.execute("SELECT n, hash FROM audit WHERE n=?", (n,)).fetchone() for n in numbers]
    return Anchors(tuple(Anchor("2026-09-22T00:00:00Z", n, mark) for n, mark in held))


def held_against(conn: sqlite3.Connection, outside: Anchors | None = None) -> Verdict:
    conn.text_factory = bytes
    return judge(rows_of(conn), outside or Anchors(), lambda _: None)


def test_the_log_refuses_to_be_changed(log: Path) -> None:
    with closing(sqlite3.connect(log)) as conn:
        for change in ("UPDATE audit SET about='x' WHERE n=7", "DELETE FROM audit WHERE n=200", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                conn.execute(change)


def test_an_untouched_log_is_whole_up_to_its_anchor(log: Path, tmp_path: Path) -> None:
    head = anchored(log, ROWS).held[0]
    anchors.append(tmp_path / "a", 0, ROWS, head.hash)
    found = verify(log, tmp_path / "a")
    assert (found.whole, found.rows, found.anchored) == (True, ROWS, ROWS)


def test_one_byte_changed_in_any_column_of_any_row_names_that_row(log: Path) -> None:
    with closing(bare(log)) as conn:
        for n in range(1, ROWS + 1):
            for column in COLUMNS:
                conn.execute("BEGIN")
                if column == "at":
                    conn.execute("UPDATE audit SET at=at+1 WHERE n=?", (n,))
                else:
                    place = 1 + (n * 7) % 10
                    conn.execute(
                        f"""UPDATE audit SET {column}=substr({column}, 1, ?-1) ||
                            CASE substr({column}, ?, 1) WHEN '3' THEN '4' ELSE '3' END || substr({column}, ?+1)
                            WHERE n=?""",
                        (place, place, place, n),
                    )
                found = held_against(conn)
                assert (column, found.first, found.fault) == (column, n, "altered")
                conn.execute("ROLLBACK")
                conn.text_factory = str
            conn.execute("BEGIN")
            conn.execute("UPDATE audit SET n=n+100000 WHERE n=?", (n,))
            assert held_against(conn).first == n
            conn.execute("ROLLBACK")


def test_any_byte_of_a_row_flipped_in_the_file_itself_names_that_row(log: Path) -> None:
    whole = log.read_bytes()
    for n in (1, 77, ROWS):
        at = whole.index(f"case-{n:04}{{".encode())
        first, last = whole.rindex(b"person-", 0, at), whole.index(b"}", at) + 65
        for place in range(first, last):
            broken = bytearray(whole)
            broken[place] ^= 1 << (place % 8)
            log.write_bytes(broken)
            found = verify(log, log.parent / "none")
            assert (place, found.first) == (place, n)
    log.write_bytes(whole)
    assert verify(log, log.parent / "none").first is None


def test_bytes_flipped_anywhere_in_the_file_never_break_the_verification(log: Path) -> None:
    whole, dice = log.read_bytes(), random.Random(7)
    outside = anchored(log, ROWS)
    with closing(sqlite3.connect(log)) as conn:
        was = conn.execute("SELECT * FROM audit ORDER BY n").fetchall()
    for _ in range(300):
        broken = bytearray(whole)
        broken[dice.randrange(100, len(whole))] ^= 1 << dice.randrange(8)
        log.write_bytes(broken)
        try:
            with closing(sqlite3.connect(log)) as conn:
                found = held_against(conn, outside)
                conn.text_factory = str
                now = conn.execute("SELECT * FROM audit NOT INDEXED ORDER BY n").fetchall()
        except sqlite3.DatabaseError:
            continue  # the schema itself is broken: the door says so
        if now != was:
            assert found.first is not None
        else:
            assert found.whole


def test_a_cut_tail_is_found_by_the_anchor(log: Path) -> None:
    outside = anchored(log, 150, ROWS)
    with closing(bare(log)) as conn:
        conn.execute("DELETE FROM audit WHERE n>190")
        found = held_against(conn, outside)
        assert (found.first, found.fault, found.last_good, found.anchored) == (191, "cut", 190, 150)
        conn.execute("DELETE FROM audit")
        assert held_against(conn, outside).first == 1


def test_a_row_taken_from_the_middle_is_missing(log: Path) -> None:
    with closing(bare(log)) as conn:
        conn.execute("DELETE FROM audit WHERE n=42")
        found = held_against(conn)
        assert (found.first, found.fault, found.last_good) == (42, "missing", 41)


def test_a_chain_written_anew_from_a_row_on_is_found_by_the_next_anchor(log: Path) -> None:
    outside = anchored(log, 50, 120, ROWS)
    with closing(bare(log)) as conn:
        rows = conn.execute("SELECT at, actor, action, about, detail FROM audit WHERE n>=100 ORDER BY n").fetchall()
        before = conn.execute("SELECT hash FROM audit WHERE n=99").fetchone()[0]
        for n, (at, _, action, about, detail) in enumerate(rows, 100):
            before = audit.chained(before, n, at, "another", action, about, detail)
            conn.execute("UPDATE audit SET actor='another', hash=? WHERE n=?", (before, n))
        found = held_against(conn, outside)
        assert (found.first, found.fault, found.last_good) == (51, "rewritten", 50)
        assert found.anchor is not None
        assert found.anchor.n == 120


def test_an_anchor_is_on_its_own_line_after_a_torn_one_and_the_torn_one_is_named(tmp_path: Path) -> None:
    anchors.append(tmp_path, 1000, 1, "a" * 64)
    with (tmp_path / anchors.NAME).open("ab") as file:
        file.write(b"2026-09-22T00:00:00Z 2 bbb")
    anchors.append(tmp_path, 2000, 3, "c" * 64)
    held = anchors.read(tmp_path)
    assert ([anchor.n for anchor in held.held], held.unreadable) == ([1, 3], (2,))


def test_the_head_is_anchored_at_the_start_each_day_and_at_the_end(
    short_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "LOOK_S", 0.05)

    async def story() -> None:
        folder = short_tmp / "anchors"
        async with House(short_tmp) as house:
            await house.signed_in(Role.DUTY)
            await until(lambda: anchors.read(folder).held, "the first anchor")
            house.later(24 * 3600)
            await house.signed_in(Role.DUTY)
            await until(lambda: len(anchors.read(folder).held) == 2, "the second day")
            await house.signed_in(Role.DUTY)
            last, _ = await house.desk.look(audit.head)
        assert anchors.read(folder).held[-1].n == last
        assert verify(short_tmp / "data" / "desk.sqlite", folder).whole

    asyncio.run(story())


def test_the_inspector_reads_filters_verifies_and_takes_away(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            inspector = await house.signed_in(Role.AUDITOR, name="督察员")
            clerk = await house.signed_in(Role.DUTY, name="=HYPERLINK(1)")
            for _ in range(3):
                await (await house.client()).sign_in(clerk.me["login"])
            page = await inspector.get(f"/v1/audit?limit=2&actor={clerk.me['id']}&action=session.")
            rest = await inspector.get(f"/v1/audit?actor={clerk.me['id']}&before={page['next']}")
            numbers = [note["n"] for note in page["items"] + rest["items"]]
            assert (len(numbers), numbers) == (4, sorted(numbers, reverse=True))
            assert page["items"][0]["name"] == "=HYPERLINK(1)"
            assert (await inspector.ask("POST", "/v1/audit/check", {})).status == 202
            found = {"running": True}
            async with asyncio.timeout(10):
                while found["running"]:
                    found = await inspector.get("/v1/audit/check")
            assert (found["whole"], found["rows"]) == (True, 5)
            table = (await inspector.ask("GET", "/v1/audit.csv")).content.decode("utf-8-sig")
            assert "'=HYPERLINK(1)" in table
            assert ",=" not in table

    asyncio.run(story())


def test_each_step_at_an_alarm_becomes_one_row(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            alarm = await house.press()
            await house.desk.centre.step(alarm, Step.ACKNOWLEDGE, "duty", "account-1", text="she fell in the kitchen")
            await house.desk.centre.step(alarm, Step.CLOSE, "duty", "account-1", reason="real")
            inspector = await house.signed_in(Role.AUDITOR)
            async with asyncio.timeout(10):
                while len(notes := (await inspector.get(f"/v1/audit?about={alarm}&action=alarm."))["items"]) < 2:
                    await house.desk.change(lambda _: None)
            assert [(note["action"], note["actor"]) for note in notes] == [
                ("alarm.close", "account-1"), ("alarm.acknowledge", "account-1"),
            ]  # fmt: skip
            assert "kitchen" not in str(notes)

    asyncio.run(story())


FOLLOWER = textwrap.dedent("""
    import sqlite3, sys
    from office.desk.people import steps
    conn = sqlite3.connect(sys.argv[1], isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.execute("ATTACH ? AS centre", (sys.argv[2],))
    print("up", flush=True)
    while (news := steps.look(conn)).steps:
        conn.execute("BEGIN IMMEDIATE")
        steps.write(conn, 0, steps.News(news.after, news.steps[:3]))
        conn.execute("COMMIT")
    print("done", flush=True)
""")


def test_no_step_is_lost_or_doubled_when_the_desk_is_killed_in_between(tmp_path: Path) -> None:
    desk, centre, total = tmp_path / "desk.sqlite", tmp_path / "office.sqlite", 900
    make_ready(desk, MIGRATIONS)
    make_ready(centre, CENTRE_MIGRATIONS)
    with closing(sqlite3.connect(centre)) as conn, conn:
        conn.executemany(
            "INSERT INTO alarm_steps(alarm, step, by, at, actor) VALUES (?,?,?,?,?)",
            [(f"alarm-{n}", "acknowledge", "duty", n, "account") for n in range(total)],
        )
    dice, kills, done = random.Random(3), 0, False
    while not done:
        with subprocess.Popen(
            [sys.executable, "-c", FOLLOWER, str(desk), str(centre)], stdout=subprocess.PIPE, text=True
        ) as follower:
            assert follower.stdout is not None
            assert follower.stdout.readline() == "up\n"
            if kills < 6:
                try:
                    done = follower.wait(dice.uniform(0.002, 0.03)) == 0
                except subprocess.TimeoutExpired:
                    os.kill(follower.pid, signal.SIGKILL)
                    kills += 1
            else:
                done = follower.wait(60) == 0
    with closing(sqlite3.connect(desk)) as conn:
        about = [row[0] for row in conn.execute("SELECT about FROM audit ORDER BY n")]
    assert about == [f"alarm-{n}" for n in range(total)]
    assert kills


def test_an_older_file_of_the_receiver_is_noted_and_followed_from_its_end(tmp_path: Path) -> None:
    desk, centre = tmp_path / "desk.sqlite", tmp_path / "office.sqlite"
    make_ready(desk, MIGRATIONS)
    make_ready(centre, CENTRE_MIGRATIONS)
    with closing(sqlite3.connect(desk, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("ATTACH ? AS centre", (str(centre),))
        conn.execute("INSERT INTO followed VALUES ('alarm_steps', 40)")
        news = steps.look(conn)
        assert news.lost
        assert steps.write(conn, 5, news)
        assert not steps.write(conn, 5, news), "from where it was read, and only from there"
        assert not steps.look(conn).lost
        assert [row["action"] for row in conn.execute("SELECT action FROM audit")] == ["centre.restored"]


def test_verification_reads_a_copy_of_the_file_too(log: Path, tmp_path: Path) -> None:
    shutil.copy(log, tmp_path / "copy.sqlite")
    assert verify(tmp_path / "copy.sqlite", tmp_path / "none").rows == ROWS
