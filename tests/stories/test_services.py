"""What residents come for, by real touches; each story ends at the desk. Everything is started once for all of them."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kiosk_ui.code import LOCK_S
from kiosk_ui.flow import COUNTDOWN_S, IDLE_S
from kiosk_ui.session import Session
from sync.contract.case_number import mint
from tests.office.desk.house import Client
from tests.stories.corner import Corner, bare, corner, written
from tests.stories.resident import (
    OTHER_POLE,
    PHONE,
    POLE,
    WRITTEN,
    booked,
    by_pole_alone,
    by_strokes,
    by_voice_and_photo,
    filled_in,
    holds_up,
    left_in,
    looks_up,
    slip_of,
    source,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

Play = Callable[[Callable[[Corner], Awaitable[None]]], None]
GUIDE = "birth-register"
CARDS = ("who", "bring", "where", "how_long", "cost")
CALENDAR, OTHER_CALENDAR = "legal-aid", "civil-window"
NOTICE = {"title": "停水通知", "text": "今晚八点起全街道停水，请先存水"}
GARBAGE = (b"6901234567892", b"x" * 5000, b"\xff\xfe\x00\x1b[31m", b"482109370", b"")
"""Of another shop's bar code, a cable that rattles, and a number that is none."""
SECRET = "zephyrquill"
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("dispatch", {"department": "city"}),
    ("done", {"words": "已修好"}),
    ("verified", {}),
    ("reply", {"words": "您反映的问题已处理"}),
)


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """The programs, and the loop on which every story is told."""
    folder, stack = Path(tempfile.mkdtemp(prefix="ll-", dir="/tmp")), AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            here = runner.run(stack.enter_async_context(corner(folder)))
            yield lambda story: runner.run(here.plays(story))
        finally:
            runner.run(stack.aclose())
            shutil.rmtree(folder)


def test_a_guide_is_read_aloud_as_it_stands_printed_and_asked_about(play: Play) -> None:
    async def story(here: Corner) -> None:
        editor, kiosk = await here.asking("content"), here.kiosk
        drafts = await editor.get("/v1/content/guides")
        guide = next(one["item"] for one in drafts["items"] if one["item"]["id"] == GUIDE)
        texts = [guide["title"]["zh"], *(guide[card]["text"]["zh"] for card in CARDS)]
        for control, argument in (("guides", ""), ("guide-event", guide["event"]), ("guide", GUIDE)):
            await kiosk.taps(control, argument)
        await kiosk.taps("read")
        await kiosk.sees(lambda: all(bare(text) in kiosk.voice.words for text in texts[1:]), "every card is said")
        assert all(bare(text) in kiosk.glass() for text in texts)
        assert all(bare(said) in kiosk.glass() for said in kiosk.voice.said), "nothing is said that is not shown"
        await kiosk.taps("slip-print")
        slip = await here.printed()
        assert all(bare(text) in written(slip) for text in texts)
        await takes_along(here, slip["qr"].partition("#")[0], texts)
        await asked_about(here, guide)

    play(story)


async def takes_along(here: Corner, link: str, texts: list[str]) -> None:
    """Out of paper: the same link stands on the glass as a code, and whoever opens it at home reads the guide."""
    kiosk = here.kiosk
    with here.out_of_paper():
        await kiosk.taps("slip-print")
        await kiosk.reads("打印机没纸了。请用手机扫码")
    await kiosk.taps("guide-take")
    (code,) = [one for one in map(source, kiosk.items()) if one.startswith("image://qr/")]
    shown, _, words = bytes.fromhex(code.rpartition("/")[2]).decode().partition("#")
    assert shown == link
    assert words.startswith(texts[0])
    assert list(here.slips.glob("slip-*")) == []
    resident = await here.stranger()
    page = await resident.ask("GET", link.removeprefix(resident.base))
    assert page.status == 200
    assert all(line in page.content.decode() for text in texts for line in text.splitlines())
    await kiosk.taps("back")


async def asked_about(here: Corner, guide: dict[str, Any]) -> None:
    """It rings where that guide is known, and the clerk sees which one was open."""
    admin, kiosk = await here.asking("admin"), here.kiosk
    clerk_id = (await here.asking("city")).me["id"]
    await admin.put(f"/v1/department-staff/{clerk_id}", {"departments": ["city", guide["department"]]})
    async with here.taking_calls("city") as clerk:
        await kiosk.taps("guide-ask", guide["id"])
        await kiosk.sees(lambda: any(clerk.id in call["rings"] for call in clerk.board["calls"]), "it rings there")
        (call,) = clerk.board["calls"]
        card = await clerk.client.get(f"/v1/calls/{call['id']}")
        assert (card["department"], card["guide"]) == (guide["department"], guide["id"])
        assert card["guide_title"] == guide["title"]["zh"]
        assert (await clerk.step(call["id"], "take")).status == 200
        await kiosk.taps("call-hang-up")
        await kiosk.sees(lambda: not clerk.board["calls"], "the call is over")
        (past, *_) = await (await here.asking("inspector")).get("/v1/call-history")
        assert (past["id"], past["reason"]) == (call["id"], "resident")


