"""A call that is handed on, and a call that the office makes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sync.contract.call import Reason
from sync.contract.call_signals import (
    Bye,
    Transferred,
)
from sync.contract.messages import GatewayState
from tests.office.desk.calling import SDP, Kiosk, Office, play
from tests.office.desk.house import until


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
