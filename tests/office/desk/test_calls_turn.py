"""Whose turn it is: the ringing, the queue, an SOS, and the clerk of before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from office.desk.people.roles import Role
from sync.contract.call import Reason
from sync.contract.call_signals import (
    Alive,
    Bye,
    Queued,
)
from tests.office.desk.calling import Kiosk, Office, play
from tests.office.desk.house import until


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
