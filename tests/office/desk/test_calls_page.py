"""A video call at the desk: a real Chromium and, over a real broker, a kiosk. Both ends see and hear the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from office.desk.people.roles import Role
from sync.contract.call import Reason
from sync.contract.call_signals import Bye, Granted, Hold, Ring, Transferred
from tests.office.desk.axe import accessible
from tests.office.desk.browser import FAKES
from tests.office.desk.call_office import DEPARTMENT, Office, colour, holds, office, talks
from tests.office.desk.kiosk_peer import until

pytestmark = pytest.mark.e2e

ANN, BEN = "民政科一号", "民政科二号"
PLAIN_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns"
"""Without leave Chromium names itself by mDNS; aioice asks for such names in the first event loop of a process only."""
Story = Callable[[Office], Awaitable[None]]


def play(folder: Path, story: Story, *clerks: str, **more: object) -> None:
    """The story in an office with these clerks."""

    async def run() -> None:
        async with office(folder, *(clerks or (ANN,)), **more) as made:  # type: ignore[arg-type]
            await story(made)

    asyncio.run(run())


def test_a_call_rings_on_every_page_and_one_key_brings_both_faces(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = made.page, made.kiosk
        await page.goto(f"{made.house.base}/#/cases")
        kiosk.ask(DEPARTMENT, guide="jisheng")
        bar = page.locator("#call-bar .bar")
        await expect(bar).to_contain_text("民政科")
        await expect(bar).to_contain_text("jisheng")
        await page.wait_for_selector("html[data-ring=call]", state="attached")
        await holds(page, "document.title.startsWith('☎')")
        await page.keyboard.press("F9")
        await talks(page, kiosk)
        await page.wait_for_selector("html[data-ring='']", state="attached")
        red, green, blue = await colour(page)
        assert red > 120 > max(green, blue) + 40, "the kiosk's picture is red"
        await until(lambda: kiosk.colour[1] > max(kiosk.colour[0], kiosk.colour[2]) + 40, "the clerk's camera is green")
        await until(lambda: kiosk.loud > 1000, "the clerk's microphone beeps")
        assert kiosk.said(Granted)
        await expect(page.locator(".call-head")).to_contain_text("不录音、不录像")

    play(short_tmp, story)


def test_an_answer_with_sound_only_opens_no_camera(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = made.page, made.kiosk
        kiosk.ask(DEPARTMENT)
        await page.get_by_role("button", name="只用声音接听").click()
        await until(lambda: kiosk.loud > 1000, "sound")
        await expect(page.locator(".stage-own")).to_contain_text("摄像头已关")
        assert kiosk.frames == 0
        await page.get_by_role("button", name="开摄像头").click()
        await until(lambda: kiosk.frames > 3, "a picture, when the clerk wants")

    play(short_tmp, story)


def test_muted_means_silence_and_hold_means_neither_hears_the_other(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await until(lambda: kiosk.loud > 1000, "the clerk is heard")
        await page.get_by_role("button", name="静音").click()
        await until(lambda: kiosk.loud < 50, "silence")
        await expect(page.locator("main")).to_contain_text("对方听不到您")
        await page.get_by_role("button", name="取消静音").click()
        await until(lambda: kiosk.loud > 1000, "heard again")
        await page.get_by_role("button", name="保持").click()
        await until(
            lambda: any(one.on for one in kiosk.heard if isinstance(one, Hold)), "the kiosk is told of the hold"
        )
        await until(lambda: kiosk.loud < 50, "nothing is heard on hold")
        assert await page.evaluate("import('/page/pages/calls-faces.js').then(({ear}) => ear.muted)")
        await page.get_by_role("button", name="恢复通话").click()
        await until(lambda: kiosk.loud > 1000, "heard after the hold")
        assert not await page.evaluate("import('/page/pages/calls-faces.js').then(({ear}) => ear.muted)")

    play(short_tmp, story)


def test_the_camera_goes_off_and_comes_back(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await page.get_by_role("button", name="关摄像头").click()
        await expect(page.locator(".stage-own")).to_contain_text("摄像头已关")
        assert await page.evaluate("import('/page/pages/calls-faces.js').then(({self}) => self.srcObject === null)")
        await page.get_by_role("button", name="开摄像头").click()
        frames = kiosk.frames
        await until(lambda: kiosk.frames > frames + 3, "pictures again")

    play(short_tmp, story)


def test_one_still_of_the_paper_is_circled_by_mouse_by_tap_and_by_keys(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await page.get_by_role("button", name="拍一张纸").click()
        sheet = page.locator(".paper-sheet .ink")
        await sheet.scroll_into_view_if_needed()
        box = await sheet.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7)
        await page.mouse.down()
        for share in (0.7, 0.8, 0.9):
            await page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.8, steps=4)
        await page.mouse.up()
        await until(lambda: len(kiosk.of("mark")) == 1, "the line arrives")
        points = kiosk.of("mark")[0]["points"]
        assert points[0] == pytest.approx([0.6, 0.7], abs=0.02)
        assert points[-1] == pytest.approx([0.9, 0.8], abs=0.02)
        await sheet.click(position={"x": box["width"] * 0.2, "y": box["height"] * 0.2})
        await until(lambda: len(kiosk.of("mark")) == 2, "a tap makes a circle")
        await page.get_by_role("button", name="方框").click()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Shift+ArrowDown")
        await page.keyboard.press("Enter")
        await until(lambda: len(kiosk.of("mark")) == 3, "a box by keys")
        xs, ys = zip(*kiosk.of("mark")[2]["points"], strict=True)
        assert (min(xs), max(xs), min(ys), max(ys)) == pytest.approx((0.37, 0.67, 0.42, 0.56))
        assert {one["mark"] for one in kiosk.of("mark")} == {0, 1, 2}
        await page.get_by_role("button", name="全部清除").click()
        await until(lambda: kiosk.of("unmark"), "cleared at both ends")
        await page.get_by_role("button", name="收起").click()
        await until(lambda: kiosk.of("still-end"), "put away at both ends")
        await expect(page.locator(".paper-sheet")).to_have_count(0)

    play(short_tmp, story)


def test_a_kiosk_that_cannot_take_the_still_says_why(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page = await made.answered()
        made.kiosk.paper = False
        await page.get_by_role("button", name="拍一张纸").click()
        await expect(page.locator(".paper-card [role=alert]")).to_contain_text("摄像头打不开")

    play(short_tmp, story)


def test_words_go_both_ways_and_a_guide_is_shown(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await page.get_by_role("button", name="请慢慢说").click()
        await page.fill("#call-words", "<b>明天</b>上午九点")
        await page.keyboard.press("Enter")
        kiosk.tap("听不清")
        await until(lambda: len(kiosk.of("text")) == 2, "both texts")
        assert [one["text"] for one in kiosk.of("text")] == ["请慢慢说,我在听", "<b>明天</b>上午九点"]
        await expect(page.locator(".said-lines li.kiosk")).to_contain_text("听不清")
        await expect(page.locator(".said-lines li.me").last).to_contain_text("<b>明天</b>")
        await page.fill("#call-guide", "jisheng")
        await page.get_by_role("button", name="显示", exact=True).click()
        await until(lambda: kiosk.of("show") == [{"type": "show", "guide": "jisheng", "card": 0}], "the guide")

    play(short_tmp, story)


def test_of_two_clerks_the_second_reads_who_has_it(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        first, second = made.pages
        made.kiosk.ask(DEPARTMENT)
        for page in (first, second):
            await expect(page.locator("#call-bar .bar")).to_be_visible()
        held: list[Route] = []
        for page in (first, second):
            await page.route("**/v1/calls/*/take", lambda route: held.append(route))  # noqa: PLW0108 - Playwright wants a function
            await page.keyboard.press("F9")
        await until(lambda: len(held) == 2, "both have pressed while it rang")
        await asyncio.gather(*(route.continue_() for route in held))
        told = {asyncio.ensure_future(page.wait_for_selector(".toasts .bad")): page for page in (first, second)}
        done, others = await asyncio.wait(told, return_when=asyncio.FIRST_COMPLETED)
        bad = done.pop()
        loser, toast = told[bad], await bad
        assert toast is not None
        words = await toast.text_content() or ""
        for task in others:
            task.cancel()
        winner, name = (first, ANN) if loser is second else (second, BEN)
        assert name in words
        await talks(winner, made.kiosk)
        await expect(loser.locator("#call-bar .bar")).to_have_count(0)

    play(short_tmp, story, ANN, BEN)


def test_a_call_is_handed_to_a_colleague_who_answers_it(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        first, second = made.pages
        made.kiosk.ask(DEPARTMENT)
        await expect(first.locator("#call-bar .bar")).to_be_visible()
        await first.keyboard.press("F9")
        await talks(first, made.kiosk)
        await first.get_by_role("button", name="转接…").click()
        await first.get_by_role("button", name=f"转接 {BEN}").click()
        await until(lambda: made.kiosk.said(Transferred), "the kiosk is told")
        await expect(first.locator(".after")).to_contain_text("已转接")
        await expect(second.locator("#call-bar .bar")).to_be_visible()
        await second.keyboard.press("F9")
        await talks(second, made.kiosk)

    play(short_tmp, story, ANN, BEN)


def test_it_ends_from_either_side_and_one_tap_notes_the_outcome(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page = await made.answered()
        await page.evaluate("window.scrollTo(0, 200)")
        await page.get_by_role("button", name="挂断").click()
        await until(lambda: made.kiosk.said(Bye), "the kiosk is told")
        await holds(page, "window.scrollY === 0 && !!document.querySelector('.after')")
        await page.get_by_role("button", name="已解答").click()
        await expect(page.locator(".after .good")).to_be_visible()
        assert await page.evaluate("import('/page/pages/calls-faces.js').then(({self}) => self.srcObject === null)")
        await made.answered()
        made.kiosk.hang_up(Reason.RESIDENT)
        await expect(page.locator(".after")).to_contain_text("居民挂断")

    play(short_tmp, story)


def test_media_that_dies_is_said_and_comes_back_with_nobody_doing_anything(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await page.get_by_role("button", name="请慢慢说").click()
        await until(lambda: kiosk.of("text"), "words before")
        await kiosk.hush()
        await expect(page.locator("main [role=alert]")).to_contain_text("线路断开")
        await until(lambda: kiosk.leg == 2, "the page asked for another leg")
        await talks(page, kiosk)
        await expect(page.locator("main [role=alert]")).to_have_count(0)
        await until(lambda: len(kiosk.of("text")) == 2, "what a dead leg may have swallowed is said once more")
        assert kiosk.of("text")[0] == kiosk.of("text")[1], "under its number"

    play(short_tmp, story)


def test_a_page_whose_line_to_the_desk_broke_keeps_the_call(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        for one in list(made.house.desk.live.pages):
            one.leave()
        await expect(page.locator("p.down")).to_be_visible()
        await expect(page.locator("p.down")).to_have_count(0)
        await talks(page, kiosk)
        await page.get_by_role("button", name="挂断").click()
        await until(lambda: kiosk.said(Bye), "it still has the call")

    play(short_tmp, story)


def test_a_page_loaded_anew_goes_back_into_its_call(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        await page.reload()
        await page.locator("#call-bar").get_by_role("button", name="回到通话中").click()
        await talks(page, kiosk)
        assert kiosk.leg >= 2
        assert not kiosk.said(Bye)

    play(short_tmp, story)


def test_a_call_whose_clerk_vanished_is_taken_over_by_a_colleague(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        first, second = made.pages
        made.kiosk.ask(DEPARTMENT)
        await expect(first.locator("#call-bar .bar")).to_be_visible()
        await first.keyboard.press("F9")
        await talks(first, made.kiosk)
        await first.close()
        await expect(second.locator("#call-bar .bar")).to_contain_text(ANN)
        for _ in range(9):  # the desk's clock; pages prove meanwhile that they are there
            made.house.later(1)
            await asyncio.sleep(0.3)
        await second.keyboard.press("F9")
        await talks(second, made.kiosk)
        assert not made.kiosk.said(Bye)

    play(short_tmp, story, ANN, BEN)


@pytest.mark.parametrize(
    ("fakes", "microphone", "camera"),
    [((), "没有找到话筒", "没有找到摄像头"), (FAKES[:1], "没有允许使用话筒", "没有允许使用摄像头")],
    ids=["none", "blocked"],
)
def test_without_camera_and_microphone_the_clerk_sees_hears_writes_and_reads_what_to_do(
    short_tmp: Path, fakes: tuple[str, ...], microphone: str, camera: str
) -> None:
    async def story(made: Office) -> None:
        page = made.page
        made.kiosk.ask(DEPARTMENT)
        await expect(page.locator("#call-bar .bar")).to_be_visible()
        await page.keyboard.press("F9")
        await holds(page, "document.querySelector('.stage > video')?.videoWidth > 0")
        await expect(page.locator("main p.warn").filter(has_text=microphone)).to_be_visible()
        await expect(page.locator("main p.warn").filter(has_text=camera)).to_be_visible()
        await page.get_by_role("button", name="请慢慢说").click()
        await until(lambda: made.kiosk.of("text"), "words work without a microphone")
        await page.get_by_role("button", name="设备…").click()
        await expect(page.locator("dialog [role=alert]")).to_have_count(2)

    play(short_tmp, story, fakes=(*fakes, PLAIN_ADDRESSES))


def test_an_alarm_rings_before_a_call_and_the_call_after_it(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page = made.page
        made.kiosk.ask(DEPARTMENT)
        await page.wait_for_selector("html[data-ring=call]", state="attached")
        await made.house.press()
        await page.wait_for_selector("html[data-ring=emergency]", state="attached")
        alarms, calls = page.locator("#alarm-bar .bar"), page.locator("#call-bar .bar")
        await expect(calls).to_be_visible()
        above, below = await alarms.bounding_box(), await calls.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"] + 1
        await page.keyboard.press("F2")
        await page.wait_for_selector("html[data-ring=call]", state="attached")
        await page.keyboard.press("F9")
        await talks(page, made.kiosk)

    play(short_tmp, story, roles=(Role.DUTY, Role.DEPARTMENT))


def test_whoever_leaves_it_to_others_is_not_rung_any_more(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        first, second = made.pages
        made.kiosk.ask(DEPARTMENT)
        for page in (first, second):
            await expect(page.locator("#call-bar .bar")).to_be_visible()
        await first.get_by_role("button", name="请别人接").click()
        await expect(first.locator("#call-bar .bar")).to_have_count(0)
        await first.wait_for_selector("html[data-ring='']", state="attached")
        await second.keyboard.press("F9")
        await talks(second, made.kiosk)

    play(short_tmp, story, ANN, BEN)


def test_a_clerk_calls_a_kiosk_and_somebody_there_takes_it(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page, kiosk = await made.answered(), made.kiosk
        kiosk.online()
        await page.get_by_role("button", name="挂断").click()
        await page.get_by_role("button", name="关闭").click()
        await page.get_by_role("button", name="呼叫信息机").click()
        await page.get_by_role("button", name="呼叫", exact=True).click()
        await until(lambda: kiosk.said(Ring), "it rings in the shop")
        await expect(page.locator(".stage-words")).to_contain_text("等对方接听")
        kiosk.accept()
        await talks(page, kiosk)

    play(short_tmp, story)


def test_notes_become_a_case_with_one_key(short_tmp: Path) -> None:
    async def story(made: Office) -> None:
        page = await made.answered(guide="jisheng")
        await page.fill("#note-text", "想办计划生育服务证,缺一张照片")
        await page.keyboard.press("F4")
        made_case = page.locator("main .good .case-number")
        await expect(made_case).to_be_visible()
        await page.get_by_role("button", name="用大字发给居民").click()
        await until(lambda: made.kiosk.of("text"), "the number in big letters")
        await made_case.click()
        await expect(page.locator("main")).to_contain_text("缺一张照片")
        await expect(page.locator("#call-bar .bar")).to_contain_text("通话中")
        await page.get_by_role("link", name="回到通话").click()
        await talks(page, made.kiosk)

    play(short_tmp, story)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_no_page_of_the_calls_has_a_barrier_that_axe_finds(short_tmp: Path, phone: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async def story(made: Office) -> None:
        page = made.page
        for where in ("calls", "call-backs", "call-figures"):
            await page.goto(f"{made.house.base}/#/{where}")
            await page.wait_for_selector("main h1")
            await accessible(page)
        made.kiosk.ask(DEPARTMENT)
        await expect(page.locator("#call-bar .bar")).to_be_visible()
        await accessible(page)
        await page.keyboard.press("F9")
        await talks(page, made.kiosk)
        await page.get_by_role("button", name="拍一张纸").click()
        await page.wait_for_selector(".paper-sheet")
        await page.get_by_role("button", name="方框").click()
        await accessible(page)
        await page.get_by_role("button", name="转接…").click()
        await accessible(page)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="设备…").click()
        await page.wait_for_selector("#call-camera")
        await accessible(page)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="挂断").click()
        await page.wait_for_selector(".after")
        await accessible(page)

    play(short_tmp, story, phone=phone)
