"""Neighbours: nothing a resident wrote is shown unread, places are kept in order, a ballot counts once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from office.desk.content import live_items
from office.desk.people.roles import Role
from sync.contract.envelope import decode
from sync.contract.services import ACTIVITIES, POLLS, PUBLICITY, WARDENS, Activity, Poll, Publicity, Warden
from tests.office.desk.house import Client, House
from tests.office.desk.test_bookings import number, sent


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def walk(editor: Client, room: int) -> None:
    item = {"id": "walk", "kind": "activity", "title": {"zh": "晨走"}, "text": {"zh": "公园"}, "room_for": room}
    await editor.put("/v1/content/activities/walk", {"v": 0, "item": item})
    await editor.post("/v1/content-versions", {})


def join(n: int, phone: str, people: int = 1) -> dict[str, Any]:
    return {"number": number(n), "activity": "walk", "phone": phone, "people": people}


async def live(house: House, file: str, shape: type) -> list[Any]:
    return await house.desk.look(lambda conn: live_items.of(conn, file, shape))


def test_who_comes_beyond_the_places_waits_and_moves_up(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            await walk(editor, 3)
            await sent(
                house, join(1, "13800000001", 2), join(2, "13800000002", 2), join(3, "13800000001"), kind="signup"
            )
            listed = await editor.get("/v1/signups/walk")
            assert [(one["number"], one["people"], one["waits"]) for one in listed] == [
                (number(1), 2, False),
                (number(2), 2, True),
            ]
            await editor.post(f"/v1/signups/{listed[0]['id']}/cancel")
            assert [one["waits"] for one in await editor.get("/v1/signups/walk")] == [False]
            await editor.post("/v1/content-versions", {})
            assert [one.taken for one in await live(house, ACTIVITIES, Activity)] == [2]

    told(story())


def test_a_proposal_is_shown_only_after_somebody_approved_it_in_the_offices_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            form = {"number": number(1), "kind": "help-wanted", "words": "想找人修灯 <script>", "phone": "13800000001"}
            await sent(house, form, kind="proposal")
            (one,) = await editor.get("/v1/proposals?state=new")
            assert (one["kind"], one["tail"]) == ("help-wanted", "01")
            assert await live(house, ACTIVITIES, Activity) == []
            made = await editor.post(f"/v1/proposals/{one['id']}/publish", {"title": "修灯", "text": "三号楼,晚上"})
            again = await editor.ask("POST", f"/v1/proposals/{one['id']}/refuse", {"note": "x"})
            assert again.status == 409
            await editor.post("/v1/content-versions", {})
            (shown,) = await live(house, ACTIVITIES, Activity)
            assert (shown.id, shown.kind, shown.title.zh) == (made["activity"], "help-wanted", "修灯")

    told(story())


def test_a_ballot_counts_once_and_results_are_shown_only_after_the_end(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            poll = {
                "id": "p",
                "question": {"zh": "装椅子吗"},
                "answers": [{"zh": "要"}, {"zh": "不要"}],
                "ends": "2026-09-21",
            }
            await editor.put("/v1/content/polls/p", {"v": 0, "item": poll})
            await editor.post("/v1/content-versions", {})
            ballots = [
                {"poll": "p", "answer": 0, "ballot": "a" * 16},
                {"poll": "p", "answer": 1, "ballot": "a" * 16},
                {"poll": "p", "answer": 1, "ballot": "b" * 16},
                {"poll": "p", "answer": 7, "ballot": "c" * 16},
                {"poll": "p", "answer": True, "ballot": "d" * 16},
                {"poll": "none", "answer": 0, "ballot": "e" * 16},
            ]
            await sent(house, *ballots, kind="vote")
            assert (await editor.get("/v1/votes/p"))["counts"] == [1, 1]
            assert [one.results for one in await live(house, POLLS, Poll)] == [[]]
            house.later(2 * 24 * 3600)
            await sent(house, {"poll": "p", "answer": 0, "ballot": "f" * 16}, kind="vote", first=10)
            editor = await house.signed_in(Role.CONTENT)
            await editor.post("/v1/content-versions", {})
            assert [one.results for one in await live(house, POLLS, Poll)] == [[1, 1]]

    told(story())


def test_a_grade_moves_with_its_reason_and_keeps_its_history(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            shop = {"id": "shop", "name": {"zh": "粮店"}, "kind": "food", "grade": "A", "why": {"zh": "诚信"}}
            await editor.put("/v1/content/merchants/shop", {"v": 0, "item": shop})
            for grade, why in (("B", "缺斤少两一次"), ("A", "整改后复查合格")):
                await editor.post("/v1/merchants/shop/grade", {"grade": grade, "why": why})
            item = (await editor.get("/v1/content/merchants/shop"))["item"]
            assert item["grade"] == "A"
            assert [(change["grade"], change["why"]["zh"]) for change in item["history"]] == [
                ("A", "整改后复查合格"),
                ("B", "缺斤少两一次"),
            ]
            assert (await editor.ask("POST", "/v1/merchants/shop/grade", {"grade": "Z", "why": "x"})).status == 400

    told(story())


def test_a_version_carries_wardens_and_last_month_in_public(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief, editor = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.CONTENT)
            await house.signed_in(Role.WARDEN, login="warden-7", name="李网格")
            people = await house.desk.look(
                lambda conn: {row["login"]: row["id"] for row in conn.execute("SELECT login, id FROM accounts")}
            )
            area = {"name": "一格", "places": [], "wardens": [people["warden-7"]], "department": "order"}
            answer = await chief.ask("POST", "/v1/grid/areas", area)
            assert answer.status < 300, answer.content
            await walk(editor, 0)
            wardens = await live(house, WARDENS, Warden)
            assert [(one.area_name.zh, one.called.zh, one.department) for one in wardens] == [
                ("一格", "李网格", "order")
            ]
            month = await house.desk.look(_publicity)
            assert month.month == "2026-08"

    told(story())


def _publicity(conn: Any) -> Publicity:
    row = conn.execute("SELECT files FROM content_versions ORDER BY n DESC LIMIT 1").fetchone()
    sha256 = next(file["sha256"] for file in json.loads(row["files"]) if file["name"] == PUBLICITY)
    text = conn.execute("SELECT content FROM content_texts WHERE sha256=?", (sha256,)).fetchone()
    return decode(bytes(text["content"]), Publicity)
