"""Calls between kiosks and clerks: who gets whom, who may do what, and every way a call can end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from office.desk.people.roles import Role
from sync.contract.call import Reason
from sync.contract.call_signals import (
    Alive,
    Answer,
    Bye,
    Granted,
    Hold,
    Queued,
    Renew,
    Ring,
    Ringing,
    Transferred,
)
from sync.contract.messages import GatewayState
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


def test_nobody_answers_within_the_ringing_time(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await office.later(43, kiosk)
        assert clerk.rings(kiosk.call)
        await office.later(2, kiosk)
        bye = await kiosk.told(Bye)
        assert bye.reason is Reason.NO_ANSWER
        assert bye.ways is not None
        assert kiosk.all(Alive), "the office says that it lives"

    play(short_tmp, story)


def test_whoever_vanishes_while_it_rings_is_followed_by_the_next_and_then_nobody_is_there(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil"), await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await one.rung(kiosk)
        await one.leave()
        await until(lambda: (other.call(kiosk.call) or {}).get("rings") == [other.id], "rings at the other")
        await other.leave()
        await kiosk.told(Queued)
        await office.later(11, kiosk)
        assert (await kiosk.told(Bye)).reason is Reason.ABSENT

    play(short_tmp, story)


def test_a_queue_tells_places_and_waits_and_moves_on(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        first, *others = [Kiosk(office, f"gw-{n}") for n in range(4)]
        first.start()
        await clerk.rung(first)
        for n, kiosk in enumerate(others, 1):
            kiosk.start()
            queued = await kiosk.told(Queued)
            assert (queued.place, queued.wait_s) == (n, None)
        await clerk.take(first)
        await clerk.step(first, "hang-up")
        await clerk.rung(others[0])
        assert (await others[1].told(Queued, 2)).place == 1
        assert (await others[2].told(Queued, 2)).place == 2
        others[1].bye(Reason.RESIDENT)
        assert (await others[2].told(Queued, 3)).place == 1

    play(short_tmp, story)


def test_an_sos_goes_first_and_rings_at_the_duty_too(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        duty = await office.clerk("general", role=Role.DUTY)
        clerk = await office.clerk("civil")
        busy = Kiosk(office, "gw-9").start("general")
        await duty.rung(busy)
        waits = Kiosk(office, "gw-1").start("general")
        await waits.told(Queued)
        alarm = await office.house.press("kiosk", gateway="gw-2")
        sos = Kiosk(office, "gw-2").start("", alarm=alarm, video=False)
        await duty.rung(sos)
        assert not clerk.rings(sos.call)
        assert duty.board["calls"][0]["id"] == sos.call
        await duty.take(sos)
        card = await duty.client.get(f"/v1/calls/{sos.call}")
        assert card["alarm"] == {"id": alarm, "known": True, "stage": "received", "link": f"#/alarms/{alarm}"}

    play(short_tmp, story)


def test_an_alarm_goes_first_only_once_it_is_here_and_is_of_that_kiosk(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        await office.house.press("kiosk", gateway="gw-8")
        foreign = await office.house.press("kiosk", gateway="gw-7")
        duty = await office.clerk("general", role=Role.DUTY)
        first = Kiosk(office, "gw-9").start("general")
        await duty.rung(first)
        forged = Kiosk(office, "gw-8").start("general", alarm=foreign, video=False)
        await forged.told(Queued)
        early = Kiosk(office, "gw-1").start("general", alarm="alarm-that-is-on-its-way", video=False)
        await early.told(Queued)
        assert [one["id"] for one in duty.board["calls"]] == [first.call, forged.call, early.call]
        assert (await office.row(forged))["alarm"] == ""
        line = office.calls.exchange.lines[early.call]
        line.alarm = await office.house.press("kiosk", gateway="gw-1")
        await office.calls.exchange.alarms_arrive()
        office.calls.exchange.tick()
        await until(lambda: duty.board["calls"][0]["id"] == early.call, "it goes first")

    play(short_tmp, story)


def test_an_sos_takes_the_kiosk_from_another_call(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil", "general")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        Kiosk(office).start("general", alarm="alarm-1")
        assert (await kiosk.told(Bye)).reason is Reason.REPLACED
        assert (await clerk.word("ended"))["reason"] == "replaced"

    play(short_tmp, story)


def test_the_same_clerk_is_offered_it_alone_for_ten_seconds(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil"), await office.clerk("civil")
        before = Kiosk(office).start()
        await other.rung(before)
        await other.take(before)
        await other.step(before, "hang-up")
        assert (await office.row(before))["clerk"] == other.id
        again = Kiosk(office).start(again=before.call)
        await other.rung(again)
        await office.later(9, again)
        assert other.rings(again.call)
        assert not one.rings(again.call)
        await office.later(2, again)
        await one.rung(again)

    play(short_tmp, story)


def test_a_slip_of_the_call_finds_its_clerk_again(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        one, other = await office.clerk("civil"), await office.clerk("civil")
        before = Kiosk(office).start()
        await one.rung(before)
        await one.take(before)
        made = await one.step(before, "case", title="低保续办", text="明天带户口本来", phone="13800000000")
        assert made.status == 201
        again = await one.step(before, "case", title="低保续办", text="明天带户口本来", phone="13800000000")
        assert again.json == made.json
        await one.step(before, "hang-up")
        late = await one.step(before, "case", title="补充")
        assert late.status == 201
        assert (await other.step(before, "case", title="别人的")).status == 403
        again_call = Kiosk(office, "gw-7").start(case=made.json["number"])
        await one.rung(again_call)
        assert not other.rings(again_call.call)
        card = await one.client.get(f"/v1/calls/{again_call.call}")
        assert card["case"]["number"] == made.json["number"]
        assert card["earlier"] == []
        audit = [row async for row in _audit(office, "case.begin")]
        assert len(audit) == 2

    play(short_tmp, story)


async def _audit(office: Office, action: str) -> Any:
    query = "SELECT * FROM audit WHERE action=?"
    for row in await office.house.desk.look(lambda conn: conn.execute(query, (action,)).fetchall()):
        yield row


def test_a_call_is_handed_to_a_department_and_comes_back_when_nobody_takes_it(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        civil, housing = await office.clerk("civil"), await office.clerk("housing")
        kiosk = Kiosk(office).start()
        await civil.rung(kiosk)
        await civil.talk(kiosk)
        absent = await civil.step(kiosk, "transfer", department="labour")
        assert (absent.status, absent.json["error"]) == (409, "absent")
        assert (await civil.step(kiosk, "transfer", department="housing")).status == 202
        assert (await kiosk.told(Transferred)).department == "housing"
        assert (await civil.word("ended"))["reason"] == "transferred"
        await housing.rung(kiosk)
        kiosk.media = False
        await office.later(45, kiosk)
        await civil.rung(kiosk)
        await office.later(45, kiosk)
        assert (await kiosk.told(Bye)).reason is Reason.NO_ANSWER

    play(short_tmp, story)


def test_a_call_is_handed_to_a_person(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        civil, friend, third = [await office.clerk("civil") for _ in range(3)]
        kiosk = Kiosk(office).start()
        await civil.rung(kiosk)
        await civil.talk(kiosk)
        assert (await civil.step(kiosk, "transfer", clerk="nobody")).status == 409
        assert (await civil.step(kiosk, "transfer", clerk=friend.id)).status == 202
        await friend.rung(kiosk)
        assert not third.rings(kiosk.call)
        await friend.take(kiosk)
        row = await office.row(kiosk)
        assert (row["clerk"], row["handed_over"]) == (friend.id, 1)

    play(short_tmp, story)


def test_the_office_calls_a_kiosk(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        await office.house.arrive("gw-1", "alarm", b"{}")  # the gateway is known
        await office.house.press("kiosk")
        await _online(office, "gw-1")
        kiosks = await clerk.client.get("/v1/call-kiosks")
        assert kiosks == [{"gateway": "gw-1", "kiosk": "gw-1", "online": True, "free": True}]
        rung = await clerk.client.ask(
            "POST", "/v1/call-kiosks/gw-1/ring", {"page": clerk.token, "department": "civil", "video": True}
        )
        assert rung.status == 200, rung.content
        kiosk = Kiosk(office, call=rung.json["call"])
        kiosk.alive()
        await office.later(2, kiosk)
        kiosk.accept()
        await clerk.word("accepted")
        kiosk.offer()
        assert (await clerk.word("offer"))["sdp"] == SDP
        assert (await clerk.step(kiosk, "answer", leg=1, sdp=SDP)).status == 202
        await clerk.flows(kiosk)
        busy = await clerk.client.ask("POST", "/v1/call-kiosks/gw-1/ring", {"page": clerk.token, "department": "civil"})
        assert busy.status == 409

    play(short_tmp, story)


@pytest.mark.parametrize("end", ["declined", "no-answer", "desk-gone"])
def test_a_kiosk_that_is_called_does_not_come(short_tmp: Path, end: str) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        await office.house.press("kiosk")
        await _online(office, "gw-1")
        asked = {"page": clerk.token, "department": "civil"}
        heard: list[Any] = []
        office.wire.ears["gw-1"].append(lambda call, payload: heard.append((call, payload)))
        call = (await clerk.client.ask("POST", "/v1/call-kiosks/gw-1/ring", asked)).json["call"]
        await until(lambda: heard, "it rings there")
        kiosk = Kiosk(office, call=call)
        if end == "declined":
            kiosk.bye(Reason.DECLINED)
            await clerk.word("ended")
        elif end == "no-answer":
            await office.later(32, kiosk)
        else:
            await clerk.leave()
        assert (await office.ended(kiosk))["reason"] == end

    play(short_tmp, story)


async def _online(office: Office, gateway: str) -> None:
    done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    state = GatewayState(gateway=gateway, online=True, epoch="e-1", boot=1)
    office.house.store.take_state(gateway, state, lambda result, error: done.set_result((result, error)), alive=True)
    await done


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
