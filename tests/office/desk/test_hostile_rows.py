"""Whatever stands in the receiver's file: the good alarm beside it rings, the good report becomes a case."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from office.desk.alarms.board import Board
from office.desk.follower import Replaced
from office.desk.part import Part
from office.desk.people.roles import Role
from office.desk.steady import each, steadily
from office.desk.told import told
from sync.contract.envelope import encode
from sync.contract.messages import ALARM, FAULT, LOOK, POSITION, SUBMISSION
from tests.office.desk.house import House, until
from tests.office.sending import event

DEEP = "[" * 5000 + "]" * 5000
NESTED = '{"a":' * 900 + "1" + "}" * 900
MANY = "9" * 400
HALF = '"\\ud800"'
POISON = (
    *("", "null", "[]", '"x"', "1", "{", DEEP, NESTED),
    '{"attributes":[]}',
    '{"attributes":{"drill":{}}}',
    '{"attributes":{"drill":1,"order":{}},"drill":[]}',
    f'{{"resident":{HALF},"pole":{HALF},"kind":{HALF}}}',
    '{"resident":{"x":1},"pole":[1]}',
    '{"resident":12,"pole":true}',
    '{"count":"abc"}',
    '{"count":1e999}',
    f'{{"count":{MANY}}}',
    '{"attributes":{"battery":NaN}}',
    '{"place":{"valid":true,"lat":1e999,"lon":-1e999},"attributes":{"batteryLevel":1e400}}',
    f'{{"place":{{"valid":true,"lat":{MANY},"lon":1}}}}',
    f'{{"kind":"report","form":{{"words":{HALF},"number":{HALF},"kind":{HALF},"pole":{HALF}}},"blobs":[{HALF},5]}}',
    '{"kind":"report","form":[1,2]}',
    '{"kind":{"a":1},"form":1}',
    '{"kind":["a"],"form":{}}',
    f'{{"kind":"report","resident":{HALF},"form":{{"words":"{"x" * 100_000}"}}}}',
    f'{{"kind":"report","form":{{"number":{MANY},"kind":["x"],"phone":{{"a":1}}}}}}',
    f'{{"kind":"warden-application","form":{{"name":{HALF}}}}}',
    '{"kind":"warden-application","form":[]}',
    f'{{"picture":{HALF},"device":{HALF},"asked_by":{HALF}}}',
    f'{{"fault":{HALF},"active":true,"devices":[{HALF},1,null]}}',
    '{"attributes":{"step":"acknowledge","disk_mono":1e999,"told_mono":"x","broker_mono":1e308}}',
    f'{{"attributes":{{"step":{{"a":1}},"untold":[1],"disk_mono":{MANY}}}}}',
    '{"resident":"\\u0000x\\u202ey"}',
)
TYPES = (ALARM, SUBMISSION, POSITION, FAULT, LOOK)
FAR = (253_402_300_799_999, -62_135_596_800_000)
"""The last and the first moment that a gateway's clock can say (RFC 3339: years 0001 to 9999)."""


def poison(house: House, alarm: str) -> None:
    """As a gateway out of its mind, a damaged file or a hand with a tool would leave it."""
    now = house.desk.now()
    with closing(sqlite3.connect(house.config.database, timeout=20)) as conn, conn:
        stream = conn.execute("SELECT id FROM streams LIMIT 1").fetchone()[0]
        for i, data in enumerate(POISON):
            raised(conn, f"bad-{i}", f"dev-{i}", now, now, data, None)
            conn.execute("INSERT INTO alarm_updates VALUES(?,?,?,?)", (f"u-{i}", alarm, now, data))
            conn.execute(
                "INSERT INTO gateways(gateway,state,first_at,heard_at,online) VALUES(?,?,1,1,1)", (f"gw-x{i}", data)
            )
            for j, kind in enumerate(TYPES):
                happened(conn, stream, 10**6 + 10 * i + j, f"dev-{i}", kind, data)
        for i, at in enumerate(FAR):
            raised(conn, f"far-{i}", "dev-9", at, now, "{}", now)
            conn.execute("INSERT INTO alarm_updates VALUES(?,?,?,'{}')", (f"u-far-{i}", f"far-{i}", at))
        raised(conn, "bad-time", "dev\u202e", -(2**62), 2**62, "{}", None)
        conn.execute("INSERT INTO alarm_steps(alarm,step,by,at) VALUES('bad-0','nonsense','x',?)", (2**62,))


def raised(
    conn: sqlite3.Connection, id_: str, device: str, at: int, received: int, data: str, closed: int | None
) -> None:
    conn.execute(
        """INSERT INTO alarms(id,origin,gateway,device,cause,severity,stage,raised_at,clock,received_at,data,closed_at)
           VALUES(?,'gateway','gw-1',?,'sos','emergency',?,?,'trusted',?,?,?)""",
        (id_, device, 5 if closed else 1, at, received, data, closed),
    )


def happened(conn: sqlite3.Connection, stream: int, n: int, device: str, kind: str, data: str) -> None:
    (known,) = conn.execute(
        """INSERT INTO devices(gateway,source,device,profile,registered,first_at) VALUES('gw-1',?,?,'button',1,1)
           RETURNING id""",
        (f"source-{n}", device),
    ).fetchone()
    conn.execute(
        """INSERT INTO events(stream,seq,id,device,type,time,received,clock,boot,mono,data)
           VALUES(?,?,?,?,?,1,1,'trusted',1,1,?)""",
        (stream, n, f"event-{n}", known, kind, data),
    )


