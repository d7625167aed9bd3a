"""The in-memory port: every promise a real port makes, kept within the call."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from drivers.model import Instant
from drivers.ports.memory import MAX_WAITING, MemoryPort, NotConnected, Recorded, Recorder, WaitingFull
from drivers.ports.port import Line, Listener, Port

AT = Instant(datetime(2025, 11, 20, 8, 0, tzinfo=UTC), 100.0)


def started(listener: Listener) -> MemoryPort:
    port = MemoryPort("bench", lambda: AT)
    port.start(listener)
    return port


def test_what_a_peer_sends_is_delivered_within_the_call_and_stamped_by_the_clock() -> None:
    recorder = Recorder()
    peer = started(recorder).connect("pendant")
    peer.send(b"\x01")
    peer.send(b"\x02")
    (heard,) = recorder.conversations
    assert heard.items == [b"\x01", b"\x02"]
    assert heard.times == [AT, AT]
    assert heard.line.name == "bench pendant"


def test_answers_and_settled_items_reach_the_peer_in_order() -> None:
    def answer(line: Line, item: bytes) -> None:
        line.settle(item)
        line.write(item + b"!")

    peer = started(Recorder(answer)).connect()
    peer.send(b"a")
    peer.send(b"b")
    assert peer.replies == [b"a!", b"b!"]
    assert peer.settled == [b"a", b"b"]


def test_a_paused_line_delivers_later_and_in_order() -> None:
    recorder = Recorder(lambda line, _: line.pause())
    peer = started(recorder).connect()
    for n in range(3):
        peer.send(n)
    (heard,) = recorder.conversations
    assert heard.items == [0]
    peer.resume()
    assert heard.items == [0, 1]
    peer.resume()
    assert heard.items == [0, 1, 2]


def test_a_program_that_resumes_while_it_receives_still_gets_everything_once_and_in_order() -> None:
    recorder = Recorder(lambda line, _: line.resume())
    peer = started(recorder).connect()
    peer.pause()
    for n in range(5):
        peer.send(n)
    peer.resume()
    assert recorder.conversations[0].items == [0, 1, 2, 3, 4]


def test_what_waits_for_a_paused_program_is_bounded() -> None:
    peer = started(Recorder()).connect()
    peer.pause()
    for n in range(MAX_WAITING):
        peer.send(n)
    with pytest.raises(WaitingFull):
        peer.send("one more")


def test_each_side_can_hang_up_and_the_program_hears_it_once() -> None:
    recorder = Recorder()
    port = started(recorder)
    cut, closed = port.connect(), port.connect()
    cut.cut()
    cut.cut()
    closed.close("newer login")
    closed.write(b"too late")
    assert [c.ended for c in recorder.conversations] == ["closed by the peer", "newer login"]
    assert closed.replies == []
    with pytest.raises(NotConnected, match="newer login"):
        closed.send(b"x")


def test_a_line_the_program_closes_while_it_opens_is_told_so() -> None:
    class Refuser(Recorder):
        def opened(self, line: Line) -> Recorded:
            line.close("not you")
            return super().opened(line)

    recorder = Refuser()
    assert started(recorder).connect().closed == "not you"
    assert recorder.conversations[0].ended == "not you"


def test_a_broken_port_ends_its_lines_and_is_told_once_each_way() -> None:
    recorder = Recorder()
    port = started(recorder)
    port.connect()
    port.fail("unplugged")
    port.fail("unplugged")
    with pytest.raises(NotConnected, match="unplugged"):
        port.connect()
    port.mend()
    port.connect()
    assert recorder.history == ["up", "down: unplugged", "up"]
    assert [c.ended for c in recorder.conversations] == ["unplugged", None]


def test_cancelling_run_closes_every_line() -> None:
    async def scenario() -> None:
        recorder = Recorder()
        port = MemoryPort("bench", lambda: AT)
        task = asyncio.create_task(as_port(port).run(recorder))
        await asyncio.sleep(0)
        peers = [port.connect() for _ in range(3)]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert all(peer.closed for peer in peers)
        assert all(c.ended for c in recorder.conversations)
        with pytest.raises(NotConnected, match="not started"):
            port.connect()

    asyncio.run(scenario())


def as_port(port: Port) -> Port:
    """mypy's proof that the contract is kept."""
    return port
