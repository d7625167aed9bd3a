"""A slip is on paper, or the screen is told why not."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.peripherals.escpos import ASK_PAPER, EscposPrinter, written
from edge.peripherals.printer import FakePrinter, NoPrinter, PrinterError
from sync.contract.slip import MOST_LINES, MOST_QR, Line, Size, Slip, Trouble, fits

SLIP = Slip(
    [Line("街道办事处", Size.BIG, centred=True), Line("编号 4821-0937-6")],
    "https://desk.example/p/case#482109376/token",
)
PAPER, NO_PAPER = b"\x12", b"\x72"


@contextmanager
def printer(answer: Callable[[], bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A printer at the other end of a line: answers when asked for paper, and remembers what came."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    came: list[bytes] = [b""]

    def work() -> None:
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                return
            asked = (came[0][-2:] + piece).count(ASK_PAPER)
            came[0] += piece
            for _ in range(asked):
                os.write(ours, answer())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield os.ttyname(theirs), came
    finally:
        os.close(theirs)
        os.close(ours)
        thread.join(5)


def test_chinese_goes_in_the_printers_own_font_and_the_code_as_a_code() -> None:
    content = written(SLIP)
    assert "街道办事处".encode("gb18030") in content
    assert b"\x1d(k" in content
    assert SLIP.qr.encode() in content
    assert content.index("编号".encode("gb18030")) < content.index(b"\x1d(k")


def test_a_slip_is_asked_for_paper_before_and_after_and_whole_between() -> None:
    with printer(lambda: PAPER) as (at, came):
        EscposPrinter(at).print(SLIP)
    assert came[0].startswith(ASK_PAPER)
    assert came[0].endswith(ASK_PAPER)
    assert written(SLIP) in came[0]


def test_without_paper_nothing_is_sent() -> None:
    with printer(lambda: NO_PAPER) as (at, came):
        with pytest.raises(PrinterError) as refused:
            EscposPrinter(at).print(SLIP)
        assert EscposPrinter(at).look() is Trouble.PAPER
    assert refused.value.trouble is Trouble.PAPER
    assert SLIP.qr.encode() not in came[0]


def test_paper_that_ends_inside_the_slip_is_said() -> None:
    answers = iter([PAPER, NO_PAPER])
    with printer(lambda: next(answers)) as (at, _), pytest.raises(PrinterError) as refused:
        EscposPrinter(at).print(SLIP)
    assert refused.value.trouble is Trouble.PAPER


def test_a_printer_that_never_answers_prints_all_the_same() -> None:
    with printer(lambda: b"") as (at, came):
        EscposPrinter(at).print(SLIP)
    assert written(SLIP) in came[0]


@pytest.mark.parametrize("nonsense", [b"\x00", b"\xff", b"\x81"])
def test_an_answer_that_is_none_counts_as_silence(nonsense: bytes) -> None:
    with printer(lambda: nonsense) as (at, _):
        assert EscposPrinter(at).look() is None


def test_a_printer_that_is_not_there_is_away(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.write_bytes(b"")
    for at in (str(tmp_path / "none"), str(plain), "127.0.0.1:1"):
        with pytest.raises(PrinterError) as refused:
            EscposPrinter(at).print(SLIP)
        assert refused.value.trouble is Trouble.AWAY
    assert plain.read_bytes() == b""


def test_the_fake_writes_what_would_be_on_paper_and_can_be_out_of_it(tmp_path: Path) -> None:
    fake = FakePrinter(tmp_path)
    fake.print(SLIP)
    assert len(list(tmp_path.glob("slip-*.json"))) == 1
    (tmp_path / "paper").touch()
    with pytest.raises(PrinterError) as refused:
        fake.print(SLIP)
    assert refused.value.trouble is Trouble.PAPER
    assert NoPrinter().look() is Trouble.NONE


@pytest.mark.parametrize(
    "slip",
    [
        Slip([]),
        Slip([Line("x")] * (MOST_LINES + 1)),
        Slip([Line("x" * 201)]),
        Slip([Line("a\x1b@b")]),
        Slip([Line("x")], "x" * (MOST_QR + 1)),
    ],
)
def test_what_is_no_slip_never_reaches_a_printer(slip: Slip) -> None:
    assert not fits(slip)
