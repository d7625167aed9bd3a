"""The local API of a kiosk: submissions, questions, and what it shows."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from edge.api.client import Declined
from sync.contract.kiosk_box import KioskBox
from tests.edge.api_stage import story
from tests.edge.at_the_socket import Box
from tests.edge.way_down import until


def test_a_submission_is_on_disk_when_it_is_answered_and_kept_once_for_each_key(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        wish = {"kind": "booking", "form": {"slot": "2026-11-03T09:00"}, "resident": "r-17"}
        first = await box.submit(wish, key="k-1")
        again, other = await asyncio.gather(box.submit(wish, key="k-1"), box.submit(wish, key="k-2"))
        assert again == first
        assert other["id"] != first["id"]
        sent = [event for event in box.way.outbox() if event["type"] == "linli.submission.v1"]
        assert [event["id"] for event in sent] == [first["id"], other["id"]]
        assert sent[0]["data"] == wish
        with pytest.raises(Declined) as reused:
            await box.submit({**wish, "kind": "report"}, key="k-1")
        assert (reused.value.status, reused.value.code) == (409, "key-reused")

    story(short_tmp, tell)


def test_a_photo_and_a_voice_note_are_kept_and_go_up_with_the_report_that_names_them(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        photo, voice = b"\xff\xd8\xff" + bytes(1000), b"RIFF\x00\x00\x00\x00WAVE" + bytes(2000)
        kept = [await box.send("PUT", "blob", content) for content in (photo, voice)]
        assert [one["size"] for one in kept] == [len(photo), len(voice)]
        names = [one["sha256"] for one in kept]
        assert names[0] == hashlib.sha256(photo).hexdigest()
        assert box.way.rows("SELECT sha256 FROM blob_waiting") == []
        await box.submit({"kind": "report", "form": {}, "blobs": [*names, "0" * 64]}, key="k-1")
        assert box.way.rows("SELECT sha256 FROM blob_waiting ORDER BY n") == [(name,) for name in names]

    story(short_tmp, tell)


def test_a_file_that_is_thrown_away_is_gone_unless_a_report_has_named_it(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        voice, other = b"RIFF\x00\x00\x00\x00WAVE" + bytes(2000), b"RIFF\x00\x00\x00\x00WAVE" + bytes(3000)
        named, unsent = [(await box.send("PUT", "blob", content))["sha256"] for content in (voice, other)]
        await box.submit({"kind": "report", "form": {}, "blobs": [named]}, key="k-1")
        for name in (named, unsent, "no-name"):
            await box.send("DELETE", f"blob/{name}")
        assert await box.content(f"blob/{named}") == voice
        assert (await box.declined("GET", f"blob/{unsent}")).status == 404

    story(short_tmp, tell)


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", b"<svg/>"])
def test_what_no_camera_or_microphone_made_is_not_kept(short_tmp: Path, content: bytes) -> None:
    async def tell(box: Box) -> None:
        with pytest.raises(Declined) as refused:
            await box.send("PUT", "blob", content)
        assert refused.value.status == 400

    story(short_tmp, tell)


def test_a_key_is_known_after_a_restart(short_tmp: Path) -> None:
    answers: list[object] = []

    async def tell(box: Box) -> None:
        answers.append(await box.submit({"kind": "report"}, key="k"))

    story(short_tmp, tell)
    story(short_tmp, tell)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": "Not A Word"},
        {"kind": "booking", "who": "somebody"},
        {"kind": "booking", "resident": "王 阿姨"},
        {"kind": "booking", "blobs": ["../../etc/passwd"]},
        {"form": {}},
        [],
    ],
)
def test_a_submission_out_of_bounds_is_refused(short_tmp: Path, wish: object) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("POST", "events", wish)).status == 400
        assert box.way.outbox() == []

    story(short_tmp, tell)


def test_a_question_gets_the_centres_answer_or_the_reason_why_not(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        asked = asyncio.create_task(box.send("POST", "questions/my-case", {"arguments": {"case": "c-1"}}))
        await until(lambda: box.way.wire.published, "asked")
        topic, payload, _ = box.way.wire.published[-1]
        assert topic == "linli/v1/gw-1/up/request/my-case"
        question = json.loads(payload)
        box.way.send(f"answer/{question['id']}", {"id": question["id"], "outcome": "done", "result": {"state": "open"}})
        assert (await asked)["result"] == {"state": "open"}
        box.way.wire.online = False
        declined = await box.declined("POST", "questions/my-case", language="zh")
        assert (declined.status, declined.code) == (503, "offline")
        assert "线路中断" in str(declined)

    story(short_tmp, tell)


def test_presence_is_what_the_centre_last_said_and_says_whether_it_is_fresh(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        assert (await box.declined("GET", "presence/culture")).status == 404
        box.way.send("linli/v1/presence/culture", {"there": 2, "waiting": 1}, retain=True)
        seen = await box.get("presence/culture")
        assert (seen["there"], seen["waiting"], seen["fresh"]) == (2, 1, True)
        box.way.wire.online = False
        assert (await box.get("presence"))["departments"][0]["fresh"] is False

    story(short_tmp, tell)


def test_a_notice_is_offered_until_shown_and_the_centre_is_told_once(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        await box.way.settled(box.way.send("notice", {"id": "n-1", "text": "台风，请勿外出"}))
        (seen,) = (await box.get("notices"))["notices"]
        assert (seen["notice"]["text"], seen["shown_at"]) == ("台风，请勿外出", None)
        assert await box.send("POST", "notices/n-1/shown") == {"news": True}
        assert await box.send("POST", "notices/n-1/shown") == {"news": False}

    story(short_tmp, tell)


def test_a_file_kept_here_is_served_whole_and_in_parts(short_tmp: Path) -> None:
    async def tell(box: Box) -> None:
        data = bytes(range(256)) * 4000
        name = await box.way.gateway.local.files.keep(data)
        assert await box.content(f"blob/{name}") == data
        request = f"GET /v1/blob/{name} HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9\r\nConnection: close\r\n\r\n"
        answer = await box.raw(request.encode())
        assert answer.startswith(b"HTTP/1.1 206")
        assert answer.endswith(data[5:10])

    story(short_tmp, tell)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/blob/../../linli.db",
        "/v1/blob/%2e%2e%2f%2e%2e%2flinli.db",
        "/v1/blob/" + "0" * 64,
        "/v1/content/x%2F..",
        "/",
    ],
)
def test_no_other_name_is_ever_a_path(short_tmp: Path, path: str) -> None:
    async def tell(box: Box) -> None:
        answer = await box.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 404"), answer[:200]
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == "not-found"

    story(short_tmp, tell)


@pytest.mark.parametrize("kiosk", [KioskBox(), None])
def test_content_is_fetched_for_a_kiosk_and_not_for_a_box_without_one(short_tmp: Path, kiosk: KioskBox | None) -> None:
    async def tell(box: Box) -> None:
        manifest = {"version": "v1", "files": [{"name": "a.json", "sha256": "0" * 64, "size": 3}]}
        box.way.send("linli/v1/content/services", manifest, retain=True)
        await until(lambda: box.way.gateway.down.retained.get("content/services"), "it is told")
        told = [(one["name"], one["wanted"]) for one in (await box.get("content"))["contents"]]
        assert told == ([("services", "v1")] if kiosk else [])

    story(short_tmp, tell, kiosk=kiosk)
