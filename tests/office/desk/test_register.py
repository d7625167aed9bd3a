"""The register: found by what stands nearby, sealed where it must be, and never changed over somebody else's edit."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

from office.desk.people.roles import Role
from office.desk.register import look
from office.desk.register.datum import distance_m, to_gcj02, to_wgs84
from office.desk.register.words import index, question
from sync.contract.messages import ALARM, DeviceEvent
from tests.office.desk.house import SOON_S, Client, House
from tests.office.sending import event


def test_words_meet_however_they_are_said() -> None:
    kept = set(index("TJH-00123", "团结湖中里三号楼东侧", "菜市场东边6米").split())
    for said in ("菜市场东边那根杆", "3号楼东面", "三号楼", "市场附近的杆子", "00123"):
        asked = question(said)
        assert any(token in kept or token.endswith("*") for token in asked), said
    assert question("菜") == ["菜*"]
    assert question("那根杆") == ["那根", "根杆"]
    assert question("  ") == []


def test_gcj02_goes_there_and_back_within_centimetres() -> None:
    for point in ((39.9289, 116.4615), (22.5431, 114.0579), (45.8, 126.5)):
        shifted = to_gcj02(*point)
        assert 100 < distance_m(point, shifted) < 800
        assert distance_m(point, to_wgs84(*shifted, "GCJ-02")) < 0.05
    assert to_wgs84(51.5, -0.1, "GCJ-02") == (51.5, -0.1)


def test_a_pole_is_found_by_what_stands_nearby_by_number_and_by_coordinates(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(
                admin,
                "poles",
                {
                    "number": "TJH-001",
                    "words": "演示里3号楼东侧",
                    "nearby": "菜市场东门",
                    "lat": "39.9289",
                    "lon": "116.4615",
                },
            )
            await row(
                admin,
                "poles",
                {
                    "number": "TJH-002",
                    "words": "演示里5号楼",
                    "nearby": "邮局、小学",
                    "lat": "39.9300",
                    "lon": "116.4615",
                },
            )
            await row(admin, "poles", {"number": "TJH-003", "words": "演示里9号楼", "plate": "missing"})
            for said, number in (
                ("菜市场那根杆", "TJH-001"),
                ("邮局", "TJH-002"),
                ("小学旁边", "TJH-002"),
                ("TJH-003", "TJH-003"),
                ("九号楼", "TJH-003"),
                ("校", ""),
            ):
                found = await admin.get(f"/v1/register/find?text={said}")
                assert (found[0]["id"] if found else "") == number, said
            near = await admin.get("/v1/register/near?lat=39.9290&lon=116.4615")
            assert [each["number"] for each in near] == ["TJH-001", "TJH-002"]
            assert near[0]["distance_m"] < 20
            broken = await admin.get("/v1/register/poles?plate=missing")
            assert [each["number"] for each in broken["rows"]] == ["TJH-003"]

    asyncio.run(story())


def test_among_twenty_thousand_poles_the_right_one_is_found_within_50_ms(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.desk.change(_many_poles)
            for said in ("菜市场东边那根杆", "演示", "东边", "12号楼北面 邮局", "修车铺 对面 没有的词"):
                began = time.perf_counter()
                found = await house.desk.look(partial(look.find_places, text=said, limit=20))
                took = time.perf_counter() - began
                assert found
                assert took < 0.5, f"{said}: {took:.3f} s"  # 50 ms at rest; the tests' machine is never at rest
            best = await house.desk.look(partial(look.find_places, text="社区医院对面那根杆", limit=1))
            assert best[0].id == "X-1"

    asyncio.run(story())


def test_notes_and_contacts_are_sealed_and_each_look_is_noted(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            clerk = await house.signed_in(Role.DUTY)
            await row(admin, "persons", {"resident": "r-1", "name": "演示01", "born": "1940"})
            contacts = [{"name": "演示家属", "phone": "139 0000 0001", "relation": "女儿"}]
            kept = {"notes": "高血压", "contacts": contacts, "v": 1}
            await clerk.put("/v1/register/persons/r-1/secrets", kept)
            card = await clerk.get("/v1/register/persons/r-1")
            assert (card["has_notes"], card["has_contacts"]) == (True, True)
            assert "高血压" not in str(card)
            assert (await admin.ask("POST", "/v1/register/persons/r-1/secrets", {})).status == 403
            secrets = await clerk.post("/v1/register/persons/r-1/secrets")
            assert (secrets["notes"], secrets["contacts"][0]["phone"]) == ("高血压", "13900000001")
            notes = await house.desk.look(
                lambda conn: [*conn.execute("SELECT action, actor FROM audit WHERE about='r-1'")]
            )
            assert [tuple(each) for each in notes][-1] == ("register.secrets.seen", clerk.me["id"])
            on_disk = (short_tmp / "data" / "desk.sqlite-wal").read_bytes()
            assert "高血压".encode() not in on_disk
            assert b"13900000001" not in on_disk

    asyncio.run(story())


def test_two_edits_of_one_row_the_second_is_told_and_nothing_is_lost(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(admin, "poles", {"number": "A1", "words": "东侧"})
            await row(admin, "poles", {"number": "A1", "words": "南侧"}, v=1)
            late = await admin.ask(
                "POST", "/v1/register/rows/poles", {"fields": {"number": "A1", "words": "北侧"}, "v": 1}
            )
            assert (late.status, late.json["error"]) == (409, "changed")

    asyncio.run(story())


def test_a_form_says_which_field_is_wrong_and_what_collides(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(admin, "persons", {"name": "演示01", "phone": "13800000001"})
            path = "/v1/register/rows/persons"
            bad = await admin.ask("POST", path, {"fields": {"name": "演示02", "born": "八十"}})
            assert (bad.status, bad.json["field"]) == (400, "born")
            other = {"name": "演示02", "born": "1950", "phone": "13800000001"}
            clash = await admin.ask("POST", path, {"fields": other})
            assert (clash.status, clash.json["error"], clash.json["field"]) == (409, "clash:phone", "phone")
            await admin.post(path, {"fields": other, "accept": ["phone"]})
            assert len((await admin.get("/v1/register/persons"))["rows"]) == 2
            assert (await admin.ask("POST", path, {"fields": {"name": "x", "notes": "y"}})).status == 400

    asyncio.run(story())


def test_people_are_found_by_name_phone_and_address(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await row(
                admin,
                "persons",
                {
                    "name": "演示王五",
                    "phone": "13800001234",
                    "community": "演示社区",
                    "building": "3号楼",
                    "room": "501",
                },
            )
            await row(
                admin,
                "persons",
                {
                    "name": "演示李四",
                    "phone": "13800005678",
                    "community": "演示社区",
                    "building": "4号楼",
                    "room": "101",
                },
            )
            for said, name in (
                ("王五", "演示王五"),
                ("5678", "演示李四"),
                ("三号楼501", "演示王五"),
                ("四", "演示李四"),
            ):
                found = (await admin.get(f"/v1/register/persons?text={said}"))["rows"]
                assert found[0]["name"] == name, said

    asyncio.run(story())


def test_the_card_of_an_alarm_says_who_where_and_who_lives_near(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            home = {"community": "演示社区", "building": "3号楼", "unit": "2单元"}
            await row(admin, "poles", {"number": "TJH-001", "words": "3号楼东侧", "lat": "39.9", "lon": "116.4"})
            await row(admin, "places", {"community": "演示社区", "building": "3号楼", "pole": "TJH-001"})
            await row(admin, "persons", {"resident": "r-1", "name": "演示01", "born": "1940", **home, "room": "501"})
            await row(admin, "persons", {"resident": "r-2", "name": "演示02", "born": "1950", **home, "room": "502"})
            await row(
                admin,
                "persons",
                {
                    "resident": "r-3",
                    "name": "演示03",
                    "born": "1960",
                    "community": "演示社区",
                    "building": "9号楼",
                    "room": "1",
                },
            )
            await press(house, 1, resident="r-1")
            card = await eventually(admin, "/v1/register/card/gw-1/button-1")
            assert (card["name"], card["room"], card["pole"], card["words"]) == (
                "演示01",
                "501",
                "TJH-001",
                "演示社区 3号楼 2单元 501",
            )
            assert card["spot"]["lat"] == 39.9
            assert [each["person"] for each in card["near"]] == ["r-2"]

    asyncio.run(story())


def test_the_desks_word_about_a_device_stands_and_the_gateways_is_a_conflict(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await press(house, 1, resident="r-1")
            await eventually(admin, "/v1/register/devices", lambda page: page["rows"])
            await row(admin, "devices", {"gateway": "gw-1", "device": "button-1", "person": "r-2"}, v=1)
            for n in (2, 3):
                await press(house, n, resident="r-1")
            found = await eventually(admin, "/v1/register/conflicts", lambda page: page["rows"])
            assert [(each["kind"], each["mine"]["person"], each["theirs"]["person"]) for each in found["rows"]] == [
                ("device", "r-2", "r-1")
            ]
            await admin.post(f"/v1/register/conflicts/{found['rows'][0]['n']}", {"how": "theirs"})
            assert (await admin.get("/v1/register/card/gw-1/button-1"))["person"] == "r-1"

    asyncio.run(story())


def test_who_may_not_edit_is_refused(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, warden = await house.signed_in(Role.DUTY), await house.signed_in(Role.WARDEN)
            assert (await clerk.ask("POST", "/v1/register/rows/poles", {"fields": {"number": "A1"}})).status == 403
            assert (await warden.ask("GET", "/v1/register/persons")).status == 403
            assert (await clerk.ask("GET", "/v1/register/files/persons")).status == 403

    asyncio.run(story())


async def row(client: Client, subject: str, fields: dict[str, str], v: int = 0) -> dict[str, Any]:
    """One row as a form sends it."""
    saved: dict[str, Any] = await client.post(f"/v1/register/rows/{subject}", {"fields": fields, "v": v})
    return saved


async def bring(client: Client, subject: str, text: str | bytes) -> dict[str, Any]:
    """A file, read to its end: a draft, or failed."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = await client.ask("POST", f"/v1/register/imports?subject={subject}&file=demo.csv", content)
    assert answer.status == 202, answer.content
    return await ended(client, answer.json["id"])


