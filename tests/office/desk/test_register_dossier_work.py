"""What stands in cases, promises and errands about a person is given with the rest, and goes with the rest."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

from office.desk.files import Files
from office.desk.people.roles import Role
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.cases_stage import eventually
from tests.office.desk.house import Client, House
from tests.office.desk.test_cases_files import _kept, _name
from tests.office.desk.test_devices_looks import picture
from tests.office.desk.test_files import photo, wav
from tests.office.desk.test_register_dossier import _dump, _somebody
from tests.office.sending import event

SAID = (
    "楼道灯坏了秘密一",
    "录音说了秘密二",
    "病了秘密三",
    "邻居秘密四",
    "坐在地上秘密五",
    "13900000009",
    "13900000008",
    "评价秘密六",
)


async def _worked(house: House, admin: Client) -> str:
    """A kiosk's case of r-1 with a photo, a note and a phone; their alarm with a note, a case and a neighbour sent."""
    await picture(house, photo(), "kiosk-1")
    await picture(house, wav(1), "kiosk-1")
    data = Submission(
        kind="report",
        form={"words": SAID[0], "phone": SAID[6]},
        resident="r-1",
        blobs=[_name(photo()), _name(wav(1))],
    )
    await house.arrive("kiosk-1", "events", event(1, kind=SUBMISSION, data=data, gateway="kiosk-1", id="sub-1"))
    case = await _kept(admin, 2)
    path = f"/v1/cases/{case['number']}"
    await admin.put(path, {"version": case["version"], "transcript": SAID[1]})
    await house.desk.change(
        lambda conn: (
            conn.execute(
                "INSERT INTO case_evaluations VALUES (?,1,1,5,1,?,'kiosk')", (case["number"], SAID[7])
            ).rowcount
        )
    )
    await admin.post("/v1/alarms/alarm-1/take")
    await admin.post("/v1/alarms/alarm-1/notes", {"text": SAID[2]})
    link = (await admin.post("/v1/alarms/alarm-1/errands", {"name": SAID[3], "phone": SAID[5]}))["link"]
    help_ = "/v1/help/" + link.rpartition("/")[2]
    neighbour = await house.client()
    await neighbour.post(f"{help_}/words", {"what": "accept", "minutes": 3})
    await neighbour.post(f"{help_}/words", {"what": "found", "text": SAID[4]})
    await neighbour.ask("PUT", f"{help_}/picture", photo(50, 50))
    await admin.post("/v1/alarms/alarm-1/case")
    return str(case["number"])


def test_cases_promises_and_errands_are_given_with_everything_else(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, _ = await _somebody(house)
            await _worked(house, admin)
            answer = await admin.ask("POST", "/v1/register/persons/r-1/export", {})
            file = zipfile.ZipFile(io.BytesIO(answer.content))
            text = file.read("person.json").decode()
            whole = json.loads(text)
            assert all(said in text for said in SAID)
            assert len(whole["cases"]) == 2
            assert whole["alarm_promises"]
            assert {row["action"] for row in whole["case_history"]} >= {"begin", "correct"}
            held = {row["file"] for row in whole["files"]}
            assert len(held) == 3
            assert {f"files/{name}" for name in held} <= set(file.namelist())
            page = file.read("person.html").decode()
            assert SAID[4] in page

    asyncio.run(story())


def test_an_erasure_reaches_cases_their_index_and_files_and_who_was_sent(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, v = await _somebody(house)
            number = await _worked(house, admin)
            other = await admin.post("/v1/cases", {"words": "别人反映的事", "phone": "13700000000"})
            folder = house.desk.part(Files).folder
            assert len(list(folder.glob("??/*"))) == 3
            body = {"reason": "本人申请", "confirm": "r-1", "v": v}
            stays = (await admin.post("/v1/register/persons/r-1/erase", body))["stays"]
            assert [row["count"] for row in stays if row["en"].startswith(("cases", "what was sent"))] == [2, 1]
            kept = await house.desk.look(_dump) + await house.desk.look(_indexed)
            assert not [said for said in SAID if said in kept]
            assert list(folder.glob("??/*")) == []
            case = await admin.get(f"/v1/cases/{number}")
            assert (case["words"], case["transcript"], case["has_phone"], case["files"]) == ("", "", False, [])
            assert [row["action"] for row in case["history"]] == ["begin", "correct"]
            assert (await admin.get("/v1/cases?text=秘密"))["cases"] == []
            untouched = await admin.get(f"/v1/cases/{other['number']}")
            assert (untouched["words"], untouched["has_phone"]) == ("别人反映的事", True)

    asyncio.run(story())


def test_a_file_that_comes_after_the_erasure_is_not_taken(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin, v = await _somebody(house)
            data = Submission(kind="report", form={"words": "灯"}, resident="r-1", blobs=[_name(photo())])
            await house.arrive("kiosk-1", "events", event(1, kind=SUBMISSION, data=data, gateway="kiosk-1", id="sub-1"))
            clerk = await house.signed_in(Role.DUTY)
            case = (await eventually(lambda: _listed(clerk), "the case"))[0]
            await admin.post("/v1/register/persons/r-1/erase", {"reason": "本人申请", "confirm": "r-1", "v": v})
            await picture(house, photo(), "kiosk-1")
            assert (await clerk.get(f"/v1/cases/{case['number']}"))["files_awaited"] == 0

    asyncio.run(story())


async def _listed(clerk: Client) -> Any:
    return (await clerk.get("/v1/cases"))["cases"]


def _indexed(conn: sqlite3.Connection) -> str:
    """The signs of the index without what stands between them."""
    rows: Any = conn.execute("SELECT words FROM case_words")
    return "\n".join(str(row[0]).replace(" ", "") for row in rows)
