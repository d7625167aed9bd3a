"""Signalling and pages that mean harm: refused, counted, no other call touched, and no address in any log."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from office.desk.people.roles import Role
from sync.contract.call import Reason
from sync.contract.call_signals import Answer, Bye, Granted, Offer, Ringing, Start, write
from sync.contract.envelope import replaced
from tests.office.desk.calling import ADDRESS, SDP, Kiosk, Office, new_id, play
from tests.office.desk.house import until


def test_what_is_no_signal_is_refused_and_touches_nothing(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        refused = office.calls.exchange.refused
        assert not kiosk.raw(b'{"type":"offer","n":5,"leg":1,"sdp":"' + b"x" * (1 << 20) + b'"}')
        assert not kiosk.raw(b"\xff\xfe")
        assert not kiosk.raw(write(Start(n=9, department="civil")), retain=True)
        assert not kiosk.raw(write(Start(n=9, department="civil")), call="UPPER")
        assert office.house.receiver.calls.refused == 4
        for payload in (
            b"{}",
            b'{"type":"take","n":1}',
            b'{"type":"offer","n":5,"leg":1,"sdp":""}',
            b'{"type":"offer","n":5,"leg":0,"sdp":"v=0"}',
            b'{"type":"offer","n":5,"leg":1,"sdp":"' + b"x" * 40_000 + b'"}',
            b'{"type":"alive","n":0}',
            b'{"type":"bye","n":7,"reason":"because"}',
            b'{"type":"granted","n":8,"department":"civil","by":"me"}',
        ):
            kiosk.raw(payload)
        await until(lambda: refused["not understood"] == 8, "all refused")
        assert clerk.rings(kiosk.call)
        await clerk.talk(kiosk)

    play(short_tmp, story)


def test_a_kiosk_speaks_for_its_own_calls_only(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk, forger = Kiosk(office).start(), Kiosk(office, "gw-evil")
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        forger.call, forger.n = kiosk.call, 500
        forger.bye(Reason.RESIDENT)
        forger.offer()
        forger.start()
        await until(lambda: office.calls.exchange.refused["of another kiosk's call"] == 3, "refused")
        assert clerk.state(kiosk) == "connected"
        assert not clerk.of("offer")[1:]
        assert forger.heard == []
        kiosk.bye(Reason.RESIDENT)
        await office.ended(kiosk)
        forger.alive()
        await until(lambda: office.calls.exchange.refused["of another kiosk's call"] == 4, "also after its end")

    play(short_tmp, story)


def test_a_replayed_signal_is_dropped(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        for n in range(1, kiosk.n + 1):
            kiosk.raw(write(Bye(n=n, reason=Reason.RESIDENT)))
        await until(lambda: office.calls.exchange.refused["replayed"] == kiosk.n, "dropped")
        assert clerk.state(kiosk) == "connected"

    play(short_tmp, story)


def test_an_id_is_never_used_twice(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        first = Kiosk(office).start()
        await clerk.rung(first)
        await clerk.take(first)
        await clerk.step(first, "hang-up")
        await first.told(Bye)
        row = await office.ended(first)
        for gateway in ("gw-1", "gw-2"):
            again = Kiosk(office, gateway, first.call).start()
            assert (await again.told(Bye)).reason is Reason.REFUSED
        assert office.calls.exchange.refused["a used id"] == 2
        assert await office.row(first) == row

    play(short_tmp, story)


def test_signals_after_the_end_are_answered_with_the_end(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        await clerk.step(kiosk, "hang-up")
        await kiosk.told(Bye)
        await office.ended(kiosk)
        office.house.later(3)
        kiosk.heard.clear()
        kiosk.offer()
        kiosk.alive()
        kiosk.alive()
        assert (await kiosk.told(Bye)).reason is Reason.OFFICE
        await until(lambda: office.calls.exchange.refused["after the end"] == 3, "counted")
        assert len(kiosk.all(Bye)) == 1, "said once, not to every signal"
        ghost = Kiosk(office, "gw-2")
        ghost.alive()
        assert (await ghost.told(Bye)).reason is Reason.REFUSED

    play(short_tmp, story)


def test_a_kiosk_that_calls_without_end_is_slowed_and_others_are_not(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        for _ in range(40):
            Kiosk(office, "gw-mad").start()
        honest = Kiosk(office, "gw-2").start()
        await until(lambda: office.calls.exchange.refused["too many calls"] == 20, "slowed")
        await until(lambda: clerk.rings(honest.call) or (clerk.call(honest.call) or {}).get("place"), "in its place")
        assert len(clerk.board["calls"]) == 2

    play(short_tmp, story)


def test_a_leg_is_offered_once_and_answered_once(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        early = await clerk.step(kiosk, "answer", leg=1, sdp=SDP)
        assert early.status == 409
        await clerk.talk(kiosk)
        kiosk.say(Offer(n=0, leg=1, sdp=SDP))
        await until(lambda: office.calls.exchange.refused["out of turn"] == 1, "refused")
        twice = await clerk.step(kiosk, "answer", leg=1, sdp=SDP)
        assert (twice.status, twice.json["error"]) == (409, "out-of-turn")
        big = await clerk.step(kiosk, "answer", leg=1, sdp="x" * 40_000)
        assert big.status == 413
        assert len(kiosk.all(Answer)) == 1

    play(short_tmp, story)


def test_who_may_not_take_calls_sees_and_does_nothing(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        housing = await office.clerk("housing")
        kiosk = Kiosk(office).start()
        await clerk.rung(kiosk)
        other = await housing.step(kiosk, "take")
        assert (other.status, other.json["error"]) == (403, "may-not")
        warden = await office.page(await office.house.signed_in(Role.WARDEN))
        await warden.say("calls", do="here")
        await warden.say("calls", do="test")
        assert (await warden.client.ask("GET", "/v1/calls")).status == 403
        assert (await warden.client.ask("POST", f"/v1/calls/{kiosk.call}/take", {"page": "x"})).status == 403
        assert (warden.token, warden.on, warden.boards) == ("", False, 0)
        await clerk.take(kiosk)

    play(short_tmp, story)


@pytest.mark.parametrize("do", ["silent", "another tone", "nonsense", "forged key"])
def test_a_page_whose_sound_is_not_proved_takes_no_calls(short_tmp: Path, do: str) -> None:
    async def story(office: Office) -> None:
        page = await office.page(await office.account("civil"))
        await page.here()
        if do == "silent":
            await page.say("calls", do="heard", n=1, audible=False, visible=True)
        elif do == "another tone":
            await page.say("calls", do="heard", n=77, audible=True, visible=True)
        elif do == "nonsense":
            for text in ("", "{}", '{"topic":"calls"}', '{"topic":"calls","data":7}', '{"topic":"call","data":{}}'):
                await page.socket.send_str(text)
        else:
            await page.say("calls", do="resume", key="bm90aGluZw==", audible=True, visible=True)
        kiosk = Kiosk(office).start()
        assert (await kiosk.told(Bye)).reason is Reason.ABSENT
        assert not page.on

    play(short_tmp, story)


def test_a_page_whose_sound_stops_rings_no_more(short_tmp: Path) -> None:
    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        await clerk.say("calls", do="proof", n=0, audible=False, visible=True)
        await until(lambda: not clerk.on, "off")
        kiosk = Kiosk(office).start()
        assert (await kiosk.told(Bye)).reason is Reason.ABSENT

    play(short_tmp, story)


def test_no_description_and_no_address_is_in_any_log_or_table(
    short_tmp: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(office: Office) -> None:
        clerk = await office.clerk("civil")
        kiosk = Kiosk(office).start()
        await kiosk.told(Ringing)
        await clerk.rung(kiosk)
        await clerk.talk(kiosk)
        kiosk.raw(write(replaced(Offer(n=0, leg=1, sdp=SDP), n=kiosk.n)))
        Kiosk(office, "gw-2", kiosk.call).offer()
        Kiosk(office, "gw-3", new_id()).offer()
        kiosk.raw(b'{"type":"offer","n":99,"leg":"' + SDP.encode() + b'"}')
        await clerk.step(kiosk, "answer", leg=9, sdp=SDP)
        await clerk.step(kiosk, "hang-up")
        await office.ended(kiosk)
        assert kiosk.all(Granted)
        await office.house.desk.change(lambda _: None)

    play(short_tmp, story)
    assert ADDRESS not in caplog.text
    for file in (short_tmp / "data").rglob("*"):
        if file.is_file():
            assert ADDRESS.encode() not in file.read_bytes(), file
