"""Importing: every bad row is said, nothing changes until somebody confirms, and what collides is settled by people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from office.desk.people.roles import Role
from tests.office.desk.house import Client, House
from tests.office.desk.test_register import bring, ended, row

PEOPLE = """编号,姓名,出生年,电话,标签,户号,社区,楼,单元,房间,备注,联系人
r-001,演示老人01,1941,13800000001,独居;失能,h-1,演示社区,3号楼,2,501,高血压,女儿 演示家属 13900000001
r-002,演示老人02,1938-05-01,010 6500-0002,空巢,h-2,演示社区,3号楼,2,502,,
"""


def test_a_draft_changes_nothing_until_it_is_confirmed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            draft = await bring(admin, "persons", PEOPLE)
            assert (draft["state"], draft["fresh"], draft["bad"]) == ("draft", 2, 0)
            assert (await admin.get("/v1/register/persons"))["rows"] == []
            await confirmed(admin, draft)
            card = await admin.get("/v1/register/persons/r-001")
            assert (card["person"]["name"], card["person"]["born"], card["person"]["tags"]) == (
                "演示老人01",
                1941,
                ["独居", "失能"],
            )
            assert card["person"]["words"] == "演示社区 3号楼 2 501"
            assert [one["person"] for one in card["near"]] == ["r-002"]

    asyncio.run(story())


def test_bad_rows_are_said_all_at_once_with_line_column_and_what_is_expected(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            text = (
                "编号,姓名,出生年,电话\nr-1,演示01,abc,12\nr-2,,1940,\n"
                "r-3,演示03,1940,13800000003\nr-4,演示04,1940,1.38E+10\n,演示05,,\n"
            )
            draft = await bring(admin, "persons", text)
            told = [(bad["line"], bad["header"]) for bad in draft["bad_rows"]]
            assert told == [(2, "出生年"), (2, "电话"), (5, "电话"), (3, "姓名"), (6, "编号")]
            assert "1941" in draft["bad_rows"][0]["zh"]
            assert draft["bad_rows"][0]["column"] == 3
            assert (draft["fresh"], draft["bad"]) == (1, 5)

    asyncio.run(story())


def test_an_unknown_column_and_a_file_that_is_no_csv_are_refused_whole(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            unknown = await bring(admin, "poles", "编号,颜色\nA1,红\n")
            assert (unknown["state"], unknown["bad_rows"][0]["header"]) == ("failed", "颜色")
            noise = await bring(admin, "poles", b"\x89PNG\r\n\x1a\n\x00\xff\xfe\x00")
            assert noise["state"] == "failed"

    asyncio.run(story())


def test_gb18030_marks_english_headers_and_semicolons_are_read(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            texts = [
                "编号,位置\nA1,演示里东侧\n".encode("gb18030"),
                "\ufeffnumber;words\r\nA2;演示里西侧\r\n".encode(),
                "number\twords\nA3\t演示里北侧\n".encode("utf-16"),
            ]
            for content in texts:
                await confirmed(admin, await bring(admin, "poles", content))
            poles = await admin.get("/v1/register/poles")
            assert [(each["number"], each["words"]) for each in poles["rows"]] == [
                ("A1", "演示里东侧"),
                ("A2", "演示里西侧"),
                ("A3", "演示里北侧"),
            ]

    asyncio.run(story())


def test_a_second_import_shows_what_differs_field_by_field_and_leaves_empty_cells_alone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await confirmed(admin, await bring(admin, "persons", PEOPLE))
            again = await bring(admin, "persons", PEOPLE)
            assert (again["same"], again["fresh"], again["changed"], again["conflicts"]) == (2, 0, 0, 0)
            draft = await bring(admin, "persons", "编号,姓名,电话,备注\nr-001,,13800000009,糖尿病\n")
            rows = (await admin.get(f"/v1/register/imports/{draft['id']}/rows?what=changed"))["rows"]
            assert rows[0]["fields"] == ["phone", "notes"]
            assert (rows[0]["before"]["phone"], rows[0]["after"]["phone"]) == ("13800000001", "13800000009")
            assert rows[0]["after"]["notes"] == "••••"

    asyncio.run(story())


def test_confirming_a_draft_that_was_compared_with_an_older_register_is_refused(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            draft = await bring(admin, "poles", "编号,位置\nA1,东侧\n")
            await row(admin, "poles", {"number": "B1", "words": "西侧"})
            asked = f"/v1/register/imports/{draft['id']}/confirm"
            late = await admin.ask("POST", asked, {"version": draft["version"]})
            assert (late.status, late.json["error"]) == (409, "version")

    asyncio.run(story())


def test_a_draft_expires_after_a_day_and_keeps_nothing(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            draft = await bring(admin, "persons", PEOPLE)
            house.later(11 * 3600)
            admin = await (await house.client()).sign_in(admin.me["login"])
            house.later(11 * 3600)
            admin = await (await house.client()).sign_in(admin.me["login"])
            house.later(2 * 3600)
            asked = f"/v1/register/imports/{draft['id']}/confirm"
            assert (await admin.ask("POST", asked, {"version": draft["version"]})).json["error"] == "expired"

    asyncio.run(story())


def test_the_last_import_can_be_taken_back_but_not_over_somebodys_edit(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(admin, "poles", {"number": "A1", "words": "东侧"})
            draft = await bring(admin, "poles", "编号,位置\nA1,南侧\nA2,西侧\nA3,北侧\n")
            await confirmed(admin, draft)
            await row(admin, "poles", {"number": "A3", "nearby": "邮局"}, v=1)
            await admin.post(f"/v1/register/imports/{draft['id']}/undo")
            undone = await ended(admin, draft["id"])
            assert (undone["state"], undone["skipped"]) == ("undone", 1)
            poles = await admin.get("/v1/register/poles")
            assert [(each["number"], each["words"]) for each in poles["rows"]] == [("A1", "东侧"), ("A3", "北侧")]
            twice = await admin.ask("POST", f"/v1/register/imports/{draft['id']}/undo", {})
            assert twice.status == 409

    asyncio.run(story())


def test_undoing_takes_away_the_places_and_households_that_came_with_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            draft = await bring(admin, "persons", PEOPLE)
            await confirmed(admin, draft)
            await admin.post(f"/v1/register/imports/{draft['id']}/undo")
            await ended(admin, draft["id"])
            assert (await admin.get("/v1/register/places"))["rows"] == []
            assert (await admin.ask("GET", "/v1/register/households/h-1")).status == 404

    asyncio.run(story())


def test_what_collides_is_a_row_to_settle_and_never_silent(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await confirmed(admin, await bring(admin, "persons", PEOPLE))
            await confirmed(admin, await bring(admin, "poles", "编号,纬度,经度\nA1,39.9289,116.4615\n"))
            people = "编号,姓名,出生年,电话,户号,社区,楼,单元,房间\n"
            people += "r-003,演示老人03,1950,13800000001,,,,,\n"  # the phone of r-001
            people += "r-004,演示老人04,1951,,h-9,演示社区,3号楼,2,501\n"  # the room of h-1
            people += "r-002,演示他人,1980,,,,,,\n"  # another person under this reference
            people += "r-005,演示老人05,1952,,,,,,\nr-005,演示老人06,1953,,,,,,\n"
            draft = await bring(admin, "persons", people)
            assert (draft["conflicts"], draft["fresh"]) == (4, 1)
            await confirmed(admin, draft)
            await confirmed(admin, await bring(admin, "poles", "编号,纬度,经度\nA1,39.9389,116.4615\n"))
            found = await admin.get("/v1/register/conflicts")
            kinds = [each["kind"] for each in found["rows"]]
            assert kinds == ["phone", "room", "ref", "twice", "pole"]
            assert (await admin.ask("GET", "/v1/register/persons/r-003")).status == 404
            assert (await admin.get("/v1/register/persons/r-002"))["person"]["name"] == "演示老人02"

    asyncio.run(story())


def test_each_way_of_settling_does_what_it_says(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR, name="管理员一号")
            await row(admin, "persons", {"resident": "r-1", "name": "演示01", "born": "1940", "phone": "13800000001"})
            await row(admin, "poles", {"number": "A1", "lat": "39.9", "lon": "116.4"})
            people = "编号,姓名,出生年,电话\nr-2,演示02,1941,13800000001\nr-3,演示03,1942,13800000001\nr-1,他人,1970,\n"
            await confirmed(admin, await bring(admin, "persons", people))
            await confirmed(admin, await bring(admin, "poles", "编号,纬度,经度\nA1,39.8,116.4\n"))
            phone, shared, ref, pole = (await admin.get("/v1/register/conflicts"))["rows"]
            await settled(admin, phone, "mine")
            await settled(admin, shared, "both")
            await settled(admin, ref, "both")
            await settled(admin, pole, "both")
            rows = {each["name"]: each for each in (await admin.get("/v1/register/persons"))["rows"]}
            phones = {name: each["phone"] for name, each in rows.items()}
            assert phones == {"演示01": "13800000001", "演示02": "", "演示03": "13800000001", "他人": ""}
            assert rows["他人"]["ref"] != "r-1"
            poles = (await admin.get("/v1/register/poles"))["rows"]
            assert [(each["number"], each["spot"]["lat"]) for each in poles] == [("A1", 39.9), ("A1-2", 39.8)]
            history = await admin.get("/v1/register/conflicts?settled=1")
            assert (history["open"], history["rows"][0]["settled_by"], history["rows"][0]["how"]) == (
                0,
                "管理员一号",
                "both",
            )
            again = await admin.ask("POST", f"/v1/register/conflicts/{phone['n']}", {"how": "theirs"})
            assert (again.status, again.json["error"]) == (409, "settled")

    asyncio.run(story())


def test_a_row_edited_while_it_is_imported_becomes_a_conflict(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(admin, "poles", {"number": "A1", "words": "东侧"})
            draft = await bring(admin, "poles", "编号,位置\nA1,南侧\n")
            await house.desk.change(
                lambda conn: conn.execute("UPDATE poles SET v=v+1, words='北侧' WHERE number='A1'").rowcount
            )
            await confirmed(admin, draft)
            (found,) = (await admin.get("/v1/register/conflicts"))["rows"]
            assert (found["kind"], found["mine"]["words"], found["theirs"]["words"]) == ("edited", "北侧", "南侧")

    asyncio.run(story())


def test_a_file_that_is_written_can_be_read_back_and_holds_no_formula(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(
                admin,
                "poles",
                {"number": "A1", "words": "=HYPERLINK(1)", "nearby": "@邮局", "lat": "39.9", "lon": "-116"},
            )
            written = await admin.ask("GET", "/v1/register/files/poles")
            text = written.content.decode("utf-8-sig")
            assert ",'=HYPERLINK(1),'@邮局," in text
            again = await bring(admin, "poles", written.content)
            assert (again["same"], again["bad"]) == (1, 0)

    asyncio.run(story())


def test_a_large_import_lets_others_go_first(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            text = "编号,位置,附近\n" + "".join(f"P{n:05d},演示里{n}号,邮局\n" for n in range(3000))
            draft = await bring(admin, "poles", text)
            await admin.post(f"/v1/register/imports/{draft['id']}/confirm", {"version": draft["version"]})
            await row(admin, "places", {"community": "演示社区"})
            seen = await admin.get(f"/v1/register/imports/{draft['id']}")
            assert seen["state"] == "applying"
            assert (await ended(admin, draft["id"]))["done"] == 3000

    asyncio.run(story())


def test_an_import_that_was_interrupted_is_finished_at_the_next_start(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            draft = await bring(admin, "poles", "编号\n" + "".join(f"P{n:03d}\n" for n in range(150)))
            await house.desk.change(
                lambda conn: conn.execute("UPDATE register_imports SET state='applying', confirmed_at=1").rowcount
            )
            importing = next(part for part in house.running.parts if type(part).__name__ == "Importing")
            work = asyncio.create_task(importing.run())
            assert (await ended(admin, draft["id"]))["state"] == "applied"
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            assert len((await admin.get("/v1/register/poles?limit=200"))["rows"]) == 150

    asyncio.run(story())


async def confirmed(admin: Client, draft: dict[str, Any]) -> dict[str, Any]:
    """The draft applied to the end."""
    await admin.post(f"/v1/register/imports/{draft['id']}/confirm", {"version": draft["version"]})
    done = await ended(admin, draft["id"])
    assert done["state"] == "applied"
    return done


async def settled(admin: Client, conflict: dict[str, Any], how: str) -> None:
    await admin.post(f"/v1/register/conflicts/{conflict['n']}", {"how": how})
