"""What residents take along: readable on any telephone, and nobody else can make an address of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from office.desk.cases.asked import slip_link
from office.desk.content import live_items
from office.desk.people.roles import Role
from office.desk.takeaway import links
from office.questions import Asked
from sync.contract.envelope import batch
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION, Outcome, Question
from sync.contract.services import GUIDES, Guide
from tests.office.desk.house import House
from tests.office.desk.test_bookings import number
from tests.office.desk.test_content import guide, made
from tests.office.ends import eventually
from tests.office.sending import event

URL = "https://desk.example"


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def published(house: House, item: dict[str, Any]) -> Guide:
    editor = await house.signed_in(Role.CONTENT)
    await made(editor, "guides", item)
    await editor.post("/v1/content-versions", {})
    found: list[Guide] = await house.desk.look(lambda conn: live_items.of(conn, GUIDES, Guide))
    return found[0]


def test_the_link_of_a_guide_opens_its_five_cards_without_a_login_or_a_script(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            item = guide(title={"zh": "<b>服务证</b>", "en": "Permit"})
            item["bring"] = {"text": {"zh": "身份证\n户口本"}}
            shown = await published(house, item)
            assert shown.link.startswith(f"{URL}/p/t/g.birth-permit.")
            assert len(shown.link) <= 120
            page = await (await house.client()).ask("GET", shown.link.removeprefix(URL))
            text = page.content.decode()
            assert page.status == 200
            assert "&lt;b&gt;服务证&lt;/b&gt;" in text
            assert "身份证<br>户口本" in text
            assert "<script" not in text
            assert all(word in text for word in ("谁能办", "带什么", "去哪办", "多久", "多少钱"))

    told(story())


PDF = b"%PDF-1.7\n1 0 obj"


def test_the_form_of_a_guide_is_one_tap_from_its_page_and_no_other_file_is(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            editor = await house.signed_in(Role.CONTENT)
            brought = (await editor.ask("PUT", "/v1/content-media", PDF)).json
            shown = await published(house, guide(form=brought["name"]))
            stranger = await house.client()
            address = shown.link.removeprefix(URL)
            page = (await stranger.ask("GET", address)).content.decode()
            assert f'href="{address}/form"' in page
            form = await stranger.ask("GET", f"{address}/form")
            assert (form.status, form.content) == (200, PDF)
            assert form.headers["Content-Type"] == "application/pdf"
            assert form.headers["Content-Security-Policy"] == "sandbox"
            assert (await stranger.ask("GET", f"{address[:-1]}/form")).status == 404

    told(story())


def test_a_guide_without_a_form_has_no_such_page(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            shown = await published(house, guide())
            stranger = await house.client()
            address = shown.link.removeprefix(URL)
            assert "/form" not in (await stranger.ask("GET", address)).content.decode()
            assert (await stranger.ask("GET", f"{address}/form")).status == 404

    told(story())


@pytest.mark.parametrize("token", ["g.birth-permit.AAAAAAAAAAAAAAAA", "g.birth-permit", "x", "g..", "." * 200])
def test_an_address_that_is_none_of_ours_shows_what_to_do_instead(short_tmp: Path, token: str) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            await published(house, guide())
            page = await (await house.client()).ask("GET", f"/p/t/{token}")
            assert page.status == 404
            assert "信息机" in page.content.decode()

    told(story())


def test_a_guide_that_was_taken_back_says_so(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            shown = await published(house, guide())
            editor = await house.signed_in(Role.CONTENT)
            await editor.delete("/v1/content/guides/birth-permit?v=1")
            await editor.post("/v1/content-versions", {})
            page = await (await house.client()).ask("GET", shown.link.removeprefix(URL))
            assert page.status == 404

    told(story())


def test_a_mark_of_one_thing_opens_no_other(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            vault = house.desk.vault
            mark = links.link(vault, URL, "g", "a").rpartition(".")[2]
            assert links.opened(vault, f"g.a.{mark}") == ("g", "a")
            assert links.opened(vault, f"g.b.{mark}") is None

    told(story())


def test_the_kiosk_that_sent_a_report_gets_its_link_for_the_slip_and_nobody_else_does(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, url=URL) as house:
            data = Submission(kind="report", form={"number": number(1), "words": "路灯不亮"})
            sent = event(1, lane="state", kind=SUBMISSION, data=data, device="kiosk", id="sent-1")
            await house.arrive("gw-1", "events", batch([sent]))
            answerer = slip_link(house.config.desk_database, house.clock)

            async def link_of(submission: str) -> str | None:
                answer = await answerer(Asked("gw-1", "slip-link", Question(id="q", arguments={"id": submission})))
                return str(answer.result["link"]) if answer.outcome is Outcome.DONE else None

            async def mine() -> str | None:
                return await link_of("sent-1")

            link = await eventually(mine, "the link")
            assert link.startswith(f"{URL}/p/case#{number(1)}/")
            assert await link_of("sent-2") is None
            house.later(25 * 3600)
            assert await link_of("sent-1") is None

    told(story())
