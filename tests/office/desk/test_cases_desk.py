"""Cases over HTTP: typed in, worked, brought by kiosks and other programs, followed by residents."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any, Self

import pytest

from office.desk.cases.asked import my_case
from office.desk.cases.part import Cases
from office.desk.cases.signature import sign
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from office.questions import Asked
from sync.contract import case_number
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION, Outcome, Question
from tests.office.desk.house import Client, House, heard, until
from tests.office.sending import event

REPORT = {"words": "团结湖路口路灯不亮", "kind": "lamp", "place_words": "团结湖路口", "phone": "13800138000"}


async def begun(clerk: Client, **more: object) -> str:
    return str((await clerk.post("/v1/cases", {**REPORT, **more}))["number"])


async def do(clerk: Client, number: str, action: str, **more: object) -> Any:
    version = (await clerk.get(f"/v1/cases/{number}"))["version"]
    return await clerk.post(
        f"/v1/cases/{number}/steps", {"action": action, "version": version, "words": "说明", **more}
    )


async def answered(lead: Client, number: str) -> None:
    await do(lead, number, "dispatch", department="city")
    await do(lead, number, "done")
    await do(lead, number, "verified")
    await do(lead, number, "reply", words="灯已换好")


async def submitted(house: House, n: int, **form: object) -> None:
    await sent(house, n, "report", form)


async def sent(house: House, n: int, kind: str, form: dict[str, object]) -> None:
    data = Submission(kind=kind, form=form)
    await house.arrive("kiosk-1", "events", event(n, kind=SUBMISSION, data=data, gateway="kiosk-1", id=f"sub-{n}"))


async def eventually(look: Any, what: str) -> Any:
    """Ask until there is something."""
    for _ in range(2000):
        if found := await look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(what)


def test_a_call_typed_in_is_listed_worked_and_told_to_open_pages(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            async with lead.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                await asyncio.sleep(0)
                await eventually(lambda: _told(house), "the news are followed")
                number = await begun(lead)
                assert (await heard(socket, "case"))["number"] == number
            listed = (await lead.get("/v1/cases"))["cases"]
            assert [(one["number"], one["step"]) for one in listed] == [(number, "dispatch")]
            await answered(lead, number)
            seen = await lead.get(f"/v1/cases/{number}")
            assert [step["state"] for step in seen["line"]] == ["done", "done", "done", "done", "now"]
            assert (await lead.post(f"/v1/cases/{number}/contact"))["phone"] == "13800138000"
            assert "13800138000" not in json.dumps(seen)

    asyncio.run(story())


async def _told(house: House) -> bool:
    return house.desk.part(Cases)._told >= 0


def test_a_form_sent_twice_is_one_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            assert await begun(lead, key="form-1") == await begun(lead, key="form-1")

    asyncio.run(story())


def test_a_department_reads_and_works_its_own_cases_only(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            city = await house.signed_in(Role.DEPARTMENT, department="city")
            number, other = await begun(lead), await begun(lead, words="楼上噪音", kind="noise")
            await do(lead, number, "dispatch", department="city")
            assert [one["number"] for one in (await city.get("/v1/cases"))["cases"]] == [number]
            assert (await city.get("/v1/cases?text=噪音"))["cases"] == []
            assert (await city.get(f"/v1/cases?text={other}"))["cases"] == []
            assert (await city.ask("GET", f"/v1/cases/{other}")).status == 404
            assert (await city.ask("POST", f"/v1/cases/{other}/contact", {})).status == 404
            assert (await city.get(f"/v1/cases/{number}"))["can"] == ["return", "hand-over", "done", "hold", "note"]

    asyncio.run(story())


def test_words_of_two_signs_are_found(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            lamp, noise = await begun(lead), await begun(lead, words="夜里噪音 A12 号车库", kind="noise")
            for text, number in (("路灯", lamp), ("噪音", noise), ("a12", noise), (case_number.shown(lamp), lamp)):
                found = await lead.get(f"/v1/cases?view=all&text={text}")
                assert [one["number"] for one in found["cases"]] == [number], text
            assert (await lead.get("/v1/cases?text=路灯&kind=noise"))["cases"] == []

    asyncio.run(story())


def test_lists_are_paged_by_key_to_their_end(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            numbers = {await begun(lead, words=f"路灯 {n}") for n in range(7)}
            for view in ("open", "all", "all&text=路灯"):
                seen: list[str] = []
                after = ""
                while True:
                    page = await lead.get(f"/v1/cases?view={view}&limit=3&after={after}")
                    seen += [one["number"] for one in page["cases"]]
                    after = page["next"]
                    if not after:
                        break
                assert (len(seen), set(seen)) == (7, numbers), view
            assert (await lead.ask("GET", "/v1/cases?after=x")).status == 400

    asyncio.run(story())


# --- kiosks


def test_every_report_of_a_kiosk_becomes_exactly_one_case_with_the_number_of_its_slip(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            slip = case_number.mint()
            await submitted(house, 1, number=slip, words="垃圾没人收", kind="rubbish", phone="010-6508 1234")
            await eventually(lambda: _ask(lead, f"/v1/cases?text={slip}"), "the case")
            for n in range(2, 9):
                await submitted(house, n, words=f"第 {n} 次")
            await eventually(lambda: _count(house, 8), "all of them")
            seen = await lead.get(f"/v1/cases/{slip}")
            assert (seen["source"], seen["gateway"], seen["step"], seen["has_phone"]) == (
                "kiosk", "kiosk-1", "received", True,
            )  # fmt: skip

    asyncio.run(story())


async def _ask(clerk: Client, path: str) -> Any:
    return (await clerk.get(path))["cases"]


async def _count(house: House, wanted: int) -> bool:
    count = await house.desk.look(lambda conn: conn.execute("SELECT count(*) FROM cases").fetchone()[0])
    return bool(count == wanted)


def test_reports_read_again_after_a_crash_begin_nothing_twice(short_tmp: Path) -> None:
    """The mark and the cases are one transaction; and should the mark be lost, the event's id still says it was."""

    async def story() -> None:
        async with House(short_tmp) as house:
            for n in range(1, 6):
                await submitted(house, n, words=f"第 {n} 次")
            await eventually(lambda: _count(house, 5), "all of them")
            await house.desk.change(lambda conn: conn.execute("DELETE FROM submissions_followed"))
            await asyncio.gather(*(house.desk.part(Submissions).catch_up() for _ in range(3)))
            assert await _count(house, 5)

    asyncio.run(story())