def test_three_reports_made_without_a_line_are_three_cases_each_once_when_it_is_back(play: Play) -> None:
    async def story(here: Corner) -> None:
        await here.cut()
        numbers = []
        for report in (by_strokes, by_voice_and_photo, by_pole_alone):
            numbers.append(await report(here))
            await here.kiosk.taps("end")
        await here.mend()
        written_, spoken, bare_ = [await here.case(number) for number in numbers]
        assert (written_["words"], written_["pole"], written_["has_phone"]) == (WRITTEN, POLE, True)
        assert (bare_["kind"], bare_["pole"], bare_["files"]) == ("road", OTHER_POLE, [])
        clerk, types = await here.asking("duty1"), set[str]()

        async def files() -> list[dict[str, Any]] | None:
            found = (await clerk.get(f"/v1/cases/{spoken['number']}"))["files"]
            return found if len(found) == 2 else None

        for file in await here.until(files, "photo and voice"):
            there = await clerk.ask("GET", f"/v1/files/{file['sha256']}")
            begins = {"image/jpeg": b"\xff\xd8", "audio/ogg": b"OggS", "audio/wav": b"RIFF"}[file["type"]]
            assert (there.status, there.content[: len(begins)]) == (200, begins)
            types.add(file["type"].partition("/")[0])
        assert types == {"image", "audio"}
        for case in (written_, spoken, bare_):
            assert case["same_slip"] == []
        listed = [one["number"] for one in (await clerk.get("/v1/cases?limit=50"))["cases"]]
        assert all(listed.count(number.replace("-", "")) == 1 for number in numbers)

    play(story)


def test_a_time_is_booked_online_requested_offline_and_the_last_one_goes_to_one_of_two(play: Play) -> None:
    async def story(here: Corner) -> None:
        first, second = await two_times_with_one_place_each(here)
        await one_of_two_has_the_last(here, first, second)
        await asked_for_offline(here)

    play(story)


async def two_times_with_one_place_each(here: Corner) -> tuple[str, str]:
    """The office publishes another calendar, and kiosks show it."""
    editor, kiosk = await here.asking("content"), here.kiosk
    draft = await draft_of(editor, "calendars", CALENDAR)
    first, second = (draft["item"]["slots"][n]["starts"] for n in (0, 1))
    draft["item"]["slots"] = [{"starts": first, "places": 1}, {"starts": second, "places": 1}]
    await published(editor, "calendars", draft)
    box = kiosk.kiosk.box
    await kiosk.sees(lambda: len(box.contents.newest.calendars[CALENDAR].slots) == 2, "the new calendar")
    return first, second


async def one_of_two_has_the_last(here: Corner, first: str, second: str) -> None:
    """While one still types a telephone, somebody at another screen was faster."""
    kiosk = here.kiosk
    kiosk.clock.pace = 0.2  # a kiosk asks for five seconds whether it is confirmed; here others use the machine
    await booked(here, CALENDAR, first)
    number = mint()
    other = {"number": number, "calendar": CALENDAR, "starts": first, "phone": "13800000001", "online": True}
    await asyncio.to_thread(here.gateway.post, "events", {"kind": "booking", "form": other}, key=uuid4().hex)
    assert (await at_the_desk(here, CALENDAR, number))["state"] == "confirmed"
    await kiosk.types(PHONE)
    await kiosk.taps("enter")
    await kiosk.reads("这个时间刚刚被别人约走了")
    await kiosk.taps("booking-other")
    await kiosk.taps("booking-time", second)
    await kiosk.taps("enter")  # the telephone is not asked for twice
    await kiosk.reads("约好了，请按时来")
    slip = await slip_of(here)
    assert "预约成功" in written(slip)
    assert bare(second.replace("T", "")) in written(slip)
    mine = await at_the_desk(here, CALENDAR, slip["qr"])
    assert (mine["starts"], mine["state"], mine["tail"]) == (second, "confirmed", PHONE[-2:])
    await kiosk.taps("end")


