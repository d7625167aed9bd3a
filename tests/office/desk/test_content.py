"""Content: drafts that nobody overwrites unseen, versions that never change, and one click back."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from office import contents
from office.desk.content import versions
from office.desk.content.publishing import Publishing
from office.desk.people.roles import Role
from sync.contract.envelope import batch
from sync.contract.messages import FAULT, NOTICE_SHOWN, Fault, GatewayState, NoticeShown
from sync.contract.services import CONTENT
from tests.office.desk.house import SOON_S, Client, House
from tests.office.desk.test_devices import said
from tests.office.ends import eventually
from tests.office.sending import AT, EPOCH, event

PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(100)


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def guide(item_id: str = "birth-permit", **fields: Any) -> dict[str, Any]:
    card = {"text": {"zh": "夫妻双方", "en": "Both"}}
    cards = dict.fromkeys(("who", "bring", "where", "how_long", "cost"), card)
    title = {"zh": "生育服务证", "en": "Birth permit"}
    return {"id": item_id, "title": title, "event": "birth", "department": "family", **cards, **fields}


def shop(n: int) -> dict[str, Any]:
    return {"id": f"shop-{n}", "name": {"zh": f"店{n}"}, "kind": "food", "grade": "A", "why": {"zh": "诚信"}}


def notice(starts: str, ends: str) -> dict[str, Any]:
    return {"id": "n", "title": {"zh": "通"}, "text": {"zh": "知"}, "starts": starts, "ends": ends}


def calendar(*slots: dict[str, Any]) -> dict[str, Any]:
    return {"id": "c", "title": {"zh": "证"}, "department": "d", "slots": list(slots)}


async def made(editor: Client, kind: str, item: dict[str, Any], v: int = 0) -> int:
    return int((await editor.put(f"/v1/content/{kind}/{item['id']}", {"v": v, "item": item}))["v"])


async def told_kiosks(house: House) -> contents.Content:
    """What the receiver has under `services`, once it is the newest version."""
    row = await house.desk.look(versions.live)
    assert row is not None
    newest = row["version"]
    found: list[contents.Content] = []

    async def look() -> bool:
        found[:] = [each for each in await house.store.look(contents.every) if each.name == CONTENT]
        return bool(found and found[0].manifest and found[0].manifest.version == newest)

    await eventually(look, "kiosks are told the newest version")
    return found[0]


def file_of(house: House, content: contents.Content, name: str) -> bytes:
    assert content.manifest is not None
    sha256 = next(file.sha256 for file in content.manifest.files if file.name == name)
    bytes_ = (house.folder / "data" / "blobs" / "whole" / sha256[:2] / sha256).read_bytes()
    assert hashlib.sha256(bytes_).hexdigest() == sha256
    return bytes_


def test_a_published_guide_is_what_kiosks_are_told_with_its_picture(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            picture = json.loads((await editor.ask("PUT", "/v1/content-media", PNG)).content)["name"]
            item = guide()
            item["who"] = {"text": {"zh": "夫妻双方"}, "picture": picture}
            await made(editor, "guides", item)
            (change,) = await editor.get("/v1/content-versions/draft")
            assert (change["kind"], change["added"]) == ("guides", ["birth-permit"])
            await editor.post("/v1/content-versions", {"note": "第一版"})
            content = await told_kiosks(house)
            assert json.loads(file_of(house, content, "guides.json"))[0]["title"]["zh"] == "生育服务证"
            assert file_of(house, content, picture) == PNG
            assert await editor.get("/v1/content-versions/draft") == []

    told(story())


def test_of_two_editors_the_slower_one_is_told_and_overwrites_nothing(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            one, other = await house.signed_in(Role.CONTENT), await house.signed_in(Role.CONTENT)
            v = await made(one, "guides", guide())
            assert await made(other, "guides", guide(title={"zh": "新名"}), v) == v + 1
            late = await one.ask("PUT", "/v1/content/guides/birth-permit", {"v": v, "item": guide()})
            assert late.status == 409
            assert (await one.get("/v1/content/guides/birth-permit"))["item"]["title"]["zh"] == "新名"

    told(story())


def test_going_back_makes_the_old_files_live_and_keeps_the_history(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            v = await made(editor, "guides", guide())
            first = (await editor.post("/v1/content-versions", {"note": "一"}))["n"]
            before = await told_kiosks(house)
            await made(editor, "guides", guide(title={"zh": "写错了"}), v)
            await editor.post("/v1/content-versions", {"note": "二"})
            assert (await told_kiosks(house)).manifest != before.manifest
            await editor.post(f"/v1/content-versions/{first}/again")
            assert (await told_kiosks(house)).manifest == before.manifest
            listed = await editor.get("/v1/content-versions")
            assert [one["live"] for one in listed] == [True, False, False]
            assert (await editor.ask("POST", f"/v1/content-versions/{first}/again", {})).status == 409

    told(story())


def test_publishing_twice_without_a_change_is_refused(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            await made(editor, "guides", guide())
            await editor.post("/v1/content-versions", {})
            assert (await editor.ask("POST", "/v1/content-versions", {})).status == 409

    told(story())


def test_a_version_published_while_the_receiver_is_away_goes_out_when_it_is_back(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            await made(editor, "guides", guide())
            async with receiver_away(house):
                await editor.post("/v1/content-versions", {})
                (version,) = await editor.get("/v1/content-versions")
                assert version["told_at"] is None
            await house.desk.part(Publishing).tell()
            await told_kiosks(house)

    told(story())


def test_the_order_of_the_screen_is_what_was_dragged(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            for n in range(4):
                await made(editor, "merchants", shop(n))
            await editor.post("/v1/content/merchants/order", {"ids": ["shop-2", "shop-0"]})
            ids = [one["id"] for one in (await editor.get("/v1/content/merchants"))["items"]]
            assert ids == ["shop-2", "shop-0", "shop-1", "shop-3"]
            stale = await editor.ask("POST", "/v1/content/merchants/order", {"ids": ["gone"]})
            assert stale.status == 409

    told(story())


def test_two_thousand_merchants_are_paged_by_key(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            rows = [("merchants", f"shop-{n}", json.dumps(shop(n)), n + 1, 1, 0, "a") for n in range(2000)]
            await house.desk.change(
                lambda conn: conn.executemany("INSERT INTO content_items VALUES (?,?,?,?,?,?,?)", rows).rowcount
            )
            seen: list[str] = []
            after: int | None = 0
            while after is not None:
                page = await editor.get(f"/v1/content/merchants?limit=500&after={after}")
                seen += [one["id"] for one in page["items"]]
                after = page["after"]
            assert seen == [f"shop-{n}" for n in range(2000)]

    told(story())


@pytest.mark.parametrize(
    ("kind", "item", "field"),
    [
        ("guides", guide("Not An Id"), "id"),
        ("guides", guide(title={"zh": ""}), "title"),
        ("guides", guide(title={"zh": "长" * 61}), "title"),
        ("guides", guide(event="party"), ""),
        ("guides", guide(form="m/none.pdf"), "media"),
        ("notices", notice("2026-09-02", "2026-09-01"), "ends"),
        ("notices", notice("soon", "2026-09-01"), "starts"),
        ("notices", {**notice("2026-09-01", "2026-09-02"), "text": {"zh": " "}}, "text"),
        ("merchants", {**shop(1), "grade": "E"}, "grade"),
        ("polls", {"id": "p", "question": {"zh": "好吗"}, "answers": [{"zh": "好"}], "ends": "2026-10-01"}, "answers"),
        ("calendars", calendar({"starts": "2026-10-01T09:00", "places": -1}), "slots"),
        ("calendars", calendar(*[{"starts": "2026-10-01T09:00", "places": 1}] * 2), "slots"),
        ("learning", {"id": "l", "title": {"zh": "课"}, "media": "", "type": "video/mp4"}, "media"),
    ],
)
def test_half_content_is_refused_with_its_field_and_nothing_is_kept(
    short_tmp: Path, kind: str, item: dict[str, Any], field: str
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            path = f"/v1/content/{kind}/{item['id'].replace(' ', '%20')}"
            refused = await editor.ask("PUT", path, {"v": 0, "item": item})
            assert refused.status in (400, 422), refused.content
            assert refused.json["field"] == field
            assert (await editor.get(f"/v1/content/{kind}"))["items"] == []

    told(story())


def test_html_in_a_title_stays_text(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            await made(editor, "guides", guide(title={"zh": "<b>证</b><script>"}))
            await editor.post("/v1/content-versions", {})
            content = await told_kiosks(house)
            assert json.loads(file_of(house, content, "guides.json"))[0]["title"]["zh"] == "<b>证</b><script>"

    told(story())


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", b"<svg onload=x>", b"MZ" + bytes(50)])
def test_a_file_that_no_kiosk_can_show_is_refused_and_gone(short_tmp: Path, content: bytes) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            assert (await editor.ask("PUT", "/v1/content-media", content)).status == 415
            folder = house.folder / "data" / "desk-media"
            assert not [path for path in folder.rglob("*") if path.is_file()]

    told(story())


def test_media_that_nothing_names_any_more_is_swept_and_what_is_named_stays(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            kept = json.loads((await editor.ask("PUT", "/v1/content-media", PNG)).content)["name"]
            await editor.ask("PUT", "/v1/content-media", PNG + b"other")
            item = guide()
            item["cost"] = {"text": {"zh": "免费"}, "picture": kept}
            await made(editor, "guides", item)
            part = house.desk.part(Publishing)
            assert part.media.sweep(await house.desk.look(versions.kept_media)) == 1
            assert (await editor.ask("GET", f"/v1/content-media/{kept}")).content == PNG

    told(story())


def test_who_may_not_edit_content_sees_and_changes_nothing(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DEPARTMENT)
            for method, path in (
                ("GET", "/v1/content/guides"),
                ("PUT", "/v1/content/guides/x"),
                ("POST", "/v1/content-versions"),
                ("PUT", "/v1/content-media"),
            ):
                assert (await clerk.ask(method, path, {})).status == 403

    told(story())


# --- emergency


async def sent(house: House) -> list[tuple[str, bool]]:
    """What waits for gateways: id, whether it is the withdrawal."""
    words = [json.loads(one.payload) for one in await house.store.pending() if one.kind == "notice"]
    return [(word["id"], word.get("withdrawn", False)) for word in words]


async def state_is(clerk: Client, state: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found: list[dict[str, Any]] = await clerk.get("/v1/notices")
        return next((one for one in found if one["state"] == state), None)

    return await eventually(look, f"the notice is {state}")


async def known(house: House) -> None:
    """A gateway that was there."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    state = GatewayState(gateway="gw-1", online=True, epoch=EPOCH)
    house.store.take_state("gw-1", state, lambda *_: done.set_result(None), alive=True)
    await done


