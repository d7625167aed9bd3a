"""Keys that only root can read reach a service all the same."""

from __future__ import annotations

from pathlib import Path

from sync.credentials import handed_over

HERE = "/etc/linli/tls/gateway.key"


def test_a_file_that_was_handed_over_is_taken_instead_of_the_one_in_etc(tmp_path: Path) -> None:
    copy = tmp_path / "gateway.key"
    copy.write_text("key", encoding="utf-8")

    assert handed_over(HERE, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == str(copy)
    assert handed_over(str(copy), {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == str(copy)


def test_what_was_not_handed_over_is_read_where_it_lies(tmp_path: Path) -> None:
    assert handed_over(HERE, {}) == HERE
    assert handed_over(HERE, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == HERE
