"""A reader's codes: whole ones only, and none of them reaches the screen as keys."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from drivers.ports.clock import system_clock
from edge.peripherals.hid import EV_KEY, EVENT, KEYS, SHIFTS, HidReader, Keys
from edge.peripherals.reader import MOST, SILENCE_S, Codes
from edge.peripherals.wired import WiredReader

CODE_OF = {typed: (code, shift) for code, row in KEYS.items() for shift, typed in enumerate(row) if code < 71}


def typed(text: str) -> bytes:
    """What a reader's event file holds when it types that."""
    events = b""
    for character in text:
        code, shift = CODE_OF[character]
        if shift:
            events += EVENT.pack(1, 0, EV_KEY, SHIFTS[0], 1)
        events += EVENT.pack(1, 0, EV_KEY, code, 1) + EVENT.pack(1, 0, EV_KEY, code, 0)
        if shift:
            events += EVENT.pack(1, 0, EV_KEY, SHIFTS[0], 0)
    return events


def test_a_link_comes_through_as_it_was_printed_whatever_the_cuts() -> None:
    text = "https://desk.example/p/case#482109376/AbC-_x?y=1&z={}\n"
    content = typed(text)
    for size in (1, 7, EVENT.size, 1000):
        keys = Keys()
        assert "".join(keys.text(content[at : at + size]) for at in range(0, len(content), size)) == text


@given(st.binary(max_size=400))
def test_no_bytes_of_an_event_file_can_do_harm(content: bytes) -> None:
    assert isinstance(Keys().text(content), str)


def test_a_code_ends_with_enter_or_with_silence() -> None:
    found: list[str] = []
    codes = Codes(found.append)
    codes.take("482109376\r\n", 0.0)
    codes.take("4821", 1.0)
    codes.tick(1.0 + SILENCE_S / 2)
    assert found == ["482109376"]
    codes.tick(1.0 + SILENCE_S * 2)
    assert found == ["482109376", "4821"]


def test_what_is_too_long_or_no_text_is_dropped_whole_and_the_next_is_read() -> None:
    found: list[str] = []
    codes = Codes(found.append)
    codes.take("x" * (MOST + 1) + "\n", 0.0)
    codes.take("a\x1b[31mb\n", 1.0)
    codes.take("  \n\n", 2.0)
    codes.take("good\n", 3.0)
    assert found == ["good"]


@given(st.lists(st.tuples(st.text(max_size=40), st.floats(0, 2)), max_size=30))
def test_codes_are_always_bounded_text(pieces: list[tuple[str, float]]) -> None:
    found: list[str] = []
    codes, at = Codes(found.append), 0.0
    for text, later in pieces:
        at += later
        codes.take(text, at)
    assert all(0 < len(code) <= MOST and code.isprintable() for code in found)


async def until_found(found: list[str], wanted: list[str]) -> None:
    async with asyncio.timeout(10):
        while found != wanted:  # noqa: ASYNC110 - the reader tells a list
            await asyncio.sleep(0.01)


def test_a_reader_that_is_unplugged_comes_back(tmp_path: Path) -> None:
    async def story() -> None:
        path, found = tmp_path / "event0", list[str]()
        os.mkfifo(path)
        work = asyncio.create_task(HidReader(str(path), found.append).run())
        for text in ("first", "second"):
            handle = await asyncio.to_thread(os.open, path, os.O_WRONLY)
            os.write(handle, typed(text + "\n"))
            os.close(handle)
            await until_found(found, ["first", "second"][: ["first", "second"].index(text) + 1])
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(story())


def test_a_reader_on_a_serial_line_is_read_through_the_gateways_port() -> None:
    async def story() -> None:
        ours, theirs = os.openpty()
        found: list[str] = []
        work = asyncio.create_task(WiredReader(os.ttyname(theirs), 9600, system_clock, found.append).run())
        async with asyncio.timeout(10):
            while not found:
                os.write(ours, b"482109376\r\n")
                await asyncio.sleep(0.05)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        os.close(ours)
        os.close(theirs)
        assert found[0].endswith("482109376")

    asyncio.run(story())
