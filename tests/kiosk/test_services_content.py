"""Content: whole versions, kept and exchanged where nobody is disturbed. No display."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk_ui.content import LONGEST, Contents, read
from kiosk_ui.content_loading import Loading, folder, photo_fetch
from kiosk_ui.guides_take import LONGEST as MOST_CARRIED
from kiosk_ui.guides_take import carried
from kiosk_ui.notices_in_force import in_force
from kiosk_ui.qr import modules
from kiosk_ui.wardens import of_pole
from sync.contract import kiosk as contract
from sync.contract.envelope import ContractError, encode
from tests.edge.at_the_socket import Box, at_the_socket
from tests.kiosk.services import example, version
from tests.kiosk.test_local import BOX, Screen

ZONE = ZoneInfo("Asia/Shanghai")
SHOP = {"id": "s", "name": {"zh": "店"}, "kind": "food", "grade": "A", "why": {"zh": "好"}}


def shops(*names: str) -> dict[str, object]:
    return {"merchants": [{**SHOP, "id": name} for name in names]}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[{",
        b'{"guides": []}',
        b"null",
        json.dumps([{**SHOP, "grade": 3}]).encode(),
        json.dumps([SHOP, SHOP]).encode(),
        json.dumps([{**SHOP, "why": {"zh": "x" * (LONGEST + 1)}}]).encode(),
        json.dumps([{**SHOP, "id": str(n)} for n in range(5001)]).encode(),
        b"\xff\xfe",
    ],
    ids=["empty", "half", "another shape", "null", "wrong type", "one id twice", "endless text", "too many", "no text"],
)
def test_a_file_that_is_no_good_is_refused_with_its_whole_version(text: bytes) -> None:
    with pytest.raises(ContractError):
        read("v", [], {"guides.json": b"[]", "merchants.json": text})


def test_an_office_without_a_kind_and_with_a_file_of_tomorrow_is_read() -> None:
    services = read("v", [], {"dreams.json": b"{", "merchants.json": json.dumps([SHOP]).encode()})
    assert list(services.merchants) == ["s"]
    assert not services.guides


def test_a_visit_keeps_its_version_and_the_next_screen_has_the_new_one_whole() -> None:
    contents = Contents()
    contents.put(version(shops("old"), "1"))
    assert list(contents.at(1, resting=False).merchants) == ["old"]
    contents.put(version(shops("new"), "2"))
    assert list(contents.at(1, resting=False).merchants) == ["old"]
    assert list(contents.at(2, resting=False).merchants) == ["new"]


def test_where_nobody_is_the_new_version_shows_at_once() -> None:
    contents = Contents()
    contents.at(1, resting=True)
    contents.put(version(shops("new"), "2"))
    assert contents.at(1, resting=True).version == "2"


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def notice(name: str, starts: str, ends: str) -> dict[str, object]:
    return {"id": name, "title": {"zh": name}, "text": {"zh": "知"}, "starts": starts, "ends": ends}


def test_only_notices_in_force_are_shown_newest_first_and_a_day_ends_at_its_midnight() -> None:
    services = version(
        {
            "notices": [
                notice("over", "2026-09-01", "2026-09-20"),
                notice("first", "2026-09-10", "2026-09-21"),
                notice("newest", "2026-09-21T08:00", "2026-09-21T18:00"),
                notice("coming", "2026-09-22", "2026-09-30"),
                notice("nonsense", "soon", "later"),
            ]
        }
    )
    assert [one.id for one in in_force(services, on("2026-09-21T10:00"), ZONE)] == ["newest", "first"]
    assert [one.id for one in in_force(services, on("2026-09-21T23:59"), ZONE)] == ["first"]
    assert [one.id for one in in_force(services, on("2026-09-22T00:00"), ZONE)] == ["coming"]


def test_what_a_guide_s_code_carries_begins_with_the_link_and_fits_an_old_telephone() -> None:
    for guide in example().guides.values():
        for language in ("zh", "en"):
            text = carried(guide, language, str)
            assert text.startswith(f"{guide.link}#")
            assert len(text) <= MOST_CARRIED
            assert len(modules(text)) <= 177
    text = carried(example().guides["birth-register"], "zh", str)
    assert "夫妻双方身份证" in text


def test_a_warden_is_found_by_the_digits_of_a_pole_and_never_guessed() -> None:
    wardens = example().wardens
    assert (found := of_pole(wardens, "1007")) is not None
    assert found.area == "area-1"
    assert of_pole(wardens, "YS-1007") == found
    assert of_pole(wardens, "7") is None
    assert of_pole(wardens, "9999") is None
    assert of_pole(wardens, "") is None


async def publish(box: Box, name: str, made: dict[str, object], media: dict[str, bytes] | None = None) -> None:
    files = []
    parts = {f"{kind}.json": json.dumps(value).encode() for kind, value in made.items()} | (media or {})
    for file, content in parts.items():
        sha256 = await box.way.gateway.local.files.store.keep(content)
        files.append(contract.ContentFile(file, sha256, len(content), "application/json"))
    box.way.gateway.down.retained.keep("content/services", encode(contract.Manifest(name, files)))


def story(tell: Callable[[Box, Screen, Loading], Awaitable[None]], keep: Path | None = None) -> None:
    async def run(place: Path) -> None:
        async with at_the_socket(place, kiosk=BOX) as box:
            screen, loading = Screen(box.socket), Loading(keep)
            screen.local.looks.append(loading.look())
            screen.local.start()
            try:
                await tell(box, screen, loading)
            finally:
                await asyncio.to_thread(screen.local.stop)

    with tempfile.TemporaryDirectory(prefix="box") as name:
        asyncio.run(asyncio.wait_for(run(Path(name)), 60))


def test_what_is_published_comes_to_the_screen_and_a_broken_version_never_does() -> None:
    async def tell(box: Box, screen: Screen, _: Loading) -> None:
        contents = screen.kiosk.box.contents
        await publish(box, "1", shops("a"), {"m/p.png": b"picture"})
        await screen.until(lambda: contents.newest.version == "1", "the first version")
        fetch = photo_fetch(screen.local.api, contents)
        assert await asyncio.to_thread(fetch, contents.newest.hash_of("m/p.png")) == b"picture"
        assert await asyncio.to_thread(fetch, "0" * 64) is None
        await publish(box, "2", {"merchants": [{"id": 7}]})
        await publish(box, "3", shops("c"))
        await screen.until(lambda: contents.newest.version == "3", "the third version")
        assert list(contents.newest.merchants) == ["c"]

    story(tell)


def test_a_screen_that_starts_without_its_gateway_has_the_guides_of_last_time(tmp_path: Path) -> None:
    async def tell(box: Box, screen: Screen, _: Loading) -> None:
        await publish(box, "1", shops("a"))
        await screen.until(lambda: screen.kiosk.box.contents.newest.version == "1", "the first version")

    story(tell, tmp_path / "cache")
    found = Loading(tmp_path / "cache").kept()
    assert found is not None
    assert (found.version, list(found.merchants)) == ("1", ["a"])


@pytest.mark.parametrize("content", [b"", b"{", b'{"version": "1", "files": [], "texts": 3}'])
def test_a_kept_file_that_is_broken_is_no_content_and_no_crash(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "services.json").write_bytes(content)
    assert Loading(tmp_path).kept() is None


def test_a_folder_of_drafts_is_read_with_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "p.png").write_bytes(b"p")
    (tmp_path / "merchants.json").write_text(json.dumps([{**SHOP, "picture": "m/p.png"}]), "utf-8")
    services, places = folder(tmp_path)
    assert places[services.hash_of(services.merchants["s"].picture)].read_bytes() == b"p"
