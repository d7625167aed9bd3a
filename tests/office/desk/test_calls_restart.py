"""The desk program ends and is started anew in the middle of calls: media goes on, and so does the call."""

from __future__ import annotations

from pathlib import Path

from office.desk.calls.exchange import NOBODY_S
from sync.contract.call import Reason
from sync.contract.call_signals import Bye, Hold, Queued, Renew, Ringing, Transferred
from tests.office.desk.calling import SDP, Kiosk, Office, play
from tests.office.desk.house import until


def test_a_call_goes_on_with_both_ends_undisturbed(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start(guide="relief")
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await office.row(kiosk)
        before = len(kiosk.heard)
        await office.restarted()
        kiosk.alive()
        again = await office.page(clerk.client)
        await again.here()
        assert again.mine == [kiosk.call]
        await again.say("calls", do="resume", key=clerk.key, audible=True, visible=True)
        await until(lambda: again.on, "takes calls without another tone")
        back = await again.step(kiosk, "resume", leg=1, media=True)
        assert (back.status, back.json["sdp"]) == (200, "")
        await again.flows(kiosk)
        assert not [s for s in kiosk.heard[before:] if isinstance(s, Renew | Bye | Transferred | Queued)]
        assert kiosk.replays == 0, "numbers go on above the old ones"
        assert (await again.step(kiosk, "hold", on=True)).status == 202
        assert (await kiosk.told(Hold)).on
        card = await again.client.get(f"/v1/calls/{kiosk.call}")
        assert card["guide"] == "relief"
        await again.step(kiosk, "hang-up")
        assert (await office.ended(kiosk))["clerk"] == clerk.id

    play(short_tmp, story)


def test_a_call_on_hold_is_still_on_hold(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await clerk.step(kiosk, "hold", on=True)
        await office.row(kiosk)
        await office.restarted()
        again = await office.page(clerk.client)
        await again.here()
        assert (await again.step(kiosk, "resume", leg=1, media=True)).json["state"] == "on-hold"
        kiosk.alive()
        assert (await again.step(kiosk, "hold", on=False)).status == 202
        assert not (await kiosk.told(Hold, 2)).on

    play(short_tmp, story)


def test_who_waited_waits_on_and_rings_with_a_new_offer(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        kiosk.offer()
        await office.row(kiosk)
        await office.restarted()
        kiosk.alive()
        assert (await kiosk.told(Queued)).place == 1
        again = await office.page(clerk.client)
        await again.take_calls()
        await again.rung(kiosk)
        await kiosk.told(Ringing, 2)
        kiosk.offer()
        assert (await again.talk(kiosk))["leg"] in (0, 2)

    play(short_tmp, story)


def test_what_ended_meanwhile_is_ended(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        silent, waits = Kiosk(office, "gw-1").start(), Kiosk(office, "gw-2").start()
        await clerk.rung(silent)
        await clerk.talk(silent)
        await waits.told(Queued)
        await office.row(waits)
        await office.restarted()
        assert len(office.calls.exchange.lines) == 2
        await office.later(NOBODY_S + 1, waits)
        assert (await waits.told(Bye)).reason is Reason.ABSENT
        await office.later(61)
        assert (await office.ended(silent))["reason"] in ("lost", "desk-gone")
        assert office.calls.exchange.lines == {}

    play(short_tmp, story)


def test_another_clerk_does_not_get_it_by_saying_that_it_is_hers(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk, other = await office.clerk("civil"), await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await office.row(kiosk)
        await office.restarted()
        kiosk.alive()
        thief = await office.page(other.client)
        await thief.here()
        assert thief.mine == []
        assert (await thief.step(kiosk, "resume", leg=1, media=True)).status == 409
        assert (await thief.step(kiosk, "answer", leg=1, sdp=SDP)).status == 409

    play(short_tmp, story)


def test_a_page_that_was_loaded_anew_meanwhile_gets_a_leg_of_its_own(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await office.row(kiosk)
        await office.restarted()
        again = await office.page(clerk.client)
        await again.here()
        assert (await again.step(kiosk, "resume", leg=0, media=False)).status == 200
        assert not kiosk.all(Renew), "which leg is not known yet"
        kiosk.alive()
        assert (await kiosk.told(Renew)).leg == 1
        kiosk.offer()
        assert (await again.word("offer"))["leg"] == 2

    play(short_tmp, story)
