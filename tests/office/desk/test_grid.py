"""The grid: who walks where, who wants to, and what a warden's phone sends, once each."""

from __future__ import annotations

import asyncio
import re
import uuid
from pathlib import Path
from typing import Any

from office.desk.desk import Desk
from office.desk.grid import look
from office.desk.grid.round import RoundPart
from office.desk.pages import FOLDER
from office.desk.people.roles import Role
from office.desk.register import places
from office.desk.submissions import Submissions
from sync.contract.envelope import batch
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.house import Client, House
from tests.office.desk.test_files import photo
from tests.office.sending import event

HOUR_MS = 3600 * 1000


async def streets(desk: Desk) -> None:
    """A community with a building in it, and a pole before it."""

    def make(conn: Any) -> None:
        place = "INSERT INTO places(id, parent, kind, name, path, words, changed_at) VALUES (?,?,?,?,?,?,0)"
        conn.execute(place, ("c1", "", "community", "一区", "一区", "一区"))
        conn.execute(place, ("b1", "c1", "building", "3号楼", "一区/3号楼", "一区 3号楼"))
        conn.execute(place, ("c2", "", "community", "二区", "二区", "二区"))
        for one in ("c1", "b1", "c2"):
            places.reindex(conn, one)
        conn.execute(
            """INSERT INTO poles(number, words, nearby, lat, lon, wlat, wlon, place, changed_at)
               VALUES ('100200', '一区3号楼前', '便民菜店', 39.93, 116.46, 39.93, 116.46, 'b1', 0)"""
        )

    await desk.change(make)


async def area(office: Client, *wardens: Client, within: tuple[str, ...] = ("c1",), name: str = "一网格") -> str:
    wanted = {"name": name, "places": [*within], "wardens": [warden.me["id"] for warden in wardens]}
    return str((await office.post("/v1/grid/areas", wanted))["id"])


async def walks(house: House, place: str) -> str | None:
    at = house.desk.now()
    return await house.desk.look(lambda conn: look.warden_of(conn, place, at))


def seen(**more: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "kind": "lamp", "words": "路灯不亮", "at": 0, **more}


async def count(house: House, sql: str) -> int:
    return int(await house.desk.look(lambda conn: conn.execute(sql).fetchone()[0]))


def test_the_warden_of_a_place_is_that_of_the_nearest_area_around_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            office = await house.signed_in(Role.ADMINISTRATOR)
            one, two = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            await area(office, one)
            assert (await walks(house, "b1"), await walks(house, "c2")) == (one.me["id"], None)
            await area(office, two, within=("b1",), name="楼")
            assert (await walks(house, "b1"), await walks(house, "c1")) == (two.me["id"], one.me["id"])

    asyncio.run(story())


