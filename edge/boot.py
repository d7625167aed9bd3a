"""What is known of the machine at a start: which boot this is, and how many files may be open."""

from __future__ import annotations

import resource
import sqlite3
from pathlib import Path

from sync.store import outbox

OPEN_FILES = 4096


def boot_id() -> str:
    """The kernel's name for this boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


def boot_number(conn: sqlite3.Connection) -> int:
    """The number of this boot: one more than the last if the machine was started since."""
    saved_id, _, number = outbox.recall(conn, "boot", " 0").partition(" ")
    return int(number) + (saved_id != boot_id())


def raise_open_files() -> None:
    """2,000 connections need descriptors; the soft limit is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))
