"""No picture of a camera is seen without a permission and a reason, and whoever saw one is on record for good."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from office.blobs import whole_at
from office.database import StoreFailed
from office.desk.people.roles import Role
from sync.contract.messages import ALARM_UPDATE, LOOK, Answer, DeviceEvent, Look, Outcome
from tests.office.desk.house import House, heard
from tests.office.desk.test_devices import eventually, said
from tests.office.sending import event

JPEG = b"\xff\xd8\xff\xe0 a picture of a corridor"


async def picture(house: House, content: bytes = JPEG, gateway: str = "gw-1") -> str:
    """A blob as a gateway brought it."""
    name = hashlib.sha256(content).hexdigest()
    path = whole_at(house.folder / "data" / "blobs", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    await house.store.blobs.add(name, len(content), gateway)
    return name


async def answered(house: House, order: str, outcome: Outcome, **result: Any) -> None:
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    answer = Answer(id=order, outcome=outcome, reason="the lens is covered" if not result else "", result=result)
    house.store.take_answer("gw-1", answer, lambda known, _: done.set_result(known))
    assert await done


async def looks(house: House) -> list[sqlite3.Row]:
    return await house.desk.look(lambda conn: conn.execute("SELECT * FROM looks ORDER BY n").fetchall())


def test_a_picture_is_shown_after_its_look_is_on_record(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            name = await picture(house)
            alarm = await house.press()
            update = DeviceEvent(device="button-1", profile="button", picture=name)
            look = Look(device="corridor", asked_by="alarm", reason="sos", profile="camera", alarm=alarm)
            await house.arrive("gw-1", "events", event(2, lane="state", kind=LOOK, data=look, device="corridor"))
            await house.arrive(
                "gw-1",
                "alarm",
                event(3, lane="alarm", kind=ALARM_UPDATE, data=update, device="button-1", subject=alarm),
            )
            await eventually(lambda: looks(house), len)  # what the gateway did by itself
            shown = await clerk.ask("POST", f"/v1/pictures/{name}/look", {"reason": "", "about": alarm})
            assert (shown.status, shown.content) == (200, JPEG)
            assert (shown.headers["Content-Type"], shown.headers["Content-Security-Policy"]) == (
                "image/jpeg",
                "sandbox",
            )
            own, mine = await looks(house)
            assert (own["way"], own["asked_by"], own["camera"]) == ("gateway", "alarm", "corridor")
            assert (mine["account"], mine["gateway"], mine["camera"], mine["about"], mine["sha256"]) == (
                *(clerk.me["id"], "gw-1", "corridor", alarm, name),
            )

    asyncio.run(story())


def test_without_a_reason_or_a_permission_there_is_no_picture_and_no_record(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, name = await house.signed_in(Role.DUTY), await picture(house)
            path = f"/v1/pictures/{name}/look"
            for asked, field in (
                ({"reason": "看看"}, "reason"),
                ({"reason": " 看  "}, "reason"),
                ({"reason": "x" * 501}, "reason"),
                ({"about": "no-such-alarm"}, "about"),
            ):
                answer = await clerk.ask("POST", path, asked)
                assert (answer.status, answer.json["field"]) == (400, field)
            for role in set(Role) - {Role.DUTY}:
                other = await house.signed_in(role)
                assert (await other.ask("POST", path, {"reason": "巡查楼道情况"})).status == 403
            assert await looks(house) == []

    asyncio.run(story())


@pytest.mark.parametrize("spoiled", ["absent", "damaged", "no-picture", "office"])
def test_what_is_no_picture_of_a_camera_is_not_served(short_tmp: Path, spoiled: str) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            name = await picture(
                house, JPEG if spoiled != "no-picture" else b"<html>", "office" if spoiled == "office" else "gw-1"
            )
            path = whole_at(house.folder / "data" / "blobs", name)
            if spoiled == "absent":
                path.unlink()
            if spoiled == "damaged":
                path.write_bytes(JPEG + b"more")
            answer = await clerk.ask("POST", f"/v1/pictures/{name}/look", {"reason": "巡查楼道情况"})
            assert answer.status in (404, 422)
            assert (
                await clerk.ask("POST", "/v1/pictures/..%2f..%2fkey/look", {"reason": "巡查楼道情况"})
            ).status == 404
            assert await looks(house) == []

    asyncio.run(story())


def test_a_live_look_brings_the_picture_of_its_answer_to_who_asked_and_to_nobody_else(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, other = await house.signed_in(Role.DUTY), await house.signed_in(Role.DUTY)
            await said(house)
            async with clerk.live() as socket:
                asked = {"camera": "", "reason": "老人没有应答,查看楼道"}
                look = await clerk.post("/v1/gateways/gw-1/snapshot", asked)
                assert (look["way"], look["here"]) == ("live", False)
                order = (await looks(house))[0]["mark"]
                name = await picture(house)
                await answered(
                    house, order, Outcome.DONE, camera="corridor", picture=name, taken="2026-09-21T00:00:00Z"
                )
                told = await heard(socket, "look")
                assert (told["n"], told["camera"], told["here"]) == (look["n"], "corridor", True)
            own = f"/v1/looks/{look['n']}/picture"
            assert (await clerk.ask("GET", own)).content == JPEG
            assert (await other.ask("GET", own)).status == 404
            house.later(601)
            assert (await clerk.ask("GET", own)).json["error"] == "over"

    asyncio.run(story())


def test_a_live_look_that_failed_stays_on_record_with_why(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await said(house)
            look = await clerk.post("/v1/gateways/gw-1/snapshot", {"camera": "gate", "reason": "有人报告积水"})
            await answered(house, (await looks(house))[0]["mark"], Outcome.REFUSED)
            ended = await eventually(lambda: clerk.get(f"/v1/looks/{look['n']}"), lambda row: row["ended_at"])
            assert (ended["refused"], ended["here"]) == ("the lens is covered", False)

    asyncio.run(story())


def test_the_inspector_reads_who_looked_why_and_takes_it_along(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            inspector = await house.signed_in(Role.AUDITOR)
            name = await picture(house)
            for reason in ("=HYPERLINK(1)", "查看楼道积水", "夜间巡查一次"):
                await clerk.ask("POST", f"/v1/pictures/{name}/look", {"reason": reason})
            newest = await inspector.get("/v1/looks?limit=2")
            assert [(row["reason"], row["by"]) for row in newest] == [
                ("夜间巡查一次", "值班一号"),
                ("查看楼道积水", "值班一号"),
            ]
            older = await inspector.get(f"/v1/looks?limit=2&before={newest[-1]['n']}")
            assert [row["reason"] for row in older] == ["=HYPERLINK(1)"]
            assert await inspector.get("/v1/looks?until=2026-01-01") == []
            assert (await inspector.ask("GET", "/v1/looks?since=yesterday")).json["field"] == "since"
            table = await inspector.ask("GET", f"/v1/looks.csv?account={clerk.me['id']}")
            text = table.content.decode("utf-8-sig")
            assert "'=HYPERLINK(1)" in text
            assert text.count("值班一号") == 3
            assert (await clerk.ask("GET", "/v1/looks")).status == 403

    asyncio.run(story())


def test_nobody_takes_a_look_off_the_record(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, name = await house.signed_in(Role.DUTY), await picture(house)
            await clerk.ask("POST", f"/v1/pictures/{name}/look", {"reason": "夜间巡查一次"})
            for change in ("DELETE FROM looks", "UPDATE looks SET reason='x'", "UPDATE looks SET sha256=''"):
                with pytest.raises(StoreFailed, match="stays on record"):
                    await house.desk.change(methodcaller("execute", change))

    asyncio.run(story())
