"""Sending somebody: a warden by account, a neighbour by a link."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from pathlib import Path

from PIL import Image

from office.desk.alarms.board import Board
from office.desk.alarms.errands import LIVES_MS
from office.desk.alarms.helping import MOST_WRONG
from office.desk.alarms.sending import Sending
from office.desk.duty.duty import Duty
from office.desk.outcall import FakeOutcall
from office.desk.people.roles import Role
from tests.office.desk import elders
from tests.office.desk.house import Client, House, heard, until

NEIGHBOUR = {"name": "李大姐", "phone": "138-0000-0002"}


async def sent(house: House) -> tuple[Client, Client, str, str]:
    """A clerk, a neighbour without an account, the alarm, and the path under the link."""
    clerk = await house.signed_in(Role.DUTY, name="值班一号")
    await elders.move_in(house)
    alarm = await house.press()
    await clerk.post(f"/v1/alarms/{alarm}/take")
    link = (await clerk.post(f"/v1/alarms/{alarm}/errands", NEIGHBOUR))["link"]
    return clerk, await house.client(), alarm, "/v1/help/" + link.rpartition("/")[2]


def jpeg() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(kept, "JPEG")
    return kept.getvalue()


def test_a_neighbour_accepts_arrives_and_reports_and_the_board_shows_each_with_its_time(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, neighbour, alarm, path = await sent(house)
            sheet = await neighbour.get(path)
            assert (sheet["who"], sheet["place"], sheet["pole"]) == (elders.NAME, elders.PLACE, elders.POLE)
            states = []
            for body in ({"what": "accept", "minutes": 3}, {"what": "arrived"}, {"what": "found", "text": "坐在地上"}):
                house.later(60)
                await neighbour.post(f"{path}/words", body)
                row = (await clerk.get("/v1/alarms"))["rows"][0]
                states.append((row["state"], row["errands"][0]["state"], row["errands"][0]["name"]))
            assert states == [("way", "accept", "李大姐"), ("there", "arrived", "李大姐"), ("there", "found", "李大姐")]
            card = await clerk.get(f"/v1/alarms/{alarm}")
            lines = [(line["what"], line["text"]) for line in card["lines"] if line["what"].startswith("errand.")]
            assert lines == [
                ("errand.sent", ""),
                ("errand.seen", ""),
                ("errand.accept", ""),
                ("errand.arrived", ""),
                ("errand.found", "坐在地上"),
            ]
            assert card["row"]["way_text"] == "邻居马上过来看您,3分钟到"

    asyncio.run(story())


def test_a_link_shows_no_medical_note_and_no_contact(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            _, neighbour, _, path = await sent(house)
            answer = await neighbour.ask("GET", path)
            text = answer.content.decode()
            assert (elders.NOTES in text, "王强" in text, "1380000" in text) == (False, False, False)
            page = await neighbour.ask("GET", path.replace("/v1", ""))
            assert (page.status, page.headers["Referrer-Policy"]) == (200, "no-referrer")

    asyncio.run(story())


def test_a_link_ends_by_itself_after_two_hours(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            _, neighbour, _, path = await sent(house)
            house.later(LIVES_MS / 1000)
            assert (await neighbour.get(path))["over"] == "expired"

    asyncio.run(story())


def test_a_link_is_dead_once_the_alarm_is_closed_or_it_was_called_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, neighbour, alarm, path = await sent(house)
            again = await clerk.post(f"/v1/alarms/{alarm}/errands", {"name": "老赵", "phone": "13800000003"})
            await clerk.post(f"/v1/errands/{again['id']}/revoke")
            other = "/v1/help/" + again["link"].rpartition("/")[2]
            assert (await neighbour.get(other))["over"] == "revoked"
            await clerk.post(f"/v1/alarms/{alarm}/close", {"reason": "real"})
            sheet = await neighbour.get(path)
            assert (sheet["over"], sheet["who"], sheet["place"]) == ("closed", "", "")
            refused = await neighbour.ask("POST", f"{path}/words", {"what": "arrived"})
            assert (refused.status, refused.json["error"]) == (410, "over")

            def alive(conn: sqlite3.Connection) -> int:
                return int(conn.execute("SELECT count(*) FROM errands WHERE revoked_at IS NULL").fetchone()[0])

            sending = house.desk.part(Sending)
            await until(lambda: sending.idle, "the links are taken back")
            assert await house.desk.look(alive) == 0

    asyncio.run(story())


def test_guessing_links_is_slowed_down_and_the_secret_is_not_kept(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            _, neighbour, _, path = await sent(house)
            for n in range(MOST_WRONG):
                wrong = await neighbour.ask("GET", f"/v1/help/{n:022d}")
                assert wrong.status == 404
            assert (await neighbour.ask("GET", f"/v1/help/{'x' * 22}")).status == 429
            secret = path.rpartition("/")[2]
            kept = [file for file in (short_tmp / "data").rglob("desk.sqlite*") if secret.encode() in file.read_bytes()]
            assert kept == []
            house.later(601)
            assert (await neighbour.get(path))["over"] == ""

    asyncio.run(story())


def test_a_photo_of_a_neighbour_is_made_anew_and_seen_by_who_sees_alarms(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, neighbour, alarm, path = await sent(house)
            await neighbour.ask("PUT", f"{path}/picture", jpeg())
            card = await clerk.get(f"/v1/alarms/{alarm}")
            file = next(line["files"][0] for line in card["lines"] if line["files"])
            assert (await clerk.ask("GET", f"/v1/files/{file['sha256']}")).headers["Content-Type"] == "image/jpeg"
            warden = await house.signed_in(Role.WARDEN)
            assert (await warden.ask("GET", f"/v1/files/{file['sha256']}")).status == 404
            refused = await neighbour.ask("PUT", f"{path}/picture", b"<script>")
            assert refused.status == 415

    asyncio.run(story())


def test_a_warden_reads_their_own_errands_and_answers_by_account(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            warden, other = [await house.signed_in(Role.WARDEN, name=name) for name in ("老张", "老李")]
            alarm = await house.press()
            path = f"/v1/alarms/{alarm}/errands"
            assert (await clerk.ask("POST", path, {"account": clerk.me["id"]})).json["field"] == "account"
            errand = (await clerk.post(path, {"account": warden.me["id"]}))["id"]
            assert (await clerk.ask("POST", path, {"account": warden.me["id"]})).status == 409
            assert [one["id"] for one in await warden.get("/v1/errands/mine")] == [errand]
            assert await other.get("/v1/errands/mine") == []
            body = {"what": "accept", "minutes": 5}
            assert (await other.ask("POST", f"/v1/errands/{errand}/words", body)).status == 404
            await warden.post(f"/v1/errands/{errand}/words", body)
            board = house.desk.part(Board)
            await until(lambda: board.open[alarm].way_text == "网格员出发了,5分钟到", "the elder is told")

    asyncio.run(story())


def test_what_is_missing_of_a_neighbour_is_said_beside_its_field(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            path = f"/v1/alarms/{await house.press()}/errands"
            for body, field in (({"phone": "13800000002"}, "name"), ({"name": "李", "phone": "no"}, "phone")):
                refused = await clerk.ask("POST", path, body)
                assert (refused.status, refused.json["field"]) == (422, field)

    asyncio.run(story())


def test_the_desk_brings_the_link_to_the_neighbours_phone_and_keeps_it_nowhere(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await house.press()
            way = house.desk.part(Duty).calls.way = FakeOutcall()
            async with clerk.live() as socket:
                answer = await clerk.post(f"/v1/alarms/{alarm}/errands", {**NEIGHBOUR, "text": True})
                assert (await heard(socket, "errand-text"))["state"] == "done"
                way.works = False
                await clerk.post(f"/v1/alarms/{alarm}/errands", {**NEIGHBOUR, "text": True})
                assert (await heard(socket, "errand-text"))["state"] == "failed"
            (rung,) = (one for one in way.rung if one.reason == "errand")
            assert answer["texted"]
            assert (rung.numbers, answer["link"] in rung.text) == ((NEIGHBOUR["phone"],), True)

            def kept(conn: sqlite3.Connection) -> str:
                return str(
                    [[tuple(row) for row in conn.execute(f"SELECT * FROM {name}")] for name in ("outcalls", "audit")]
                )

            everything = await house.desk.look(kept)
            assert answer["link"].rpartition("/")[2] not in everything
            assert NEIGHBOUR["phone"] not in everything

    asyncio.run(story())


def test_a_link_is_not_said_to_be_sent_when_the_desk_has_no_way_out(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            answer = await clerk.post(f"/v1/alarms/{await house.press()}/errands", {**NEIGHBOUR, "text": True})
            assert not answer["texted"]

    asyncio.run(story())
