"""What clerks do about an alarm, and what of it goes down to the device."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from office.database import StoreFailed
from office.desk.alarms.board import Board
from office.desk.people.roles import Role
from tests.office.desk.house import Client, House
from tests.office.desk.races import race


async def two(house: House) -> tuple[Client, Client]:
    return (
        await house.signed_in(Role.DUTY, login="one", name="值班一号"),
        await house.signed_in(Role.DUTY, login="two", name="值班二号"),
    )


def _execute(conn: sqlite3.Connection, statement: str) -> None:
    conn.execute(statement)


async def sent(house: House, alarm: str) -> list[dict[str, Any]]:
    return [json.loads(one.payload) for one in await house.store.pending() if one.about == alarm]


def test_of_two_who_click_at_once_one_wins_and_the_other_reads_the_name_and_leaves_no_mark(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            ended = await race(house, *await two(house), rounds=10)
            assert {(r.winners, r.named_right, r.marks, r.steps) for r in ended} == {(1, True, 0, 1)}

    asyncio.run(story())


def test_who_takes_it_is_told_to_the_gateway_by_role_and_never_by_name(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            taken = await one.post(f"/v1/alarms/{alarm}/take")
            assert (taken["changed"], taken["row"]["state"], taken["row"]["keeper_name"]) == (True, "taken", "值班一号")
            said = await sent(house, alarm)
            assert [(word["step"], word["by"]) for word in said] == [("acknowledge", "duty")]
            assert "值班一号" not in json.dumps(said, ensure_ascii=False)

    asyncio.run(story())


def test_the_elder_hears_who_comes_and_in_how_many_minutes(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            row = await one.post(f"/v1/alarms/{alarm}/way", {"sentence": "doctor", "minutes": 3})
            assert (row["state"], row["way_text"]) == ("way", "社区医生接到了,3分钟到")
            assert row["promised_at"] == row["way_at"] + 180_000
            assert (await sent(house, alarm))[0]["text"] == "社区医生接到了,3分钟到"

    asyncio.run(story())


def test_a_sentence_without_minutes_promises_none(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            row = await one.post(f"/v1/alarms/{alarm}/way", {"sentence": "family", "minutes": 5})
            assert (row["way_text"], row["promised_at"]) == ("已经通知您的家人,请放心", row["way_at"])

    asyncio.run(story())


def test_what_no_device_can_say_is_refused_beside_its_field(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            wrong = [
                ({"text": "马上到😀"}, "text"),
                ({"text": "到" * 61}, "text"),
                ({"text": " \n "}, "text"),
                ({"sentence": "doctor"}, "minutes"),
                ({"sentence": "doctor", "minutes": 999}, "minutes"),
                ({"sentence": "nobody"}, "sentence"),
            ]
            for body, field in wrong:
                answer = await one.ask("POST", f"/v1/alarms/{alarm}/way", body)
                assert (answer.status, answer.json["field"]) == (422, field), body
            assert await sent(house, alarm) == []

    asyncio.run(story())


def test_nothing_is_closed_without_a_reason_and_the_words_stay_at_the_office(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            for reason in ("", "because"):
                refused = await one.ask("POST", f"/v1/alarms/{alarm}/close", {"reason": reason})
                assert (refused.status, refused.json["field"]) == (422, "reason")
            closed = await one.post(f"/v1/alarms/{alarm}/close", {"reason": "false", "text": "孙子按着玩"})
            assert (closed["changed"], closed["row"]["state"], closed["row"]["reason"]) == (True, "closed", "false")
            said = await sent(house, alarm)
            assert [(word["step"], word["reason"], word.get("text", "")) for word in said] == [("close", "false", "")]

    asyncio.run(story())


def test_closing_what_a_colleague_took_asks_first_and_names_them(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, other = await two(house)
            alarm = await house.press()
            await one.post(f"/v1/alarms/{alarm}/take")
            asked = await other.ask("POST", f"/v1/alarms/{alarm}/close", {"reason": "real"})
            assert (asked.status, asked.json["error"]) == (409, "not-yours")
            assert "值班一号" in asked.json["zh"]
            closed = await other.post(f"/v1/alarms/{alarm}/close", {"reason": "real", "sure": True})
            assert closed["row"]["closed_by"] == "值班二号"
            late = await one.post(f"/v1/alarms/{alarm}/close", {"reason": "real"})
            assert (late["changed"], late["name"]) == (False, "值班二号")

    asyncio.run(story())


def test_an_alarm_is_handed_to_a_colleague_and_of_two_hand_overs_one_stands(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, other = await two(house)
            third = await house.signed_in(Role.DUTY, login="three", name="值班三号")
            alarm = await house.press()
            path = f"/v1/alarms/{alarm}/hand"
            assert (await one.ask("POST", path, {"to": other.me["id"]})).status == 409
            await one.post(f"/v1/alarms/{alarm}/take")
            answers = await asyncio.gather(*(one.ask("POST", path, {"to": who.me["id"]}) for who in (other, third)))
            assert sorted(answer.status for answer in answers) == [200, 409]
            winner = next(answer.json["keeper_name"] for answer in answers if answer.status == 200)
            assert (await house.desk.part(Board).row(alarm)).keeper_name == winner

    asyncio.run(story())


def test_an_alarm_is_handed_only_to_who_can_work_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            warden = await house.signed_in(Role.WARDEN)
            alarm = await house.press()
            await one.post(f"/v1/alarms/{alarm}/take")
            refused = await one.ask("POST", f"/v1/alarms/{alarm}/hand", {"to": warden.me["id"]})
            assert (refused.status, refused.json["field"]) == (422, "to")

    asyncio.run(story())


def test_notes_are_added_and_never_changed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            alarm = await house.press()
            assert (await one.post(f"/v1/alarms/{alarm}/notes", {"text": "电话里说头晕"}))["notes"] == 1
            for statement in ("UPDATE alarm_notes SET text='x'", "DELETE FROM alarm_notes"):
                with pytest.raises(StoreFailed, match="never"):
                    await house.desk.change(partial(_execute, statement=statement))

    asyncio.run(story())


def test_an_alarm_that_is_not_there_is_said_and_a_path_leads_nowhere_else(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, _ = await two(house)
            for name in ("nothing", "..%2F..%2Fgateways%2Fgw-1%2Forders%3F"):
                answer = await one.ask("POST", f"/v1/alarms/{name}/notes", {"text": "x"})
                assert (answer.status, answer.json["zh"]) == (404, "没有这个警报"), name
            taken = await one.ask("POST", "/v1/alarms/nothing/take")
            assert taken.status == 404

    asyncio.run(story())
