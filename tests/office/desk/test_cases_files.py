"""Photos and voice notes of kiosks become files of their case: each once, early or late, also after a kill."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from office.blobs import whole_at
from office.desk.people.roles import Role
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.cases_stage import eventually
from tests.office.desk.house import Client, House
from tests.office.desk.killed import asked, brought, killed_while, receiver_of
from tests.office.desk.test_devices_looks import picture
from tests.office.desk.test_files import opus, photo, wav
from tests.office.sending import event

COUNT = 60


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _report(n: int, *contents: bytes, gateway: str = "kiosk-1") -> bytes:
    data = Submission(kind="report", form={"words": f"路灯 {n}"}, blobs=[_name(content) for content in contents])
    return event(n, kind=SUBMISSION, data=data, gateway=gateway, id=f"sub-{n}")


async def _kept(clerk: Client, count: int) -> Any:
    async def look() -> Any:
        listed = (await clerk.get("/v1/cases"))["cases"]
        case = await clerk.get(f"/v1/cases/{listed[0]['number']}") if listed else {"files": []}
        return case if len(case["files"]) == count else None

    return await eventually(look, f"{count} files")


def test_files_of_a_kiosk_come_to_their_case_once_before_or_after_its_event(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            await picture(house, photo(), "kiosk-1")
            await house.arrive("kiosk-1", "events", _report(1, photo(), wav(1), opus(2)))
            case = await _kept(clerk, 1)  # the picture was here first
            assert (case["files"][0]["kind"], case["files_awaited"]) == ("picture", 2)
            await picture(house, wav(1), "kiosk-1")
            await picture(house, opus(2), "kiosk-1")
            case = await _kept(clerk, 3)
            assert (sorted(file["kind"] for file in case["files"]), case["files_awaited"]) == (
                ["picture", "voice", "voice"],
                0,
            )
            await house.arrive("kiosk-1", "events", _report(1, photo(), wav(1), opus(2)))  # sent again
            await house.arrive("kiosk-1", "events", _report(2, photo()))
            await eventually(lambda: _two(clerk), "the second report")
            assert len((await clerk.get(f"/v1/cases/{case['number']}"))["files"]) == 3

    asyncio.run(story())


async def _two(clerk: Client) -> bool:
    return len((await clerk.get("/v1/cases"))["cases"]) == 2


def test_what_is_no_picture_and_no_sound_is_given_up_and_the_rest_kept(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            for content in (b"<script>alert(1)</script>", photo()):
                await picture(house, content, "kiosk-1")
            await house.arrive("kiosk-1", "events", _report(1, b"<script>alert(1)</script>", photo()))
            case = await _kept(clerk, 1)
            assert case["files"][0]["kind"] == "picture"

            async def nothing_waits() -> bool:
                return not (await clerk.get(f"/v1/cases/{case['number']}"))["files_awaited"]

            await eventually(nothing_waits, "the bad one is given up")

    asyncio.run(story())


def test_a_player_seeks_in_a_voice_note(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            for content, type_ in ((wav(1), "audio/wav"), (opus(2), "audio/ogg")):
                file = (await clerk.ask("PUT", "/v1/files", content)).json
                path = f"/v1/files/{file['sha256']}"
                whole = await clerk.ask("GET", path)
                assert (whole.status, whole.headers["Content-Type"], whole.headers["Accept-Ranges"]) == (
                    200,
                    type_,
                    "bytes",
                )
                part = await clerk.ask("GET", path, Range="bytes=10-19")
                assert (part.status, part.content) == (206, whole.content[10:20])
                assert part.headers["Content-Range"] == f"bytes 10-19/{file['size']}"
                assert (await clerk.ask("GET", path, Range="bytes=-4")).content == whole.content[-4:]
                assert (await clerk.ask("GET", path, Range="bytes=9999999-")).status == 416

    asyncio.run(story())


async def _stored(folder: Path) -> None:
    """The receiver's half: reports with two files each, which lie there already."""
    async with receiver_of(folder) as store:
        sent = []
        for n in range(1, COUNT + 1):
            contents = (photo(n + 8, 20), wav(0.1 + n / 100))
            sent.append(_report(n, *contents, gateway="gw-1"))
            for content in contents:
                path = whole_at(folder / "blobs", _name(content))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                await store.blobs.add(_name(content), len(content), "gw-1")
        await brought(store, sent)


def test_killed_while_it_takes_files_the_desk_loses_none_and_doubles_none(short_tmp: Path) -> None:
    asyncio.run(_stored(short_tmp))
    taken = killed_while("taking_files", short_tmp, 0.12, "SELECT count(*) FROM case_blobs WHERE state='kept'")
    uses = asked(short_tmp, "SELECT count(*) FROM file_uses GROUP BY about")
    kept = {sha256 for (sha256,) in asked(short_tmp, "SELECT sha256 FROM files")}
    assert uses == [(2,)] * COUNT
    assert {path.name for path in (short_tmp / "desk-files").glob("??/*")} == kept
    assert len(kept) == 2 * COUNT
    assert any(0 < count < 2 * COUNT for count in taken), taken
