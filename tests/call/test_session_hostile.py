"""Forged, replayed and foreign signals, and what a page sends on the data channel, at the kiosk's end."""

from __future__ import annotations

import pytest

from edge.call.effects import DropStill, OpenLeg, TakeStill, Tell
from edge.call.session import Session
from sync.contract import call_data, call_screen
from sync.contract.call import Reason, State
from sync.contract.call_signals import (
    MAX_SDP,
    Answer,
    Bye,
    Granted,
    Hold,
    Queued,
    Renew,
    Ring,
    Ringing,
    write,
)
from sync.contract.envelope import ContractError, encode
from tests.call.kiosk_end import Kiosk, connected

# --- bad input


def test_what_does_not_rise_is_a_replay_and_changes_nothing() -> None:
    kiosk = connected()
    kiosk.raw(write(Bye(n=kiosk.n, reason=Reason.OFFICE)))
    assert kiosk.is_in(State.CONNECTED)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"type":"answer"}',
        b'{"type":"answer","n":99,"leg":1,"sdp":"' + b"v" * 1_000_000 + b'"}',
        b'{"type":"answer","n":99,"leg":1,"sdp":""}',
        b'{"type":"bye","n":99,"reason":"whatever"}',
        b'{"type":"bye","n":-1,"reason":"office"}',
        b'{"type":"start","n":99,"department":"civil"}',
        b"[" * 10_000,
    ],
)
def test_a_broken_signal_is_counted_and_touches_nothing(payload: bytes) -> None:
    kiosk = connected()
    before = kiosk.session.call
    kiosk.raw(payload)
    assert kiosk.session.call == before
    assert kiosk.reception.notes == {"broken": 1}


def test_a_signal_of_a_foreign_call_touches_nothing() -> None:
    kiosk = connected()
    kiosk.hear(Bye(n=0, reason=Reason.OFFICE), call="d" * 20)
    assert kiosk.is_in(State.CONNECTED)
    assert kiosk.reception.notes == {"foreign": 1}


def test_a_call_id_is_used_once(kiosk: Kiosk) -> None:
    ring = write(Ring(n=1, department="civil", by="1"))
    kiosk.reception.signal("e" * 20, ring, kiosk.now_s)
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    kiosk.start()
    kiosk.reception.signal("e" * 20, ring, kiosk.now_s)
    assert kiosk.reception.notes == {"used id": 1}
    kiosk.reception.signal("NOT AN ID", ring, kiosk.now_s)
    assert kiosk.reception.notes == {"used id": 2}


def test_a_signal_that_is_no_step_of_this_state_changes_nothing() -> None:
    kiosk = connected()
    before = kiosk.session.call
    for signal in (
        Granted(n=0, department="x", by="y"),
        Queued(n=0, department="x", place=1),
        Ringing(n=0, department="x"),
        Hold(n=0, on=False),
        Renew(n=0, leg=99),
        Ring(n=0, department="x", by="y"),
    ):
        kiosk.hear(signal)
    assert (kiosk.session.call, kiosk.seen.department) == (before, "civil")
    assert len(kiosk.asked(OpenLeg)) == 1


def test_a_description_of_a_megabyte_is_refused_by_the_contract() -> None:
    session = Session("f" * 20)
    session.start(call_screen.Start(department="civil"), 0.0)
    with pytest.raises(ContractError):
        session.signal(write(Answer(n=1, leg=1, sdp="v" * (MAX_SDP + 1))), 0.0)


# --- the table both look at


def test_words_a_guide_and_circles_reach_the_screen_and_end_with_the_call() -> None:
    kiosk = connected()
    for n in range(7):
        kiosk.session.data(encode(call_data.Text(f"{n}")), kiosk.now_s)
    kiosk.session.data(encode(call_data.Show("id-card", 2)), kiosk.now_s)
    kiosk.session.data(encode(call_data.StillAsk()), kiosk.now_s)
    assert kiosk.asked(TakeStill) == [TakeStill()]
    kiosk.session.table.showing(call_screen.Still("/dev/shm/x", 1600, 1200))
    kiosk.session.data(encode(call_data.Mark(1, [(0.1, 0.2), (0.3, 0.4)])), kiosk.now_s)
    seen = kiosk.seen
    assert seen.texts == ["2", "3", "4", "5", "6"]
    assert (seen.guide, seen.card) == ("id-card", 2)
    assert seen.still is not None
    assert seen.still.marks == [[(0.1, 0.2), (0.3, 0.4)]]
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    assert (kiosk.seen.texts, kiosk.seen.guide, kiosk.seen.still) == ([], "", None)
    assert DropStill() in kiosk.asked(DropStill)


def test_words_that_come_again_by_the_next_leg_are_shown_once_and_stay_put_away() -> None:
    kiosk = connected()
    words = encode(call_data.Text("明天上午九点", 7))
    assert kiosk.session.data(words, kiosk.now_s)
    assert not kiosk.session.data(words, kiosk.now_s)
    assert kiosk.seen.texts == ["明天上午九点"]
    kiosk.session.put_away()
    assert not kiosk.session.data(words, kiosk.now_s)
    assert kiosk.session.data(encode(call_data.Text("明天上午九点", 8)), kiosk.now_s), "said anew on purpose"
    assert kiosk.seen.texts == ["明天上午九点"]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{}",
        "不是 JSON",
        b'{"type":"text","text":""}',
        b'{"type":"text","text":"' + b"x" * 501 + b'"}',
        b'{"type":"show","guide":"' + b"g" * 101 + b'"}',
        b'{"type":"show","guide":"g","card":-1}',
        b'{"type":"mark","mark":1,"points":[[0.1,0.1],[0.2,0.2]]}',
        b'{"type":"mark","mark":1,"points":[[0.1,1e400],[0.2,0.2]]}',
        b"x" * 100_000,
    ],
)
def test_what_is_not_understood_on_the_data_channel_is_dropped(message: bytes | str) -> None:
    kiosk = connected()
    assert not kiosk.session.data(message, kiosk.now_s)
    assert kiosk.is_in(State.CONNECTED)


def test_a_page_that_floods_the_data_channel_is_not_listened_to() -> None:
    kiosk = connected()
    taken = [kiosk.session.data(encode(call_data.Text("x")), kiosk.now_s) for _ in range(1000)]
    assert sum(taken) <= 50


def test_a_phrase_goes_to_the_page_and_only_inside_a_call(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.reception.wish(call_screen.Say("听不清"), kiosk.now_s)
    assert kiosk.asked(Tell) == []
    kiosk = connected()
    kiosk.reception.wish(call_screen.Say("听不清"), kiosk.now_s)
    assert kiosk.asked(Tell) == [Tell(call_data.Text("听不清"))]


def test_volume_has_its_bounds_and_is_normal_again_with_the_next_call() -> None:
    kiosk = connected()
    kiosk.reception.wish(call_screen.Volume(99), kiosk.now_s)
    assert kiosk.seen.volume_db == 18
    kiosk.reception.wish(call_screen.HangUp(), kiosk.now_s)
    kiosk.start()
    assert kiosk.seen.volume_db == 0
