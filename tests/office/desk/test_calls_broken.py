"""Whoever vanishes in a call: the page, the line, the kiosk."""

from __future__ import annotations

from pathlib import Path

from sync.contract.call import Reason
from sync.contract.call_signals import (
    Bye,
    Granted,
    Renew,
    Ring,
    Ringing,
    Transferred,
)
from tests.office.desk.calling import SDP, Kiosk, Office, play
from tests.office.desk.house import until


def test_a_browser_that_is_killed_is_said_and_the_same_clerk_comes_back(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        kiosk.media = False
        await clerk.leave()
        await until(lambda: office.calls.exchange.lines[kiosk.call].orphan, "noticed")
        await office.later(2, kiosk)
        assert (await kiosk.told(Renew)).leg == 1, "said within two seconds"
        kiosk.offer()
        again = await office.page(clerk.client)
        await again.here()
        assert again.mine == [kiosk.call]
        back = await again.step(kiosk, "resume", leg=0, media=False)
        assert (back.status, back.json["leg"], back.json["sdp"]) == (200, 2, SDP)
        assert (await again.step(kiosk, "answer", leg=2, sdp=SDP)).status == 202
        await again.flows(kiosk)
        assert (await office.row(kiosk))["clerk"] == clerk.id

    play(short_tmp, story)


def test_a_line_to_the_desk_that_breaks_for_a_moment_disturbs_no_media(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await clerk.leave()
        await until(lambda: office.calls.exchange.lines[kiosk.call].orphan, "noticed")
        again = await office.page(clerk.client)
        await again.say("calls", do="here")
        await again.say("calls", do="resume", key=clerk.key, audible=True, visible=True)
        await until(lambda: again.on, "takes calls without another tone")
        assert (await again.step(kiosk, "resume", leg=1, media=True)).status == 200
        await office.later(4, kiosk)
        await again.flows(kiosk)
        assert not kiosk.all(Renew)

    play(short_tmp, story)


def test_a_page_that_stays_away_is_followed_by_a_colleague_or_by_an_end(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk, colleague = await office.clerk("civil"), await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        kiosk.media = False
        await clerk.leave()
        await until(lambda: office.calls.exchange.lines[kiosk.call].orphan, "noticed")
        assert (await colleague.step(kiosk, "take")).status == 409, "its own clerk first"
        await office.later(9, kiosk)
        await colleague.take(kiosk)
        assert await kiosk.told(Transferred)
        assert await kiosk.told(Granted, 2)
        await colleague.leave()
        await until(lambda: office.calls.exchange.lines[kiosk.call].orphan, "noticed")
        await office.later(60, kiosk)
        bye = await kiosk.told(Bye)
        assert bye.reason is Reason.DESK_GONE
        assert bye.ways is not None

    play(short_tmp, story)


def test_a_kiosk_that_falls_silent_is_said_kept_and_given_up(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await office.later(3.5)
        await clerk.word("away")
        assert (clerk.call(kiosk.call) or {})["away"]
        kiosk.alive(media=False)
        await clerk.word("back")
        kiosk.offer()
        await office.later(55)
        assert kiosk.call in office.calls.exchange.lines
        await office.later(6)
        assert (await clerk.word("ended"))["reason"] == "lost"
        assert (await office.ended(kiosk))["reason"] == "lost"

    play(short_tmp, story)


def test_a_kiosk_that_leaves_the_queue_without_a_word(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await office.later(4)
        assert not clerk.rings(kiosk.call), "nobody is asked to take a call of which nothing is heard"
        await office.later(13)
        assert (await office.ended(kiosk))["reason"] == "lost"

    play(short_tmp, story)


def test_a_clerk_who_declines_is_asked_no_more_and_others_are(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil"), await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await one.rung(kiosk)
        assert (await one.step(kiosk, "decline")).status == 202
        await until(lambda: (other.call(kiosk.call) or {}).get("rings") == [other.id], "rings at the other")
        assert (await other.step(kiosk, "decline")).status == 202
        assert (await kiosk.told(Bye)).reason is Reason.BUSY

    play(short_tmp, story)


def test_an_older_call_of_a_kiosk_ends_when_it_calls_anew(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        old, new = Kiosk(office).start(), Kiosk(office)
        await clerk.rung(old)
        new.start()
        await clerk.rung(new)
        assert (await old.told(Bye)).reason is Reason.LOST
        assert len(clerk.board["calls"]) == 1

    play(short_tmp, story)


def test_the_same_id_dials_again_after_a_change_of_the_network(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        kiosk.start()
        assert await kiosk.told(Ringing, 2)
        kiosk.offer()
        taken = await clerk.talk(kiosk)
        assert taken["leg"] == 1
        kiosk.start()
        assert (await kiosk.told(Renew)).leg == 1
        assert Ring not in {type(signal) for signal in kiosk.heard}

    play(short_tmp, story)


def test_a_call_whose_media_flows_outlives_a_broker_that_is_away(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        for _ in range(70):
            await clerk.say("call", do="alive", call=kiosk.call, leg=1, media=True)
            await office.later(1, step_s=1.0)
        assert clerk.state(kiosk) == "connected"
        assert not clerk.of("away")
        await office.later(4)
        await clerk.word("ended")
        assert (await office.ended(kiosk))["reason"] == "lost"

    play(short_tmp, story)


def test_texts_that_are_no_ids_are_not_kept(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start(guide="<b>我住在三号楼</b>", case="x" * 150, again="明天", alarm="救命")
        await clerk.rung(kiosk)
        row = await office.row(kiosk)
        assert (row["guide"], row["case_number"], row["again"], row["alarm"]) == ("", "", "", "")

    play(short_tmp, story)