def test_while_a_warden_is_away_the_substitute_walks(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            office = await house.signed_in(Role.ADMINISTRATOR)
            one, two = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            await area(office, one)
            now = house.desk.now()
            away = {"account": one.me["id"], "substitute": two.me["id"], "from_at": now, "until_at": now + HOUR_MS}
            n = (await office.post("/v1/grid/away", away))["id"]
            assert await walks(house, "b1") == two.me["id"]
            assert [one["name"] for one in (await two.get("/v1/round"))["areas"]] == ["一网格"]
            await office.delete(f"/v1/grid/away/{n}")
            assert await walks(house, "b1") == one.me["id"]
            await office.post("/v1/grid/away", away)
            house.later(3601)
            assert await walks(house, "b1") == one.me["id"]

    asyncio.run(story())


def test_a_place_belongs_to_one_area_and_an_edit_over_another_is_told(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            office = await house.signed_in(Role.ADMINISTRATOR)
            first = await area(office)
            wanted = {"name": "二网格", "places": ["c1"], "wardens": []}
            assert (await office.ask("POST", "/v1/grid/areas", wanted)).json["zh"] == "一区 已属于“一网格”"
            assert (await office.ask("POST", "/v1/grid/areas", {**wanted, "places": ["x"]})).json["field"] == "places"
            change = {"name": "一网格", "places": [], "wardens": [], "v": 1}
            await office.put(f"/v1/grid/areas/{first}", change)
            assert (await office.ask("PUT", f"/v1/grid/areas/{first}", change)).json["error"] == "stale"

    asyncio.run(story())


def test_an_area_shows_what_is_open_in_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            office, warden = await house.signed_in(Role.ADMINISTRATOR), await house.signed_in(Role.WARDEN)
            await area(office, warden)
            await warden.post("/v1/round/reports", seen(pole="100200"))
            await house.press("button-1")
            await house.desk.change(
                lambda conn: conn.execute(
                    """INSERT INTO devices_at(gateway, device, place, source, changed_at)
                       VALUES ('gw-1', 'button-1', 'b1', 'desk', 0)"""
                )
            )
            shown = (await office.get("/v1/grid"))["areas"][0]
            assert (shown["cases"], shown["alarms"], shown["now"]["id"]) == (1, 1, warden.me["id"])

    asyncio.run(story())


def test_a_report_sent_again_is_the_same_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            warden = await house.signed_in(Role.WARDEN)
            file = (await warden.put("/v1/files", photo()))["sha256"]
            report = seen(files=[file], pole="100200")
            numbers = await asyncio.gather(*[warden.post("/v1/round/reports", report) for _ in range(5)])
            assert len({one["number"] for one in numbers}) == 1
            assert await count(house, "SELECT count(*) FROM cases") == 1
            shown = (await warden.get("/v1/round"))["cases"]
            assert [(one["number"], one["place"], one["files"][0]["sha256"]) for one in shown] == [
                (numbers[0]["number"], "一区3号楼前", file)
            ]

    asyncio.run(story())


def test_two_wardens_with_the_same_id_have_two_cases(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, two = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            report = seen()
            first, second = await one.post("/v1/round/reports", report), await two.post("/v1/round/reports", report)
            assert first["number"] != second["number"]

    asyncio.run(story())


def test_a_report_with_a_file_that_is_gone_is_no_case_and_says_so(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden, other = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            file = (await other.put("/v1/files", photo()))["sha256"]
            for name in (file, "0" * 64):
                answer = await warden.ask("POST", "/v1/round/reports", seen(files=[name]))
                assert (answer.status, answer.json["error"]) == (409, "file-gone")
            assert await count(house, "SELECT count(*) FROM cases") == 0

    asyncio.run(story())


def test_what_was_reported_long_ago_says_when_and_an_unknown_pole_is_not_lost(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden = await house.signed_in(Role.WARDEN)
            then = house.desk.now() - 3 * HOUR_MS
            await warden.post("/v1/round/reports", seen(at=then, pole="999", lat=39.93, lon=116.46))
            case = (await warden.get("/v1/round"))["cases"][0]
            assert re.fullmatch(r"路灯不亮\(网格员 \d\d-\d\d \d\d:\d\d 在现场记录\)", case["words"])
            assert case["place"] == "编号 999(未登记) 39.93000, 116.46000(WGS-84)"

    asyncio.run(story())


def test_a_bad_report_is_refused_with_the_field_that_is_meant(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden = await house.signed_in(Role.WARDEN)
            tries: list[tuple[dict[str, object], str]] = [
                ({"id": "1"}, "id"), ({"words": "  "}, "words"), ({"words": "长" * 2001}, "words"),
                ({"lat": 91.0, "lon": 0.0}, "lat"), ({"files": ["a"] * 10}, "files"),
            ]  # fmt: skip
            for bad, field in tries:
                answer = await warden.ask("POST", "/v1/round/reports", seen(**bad))
                assert (answer.status, answer.json["field"]) == (400, field)

    asyncio.run(story())


async def handled(house: House, warden: Client) -> str:
    """A case that this warden has in hand."""
    number = (await warden.post("/v1/round/reports", seen()))["number"]
    who = warden.me["id"]
    sql = "UPDATE cases SET step='handle', department='city', assignee=? WHERE number=?"
    await house.desk.change(lambda conn: conn.execute(sql, (who, number)))
    return str(number)


def test_a_warden_says_arrived_and_done_with_a_picture_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden, duty = await house.signed_in(Role.WARDEN), await house.signed_in(Role.DUTY)
            number = await handled(house, warden)
            steps = f"/v1/round/cases/{number}/steps"
            await warden.post(steps, {"id": str(uuid.uuid4()), "what": "arrived"})
            file = (await warden.put("/v1/files", photo()))["sha256"]
            done = {"id": str(uuid.uuid4()), "what": "done", "words": "灯泡已换", "files": [file]}
            assert [(await warden.post(steps, done))["step"] for _ in range(2)] == ["verify", "verify"]
            assert await count(house, "SELECT count(*) FROM case_history WHERE action='done'") == 1
            assert (await duty.ask("GET", f"/v1/files/{file}")).status == 200

    asyncio.run(story())


def test_a_warden_steps_only_their_own_case(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            mine, other = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            number = await handled(house, mine)
            done = {"id": str(uuid.uuid4()), "what": "done", "words": "办完"}
            assert (await other.ask("POST", f"/v1/round/cases/{number}/steps", done)).status == 403

    asyncio.run(story())


def test_a_pole_is_read_back_by_number_and_by_what_is_near(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            warden = await house.signed_in(Role.WARDEN)
            assert (await warden.get("/v1/round/poles?number=100200"))[0]["words"] == "一区3号楼前"
            near = (await warden.get("/v1/round/poles?lat=39.9301&lon=116.46"))[0]
            assert (near["number"], 5 < near["distance_m"] < 20) == ("100200", True)
            assert await warden.get("/v1/round/poles?number=1") == []
            assert (await warden.ask("GET", "/v1/round/poles?lat=nan&lon=1")).status == 400

    asyncio.run(story())


def applied(**more: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "name": "居民甲", "phone": "010-5555 0100", "where": "一区", **more}


def test_a_resident_applies_and_staff_make_the_account(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await streets(house.desk)
            office, stranger = await house.signed_in(Role.ADMINISTRATOR), await house.client()
            grid, wish = await area(office), applied()
            for _ in range(2):
                await stranger.post("/v1/public/warden-applications", wish)
            [shown] = (await office.get("/v1/grid/applications?state=open"))["items"]
            assert (shown["name"], shown["phone"]) == ("居民甲", "01055550100")
            path = f"/v1/grid/applications/{wish['id']}"
            made = await office.post(path + "/approval", {"login": "warden7", "area": grid})
            assert len(made["code"]) > 12
            assert (await office.get("/v1/grid"))["areas"][0]["wardens"][0]["words"] == "居民甲"
            assert (await office.ask("POST", path + "/refusal", {"words": "重复"})).json["error"] == "stale"

    asyncio.run(story())


def test_an_application_is_sealed_and_refused_with_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            office, stranger = await house.signed_in(Role.ADMINISTRATOR), await house.client()
            wish = applied()
            await stranger.post("/v1/public/warden-applications", wish)
            path = f"/v1/grid/applications/{wish['id']}/refusal"
            assert (await office.ask("POST", path, {"words": " "})).json["field"] == "words"
            await office.post(path, {"words": "名额已满"})
            [shown] = (await office.get("/v1/grid/applications"))["items"]
            assert (shown["state"], shown["answer"]) == ("refused", "名额已满")
            row = await house.desk.look(
                lambda conn: "".join(map(str, conn.execute("SELECT * FROM warden_applications").fetchone()))
            )
            assert not any(said in row for said in ("居民甲", "01055550100", "名额已满"))

    asyncio.run(story())


def test_nobody_floods_the_office_with_applications(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            tries = [(await stranger.ask("POST", "/v1/public/warden-applications", applied())).status for _ in range(7)]
            assert tries == [204] * 5 + [429] * 2
            house.later(3601)
            bad = await stranger.ask("POST", "/v1/public/warden-applications", applied(phone="not a number"))
            assert (bad.status, bad.json["field"]) == (400, "phone")

    asyncio.run(story())


def test_a_department_answers_for_the_warden_and_only_one_that_exists(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            office = await house.signed_in(Role.ADMINISTRATOR)
            wanted = {"name": "一网格", "places": [], "wardens": [], "department": "no-such"}
            refused = await office.ask("POST", "/v1/grid/areas", wanted)
            assert (refused.status, refused.json["field"]) == (400, "department")
            made = (await office.post("/v1/grid/areas", {**wanted, "department": "order"}))["id"]
            seen = await office.get("/v1/grid")
            assert [one["department"] for one in seen["areas"]] == ["order"]
            assert "order" in [one["id"] for one in seen["departments"]]
            await office.put(f"/v1/grid/areas/{made}", {**wanted, "department": "", "v": 1})
            assert [one["department"] for one in (await office.get("/v1/grid"))["areas"]] == [""]

    asyncio.run(story())


def submission(n: int, kind: str) -> bytes:
    form = {"name": "居民乙", "phone": "13800000000"}
    return batch([event(n, lane="state", kind=SUBMISSION, data=Submission(kind=kind, form=form), device="kiosk")])


def test_an_application_made_at_a_kiosk_arrives_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            office = await house.signed_in(Role.ADMINISTRATOR)
            await house.arrive("gw-1", "events", submission(1, "warden-application"))
            await house.arrive("gw-1", "events", submission(2, "booking"))
            for _ in range(2):
                await house.desk.part(Submissions).catch_up()
            shown = (await office.get("/v1/grid/applications"))["items"]
            assert [(one["name"], one["source"]) for one in shown] == [("居民乙", "kiosk")]

    asyncio.run(story())


def test_a_warden_stays_signed_in_for_a_month_and_an_office_clerk_does_not(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden, both = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN, Role.DUTY)
            house.later(29 * 24 * 3600)
            assert (await warden.ask("GET", "/v1/round")).status == 200
            assert (await both.ask("GET", "/v1/round")).status == 401
            house.later(2 * 24 * 3600)
            assert (await warden.ask("GET", "/v1/round")).status == 401

    asyncio.run(story())


IMPORT = re.compile(r"""(?:import|from)\s+['"]([^'"]+)['"]""")


def test_the_phones_page_keeps_every_file_that_it_opens_with(short_tmp: Path) -> None:
    """Without a line a file that is missing from the list would be a blank page."""

    async def story() -> None:
        async with House(short_tmp) as house:
            stranger = await house.client()
            worker = (await stranger.ask("GET", "/round-worker.js")).content.decode()
            files = set(house.desk.part(RoundPart).files)
            assert all(f'"{file}"' in worker for file in files)
            for file in files:
                assert (await stranger.ask("GET", file)).status == 200
            for file in [*files, "/page/round/worker.js"]:
                if file.endswith(".js"):
                    assert set(imported(file)) <= files, file

    asyncio.run(story())


def imported(file: str) -> list[str]:
    """What a module imports, as paths of the desk."""
    path = FOLDER / file.removeprefix("/page/")
    found = IMPORT.findall(path.read_text(encoding="utf-8"))
    base = f"/page/{path.parent.relative_to(FOLDER).as_posix()}/".replace("/./", "/")
    return [one if one.startswith("/") else resolved(base + one) for one in found]


def resolved(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
