"""What is around the calls: departments and staff, presence, wishes to be called back, history and figures."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from office.desk.calls import callbacks, figures
from office.desk.calls.lists import CallLists
from office.desk.people.roles import Role
from office.desk.submissions import Submissions
from sync.contract.call import Reason
from sync.contract.call_signals import Bye
from sync.contract.departments import Departments
from sync.contract.envelope import batch, decode
from sync.contract.messages import SUBMISSION
from tests.office.desk.calling import Kiosk, Office, play
from tests.office.desk.house import until
from tests.office.sending import event

PHONE = "13812345678"


async def wish(office: Office, n: int, **form: object) -> None:
    """A wish as a kiosk's submission brings it."""
    data = {"kind": "callback", "form": {"department": "civil", "phone": PHONE, "language": "zh", **form}}
    await office.house.arrive("gw-1", "events", batch([event(n, kind=SUBMISSION, data=data, id=f"wish-{n}")]))


def test_nine_departments_ship_in_plain_words_and_go_to_the_kiosks(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        anyone = await office.house.signed_in(Role.WARDEN)
        seen = await anyone.get("/v1/departments")
        names = [one["department"]["id"] for one in seen["departments"]]
        assert len(names) == 9
        assert names[0] == "general"
        assert all(one["department"]["words"]["zh"] for one in seen["departments"])
        lists = office.house.desk.part(CallLists)
        version = await lists.publish()
        manifest, content = await _published(office)
        assert manifest["version"] == version
        assert [one.id for one in decode(content, Departments).departments] == names
        editor = await office.house.signed_in(Role.CONTENT)
        seen["departments"][1]["department"]["words"]["zh"] = "低保、养老"
        dropped = seen["departments"].pop()
        after = await editor.put("/v1/departments", seen)
        assert after["version"] != seen["version"]
        stale = await editor.ask("PUT", "/v1/departments", seen)
        assert stale.status == 409
        await lists.publish()
        _, content = await _published(office)
        kept = decode(content, Departments).departments
        assert (kept[1].words.zh, len(kept)) == ("低保、养老", 8)
        gone = Kiosk(office).start(dropped["department"]["id"])
        assert (await gone.told(Bye)).reason is Reason.REFUSED
        duty = await office.house.signed_in(Role.DUTY)
        assert (await duty.ask("PUT", "/v1/departments", after)).status == 403

    play(short_tmp, story)


async def _published(office: Office) -> tuple[dict[str, Any], bytes]:
    def look(conn: Any) -> str:
        row = conn.execute("SELECT manifest FROM centre.contents WHERE name='departments'").fetchone()
        return str(row["manifest"])

    manifest = json.loads(await office.house.desk.look(look))
    (file,) = manifest["files"]
    (path,) = (office.house.folder / "data" / "blobs").rglob(file["sha256"])
    return manifest, path.read_bytes()


def test_departments_that_make_no_sense_are_refused(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        editor = await office.house.signed_in(Role.CONTENT)
        kept = await editor.get("/v1/departments")
        for change in (
            {"id": "UPPER"},
            {"name": {"zh": ""}},
            {"hotline": "call me"},
            {"hours": [{"days": [8], "opens": 1, "closes": 2}]},
            {"hours": [{"days": [1], "opens": 20, "closes": 10}]},
            {"closed_on": ["tomorrow"]},
            {"name": {"zh": "长" * 300}},
        ):
            wrong = json.loads(json.dumps(kept))
            wrong["departments"][0]["department"] |= change
            assert (await editor.ask("PUT", "/v1/departments", wrong)).status == 400, change
        assert (await editor.ask("PUT", "/v1/departments", kept | {"departments": []})).status == 400
        after = await editor.get("/v1/departments")
        assert (after["version"], after["departments"]) == (kept["version"], kept["departments"])

    play(short_tmp, story)


def test_presence_says_who_is_there_and_free_and_when_it_opens(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        async def present(**wanted: object) -> None:
            for _ in range(2000):
                rows = await office.house.desk.look(
                    lambda conn: conn.execute("SELECT * FROM centre.presence WHERE department='civil'").fetchall()
                )
                if rows and {name: rows[0][name] for name in wanted} == wanted:
                    return
                await asyncio.sleep(0.005)
            raise AssertionError(f"never {wanted}")

        await present(there=0, free=0, open=1)
        clerk, other = await office.clerk("civil"), await office.clerk("civil")
        await present(there=2, free=2, waiting=0)
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.take(kiosk)
        await present(there=2, free=1)
        await clerk.step(kiosk, "hang-up")
        await clerk.say("calls", do="leave")
        await other.leave()
        await present(there=0, free=0)

    play(short_tmp, story)


def test_a_clerk_answers_for_the_departments_that_are_assigned(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        admin = await office.house.signed_in(Role.ADMINISTRATOR)
        own = await office.house.signed_in(Role.DEPARTMENT, department="housing")
        page = await (await office.page(own)).take_calls()
        kiosk = Kiosk(office).start("housing")
        await page.rung(kiosk)
        staff = await admin.put(f"/v1/department-staff/{page.id}", {"departments": ["labour"]})
        assert next(one["departments"] for one in staff if one["account"] == page.id) == ["labour"]
        await until(lambda: not page.rings(kiosk.call), "it is not theirs any more")
        assert (await admin.ask("PUT", f"/v1/department-staff/{page.id}", {"departments": ["moon"]})).status == 400
        assert (await admin.ask("PUT", "/v1/department-staff/nobody", {"departments": []})).status == 404
        assert (await own.ask("PUT", f"/v1/department-staff/{page.id}", {"departments": ["civil"]})).status == 403

    play(short_tmp, story)


def test_a_wish_to_be_called_is_kept_sealed_taken_by_one_and_done(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil"), await office.clerk("civil")
        await wish(office, 1)
        await wish(office, 2, department="moon", phone="call me")
        await until(lambda: one.board.get("callbacks") == 1, "the board says so")
        (seen,) = await one.client.get("/v1/callbacks")
        assert (seen["phone"], seen["state"], seen["department"]) == ("…5678", "waiting", "civil")
        answers = await asyncio.gather(
            *(clerk.client.ask("POST", f"/v1/callbacks/{seen['id']}/take", {}) for clerk in (one, other))
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        winner, loser = (one, other) if answers[0].status == 200 else (other, one)
        opened = next(answer.json for answer in answers if answer.status == 200)
        assert opened["phone"] == PHONE
        path = f"/v1/callbacks/{seen['id']}"
        assert (await loser.client.ask("POST", f"{path}/done", {"notes": "x"})).status == 409
        await winner.client.post(f"{path}/done", {"notes": "没人接", "reached": False})
        (again,) = await loser.client.get("/v1/callbacks?state=waiting")
        assert again["tries"] == 1
        assert (await loser.client.post(f"{path}/take"))["notes"] == "没人接"
        await loser.client.post(f"{path}/release")
        await winner.client.post(f"{path}/take")
        await winner.client.post(f"{path}/done", {"notes": "已说明", "reached": True})
        assert await winner.client.get("/v1/callbacks") == []
        assert (await winner.client.get("/v1/callbacks?state=done"))[0]["by"] == winner.id
        assert (await winner.client.ask("GET", "/v1/callbacks?state=lost")).status == 400
        for file in ("desk.sqlite", "desk.sqlite-wal"):
            assert PHONE.encode() not in (office.house.folder / "data" / file).read_bytes()

        def erase(conn: Any) -> int:
            return callbacks.erase(conn, office.house.desk.now() + callbacks.ERASE_MS + 1)

        assert await office.house.desk.change(erase) == 1
        assert (await winner.client.get("/v1/callbacks?state=done"))[0]["phone"] == ""

    play(short_tmp, story)


def test_the_history_and_the_figures_tell_no_content(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        for n in range(6):
            kiosk = Kiosk(office, f"gw-{n}").start()
            await clerk.rung(kiosk)
            if n < 4:
                await clerk.take(kiosk)
                await office.later(10, kiosk, step_s=1.0)
                await clerk.step(kiosk, "hang-up")
            else:
                kiosk.bye(Reason.RESIDENT)
            await office.ended(kiosk)
        nobody = Kiosk(office, "gw-9").start("safety")
        await nobody.told(Bye)
        await office.ended(nobody)
        history = await clerk.client.get("/v1/call-history?limit=3")
        assert len(history) == 3
        before = history[-1]["began"]
        more = await clerk.client.get(f"/v1/call-history?before={before}")
        assert len(more) == 4
        by_department = {one["department"]: one for one in await clerk.client.get("/v1/call-figures")}
        civil, safety = by_department["civil"], by_department["safety"]
        assert (civil["calls"], civil["answered"], civil["missed"], civil["refused"]) == (6, 4, 2, 0)
        assert civil["handling_median_s"] == 10.0
        assert civil["reasons"] == {"office": 4, "resident": 2}
        assert (safety["calls"], safety["refused"], safety["wait_median_s"]) == (1, 1, None)
        assert (await clerk.client.ask("GET", "/v1/call-figures?from=x")).status == 400
        assert (await clerk.client.ask("GET", "/v1/call-figures?from=2020-01-01&to=2026-01-01")).status == 400
        warden = await office.house.signed_in(Role.WARDEN)
        assert (await warden.ask("GET", "/v1/call-history")).status == 403

    play(short_tmp, story)


def test_the_ninth_tenth_of_waits() -> None:
    assert figures._ninety([3.0]) == 3.0
    assert figures._ninety([float(n) for n in range(1, 12)]) == 10.0


def test_what_a_resident_thought_of_a_call_is_kept_once_and_counted_without_a_person(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        call = Kiosk(office).start()
        call.offer()
        await clerk.rung(call)
        await clerk.talk(call)
        call.bye(Reason.RESIDENT)
        await office.ended(call)
        said: dict[str, str] = {"call": call.call, "department": "civil", "face": "good", "word": "kind"}
        nonsense = (said | {"face": "furious"}, said | {"word": "13812345678"}, said | {"call": "none"})
        for n, form in enumerate((*nonsense, said, said | {"face": "bad", "word": ""}), 1):
            data = {"kind": "evaluation", "form": form}
            await office.house.arrive("gw-1", "events", batch([event(n, kind=SUBMISSION, data=data, id=f"word-{n}")]))
        stranger = {"kind": "evaluation", "form": said | {"face": "bad"}}
        other = event(9, kind=SUBMISSION, data=stranger, id="word-9", gateway="gw-2")
        await office.house.arrive("gw-2", "events", batch([other]))
        await office.house.desk.part(Submissions).catch_up()
        office_wide = await office.house.signed_in(Role.AUDITOR)
        (one,) = await office_wide.get("/v1/call-history")
        assert (one["face"], one["word"]) == ("good", "kind")
        (day,) = await office_wide.get("/v1/call-figures")
        assert (day["faces"], day["words"]) == ({"good": 1}, {"kind": 1})

    play(short_tmp, story)
