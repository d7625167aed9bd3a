"""Bookings: the last place has one owner, a request without a line is a person's to confirm, nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from office.desk.bookings.asked import questions
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from office.questions import Asked
from sync.contract import case_number
from sync.contract.envelope import batch
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION, Answer, Question
from tests.office.desk.house import Client, House
from tests.office.sending import event

NINE = "2026-09-22T09:00"
TEN = "2026-09-22T10:00"
"""The day after the house's clock."""


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def number(n: int) -> str:
    return case_number.mint(lambda size: n.to_bytes(size, "big"))


async def calendar(editor: Client, *slots: tuple[str, int], v: int = 0) -> None:
    places = [{"starts": starts, "places": count} for starts, count in slots]
    item = {"id": "papers", "title": {"zh": "证件"}, "department": "civil", "slots": places}
    await editor.put("/v1/content/calendars/papers", {"v": v, "item": item})
    await editor.post("/v1/content-versions", {})


async def sent(house: House, *forms: dict[str, Any], kind: str = "booking", first: int = 1) -> None:
    """Submissions of a kiosk, taken by the desk."""
    events = [
        event(n, lane="state", kind=SUBMISSION, data=Submission(kind=kind, form=form), device="kiosk")
        for n, form in enumerate(forms, first)
    ]
    await house.arrive("gw-1", "events", batch(events))
    await house.desk.part(Submissions).catch_up()


def wish(n: int, starts: str = NINE, **more: Any) -> dict[str, Any]:
    return {"number": number(n), "calendar": "papers", "starts": starts, "phone": "13800000042", "online": True, **more}


async def states(clerk: Client) -> dict[str, tuple[str, str]]:
    return {one["number"]: (one["state"], one["why"]) for one in await clerk.get("/v1/bookings")}


async def asked(house: House, query: str, **arguments: Any) -> Answer:
    answerers = questions(house.config.desk_database, lambda: house.clock.now, house.clock)
    return await answerers[query](Asked("gw-1", query, Question(id="q", arguments=arguments)))


def test_of_two_who_want_the_last_place_the_first_has_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 1), (TEN, 5))
            assert (await asked(house, "free-slots", calendar="papers")).result == {NINE: 1, TEN: 5}
            await sent(house, wish(1), wish(2))
            assert await states(clerk) == {number(1): ("confirmed", ""), number(2): ("full", "")}
            assert (await asked(house, "my-booking", number=number(1))).result["state"] == "confirmed"
            assert (await asked(house, "my-booking", number=number(2))).result["state"] == "full"
            assert (await asked(house, "free-slots", calendar="papers")).result == {NINE: 0, TEN: 5}

    told(story())


def test_without_a_line_it_is_a_request_that_a_person_confirms(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 1))
            await sent(house, wish(1, online=False))
            (one,) = await clerk.get("/v1/bookings")
            assert (one["state"], one["why"], one["tail"]) == ("requested", "offline", "42")
            assert (await clerk.post(f"/v1/bookings/{one['id']}/phone"))["phone"] == "13800000042"
            await clerk.post(f"/v1/bookings/{one['id']}/confirm", {})
            assert await states(clerk) == {number(1): ("confirmed", "")}

    told(story())


def test_a_calendar_changed_under_a_booking_puts_it_first_and_another_time_is_agreed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 2), (TEN, 2))
            await sent(house, wish(1), wish(2, TEN))
            await calendar(editor, (TEN, 2), v=1)
            first, second = await clerk.get("/v1/bookings")
            assert (first["number"], first["displaced"], second["displaced"]) == (number(1), True, False)
            assert (await clerk.ask("POST", f"/v1/bookings/{first['id']}/confirm", {})).status == 409
            await clerk.post(f"/v1/bookings/{first['id']}/confirm", {"starts": TEN})
            assert not any(one["displaced"] for one in await clerk.get("/v1/bookings"))

    told(story())


def test_a_clerk_cannot_give_away_a_place_that_is_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 1))
            await sent(house, wish(1), wish(2, online=False))
            waiting = next(one for one in await clerk.get("/v1/bookings") if one["state"] == "requested")
            assert waiting["why"] == "full"
            assert (await clerk.ask("POST", f"/v1/bookings/{waiting['id']}/confirm", {})).status == 409

    told(story())


def test_what_no_machine_can_decide_waits_for_a_person_and_rubbish_for_nobody(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, ("2026-09-20T09:00", 1), (NINE, 1))
            await sent(
                house,
                wish(1, "2026-09-20T09:00"),
                wish(2, "whenever"),
                wish(3, calendar="gone"),
                wish(4, phone="<b>"),
                {},
                wish(5),
                wish(6, number="123"),
            )
            found = await states(clerk)
            assert found == {
                number(1): ("requested", "past"),
                number(2): ("requested", "no-slot"),
                number(3): ("requested", "no-slot"),
                number(5): ("confirmed", ""),
            }

    told(story())


def test_the_same_submission_twice_is_one_booking(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 5))
            data = Submission(kind="booking", form=wish(1))
            twice = [event(n, lane="state", kind=SUBMISSION, data=data, device="kiosk", id="same") for n in (1, 2)]
            for one in twice:
                await house.arrive("gw-1", "events", batch([one]))
                await house.desk.part(Submissions).catch_up()
            assert len(await clerk.get("/v1/bookings")) == 1

    told(story())


def test_the_telephone_is_sealed_and_who_looked_at_it_is_recorded(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            await calendar(editor, (NINE, 5))
            await sent(house, wish(1))
            assert not await house.desk.look(
                lambda conn: conn.execute("SELECT 1 FROM bookings WHERE instr(phone, '138000')").fetchone()
            )
            (one,) = await clerk.get("/v1/bookings")
            await clerk.post(f"/v1/bookings/{one['id']}/phone")
            noted = await house.desk.look(
                lambda conn: [row["detail"] for row in conn.execute("SELECT * FROM audit WHERE action='booking.phone'")]
            )
            assert len(noted) == 1
            assert "138000" not in json.dumps(noted)

    told(story())


def test_the_kiosk_that_sent_one_asks_for_it_as_often_as_it_likes(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            await calendar(editor, (NINE, 1))
            answerer = questions(house.config.desk_database, lambda: house.clock.now, house.clock)["my-booking"]

            async def ask(id_: str) -> object:
                question = Question(id="q", arguments={"number": number(1), "id": id_})
                return (await answerer(Asked("gw-1", "my-booking", question))).result.get("state")

            assert {await ask("not-there-yet") for _ in range(9)} == {None}
            await sent(house, wish(1))
            (id_,) = await house.desk.look(lambda conn: [row["id"] for row in conn.execute("SELECT id FROM bookings")])
            assert await ask(id_) == "confirmed"

    told(story())


def test_five_numbers_that_are_none_lock_the_kiosk(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            answerer = questions(house.config.desk_database, lambda: house.clock.now, house.clock)["my-booking"]

            async def reason(n: int) -> str:
                question = Question(id="q", arguments={"number": number(n)})
                return (await answerer(Asked("gw-1", "my-booking", question))).reason

            reasons = [await reason(n) for n in range(7)]
            assert "没有这个编号" in reasons[0]
            assert "次数过多" in reasons[6]
            house.later(601)
            assert "没有这个编号" in await reason(9)

    told(story())
