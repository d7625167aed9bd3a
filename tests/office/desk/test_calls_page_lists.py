"""The pages around the calls: wishes to be called, figures, departments; and what the call's modules judge and drop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect

from office.desk.people.roles import Role
from sync.contract.envelope import batch
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.axe import accessible
from tests.office.desk.browser import chromium, person, signed_in
from tests.office.desk.house import PASSWORD, House
from tests.office.sending import event

PHONE = "13800000017"


@asynccontextmanager
async def desk(folder: Path, *roles: Role, where: str) -> AsyncIterator[tuple[House, Browser, Page]]:
    """One person at that page."""
    async with House(folder) as house, chromium() as browser:
        await house.signed_in(*roles, login="ann", name="安娜")
        page = await signed_in(await person(browser), house.base, "ann", PASSWORD)
        await page.wait_for_selector(".line.up")
        await page.goto(f"{house.base}/#/{where}")
        await page.wait_for_selector("main h1")
        yield house, browser, page


async def wish(house: House, n: int) -> None:
    """Somebody at a kiosk would like to be called."""
    form = {"phone": PHONE, "department": "civil", "wish": f"第 {n} 个:明天上午"}
    data = Submission(kind="callback", form=form)
    await house.arrive("gw-1", "events", batch([event(n, kind=SUBMISSION, device="kiosk", data=data)]))


def test_a_number_is_shown_to_who_took_the_wish_and_to_nobody_else(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.DUTY, where="call-backs") as (house, browser, page):
            await wish(house, 1)
            row = page.locator("tr[data-wish]")
            await expect(row).to_contain_text("第 1 个")
            await expect(row).not_to_contain_text(PHONE)
            await house.signed_in(Role.DUTY, login="ben", name="本")
            other = await signed_in(await person(browser), house.base, "ben", PASSWORD)
            await other.goto(f"{house.base}/#/call-backs")
            await expect(other.locator("tr[data-wish]")).to_be_visible()
            await row.get_by_role("button", name="领取").click()
            await expect(page.get_by_role("link", name=PHONE)).to_be_visible()
            await accessible(page)
            await expect(other.locator("tr[data-wish]")).to_have_count(0)
            await other.goto(f"{house.base}/#/call-backs/taken")
            await expect(other.locator("tr[data-wish]")).to_contain_text("安娜")
            await expect(other.locator("main")).not_to_contain_text(PHONE)
            await page.get_by_role("button", name="没有联系上").click()
            await page.fill("dialog textarea", "没有人接")
            await page.locator("dialog button.main").click()
            await other.goto(f"{house.base}/#/call-backs/waiting")
            await expect(other.locator("tr[data-wish]")).to_contain_text("已试 1 次")

    asyncio.run(story())


def test_departments_are_ordered_hidden_and_given_hours_as_kiosks_show_them(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.CONTENT, where="departments") as (house, _, page):
            names = page.locator("main table").first.locator("tbody th")
            await expect(names.nth(1)).to_contain_text("民政科")
            await page.get_by_role("button", name="上移 劳动和社会保障科").click()
            await expect(names.nth(1)).to_contain_text("劳动和社会保障科")
            await page.get_by_role("button", name="修改 民政科").click()
            await page.fill("dialog input[name=hotline]", "0000-12345")
            days = page.locator("dialog input[name=days0]")
            for n in range(7):
                await days.nth(n).set_checked(n in (1, 2))
            await page.fill("dialog input[name=opens0]", "09:00")
            await page.fill("dialog input[name=closes0]", "08:00")
            for n in range(7):
                await page.locator("dialog input[name=days1]").nth(n).set_checked(checked=False)
            await page.fill("dialog input[name=opens1]", "")
            await page.fill("dialog input[name=closes1]", "")
            await page.locator("dialog button.main").click()
            await expect(page.locator("dialog .field-bad")).to_contain_text("结束要晚于开始")
            await page.fill("dialog input[name=closes0]", "11:30")
            await page.locator("dialog button.main").click()
            await expect(page.locator("main")).to_contain_text("周二、周三 09:00–11:30")
            await page.get_by_role("button", name="隐藏 文教科").click()
            await page.locator("dialog button.main").click()
            await expect(names.filter(has_text="文教科")).to_have_count(0)
            await accessible(page)
            await page.get_by_role("button", name="预览信息机画面").click()
            tiles = page.locator(".tile")
            await expect(tiles).to_have_count(8)
            await expect(tiles.nth(1)).to_contain_text("社保、就业、退休")
            await accessible(page)
            assert (await house.desk.look(_hours))["hotline"] == "0000-12345"

    asyncio.run(story())


def _hours(conn: Any) -> dict[str, Any]:
    return dict(conn.execute("SELECT * FROM call_departments WHERE department='civil'").fetchone())


def test_of_two_editors_the_second_is_told_and_sees_the_first_ones_work(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.CONTENT, where="departments") as (house, _, page):
            other = await house.signed_in(Role.CONTENT)
            seen = await other.get("/v1/departments")
            seen["departments"].reverse()
            asked = {"version": seen["version"], "departments": seen["departments"]}
            await other.put("/v1/departments", asked)
            await page.get_by_role("button", name="下移 民政科").click()
            await expect(page.locator(".toasts .bad")).to_contain_text("他人修改")
            await expect(page.locator("main tbody th").first).to_contain_text("综合治理科")

    asyncio.run(story())


def test_figures_show_columns_and_the_same_as_a_table(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.AUDITOR, where="call-figures") as (house, _, page):
            await expect(page.locator("main .empty")).to_be_visible()
            await house.desk.change(_calls)
            await page.fill("#cf-from", "2026-09-20")
            await page.fill("#cf-to", "2026-09-21")
            await page.get_by_role("button", name="查看").click()
            words = "2026-09-20 到 2026-09-21 每天的来电:最多一天 4 个"
            await expect(page.locator("svg.columns[role=img]")).to_have_attribute("aria-label", words)
            await expect(page.locator("main table").first).to_contain_text("民政科")
            judged = page.locator("main table").filter(has_text="居民觉得")
            await expect(judged.locator("tbody tr")).to_have_text(["满意4", "态度好4"])
            await accessible(page)

    asyncio.run(story())


def _calls(conn: Any) -> None:
    at = 1_789_990_000_000
    for n in range(4):
        conn.execute(
            """INSERT INTO calls(id, gateway, department, began, granted, ended, reason, clerk, waited_s, handled_s,
                   face, word) VALUES (?,?,?,?,?,?,?,?,?,?,'good','kind')""",
            (f"call{n}", "gw-1", "civil", at, at + 8000, at + 60_000, "resident", "x", 8.0, 52.0),
        )


_LINE = """async () => {
    const {makeLine} = await import('/page/pages/calls-line.js');
    const line = makeLine(), second = (loss, sound = 50) => ({sound, pictures: 20, loss, rtt_ms: 40});
    const words = [];
    let at = 0;
    const pass = (seconds, measure) => {
      for (let n = 0; n < seconds; n += 1) { at += 1000; line.learn(measure, at); }
      const seen = line.verdict(at);
      words.push(`${seen.word} ${seen.soundOnly ? 'sound-only' : ''}`.trim());
    };
    line.anew(0);
    pass(3, second(0)); pass(5, second(0.05)); pass(8, second(0.2)); pass(12, second(0)); pass(4, second(0, 0));
    line.learn({...second(0, 0), pictures: 0}, at += 3000);
    words.push(line.verdict(at).word);
    return words;
}"""


def test_the_word_for_the_line_follows_what_is_lost_and_sound_goes_before_the_picture(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.DUTY, where="calls") as (_, _, page):
            assert await page.evaluate(_LINE) == ["good", "fair", "poor sound-only", "good", "good", "away"]

    asyncio.run(story())


_HOSTILE = """async () => {
    const {makeTalk} = await import('/page/pages/calls-data.js');
    const sent = [], talk = makeTalk({send: (text) => sent.push(text) > 0, changed: () => {}});
    const usual = {type: 'still-begin', still: 's', width: 4, height: 4, bytes: 8, sha256: 'x'};
    const begin = (more) => JSON.stringify({...usual, ...more});
    const seen = [];
    const state = () => seen.push(`${talk.still.state} ${talk.still.part} ${talk.trouble}`.trim());
    talk.hear(begin({})); state(); // nobody asked
    talk.ask(); talk.hear(begin({bytes: 3e9})); state(); // too large
    talk.hear(begin({width: 1e9})); state();
    talk.hear(begin({})); talk.hear(new ArrayBuffer(9)); state(); // more than it said
    talk.hear(new ArrayBuffer(8)); // with another hash
    while (talk.still.state === 'coming') await new Promise((done) => setTimeout(done, 10));
    state();
    const odd = ['{', '[]', 'null', '{"type":"text"}', '{"type":"cannot","what":"<b>"}', '{"type":"mark"}'];
    odd.forEach(talk.hear);
    for (let n = 0; n < 200; n += 1) talk.hear(JSON.stringify({type: 'text', text: 'x'.repeat(9000)}));
    seen.push(`${talk.lines.length} ${talk.lines[0].text.length} ${talk.trouble}`);
    return seen;
}"""


def test_what_a_kiosk_says_beyond_the_contract_is_dropped(short_tmp: Path) -> None:
    async def story() -> None:
        async with desk(short_tmp, Role.DUTY, where="calls") as (_, _, page):
            assert await page.evaluate(_HOSTILE) == [
                "none 0",
                "asked 0",
                "asked 0",
                "coming 0",
                "none 0 camera",
                "60 500 camera",
            ]

    asyncio.run(story())


def test_a_clerk_chooses_among_the_guides_that_kiosks_show(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            editor, clerk = await house.signed_in(Role.CONTENT), await house.signed_in(Role.DEPARTMENT)
            assert await clerk.get("/v1/guides") == []
            card = {"text": {"zh": "户口本、照片两张"}}
            five = dict.fromkeys(("who", "bring", "where", "how_long", "cost"), card)
            guide = {"id": "pension", "title": {"zh": "养老补贴"}, "event": "ageing", "department": "civil", **five}
            await editor.put("/v1/content/guides/pension", {"item": guide, "v": 0})
            assert await clerk.get("/v1/guides") == [], "a draft is not shown"
            await editor.post("/v1/content-versions", {"note": "first"})
            assert await clerk.get("/v1/guides") == [
                {"id": "pension", "title": {"zh": "养老补贴"}, "department": "civil"}
            ]

    asyncio.run(story())
