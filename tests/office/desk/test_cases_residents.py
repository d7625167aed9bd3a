"""What a resident sees of a case, says of it, and until when."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from office.desk.cases.part import Cases
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from sync.contract import case_number
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.cases_stage import answered, begun, count, eventually, sent
from tests.office.desk.house import House, heard, until
from tests.office.sending import event


def test_a_resident_sees_steps_without_personal_data_and_evaluates_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, resident = await house.signed_in(Role.DUTY), await house.client()
            number = await begun(lead)
            path = f"/v1/public/cases/{number}"
            seen = (await resident.get(path))["case"]
            assert "13800138000" not in json.dumps(seen)
            assert "团结湖路口" not in json.dumps(seen, ensure_ascii=False)
            early = await resident.ask("POST", f"{path}/evaluation", {"phone": "8000", "stars": 5, "solved": True})
            assert early.status == 409
            await answered(lead, number)
            assert (await resident.post(f"{path}/answer", {"phone": "8000"}))["answer"] == "灯已换好"
            wrong = await resident.ask("POST", f"{path}/answer", {"phone": "8001"})
            assert wrong.status == 403
            await resident.post(f"{path}/evaluation", {"phone": "8000", "stars": 5, "solved": True, "words": "很快"})
            again = await resident.ask("POST", f"{path}/evaluation", {"phone": "8000", "stars": 1, "solved": False})
            assert again.status == 409
            assert (await lead.get(f"/v1/cases/{number}"))["step"] == "ended"

    asyncio.run(story())


def test_a_word_at_the_kiosk_ends_the_case_once_and_nonsense_changes_nothing(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            await answered(lead, number)
            nonsense: tuple[dict[str, object], ...] = ({}, {"stars": 9}, {"stars": "5"}, {"stars": 5, "solved": "yes"})
            for n, form in enumerate(nonsense, 1):
                await sent(house, n, "evaluation", {"number": number, **form})
            await sent(house, 10, "evaluation", {"number": case_number.mint(), "stars": 5, "solved": True})
            await sent(house, 11, "evaluation", {"number": number, "stars": 5, "solved": True, "words": "办得快"})
            await sent(house, 12, "evaluation", {"number": number, "stars": 1, "solved": False})

            async def ended() -> bool:
                return bool((await lead.get(f"/v1/cases/{number}"))["step"] == "ended")

            await eventually(ended, "the resident's word")
            await house.desk.part(Submissions).catch_up()
            (one,) = (await lead.get(f"/v1/cases/{number}"))["evaluations"]
            assert (one["stars"], one["solved"], one["words"]) == (5, True, "办得快")

    asyncio.run(story())


def test_a_signed_link_opens_its_own_case_and_no_other_until_it_is_old(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, resident = await house.signed_in(Role.DUTY), await house.client()
            number, other = await begun(lead), await begun(lead)
            await answered(lead, number)
            token = (await lead.get(f"/v1/cases/{number}/link"))["url"].rpartition("/")[2]
            assert (await resident.post(f"/v1/public/cases/{number}/answer", {"token": token}))["answer"]
            assert (await resident.ask("POST", f"/v1/public/cases/{other}/answer", {"token": token})).status == 403
            assert (await resident.ask("POST", f"/v1/public/cases/{number}/answer", {"token": "x"})).status == 403
            body = {"token": token, "stars": 1, "solved": False}
            await resident.post(f"/v1/public/cases/{number}/evaluation", body)
            assert (await lead.get(f"/v1/cases/{number}"))["step"] == "handle"
            house.later(61 * 24 * 3600)
            assert (await resident.ask("POST", f"/v1/public/cases/{number}/answer", {"token": token})).status == 403

    asyncio.run(story())


def test_five_wrong_tries_lock_an_address_for_ten_minutes(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, resident = await house.signed_in(Role.DUTY), await house.client()
            number = await begun(lead)
            for _ in range(5):
                assert (await resident.ask("GET", f"/v1/public/cases/{case_number.mint()}")).status == 404
            assert (await resident.ask("GET", f"/v1/public/cases/{number}")).status == 429
            house.later(601)
            await resident.get(f"/v1/public/cases/{number}")

    asyncio.run(story())


def test_two_cases_with_one_number_ask_which_kiosk_and_day(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            resident, slip = await house.client(), case_number.mint()
            for n, gateway in ((1, "kiosk-1"), (2, "kiosk-2")):
                data = Submission(kind="report", form={"number": slip, "words": "x"})
                sent = event(n, kind=SUBMISSION, data=data, gateway=gateway, id=f"s{n}", epoch=f"epoch-{n}")
                await house.arrive(gateway, "events", sent)
            await eventually(lambda: count(house, 2), "both")
            found = await resident.get(f"/v1/public/cases/{slip}")
            assert [(one["which"], one["kiosk"]) for one in found["choices"]] == [(1, "kiosk-1"), (2, "kiosk-2")]
            second = (await resident.get(f"/v1/public/cases/{slip}?which=2"))["case"]
            assert case_number.check(second["number"]) != slip

    asyncio.run(story())


def test_what_nobody_evaluates_ends_by_itself_and_late_words_are_not_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, resident = await house.signed_in(Role.DUTY), await house.client()
            number = await begun(lead)
            await answered(lead, number)
            house.later(30 * 24 * 3600)
            await house.desk.part(Cases).deadlines()
            lead = await house.signed_in(Role.DUTY)
            assert (await lead.get(f"/v1/cases/{number}"))["step"] == "ended"
            body = {"phone": "8000", "stars": 1, "solved": False}
            assert (await resident.ask("POST", f"/v1/public/cases/{number}/evaluation", body)).status == 409

    asyncio.run(story())


def test_a_deadline_is_told_once_when_near_and_once_when_over(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            async with lead.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                await house.desk.part(Cases).deadlines()
                assert (await heard(socket, "case-due"))["kind"] == "soon"
                house.later(24 * 3600)
                await house.desk.part(Cases).deadlines()
                told = await heard(socket, "case-due")
                assert (told["number"], told["kind"]) == (number, "overdue")
            rows = await house.desk.look(lambda conn: conn.execute("SELECT count(*) FROM case_reminders").fetchone()[0])
            await house.desk.part(Cases).deadlines()
            assert rows == 2

    asyncio.run(story())
