"""One person's data given and erased, poles for the kiosks, and the example."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

from office.desk.people.roles import Role
from office.desk.register import look
from office.desk.register.example import load_example
from office.desk.register.kiosk_poles import KioskPoles
from tests.office.desk.house import Client, House
from tests.office.desk.test_register import bring, eventually, press, row


def test_everything_held_about_a_person_is_given_as_json_page_and_csv(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, _ = await _somebody(house)
            answer = await admin.ask("POST", "/v1/register/persons/r-1/export", {})
            file = zipfile.ZipFile(io.BytesIO(answer.content))
            whole = json.loads(file.read("person.json"))
            assert (whole["person"]["name"], whole["notes"]) == ("=演示01", "高血压")
            assert [each["id"] for each in whole["alarms"]] == ["alarm-1"]
            assert whole["devices"][0]["device"] == "button-1"
            assert "<script" not in file.read("person.html").decode()
            assert "alarms.csv" in file.namelist()
            assert await _actions(house, "r-1") >= {"register.person.exported"}

    asyncio.run(story())


def test_erasing_leaves_an_anonymous_reference_and_says_what_stays_and_why(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, v = await _somebody(house)
            path = "/v1/register/persons/r-1/erase"
            typo = await admin.ask("POST", path, {"reason": "本人申请", "confirm": "r-2", "v": v})
            assert (typo.status, typo.json["field"]) == (400, "confirm")
            erased = await admin.post(path, {"reason": "本人申请", "confirm": "r-1", "v": v})
            assert erased["stays"][0]["count"] == 1
            card = await admin.get("/v1/register/persons/r-1")
            assert (card["person"]["name"], card["person"]["phone"], card["has_notes"]) == ("", "", False)
            assert (await admin.get("/v1/register/persons?text=演示01"))["rows"] == []
            alarm = await admin.get("/v1/register/card/gw-1/button-1")
            assert (alarm["person"], alarm["erased"], alarm["words"]) == ("r-1", True, "")
            assert (await admin.ask("POST", path, {"reason": "本人申请", "confirm": "r-1", "v": v + 1})).status == 409
            kept = await house.desk.look(_dump)
            assert "13800000001" not in kept
            assert "=演示01" not in kept

    asyncio.run(story())


def test_an_undone_import_does_not_bring_back_who_was_erased(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, _ = await _somebody(house)
            draft = await bring(admin, "persons", "编号,姓名\nr-1,演示改名\n")
            await admin.post(f"/v1/register/imports/{draft['id']}/confirm", {"version": draft["version"]})
            await eventually(admin, f"/v1/register/imports/{draft['id']}", lambda view: view["state"] == "applied")
            v = (await admin.get("/v1/register/persons/r-1"))["v"]
            await admin.post("/v1/register/persons/r-1/erase", {"reason": "本人申请", "confirm": "r-1", "v": v})
            await admin.post(f"/v1/register/imports/{draft['id']}/undo")
            await eventually(admin, f"/v1/register/imports/{draft['id']}", lambda view: view["state"] == "undone")
            assert (await admin.get("/v1/register/persons/r-1"))["person"]["name"] == ""

    asyncio.run(story())


def test_poles_go_out_to_kiosks_with_a_version_and_without_people(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, _ = await _somebody(house)
            await row(
                admin, "poles", {"number": "A1", "words": "东侧", "nearby": "邮局", "lat": "39.9", "lon": "116.4"}
            )
            poles = next(part for part in house.running.parts if isinstance(part, KioskPoles))
            version = await poles.publish()
            assert await poles.publish() == version
            manifest = await asyncio.to_thread(_manifest, house)
            (file,) = manifest["files"]
            assert (manifest["version"], file["name"]) == (version, "poles.json")
            sent = house.folder / "data" / "blobs" / "whole" / file["sha256"][:2] / file["sha256"]
            content = json.loads(sent.read_bytes())
            assert content["poles"] == [
                {
                    "number": "A1",
                    "words": "东侧",
                    "nearby": "邮局",
                    "aliases": "",
                    "lat": 39.9,
                    "lon": 116.4,
                    "datum": "WGS-84",
                }
            ]
            await row(admin, "poles", {"number": "A1", "nearby": "小学"}, v=1)
            assert await poles.publish() != version

    asyncio.run(story())


def test_the_example_is_complete_and_plainly_made_up(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            made = await load_example(house.desk)
            assert made == {"persons": 240, "poles": 500, "places": 60}
            assert await load_example(house.desk) == {}
            found = await house.desk.look(partial(look.find_places, text="菜市场那根杆", limit=5))
            assert "菜市场" in found[0].nearby
            names = await house.desk.look(lambda conn: [each[0] for each in conn.execute("SELECT name FROM persons")])
            assert all(name.startswith("演示老人") for name in names)
            clashes = await house.desk.look(
                lambda conn: conn.execute("SELECT count(*), count(DISTINCT place) FROM households").fetchone()
            )
            assert clashes[0] == clashes[1]

    asyncio.run(story())


async def _somebody(house: House) -> tuple[Client, int]:
    """An administrator, and the `v` of a person of whom much is known."""
    admin = await house.signed_in(Role.ADMINISTRATOR, Role.DUTY)
    who = {
        "resident": "r-1",
        "name": "=演示01",
        "born": "1940",
        "phone": "13800000001",
        "community": "演示社区",
        "room": "501",
    }
    await row(admin, "persons", who)
    saved = await admin.put("/v1/register/persons/r-1/secrets", {"notes": "高血压", "contacts": [], "v": 1})
    await press(house, 1, resident="r-1")
    await eventually(admin, "/v1/register/devices", lambda page: page["rows"])
    return admin, saved["v"]


async def _actions(house: House, about: str) -> set[str]:
    rows = await house.desk.look(
        lambda conn: conn.execute("SELECT action FROM audit WHERE about=?", (about,)).fetchall()
    )
    return {each["action"] for each in rows}


def _dump(conn: Any) -> str:
    """Every text of every table of the desk."""
    tables = [each[0] for each in conn.execute("SELECT name FROM main.sqlite_master WHERE type='table'")]
    plain = [name for name in tables if not name.startswith(("found_", "case_words", "sqlite_"))]
    return "\n".join(str(tuple(each)) for name in plain for each in conn.execute(f"SELECT * FROM main.{name}"))


def _manifest(house: House) -> Any:
    client = house.desk.centre._client
    (content,) = (each for each in client.get("content") if each["name"] == "poles")
    return content["manifest"]