def paths(house: House, alarm: str) -> Iterator[str]:
    """Every list and every single thing, of the good and of the bad."""
    named = {
        "alarm": [alarm, *(f"bad-{i}" for i in range(0, len(POISON), 6)), "far-0", "far-1", "bad-time"],
        "gateway": ["gw-1", "gw-x3", "gw-x11"],
        "device": ["dev-11"],
    }
    for door in house.running.doors:
        if door.method != "GET" or door.path == "/live":
            continue
        (first, *_) = [*re.findall(r"{(\w+)", door.path), ""]
        for value in named.get(first, ["1"]):
            path = re.sub(rf"{{{first}[^}}]*}}", value, door.path) if first else door.path
            yield re.sub(r"{(\w+)[^}]*}", lambda found: named.get(found[1], ["1"])[0], path)


def test_a_good_alarm_and_a_good_report_are_seen_among_rows_that_nobody_can_read(
    short_tmp: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(*Role)
            before = await house.press("button-0")
            poison(house, before)
            good = await house.press("button-1")
            await until(lambda: good in house.desk.part(Board).open, "the good alarm on the board")
            listed = await clerk.get("/v1/alarms")
            assert {good, before, "bad-0", "bad-time"} <= {row["id"] for row in listed["rows"]}
            report = {"kind": "report", "form": {"words": "路灯坏了"}, "at": "2025-03-01T08:00:00Z"}
            await house.arrive("gw-1", "events", event(5000, kind=SUBMISSION, id="good", data=report))
            with closing(sqlite3.connect(house.config.desk_database)) as conn:
                cases = "SELECT count(*) FROM cases WHERE source_ref='good' AND words='路灯坏了'"
                await until(lambda: conn.execute(cases).fetchone()[0], "the good report as a case")
                known = "SELECT count(*) FROM device_state WHERE device='button-1'"
                await until(lambda: conn.execute(known).fetchone()[0], "the good device in the list")
            for path in paths(house, before):
                answer = await clerk.ask("GET", path)
                assert answer.status < 500, (path, answer.status, answer.content[:300])

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize("text", POISON, ids=range(len(POISON)))
def test_what_is_told_can_always_be_kept_and_sent_on(text: str) -> None:
    value = told(text)
    encode(value)
    assert sqlite3.connect(":memory:").execute("SELECT json_valid(?)", (json.dumps(value),)).fetchone()[0]


class Clumsy(Part):
    """Fails at what a test tells it to."""

    def __init__(self, *bad: str) -> None:
        self.bad, self.heard, self.runs = bad, list[str](), 0

    async def run(self) -> None:
        self.runs += 1
        if self.runs < 2:
            raise KeyError("the first time")

    async def alarms_changed(self, alarms: Sequence[str]) -> None:
        for alarm in alarms:
            if alarm in self.bad:
                raise TypeError(alarm)
        self.heard += alarms


def test_a_part_that_fails_begins_anew_and_hears_of_every_alarm_but_the_bad_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("office.desk.steady.FIRST_S", 0.01)
    part = Clumsy("b")

    async def story() -> None:
        await steadily("clumsy", part.run)
        await each("clumsy", part.alarms_changed, ["a", "b", "c"])

    asyncio.run(story())
    assert (part.runs, part.heard) == (2, ["a", "c"])


def test_a_receivers_file_that_was_replaced_by_a_backup_ends_the_desk_so_that_it_begins_anew(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.press()
            backup, live = short_tmp / "backup", Path(house.config.database)
            with closing(sqlite3.connect(live)) as conn, closing(sqlite3.connect(backup)) as copy:
                conn.backup(copy)
            work = asyncio.create_task(house.running.work())
            await asyncio.sleep(0)
            await house.press()
            backup.replace(live)
            with pytest.raises(Replaced, match="was replaced"):
                await asyncio.wait_for(work, 10)
            for beside in ("-wal", "-shm"):
                live.with_name(live.name + beside).unlink(missing_ok=True)

    asyncio.run(story())


def test_a_receivers_file_that_tells_fewer_changes_than_before_is_noticed_too(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.press()
            with closing(sqlite3.connect(house.config.database, timeout=20)) as conn:
                work = asyncio.create_task(house.running.work())
                await house.press("button-2")
                with conn:
                    conn.execute("DELETE FROM alarm_news")
                with pytest.raises(Replaced, match="older"):
                    await asyncio.wait_for(work, 10)

    asyncio.run(story())


def test_reports_are_followed_again_after_the_receivers_file_was_put_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            with closing(sqlite3.connect(house.config.desk_database, timeout=20)) as conn:
                with conn:
                    conn.execute("INSERT OR REPLACE INTO submissions_followed VALUES (1, 1000)")
                for n, name in ((1, "first"), (2, "second")):
                    report = {"kind": "report", "form": {"words": name}, "at": "2025-03-01T08:00:00Z"}
                    await house.arrive("gw-1", "events", event(n, kind=SUBMISSION, id=name, data=report))
                cases = "SELECT group_concat(words) FROM (SELECT words FROM cases ORDER BY n)"
                await until(lambda: conn.execute(cases).fetchone()[0] == "first,second", "both, once each")

    asyncio.run(story())
