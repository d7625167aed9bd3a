"""The elder's card: everything about one alarm on one sheet, also when nobody is registered."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from office.desk.people.roles import Role
from sync.contract.messages import ALARM_UPDATE, STATUS, DeviceEvent
from tests.office.desk import elders
from tests.office.desk.house import House
from tests.office.sending import event, positions


def test_the_card_says_who_where_who_lives_near_and_what_the_device_last_said(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await elders.move_in(house)
            status = DeviceEvent(device="button-1", profile="button", attributes={"batteryLevel": 41})
            await house.arrive("gw-1", "events", event(1, kind=STATUS, data=status, device="button-1"))
            await house.arrive("gw-1", "events", positions(2, 2, device="button-1"))
            card = await clerk.get(f"/v1/alarms/{await house.press()}")
            person, device = card["person"], card["device"]
            assert (card["row"]["who"], card["row"]["place"]) == (elders.NAME, elders.PLACE)
            assert (person["pole"], [one["name"] for one in person["near"]]) == (elders.POLE, ["李大姐"])
            assert (device["battery"], device["place"]["lat"]) == ({"batteryLevel": 41}, 39.9)
            assert elders.NOTES not in str(card)

    asyncio.run(story())


def test_what_is_sealed_is_shown_by_itself_and_stands_in_the_audit_log(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            boss = await house.signed_in(Role.ADMINISTRATOR)
            await elders.move_in(house)
            alarm = await house.press()
            assert (await boss.ask("POST", f"/v1/alarms/{alarm}/secrets", {})).status == 403
            secrets = await clerk.post(f"/v1/alarms/{alarm}/secrets")
            assert (secrets["notes"], secrets["contacts"][0]["name"]) == (elders.NOTES, "王强")

            def noted(conn: sqlite3.Connection) -> list[tuple[str, str]]:
                rows = conn.execute("SELECT actor, detail FROM audit WHERE action='register.secrets'")
                return [(row["actor"], row["detail"]) for row in rows]

            assert await house.desk.look(noted) == [(clerk.me["id"], f'{{"alarm":"{alarm}"}}')]

    asyncio.run(story())


def test_a_device_nobody_registered_has_a_card_of_what_it_said(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await house.arrive("gw-1", "events", positions(1, 3, device="stranger"))
            card = await clerk.get(f"/v1/alarms/{await house.press('stranger')}")
            assert (card["person"], card["row"]["who"]) == (None, "")
            assert [one["type"] for one in card["around"]][-3:] == ["linli.position.v1"] * 3
            assert card["device"]["place"]["lat"] == 39.9

    asyncio.run(story())


def test_pictures_around_the_alarm_are_named_by_their_hash(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await house.press()
            update = DeviceEvent(device="button-1", picture="ab" * 32)
            await house.arrive("gw-1", "events", event(1, kind=ALARM_UPDATE, data=update, subject=alarm))
            card = await clerk.get(f"/v1/alarms/{alarm}")
            assert [(one["sha256"], one["here"]) for one in card["pictures"]] == [("ab" * 32, False)]

    asyncio.run(story())


def test_earlier_alarms_and_every_step_stand_with_their_times(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            first = await house.press()
            await clerk.post(f"/v1/alarms/{first}/close", {"reason": "test"})
            house.later(60)
            alarm = await house.press()
            await clerk.post(f"/v1/alarms/{alarm}/take")
            await clerk.post(f"/v1/alarms/{alarm}/notes", {"text": "<script>alert(1)</script>"})
            card = await clerk.get(f"/v1/alarms/{alarm}")
            assert [(one["id"], one["reason"]) for one in card["earlier"]] == [(first, "test")]
            lines = [(line["what"], line["name"]) for line in card["lines"] if line["name"]]
            assert lines == [("step.acknowledge", "值班一号"), ("note.note", "值班一号")]

    asyncio.run(story())


def test_an_alarm_becomes_one_case_with_place_and_words_filled_in(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await elders.move_in(house)
            alarm = await house.press()
            await clerk.post(f"/v1/alarms/{alarm}/notes", {"text": "门锁坏了,要修"})
            made = [await clerk.post(f"/v1/alarms/{alarm}/case") for _ in range(2)]
            assert made[0]["number"] == made[1]["number"] == made[1]["row"]["case"]

            def kept(conn: sqlite3.Connection) -> tuple[str, ...]:
                row = conn.execute("SELECT place_words, pole, alarm, words FROM cases").fetchone()
                return tuple(row)

            place, pole, about, words = await house.desk.look(kept)
            assert (place, pole, about) == (elders.PLACE, elders.POLE, alarm)
            assert "门锁坏了,要修" in words

    asyncio.run(story())


def test_the_auditor_reads_the_card_without_a_person_and_without_what_was_written(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            auditor = await house.signed_in(Role.AUDITOR)
            await elders.move_in(house)
            alarm = await house.press()
            await clerk.post(f"/v1/alarms/{alarm}/notes", {"text": "头晕"})
            text = str(await auditor.get(f"/v1/alarms/{alarm}"))
            assert (elders.NAME in text, "头晕" in text, elders.POLE in text) == (False, False, False)

    asyncio.run(story())


def test_whoever_says_at_the_kiosk_that_they_are_fine_is_heard_and_the_alarm_stays_open(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await house.press("kiosk")
            fine = DeviceEvent(device="kiosk", alarm="sos", attributes={"step": "fine", "from": "screen"})
            await house.arrive("gw-1", "events", event(1, kind=ALARM_UPDATE, data=fine, subject=alarm))
            card = await clerk.get(f"/v1/alarms/{alarm}")
            assert (card["row"]["state"], card["row"]["closed_at"], card["row"]["presses"]) == ("open", None, 1)
            assert card["row"]["fine_at"] > 0
            assert [line["what"] for line in card["lines"]].count("fine") == 1
            house.later(1)
            again = DeviceEvent(device="kiosk", alarm="sos", count=2)
            await house.arrive("gw-1", "events", event(2, kind=ALARM_UPDATE, data=again, subject=alarm))
            card = await clerk.get(f"/v1/alarms/{alarm}")
            assert (card["row"]["fine_at"], card["row"]["presses"]) == (0, 2), "whoever presses again is not fine"

    asyncio.run(story())