async def asked_for_offline(here: Corner) -> None:
    """The slip says that nothing is certain, until a person has said so."""
    kiosk, clerk = here.kiosk, await here.asking("duty1")
    await here.cut()
    calendar = kiosk.kiosk.box.contents.newest.calendars[OTHER_CALENDAR]
    await booked(here, OTHER_CALENDAR, calendar.slots[-1].starts)
    await kiosk.types(PHONE)
    await kiosk.taps("enter")
    await kiosk.reads("已登记，还没有确认")
    slip = await slip_of(here)
    assert "未确认" in written(slip)
    await here.mend()
    mine = await at_the_desk(here, OTHER_CALENDAR, slip["qr"])
    assert mine["state"] == "requested"
    assert (await clerk.post(f"/v1/bookings/{mine['id']}/phone"))["phone"] == PHONE
    await clerk.post(f"/v1/bookings/{mine['id']}/confirm")
    assert (await at_the_desk(here, OTHER_CALENDAR, slip["qr"]))["state"] == "confirmed"


async def at_the_desk(here: Corner, calendar: str, number: str) -> dict[str, Any]:
    """The one booking of that number."""
    clerk, digits = await here.asking("duty1"), number.replace("-", "")

    async def look() -> dict[str, Any] | None:
        rows = await clerk.get(f"/v1/bookings?calendar={calendar}")
        found = [row for row in rows if row["number"].replace("-", "") == digits]
        assert len(found) < 2
        return found[0] if found else None

    return await here.until(look, f"the booking {number}")


async def draft_of(editor: Client, kind: str, name: str) -> dict[str, Any]:
    """As it stands."""
    drafts: list[dict[str, Any]] = (await editor.get(f"/v1/content/{kind}"))["items"]
    return next(one for one in drafts if one["id"] == name)


async def published(editor: Client, kind: str, draft: dict[str, Any]) -> None:
    """Changed, and for every kiosk."""
    await editor.put(f"/v1/content/{kind}/{draft['id']}", {"v": draft["v"], "item": draft["item"]})
    await editor.post("/v1/content-versions", {"note": ""})


def test_a_case_is_followed_by_number_and_by_slip_and_judged_once_it_is_closed(play: Play) -> None:
    async def story(here: Corner) -> None:
        kiosk, clerk = here.kiosk, await here.asking("duty1")
        number = await by_pole_alone(here)
        await kiosk.taps("end")
        await here.case(number)
        await kiosk.taps("case")
        await looks_up(kiosk, number)
        await kiosk.reads("已经收到，正在登记")
        await kiosk.taps("slip-print")
        slip = await here.printed()
        await kiosk.taps("end")
        for action, more in STEPS:
            case = await here.case(number)
            await clerk.post(
                f"/v1/cases/{case['number']}/steps", {"action": action, "version": case["version"], **more}
            )
        for garbage in GARBAGE:
            here.scans(garbage)
        await holds_up(here, slip)
        await kiosk.reads("已经答复，请您评价")
        for control, argument in (
            ("case-judge", ""),
            ("case-face", "good"),
            ("case-solved", "yes"),
            ("case-why", "fast"),
        ):
            await kiosk.taps(control, argument)
        await kiosk.reads("您的评价已经交给办事处")

        async def judged() -> list[dict[str, Any]]:
            return (await here.case(number))["evaluations"]  # type: ignore[no-any-return]

        (judgement,) = await here.until(judged, "the resident's word")
        assert (judgement["stars"], judgement["solved"], judgement["words"]) == (5, True, "办得快")

    play(story)


def test_what_a_resident_proposes_is_moderated_seen_and_joined_and_a_poll_counts_a_ballot(play: Play) -> None:
    async def story(here: Corner) -> None:
        editor, kiosk = await here.asking("content"), here.kiosk
        activity = await proposed_and_approved(here, editor)
        await kiosk.taps("neighbours")
        await kiosk.taps("activities")
        await kiosk.turns_to("activity", activity)
        await kiosk.reads("居委会活动室")
        await kiosk.taps("join")
        await kiosk.taps("join-people", "2")
        await kiosk.types(PHONE)
        await kiosk.taps("enter")
        await kiosk.reads("已经报上名")
        slip = await slip_of(here)
        await kiosk.taps("end")
        (joined,) = await here.until(lambda: editor.get(f"/v1/signups/{activity}"), "the sign-up")
        assert (joined["people"], joined["tail"], joined["waits"]) == (2, PHONE[-2:], False)
        assert joined["number"].replace("-", "") == slip["qr"].replace("-", "")
        before = (await editor.get("/v1/votes/bench"))["counts"]
        for control, argument in (("neighbours", ""), ("polls", ""), ("poll", "bench"), ("poll-answer", "2")):
            await kiosk.taps(control, argument)

        async def counted() -> bool:
            now: list[int] = (await editor.get("/v1/votes/bench"))["counts"]
            return now == [count + (n == 2) for n, count in enumerate(before)]

        await here.until(counted, "one ballot more")

    play(story)