@pytest.mark.parametrize(
    "form", [{"words": 7}, {"number": "000", "phone": "call me"}, {"pole": ["x"]}, {"x" * 5000: 1}]
)
def test_a_report_that_does_not_fit_is_kept_as_words(short_tmp: Path, form: dict[str, object]) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await submitted(house, 1, **form)
            await eventually(lambda: _count(house, 1), "the case")

    asyncio.run(story())


def test_a_kiosk_is_told_the_steps_and_locked_after_five_wrong_numbers(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            ask = my_case(house.config.desk_database, lambda: house.clock.now, house.clock)

            async def asked(**arguments: str | int) -> Any:
                return await ask(Asked("kiosk-1", "my-case", Question(id="q", arguments=dict(arguments))))

            found = await asked(number=case_number.shown(number))
            assert (found.outcome, found.result["step"], found.result["dispatch.state"]) == (
                Outcome.DONE, "dispatch", "now",
            )  # fmt: skip
            for _ in range(9):
                assert "核对" in (await asked(number="1234-5678-0")).reason  # a slip of the finger is not counted
            for _ in range(5):
                assert "没有这个编号" in (await asked(number=case_number.mint())).reason
            assert "分钟后再试" in (await asked(number=number)).reason
            house.later(601)
            assert (await asked(number=number)).outcome is Outcome.DONE

    asyncio.run(story())


# --- residents


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
            await eventually(lambda: _count(house, 2), "both")
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


# --- other programs


async def _way(house: House, source: str, url: str = "") -> str:
    admin = await house.signed_in(Role.ADMINISTRATOR)
    return str((await admin.put(f"/v1/case-ways/{source}", {"url": url}))["secret"])


async def _signed(house: House, client: Client, secret: str, body: bytes, key: str, late: int = 0) -> Any:
    at = int(house.clock.now) - late
    return await client.ask(
        "POST",
        "/v1/hooks/weibo",
        body,
        **{"X-Linli-Time": str(at), "X-Linli-Signature": sign(secret, at, body), "Idempotency-Key": key},
    )


def test_a_signed_message_is_one_case_and_a_wrong_late_or_changed_one_is_none(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            secret, program = await _way(house, "weibo"), await house.client()
            body = json.dumps({"words": "湖边垃圾", "kind": "rubbish"}).encode()
            first = await _signed(house, program, secret, body, "post-1")
            again = await _signed(house, program, secret, body, "post-1")
            assert (first.status, again.status, again.json["number"]) == (201, 200, first.json["number"])
            assert (await _signed(house, program, "another", body, "post-2")).status == 401
            assert (await _signed(house, program, secret, body, "post-2", late=301)).status == 401
            assert (await _signed(house, program, secret, body, "bad key!")).status == 400
            assert (await _signed(house, program, secret, b"[]", "post-3")).status == 400
            assert (await _signed(house, program, secret, b"x" * 70_000, "post-4")).status == 413
            assert await _count(house, 1)

    asyncio.run(story())


class _Other:
    """The other side's own endpoint: real HTTP, refuses the first time."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.server: asyncio.Server

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/answers"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.heard.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = b"503 Busy" if len(self.heard) == 1 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


def test_the_answer_goes_back_the_way_the_case_came_until_it_is_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house, _Other() as other:
            secret, program = await _way(house, "weibo", other.url), await house.client()
            lead = await house.signed_in(Role.DUTY)
            body = json.dumps({"words": "湖边垃圾"}).encode()
            number = (await _signed(house, program, secret, body, "post-1")).json["number"]
            await answered(lead, number)
            await eventually(lambda: _replies(lead, number, "fault"), "the first try failed")
            assert (await lead.get(f"/v1/cases/{number}"))["replies"][0]["fault"] == "HTTP 503"
            house.later(31)
            await eventually(lambda: _replies(lead, number, "sent_at"), "the second arrived")
            (headers, sent), (later, _) = other.heard[-1], other.heard[0]
            assert (json.loads(sent)["answer"], json.loads(sent)["ref"]) == ("灯已换好", "post-1")
            assert headers["x-linli-signature"] == sign(secret, int(headers["x-linli-time"]), sent)
            assert headers["idempotency-key"] == later["idempotency-key"]

    asyncio.run(story())


async def _replies(clerk: Client, number: str, name: str) -> Any:
    return (await clerk.get(f"/v1/cases/{number}"))["replies"][0][name]


def test_the_district_brings_by_key_and_reads_its_results(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            key, program = await _way(house, "district"), await house.client()
            lead = await house.signed_in(Role.DUTY)
            bearer = {"Authorization": f"Bearer {key}"}
            theirs = {"number": "CY-2026-0001", "words": "井盖缺失", "kind": "safety", "due": "2026-09-30T09:00:00Z"}
            assert (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]})).status == 401
            entered = (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]}, **bearer)).json
            again = (await program.ask("POST", "/v1/district/cases", {"cases": [theirs]}, **bearer)).json
            assert (entered[0]["new"], again[0]["new"], again[0]["number"]) == (True, False, entered[0]["number"])
            number = entered[0]["number"]
            seen = await lead.get(f"/v1/cases/{number}")
            assert (seen["district_number"], seen["district_due"]) == ("CY-2026-0001", "2026-09-30T09:00:00Z")
            await answered(lead, number)
            results = (await program.ask("GET", "/v1/district/results", **bearer)).json
            assert (results[0]["answer"], results[0]["in_time"]) == ("灯已换好", True)

    asyncio.run(story())


def test_a_csv_says_every_bad_row_and_changes_nothing_until_it_is_confirmed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            head = "区编号,内容,类别,地点,时限\n"
            bad = head + "A1,井盖,safety,湖边,2026-09-30\n,没有编号,,,\nA1,重复,,,明天\n"
            checked = (await lead.ask("POST", "/v1/cases/import", bad.encode("gb18030"))).json
            assert [(one["row"], one["field"]) for one in checked["bad"]] == [(3, "number"), (4, "number"), (4, "due")]
            forced = await lead.ask("POST", f"/v1/cases/import?confirm={checked['mark']}", bad.encode("gb18030"))
            assert not forced.json["done"]
            good = (head + "A1,=井盖,safety,湖边,2026/9/30 17:00\nA2,垃圾,,,\n").encode("utf-8-sig")
            checked = (await lead.ask("POST", "/v1/cases/import", good)).json
            assert (checked["rows"], checked["new"], checked["done"]) == (2, 2, False)
            assert await _count(house, 0)
            assert (await lead.ask("POST", f"/v1/cases/import?confirm={checked['mark']}", good)).json["done"]
            assert (await lead.ask("POST", "/v1/cases/import", good)).json["known"] == 2
            out = (await lead.ask("GET", "/v1/cases/district.csv")).content.decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(out)))
            assert [(row[0], row[2], row[3]) for row in rows[1:]] == [
                ("A1", "登记", "2026-09-30 17:00"),
                ("A2", "登记", ""),
            ]

    asyncio.run(story())


# --- figures and 公示


def test_a_month_in_public_shows_counts_and_approved_words_only(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead, anyone = await house.signed_in(Role.DUTY), await house.client()
            number, hidden = await begun(lead, community="团结湖北"), await begun(lead)
            for each in (number, hidden):
                await answered(lead, each)
                await do(lead, each, "end")
            path = f"/v1/cases/{number}/public"
            told = {"title": "路灯修复", "text": "请找王先生 13800138000", "approve": True}
            assert (await lead.ask("PUT", path, told)).status == 400
            assert (await lead.ask("PUT", path, {**told, "text": "3号楼2单元门口"})).status == 400
            await lead.put(path, {**told, "text": "路口路灯已更换"})
            month = await anyone.ask("GET", "/v1/public/gongshi/2026-09")
            assert "max-age" in month.headers["Cache-Control"]
            assert (month.json["ended"], [one["title"] for one in month.json["cases"]]) == (2, ["路灯修复"])
            assert "1380013" not in month.content.decode()
            assert (await anyone.ask("GET", "/v1/public/gongshi/2026-13")).status == 404
            assert (await anyone.get("/v1/public/gongshi/last"))["month"] == "2026-08"

    asyncio.run(story())


def test_figures_count_working_hours_by_step_department_and_kind(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            lead = await house.signed_in(Role.DUTY)
            house.later(11 * 3600)  # Tuesday 9:13
            lead = await house.signed_in(Role.DUTY)
            number = await begun(lead)
            await do(lead, number, "dispatch", department="city")
            house.later(2 * 3600)
            await do(lead, number, "done")
            seen = await lead.get("/v1/cases/figures?first=2026-09&last=2026-09")
            handle = next(one for one in seen["steps"] if one["id"] == "handle")
            assert (handle["count"], handle["median_h"], handle["on_time"]) == (1, 2.0, 1.0)
            assert [one["id"] for one in seen["departments"]] == ["city"]
            assert (await lead.ask("GET", "/v1/cases/figures?first=2026-09&last=2026-01")).status == 400

    asyncio.run(story())


def test_settings_are_checked_and_set_whole(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            settings = await admin.get("/v1/case-settings")
            assert len(settings["departments"]) == 9
            kinds = [*settings["kinds"], {"id": "tree", "zh": "树木", "en": "Trees", "department": "city"}]
            changed = await admin.put("/v1/case-settings", {"kinds": kinds})
            assert changed["kinds"][-1]["id"] == "tree"
            for bad in (
                {"kinds": [{"id": "A B", "zh": "x", "en": "x"}]},
                {"limits": [{"step": "handle", "hours": 3}]},
                {"hours": [{"first": 600, "last": 500}]},
            ):
                assert (await admin.ask("PUT", "/v1/case-settings", bad)).status == 400

    asyncio.run(story())


def test_the_receiver_may_look_before_the_desk_ever_ran(tmp_path: Path) -> None:
    async def story() -> None:
        ask = my_case(tmp_path / "none.sqlite", lambda: 0.0)
        said = await ask(Asked("k", "my-case", Question(id="q", arguments={"number": case_number.mint()})))
        assert said.outcome is Outcome.REFUSED

    asyncio.run(story())