@asynccontextmanager
async def receiver_away(house: House) -> AsyncIterator[None]:
    socket = Path(house.config.socket)
    away = socket.with_name("away")
    await asyncio.to_thread(socket.rename, away)
    yield
    await asyncio.to_thread(away.rename, socket)


ASKED = {"title": "台风", "text": "请勿外出", "minutes": 60}


def test_an_emergency_notice_needs_two_people_and_reaches_the_receiver(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer, second = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            await known(house)
            notice = (await writer.post("/v1/notices", ASKED))["id"]
            alone = await writer.ask("POST", f"/v1/notices/{notice}/release", {})
            assert (alone.status, alone.json["error"]) == (403, "two-people")
            assert await sent(house) == []
            await second.post(f"/v1/notices/{notice}/release")
            await state_is(second, "out")
            assert await sent(house) == [(notice, False)]
            assert (await second.ask("POST", f"/v1/notices/{notice}/release", {})).status == 409

    told(story())


def test_one_click_takes_it_back_and_a_draft_that_was_taken_back_is_never_released(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer, second = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            await known(house)
            draft = (await writer.post("/v1/notices", ASKED))["id"]
            await writer.post(f"/v1/notices/{draft}/withdraw")
            assert (await second.ask("POST", f"/v1/notices/{draft}/release", {})).status == 409
            notice = (await writer.post("/v1/notices", ASKED))["id"]
            await second.post(f"/v1/notices/{notice}/release")
            await state_is(second, "out")
            await writer.post(f"/v1/notices/{notice}/withdraw")

            async def taken_back() -> bool:
                return await sent(house) == [(notice, True)]

            await eventually(taken_back, "only the withdrawal waits")

    told(story())


def test_what_was_released_while_the_receiver_was_away_is_owed_and_paid(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer, second = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            await known(house)
            async with receiver_away(house):
                notice = (await writer.post("/v1/notices", ASKED))["id"]
                await second.post(f"/v1/notices/{notice}/release")
                assert (await state_is(second, "owed"))["told"] == 0
            assert (await state_is(second, "out"))["told"] == 1

    told(story())


def test_the_page_says_which_kiosk_has_shown_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer, second = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            await known(house)
            notice = (await writer.post("/v1/notices", ASKED))["id"]
            await second.post(f"/v1/notices/{notice}/release")
            await state_is(second, "out")
            shown = event(1, lane="state", kind=NOTICE_SHOWN, data=NoticeShown(notice=notice, at=AT), device="gateway")
            await house.arrive("gw-1", "events", batch([shown]))

            async def look() -> list[dict[str, Any]]:
                return list((await second.get("/v1/notices"))[0]["shown"])

            assert [one["gateway"] for one in await eventually(look, "who has shown it")] == ["gw-1"]

    told(story())


def test_its_time_is_over_by_itself(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer, second = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DUTY)
            await known(house)
            notice = (await writer.post("/v1/notices", ASKED))["id"]
            await second.post(f"/v1/notices/{notice}/release")
            await state_is(second, "out")
            house.later(3601)
            await state_is(second, "over")

    told(story())


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("title", "长" * 21), ("text", "长" * 301), ("minutes", 0), ("minutes", 99_999)]
)
def test_a_notice_nobody_could_read_is_refused(short_tmp: Path, field: str, value: object) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            writer = await house.signed_in(Role.CONTENT)
            refused = await writer.ask("POST", "/v1/notices", {**ASKED, field: value})
            assert (refused.status, refused.json["field"]) == (400, field)

    told(story())


def test_the_desk_says_which_kiosks_show_the_version_and_why_one_does_not(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor = await house.signed_in(Role.CONTENT)
            assert await editor.get("/v1/content-reach") == {"kiosks": 0, "there": 0, "behind": []}
            for item_id in ("one", "two"):
                await made(editor, "guides", guide(item_id))
                await editor.post("/v1/content-versions", {"note": ""})
            newest, older = (one["version"] for one in await editor.get("/v1/content-versions"))
            shown = {"old": older, "full": older, "new": newest, "blank": ""}
            for gateway, version in shown.items():
                await said(house, gateway, screen={"page": "home", "content": version})
            await said(house, "no-kiosk")
            why = Fault(fault="content-services", active=True, reason="version x does not fit: 900 MB are new")
            await house.arrive(
                "full", "events", event(1, gateway="full", lane="state", kind=FAULT, data=why, device="gateway")
            )
            async with asyncio.timeout(SOON_S):
                while not (found := await editor.get("/v1/content-reach"))["behind"][0]["reason"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert (found["kiosks"], found["there"]) == (4, 1)
            assert [one["gateway"] for one in found["behind"]] == ["full", "blank", "old"], "who says why comes first"
            assert found["behind"][0]["reason"] == why.reason
            assert [one["published"] is None for one in found["behind"]] == [False, True, False]

    told(story())