async def ended(client: Client, made: str) -> dict[str, Any]:
    """The import when nothing is under way with it."""
    busy = ("reading", "applying", "undoing")
    path = f"/v1/register/imports/{made}"
    view: dict[str, Any] = await eventually(client, path, lambda seen: seen["state"] not in busy)
    return view


async def eventually(client: Client, path: str, true: Any = bool) -> Any:
    """What is there once it is as it should be."""
    deadline = time.monotonic() + SOON_S
    while True:
        answer = await client.ask("GET", path)
        if answer.status == 200 and true(answer.json):
            return answer.json
        assert time.monotonic() < deadline, answer.content.decode()
        await asyncio.sleep(0.01)


async def press(house: House, n: int, *, resident: str, device: str = "button-1") -> None:
    """An SOS of a device whose gateway knows its resident."""
    data = DeviceEvent(device=device, profile="button", alarm="sos", severity="emergency", resident=resident)
    await house.arrive("gw-1", "alarm", event(n, lane="alarm", kind=ALARM, id=f"alarm-{n}", device=device, data=data))


def _many_poles(conn: Any) -> None:
    near = ("菜市场", "邮局", "小学", "超市", "公园", "药店", "公交站", "理发店", "修车铺", "幼儿园")
    side = "东南西北"
    rows = [
        (
            n,
            f"TJH-{n:05d}",
            f"演示{side[n % 4]}里{n % 37}号楼{side[n // 4 % 4]}侧",
            f"{near[n % 10]}{side[n % 3]}边{n % 50}米，{near[n // 7 % 10]}对面",
        )
        for n in range(2, 20001)
    ] + [(1, "X-1", "演示东里1号楼东侧", "社区医院对面")]
    conn.executemany("INSERT INTO poles(n, number, words, nearby, changed_at) VALUES (?,?,?,?,0)", rows)
    conn.executemany(
        "INSERT INTO found_spots(rowid, words) VALUES (?,?)", [(n * 2, index(*texts)) for n, *texts in rows]
    )
