"""The life of a call, its signals and its frames: what both ends rely on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.call import LIMIT_S, RING_S, Call, Reason, State, Step, WrongStepError
from sync.contract.call_signals import MAX_SDP, Alive, Answer, Bye, Heard, IceServer, Offer, Ringing, Start, write
from sync.contract.envelope import ContractError
from sync.contract.frames import FrameReader, FrameWriter, size_of


def walked(*steps: Step) -> Call:
    call = Call("a" * 16)
    for at, step in enumerate(steps):
        call = call.apply(step, float(at))
    return call


def test_a_call_that_is_answered_goes_through_every_state_in_between() -> None:
    call = walked(Step.START, Step.QUEUE, Step.RING, Step.GRANT, Step.MEDIA)
    assert call.state is State.CONNECTED
    assert call.apply(Step.END, 9.0, Reason.RESIDENT) == Call(call.id, State.ENDED, 9.0, Reason.RESIDENT)


def test_nobody_is_connected_without_a_grant() -> None:
    for before in (walked(Step.START), walked(Step.START, Step.QUEUE), walked(Step.START, Step.RING)):
        with pytest.raises(WrongStepError):
            before.apply(Step.MEDIA, 9.0)


def test_a_dead_line_keeps_the_call_and_its_person() -> None:
    call = walked(Step.START, Step.RING, Step.GRANT, Step.MEDIA, Step.LOST)
    assert (call.state, call.lives) == (State.CONNECTING, True)
    assert call.apply(Step.MEDIA, 20.0).state is State.CONNECTED


def test_an_ended_call_never_moves_again() -> None:
    ended = walked(Step.START).apply(Step.END, 1.0, Reason.OFFLINE)
    for step in Step:
        with pytest.raises(WrongStepError):
            ended.apply(step, 2.0, Reason.LOST if step is Step.END else None)


def test_only_an_end_has_a_reason_and_every_end_has_one() -> None:
    with pytest.raises(WrongStepError):
        walked(Step.START).apply(Step.END, 1.0)
    with pytest.raises(WrongStepError):
        walked(Step.START).apply(Step.RING, 1.0, Reason.BUSY)


@pytest.mark.parametrize("state", list(LIMIT_S))
def test_no_state_but_connected_lasts_for_ever(state: State) -> None:
    call = Call("a" * 16, state, 100.0)
    limit, reason = LIMIT_S[state]
    assert call.tick(100.0 + limit - 0.01) is call
    assert call.tick(100.0 + limit) == Call(call.id, State.ENDED, 100.0 + limit, reason)


def test_a_repeated_ring_does_not_lengthen_the_ringing() -> None:
    call = walked(Step.START, Step.RING).apply(Step.RING, 30.0)
    assert call.due() == 1.0 + RING_S


@given(st.lists(st.sampled_from(list(Step)), max_size=30))
def test_any_order_of_steps_leaves_a_call_that_is_somewhere(steps: list[Step]) -> None:
    call = Call("a" * 16)
    for step in steps:
        try:
            call = call.apply(step, 0.0, Reason.LOST if step is Step.END else None)
        except WrongStepError:
            continue
    assert (call.state is State.ENDED) == (call.reason is not None)


def test_a_signal_is_read_as_it_was_written_and_its_replay_is_dropped() -> None:
    heard = Heard()
    ringing = Ringing(n=1, department="civil", ice=[IceServer(["turn:10.0.0.1:3478"], "u", "c")])
    assert heard.down(write(ringing)) == ringing
    assert heard.down(write(ringing)) is None
    assert heard.down(write(Answer(n=2, leg=1, sdp="v=0"))) == Answer(n=2, leg=1, sdp="v=0")


def test_each_way_has_its_own_signals() -> None:
    with pytest.raises(ContractError):
        Heard().up(write(Ringing(n=1, department="civil")))
    assert Heard().up(write(Alive(n=1))) == Alive(n=1)


@pytest.mark.parametrize(
    "signal",
    [
        Offer(n=1, leg=1, sdp="v" * (MAX_SDP + 1)),
        Offer(n=0, leg=1, sdp="v=0"),
        Offer(n=1, leg=0, sdp="v=0"),
        Start(n=1, department=""),
        Start(n=1, department="civil", guide="g" * 201),
    ],
)
def test_too_much_is_refused_without_quoting_it(signal: Offer | Start) -> None:
    with pytest.raises(ContractError) as refused:
        Heard().up(write(signal))
    assert "vvv" not in str(refused.value)
    assert "ggg" not in str(refused.value)


def test_a_refused_signal_does_not_count_as_heard() -> None:
    heard = Heard()
    with pytest.raises(ContractError):
        heard.up(write(Offer(n=7, leg=0, sdp="v=0")))
    assert heard.up(write(Bye(n=3, reason=Reason.RESIDENT))) is not None


@given(st.binary(max_size=200))
def test_no_bytes_can_do_more_than_be_refused(payload: bytes) -> None:
    with pytest.raises(ContractError):
        Heard().up(b"\x00" + payload)


def test_a_reader_sees_the_newest_frame_and_each_once(tmp_path: Path) -> None:
    with FrameWriter(tmp_path / "f", 4, 2) as writer:
        reader = FrameReader(tmp_path / "f")
        assert reader.newest() is None
        for value in (1, 2, 3, 4, 5):
            writer.write(4, 2, bytes([value]) * 12, value)
        frame = reader.newest()
        assert frame is not None
        assert (frame.count, frame.at_ns, frame.planes) == (5, 5, bytes([5]) * 12)
        assert reader.newest(after=5) is None
        reader.close()


def test_a_smaller_picture_fits_and_a_larger_one_is_refused(tmp_path: Path) -> None:
    with FrameWriter(tmp_path / "f", 8, 4) as writer:
        writer.write(4, 2, bytes(size_of(4, 2)), 1)
        with pytest.raises(ValueError, match="no frame of"):
            writer.write(16, 8, bytes(size_of(16, 8)), 1)


def test_no_reader_ever_sees_half_a_frame(tmp_path: Path) -> None:
    size, done = size_of(64, 48), threading.Event()
    with FrameWriter(tmp_path / "f", 64, 48) as writer:

        def write_on() -> None:
            for count in range(3000):
                writer.write(64, 48, bytes([count % 256]) * size, count)
            done.set()

        reader, seen, last = FrameReader(tmp_path / "f"), 0, 0
        thread = threading.Thread(target=write_on)
        thread.start()
        while not done.is_set():
            frame = reader.newest(last)
            if frame is not None:
                assert len(set(frame.planes)) == 1
                assert frame.count > last
                seen, last = seen + 1, frame.count
        thread.join()
        reader.close()
    assert seen > 0


@pytest.mark.parametrize("content", [b"", b"LLF1", b"nonsense" * 20, b"LLF1" + b"\xff" * 100])
def test_a_file_that_holds_no_frames_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(ValueError, match=r"frames|empty"):
        FrameReader(tmp_path / "f")