async def proposed_and_approved(here: Corner, editor: Client) -> str:
    """With a ready phrase; nobody sees it before the office has written it down and published it."""
    kiosk = here.kiosk
    for control, argument in (("neighbours", ""), ("propose", ""), ("propose-kind", "activity"), ("keys-phrase", "0")):
        await kiosk.taps(control, argument)
    await kiosk.taps("keys-done")
    await kiosk.types(PHONE)
    await kiosk.taps("enter")
    await kiosk.stands_at("neighbour-sent")
    await kiosk.taps("end")
    (proposal,) = await here.until(lambda: editor.get("/v1/proposals?state=new"), "the proposal")
    assert (proposal["words"], proposal["tail"]) == ("一起下棋", PHONE[-2:])
    day = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day to come
    shown = {
        "title": "周末下棋",
        "text": "带上自己的茶杯",
        "place": "居委会活动室",
        "starts": f"{day}T09:30",
        "room_for": 8,
    }
    made: str = (await editor.post(f"/v1/proposals/{proposal['id']}/publish", shown))["activity"]
    assert made not in kiosk.kiosk.box.contents.newest.activities
    await editor.post("/v1/content-versions", {"note": ""})
    await kiosk.sees(lambda: made in kiosk.kiosk.box.contents.newest.activities, "the activity on the kiosk")
    return made


def test_an_emergency_notice_of_two_people_is_shown_spoken_and_taken_away_never_over_a_call_or_an_sos(
    play: Play,
) -> None:
    async def story(here: Corner) -> None:
        kiosk, editor = here.kiosk, await here.asking("content")
        notice = await released(here)
        await kiosk.stands_at("emergency")
        assert all(bare(words) in kiosk.glass() for words in NOTICE.values())
        await kiosk.sees(lambda: all(bare(words) in kiosk.voice.words for words in NOTICE.values()), "it is spoken")
        (shown,) = await here.until(lambda: seen_by(editor, notice), "the kiosk's receipt")
        assert shown["gateway"] == here.stage.gateway_name
        await editor.post(f"/v1/notices/{notice}/withdraw")
        await kiosk.stands_at("home")
        await not_over_a_call(here)
        await not_over_an_sos(here)

    play(story)


async def released(here: Corner) -> str:
    """Written by one and released by another; not by whoever wrote it."""
    editor, duty = await here.asking("content"), await here.asking("duty1")
    made: str = (await editor.post("/v1/notices", {**NOTICE, "minutes": 30}))["id"]
    assert (await editor.ask("POST", f"/v1/notices/{made}/release", {})).status == 403
    await duty.post(f"/v1/notices/{made}/release")
    return made


async def seen_by(editor: Client, notice: str) -> list[dict[str, Any]]:
    """The kiosks that had it on their glass."""
    listed = await editor.get("/v1/notices")
    return next(list(one["shown"]) for one in listed if one["id"] == notice)


async def known(here: Corner, notice: str) -> None:
    """The kiosk has heard of it."""
    await here.kiosk.sees(lambda: here.kiosk.program.parts.emergency.current is not None, "the notice at the kiosk")
    assert here.kiosk.program.parts.emergency.current.id == notice  # type: ignore[union-attr]
    here.kiosk.later(1.0)


async def not_over_a_call(here: Corner) -> None:
    """It waits until the resident has hung up."""
    kiosk, editor = here.kiosk, await here.asking("content")
    async with here.taking_calls("duty1") as clerk:
        await kiosk.taps("help")
        await kiosk.sees(lambda: any(clerk.id in call["rings"] for call in clerk.board["calls"]), "it rings")
        notice = await released(here)
        await known(here, notice)
        assert kiosk.place == "call"
        assert await seen_by(editor, notice) == []
        await kiosk.taps("call-hang-up")
        await kiosk.stands_at("emergency")
        await here.until(lambda: seen_by(editor, notice), "the kiosk's receipt")
        await kiosk.taps("emergency-read")
        await editor.post(f"/v1/notices/{notice}/withdraw")
        await kiosk.sees(lambda: kiosk.program.parts.emergency.current is None, "it is gone")
    await kiosk.taps("end")


