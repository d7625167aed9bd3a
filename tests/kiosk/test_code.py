"""The installer's code and its lock."""

from __future__ import annotations

import pytest

from kiosk_ui.code import LOCK_S, TRIES, Lock, fits, hashed


def test_the_code_fits_its_line_and_no_other_code_does() -> None:
    line = hashed("246813", b"0123456789abcdef")
    assert fits("246813", line)
    assert not fits("246814", line)
    assert not fits("", line)


def test_two_boxes_with_the_same_code_have_different_lines() -> None:
    assert hashed("246813", b"a" * 16) != hashed("246813", b"b" * 16)


@pytest.mark.parametrize(
    "line",
    ["", "246813", "scrypt$14$8$1$AAAA", "scrypt$x$8$1$AAAA$AAAA", "scrypt$30$8$1$AAAA$AAAA", "md5$14$8$1$AA=="],
)
def test_nothing_fits_a_line_that_is_none(line: str) -> None:
    assert not fits("246813", line)
    assert not fits("", line)


def test_five_wrong_tries_lock_for_ten_minutes() -> None:
    lock = Lock()
    for _ in range(TRIES):
        assert lock.left_s(0.0) == 0
        lock.tried(0.0, right=False)
    assert lock.left_s(0.0) == LOCK_S == 600
    assert lock.left_s(599.0) == 1
    assert lock.left_s(600.0) == 0


def test_a_right_try_forgets_the_wrong_ones() -> None:
    lock = Lock()
    for right in (False, False, False, False, True, False):
        lock.tried(0.0, right=right)
    assert lock.left_s(0.0) == 0
