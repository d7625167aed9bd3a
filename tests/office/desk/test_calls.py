"""Calls between kiosks and clerks: who gets whom, who may do what, and every way a call can end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from office.desk.people.roles import Role
from sync.contract.call import Reason
from sync.contract.call_signals import (
    Answer,
    Bye,
    Granted,
    Hold,
    Queued,
    Ringing,
)
from tests.office.desk.calling import SDP, Kiosk, Office, play
from tests.office.desk.house import until


def test_a_call_rings_is_taken_answered_held_and_ended(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil", name="刘")
        kiosk = Kiosk(office).start(guide="marriage")
        ringing = await kiosk.told(Ringing)
        assert (ringing.department, ringing.ice) == ("civil", [])
        kiosk.offer()
        await clerk.rung(kiosk)
        taken = await clerk.take(kiosk)
        assert (taken["leg"], taken["sdp"], taken["state"]) == (1, SDP, "connecting")
        assert (await kiosk.told(Granted)).by == "民政科 1号席"
        assert (await clerk.step(kiosk, "answer", leg=1, sdp=SDP)).status == 202
        assert (await kiosk.told(Answer)).leg == 1
        await clerk.flows(kiosk)
        assert (await clerk.step(kiosk, "hold", on=True)).status == 202
        assert (await kiosk.told(Hold)).on
        await until(lambda: clerk.state(kiosk) == "on-hold", "on hold")
        assert (await clerk.step(kiosk, "hold", on=False)).status == 202
        assert not (await kiosk.told(Hold, 2)).on
        assert (await clerk.step(kiosk, "hang-up")).status == 202
        assert (await kiosk.told(Bye)).reason is Reason.OFFICE
        row = await office.ended(kiosk)
        assert (row["clerk"], row["reason"], row["guide"]) == (clerk.id, "office", "marriage")
        assert row["waited_s"] is not None
        assert row["handled_s"] is not None
        assert clerk.board["calls"] == []

    play(short_tmp, story)


@pytest.mark.parametrize("reason", [Reason.RESIDENT, Reason.DEVICE, Reason.ENGINE, Reason.IDLE, Reason.LOST])
def test_a_kiosk_ends_it_in_every_state(short_tmp: Path, reason: Reason) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        for how in ("ringing", "connecting", "connected", "queued"):
            kiosk = Kiosk(office).start()
            other = None
            if how == "queued":
                await clerk.rung(kiosk)
                await clerk.take(kiosk)
                other, kiosk = kiosk, Kiosk(office, "gw-2").start()
                await kiosk.told(Queued)
            else:
                await clerk.rung(kiosk)
            if how == "connecting":
                await clerk.take(kiosk)
            if how == "connected":
                await clerk.talk(kiosk)
            kiosk.bye(reason)
            row = await office.ended(kiosk)
            assert row["reason"] == reason
            if how.startswith("connect"):
                assert (await clerk.word("ended"))["reason"] == reason
                clerk.words.clear()
            assert (await clerk.step(kiosk, "hang-up")).status == 404
            if other is not None:
                other.bye(reason)
                await office.ended(other)

    play(short_tmp, story)


def test_two_pages_race_fifty_times_and_one_has_it(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil", name="甲"), await office.clerk("civil", name="乙")
        for turn in range(50):
            kiosk = Kiosk(office, f"gw-{turn}").start()
            await one.rung(kiosk)
            await other.rung(kiosk)
            pages = (one, other) if turn % 2 else (other, one)
            answers = await asyncio.gather(*(page.step(kiosk, "take") for page in pages))
            assert sorted(answer.status for answer in answers) == [200, 409]
            winner, loser = pages if answers[0].status == 200 else pages[::-1]
            refusal = next(answer.json for answer in answers if answer.status == 409)
            assert refusal["error"] == "taken"
            assert refusal["zh"] == f"已被{'甲' if winner is one else '乙'}接听"
            assert (await loser.step(kiosk, "answer", leg=1, sdp=SDP)).status == 409
            assert (await winner.step(kiosk, "hang-up")).status == 202
            assert (await kiosk.told(Bye)).reason is Reason.OFFICE
            assert len(kiosk.all(Granted)) == 1

    play(short_tmp, story)


def test_a_page_without_the_grant_may_do_nothing(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil", name="甲")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        others = [await office.clerk("civil"), await (await office.page(clerk.client)).take_calls()]
        for other in others:
            for step, body in (
                ("answer", {"leg": 1, "sdp": SDP}),
                ("hold", {"on": True}),
                ("renew", {"leg": 1}),
                ("transfer", {"department": "housing"}),
                ("hang-up", {}),
            ):
                refused = await other.step(kiosk, step, **body)
                assert (refused.status, refused.json["error"]) == (409, "taken"), step
                assert refused.json["zh"] == "已被甲接听"
            await other.say("call", do="alive", call=kiosk.call, leg=1, media=False)
        assert clerk.state(kiosk) == "connected"
        stolen = await others[0].client.ask("POST", f"/v1/calls/{kiosk.call}/hang-up", {"page": clerk.token})
        assert (stolen.status, stolen.json["error"]) == (409, "no-page")

    play(short_tmp, story)


def test_closed_absent_and_busy_are_told_with_what_else_can_be_done(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        absent = Kiosk(office, "gw-a").start("general")
        bye = await absent.told(Bye)
        assert (bye.reason, bye.ways.callback if bye.ways else None) == (Reason.ABSENT, True)
        clerk = await office.clerk("civil", "general")
        admin = await office.house.signed_in(Role.ADMINISTRATOR)
        kept = await admin.get("/v1/departments")
        for one in kept["departments"]:
            if one["department"]["id"] == "civil":
                one["department"]["hotline"], one["most"] = "12345", 1
                one["department"]["hours"] = [{"days": [1, 2, 3, 4, 5, 6, 7], "opens": 0, "closes": 1440}]
            if one["department"]["id"] == "housing":
                one["department"]["hours"] = [{"days": [1], "opens": 60, "closes": 61}]
        await admin.put("/v1/departments", {"version": kept["version"], "departments": kept["departments"]})
        closed = Kiosk(office, "gw-c").start("housing")
        bye = await closed.told(Bye)
        assert bye.reason is Reason.CLOSED
        assert bye.ways is not None
        assert bye.ways.opens_at.endswith("01:00+08:00")
        assert set(bye.ways.others) == {"civil", "general"}
        talking, waits = Kiosk(office, "gw-1").start(), Kiosk(office, "gw-2").start()
        await clerk.rung(talking)
        await clerk.take(talking)
        assert (await waits.told(Queued)).place == 1
        busy = Kiosk(office, "gw-3").start()
        bye = await busy.told(Bye)
        assert bye.reason is Reason.BUSY
        assert bye.ways is not None
        assert bye.ways.hotline == "12345"
        unknown = Kiosk(office, "gw-4").start("moon")
        assert (await unknown.told(Bye)).reason is Reason.REFUSED
        for kiosk, reason in ((absent, "absent"), (closed, "closed"), (busy, "busy"), (unknown, "refused")):
            assert (await office.ended(kiosk))["reason"] == reason

    play(short_tmp, story)
