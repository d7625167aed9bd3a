"""The alarm board: what is open, for every page at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from office.desk.alarms.board import Board
from office.desk.people.roles import Role
from tests.office.desk.house import House, heard, until


def test_a_new_alarm_reaches_every_live_page_whole(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            async with clerk.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                alarm = await house.press()
                row = (await heard(socket, "alarms"))[0]
                assert (row["id"], row["state"], row["kind"], row["cause"]) == (alarm, "open", "emergency", "sos")
                assert (await clerk.get("/v1/alarms"))["rows"][0]["id"] == alarm

    asyncio.run(story())


def test_what_was_open_before_the_desk_started_is_on_the_board(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            alarm = await house.press()
            board = Board(house.desk)
            await board.ready()
            assert list(board.open) == [alarm]

    asyncio.run(story())


def test_who_may_not_see_the_register_reads_no_name_and_no_place(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            auditor = await house.signed_in(Role.AUDITOR)
            await house.press()
            board = house.desk.part(Board)
            await until(lambda: board.open, "the board has it")
            rows = (await auditor.get("/v1/alarms"))["rows"]
            assert [(row["who"], row["place"]) for row in rows] == [("", "")]

    asyncio.run(story())


def test_closed_alarms_are_paged_by_key_without_a_gap_when_many_close_at_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            ids = [await house.press(f"button-{n}") for n in range(7)]
            for alarm in ids:
                await clerk.post(f"/v1/alarms/{alarm}/close", {"reason": "real"})
            seen, before = [], ""
            while True:
                page = await clerk.get(f"/v1/alarms/closed?limit=2&before={before}")
                seen += [row["id"] for row in page["rows"]]
                before = page["next"]
                if not before:
                    break
            assert (sorted(seen), (await clerk.get("/v1/alarms"))["rows"]) == (sorted(ids), [])

    asyncio.run(story())


def test_a_page_place_that_is_none_is_refused_in_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            refused = await clerk.ask("GET", "/v1/alarms/closed?before=yesterday")
            assert (refused.status, refused.json["field"]) == (422, "before")

    asyncio.run(story())


def test_an_alarm_of_the_centre_itself_is_on_the_board(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.store.silence({}, [], broker_lost=True)
            board = house.desk.part(Board)
            await until(lambda: board.open, "the board has it")
            row = (await clerk.get("/v1/alarms"))["rows"][0]
            assert (row["origin"], row["cause"], row["kind"]) == ("centre", "brokerLost", "emergency")

    asyncio.run(story())


def test_the_lists_read_only_what_they_show(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:

            def plans(conn: object) -> list[str]:
                queries = (
                    "SELECT id FROM centre.alarms WHERE stage<5 ORDER BY received_at, id",
                    """SELECT id FROM centre.alarms WHERE stage=5 AND (closed_at, id)<(9, '')
                       ORDER BY closed_at DESC, id DESC LIMIT 50""",
                    "SELECT n FROM centre.events WHERE device=1 AND n<9 ORDER BY n DESC LIMIT 200",
                    """SELECT id FROM centre.alarms WHERE gateway='g' AND device='d' AND received_at<=9
                       ORDER BY received_at DESC LIMIT 10""",
                )
                return [
                    " ".join(row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {query}"))  # type: ignore[attr-defined]
                    for query in queries
                ]

            opened, closed, events, earlier = await house.desk.look(plans)
            assert "alarms_open" in opened
            assert "INDEX alarms_closed" in closed
            assert "events_of_device (device=? AND rowid<?)" in events
            assert "alarms_of_device" in earlier
            assert "TEMP B-TREE" not in opened + closed + events + earlier

    asyncio.run(story())