async def not_over_an_sos(here: Corner) -> None:
    """Nor over a cry for help, however long it stays open."""
    kiosk, editor, duty = here.kiosk, await here.asking("content"), await here.asking("duty1")
    await kiosk.rests_on("sos-hold", lambda: kiosk.place == "sos", "the emergency")

    async def raised() -> list[dict[str, Any]]:
        return [one for one in (await duty.get("/v1/alarms"))["rows"] if one["device"] == "kiosk"]

    (alarm,) = await here.until(raised, "the alarm at the desk")
    notice = await released(here)
    await known(here, notice)
    assert kiosk.place == "sos"
    assert await seen_by(editor, notice) == []
    await duty.post(f"/v1/alarms/{alarm['id']}/close", {"reason": "false"})
    await kiosk.reads("求助已处理完")
    await editor.post(f"/v1/notices/{notice}/withdraw")


def test_whoever_goes_away_leaves_nothing_behind_but_what_the_office_was_sent(play: Play) -> None:
    async def story(here: Corner) -> None:
        kiosk = here.kiosk
        number = await by_strokes(here)
        await kiosk.taps("home")
        await kiosk.taps("neighbours")
        await kiosk.taps("propose")
        await kiosk.taps("propose-kind", "help-wanted")
        await kiosk.taps("keys-method", "letters")
        await kiosk.types(SECRET, "key")
        assert SECRET in kiosk.glass()
        assert left_in(kiosk, SECRET), "the search finds what is there"
        kiosk.voice.said.clear()
        kiosk.later(IDLE_S + 1)
        await kiosk.reads("您还在使用吗？")
        await kiosk.sees(lambda: bare("您还在使用吗？") in kiosk.voice.words, "the countdown is spoken")
        assert SECRET in kiosk.glass(), "until then nothing is lost"
        kiosk.later(COUNTDOWN_S)
        await kiosk.stands_at("home")
        await kiosk.sees(lambda: not left_in(kiosk, SECRET, PHONE, number), "nothing of it in QML")
        assert kiosk.kiosk.flow.session == Session("zh")
        case = await here.case(number)
        assert (case["has_phone"], case["words"]) == (True, WRITTEN)
        proposals = await (await here.asking("content")).get("/v1/proposals?state=new")
        assert proposals == [], "what was never sent is nowhere"

    play(story)


def test_without_its_gateway_guides_work_the_rest_says_what_to_do_and_a_report_is_a_case_once_it_is_back(
    play: Play,
) -> None:
    async def story(here: Corner) -> None:
        kiosk = here.kiosk
        here.stage.gateway.kill()
        await kiosk.sees(lambda: not kiosk.kiosk.box.gateway, "the gateway is missed")
        await kiosk.reads("急事请打 12345")
        for control, argument in (("guides", ""), ("guide-event", "birth"), ("guide", GUIDE), ("slip-print", "")):
            await kiosk.taps(control, argument)
        await kiosk.reads("打印机没有响应。请用手机扫码")
        await kiosk.taps("guide-take")
        assert any(source(item).startswith("image://qr/") for item in kiosk.items())
        await kiosk.taps("home")
        await kiosk.taps("case")
        await looks_up(kiosk, mint())
        await kiosk.reads("网络不通，现在查不了")
        await kiosk.taps("home")
        await kiosk.taps("help")
        await kiosk.reads("12345")
        await kiosk.taps("home")
        await filled_in(here)
        await kiosk.taps("report-send")
        await kiosk.reads("还没有存上，正在再试")
        await asyncio.to_thread(here.stage.start_gateway)
        await kiosk.sees(lambda: kiosk.ready("slip-print"), "it is kept")
        number = str(kiosk.kiosk.texts_shown()["number"])
        case = await here.case(number)
        assert (case["pole"], case["same_slip"]) == (OTHER_POLE, [])

    play(story)


def test_five_wrong_numbers_lock_the_look_up_for_ten_minutes_here_and_at_the_centre(play: Play) -> None:
    async def story(here: Corner) -> None:
        kiosk = here.kiosk
        number = await by_pole_alone(here)
        await kiosk.taps("end")
        await here.case(number)
        await kiosk.taps("case")
        for _ in range(5):
            await looks_up(kiosk, mint())
            while kiosk.kiosk.flow.session.case.typed:
                await kiosk.taps("erase")
        await kiosk.reads("错了五次，先不能查了")
        await kiosk.types(number.replace("-", ""))
        assert not kiosk.find("enter").isEnabled()
        kiosk.later(LOCK_S + 1)
        await kiosk.stands_at("home")  # nobody stays in front of it for so long
        await kiosk.taps("case")
        await looks_up(kiosk, number)
        await kiosk.reads("分钟后再试")  # the centre counts by itself, whatever a kiosk's clock says
        assert kiosk.place == "case"

    play(story)
