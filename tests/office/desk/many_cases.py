"""Many cases at once, for tests and figures about lists: a few years of an office, spread as offices have them."""

from __future__ import annotations

import random
import sqlite3

from office.desk.cases.wording import tag, units
from sync.contract import case_number

HOUR = 3_600_000
KINDS = ("lamp", "rubbish", "road", "blocked", "noise", "safety", "elder", "other")
DEPARTMENTS = ("general", "civil", "labour", "housing", "family", "culture", "city", "safety", "order")
OPEN_STEPS = ("received", "dispatch", "handle", "verify", "reply", "close")
WORDS = ("路灯不亮", "垃圾没有清运", "道路破损积水", "占道经营", "夜间施工噪音", "井盖缺失", "老人需要助餐", "楼道堆物")
PLACES = ("团结湖北口", "中路北社区", "水碓子东路", "三四条小区", "农展馆南路", "一二条社区")


def fill(conn: sqlite3.Connection, count: int, now: int, *, open_share: float = 0.08, seed: int = 1) -> None:
    """So many cases; the newest are open. In one transaction of the caller's."""
    chance = random.Random(seed)
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(case_number.mint(chance.randbytes))
    cases, words, first = [], [], int(conn.execute("SELECT coalesce(max(n), 0) FROM cases").fetchone()[0]) + 1
    for n, number in enumerate(numbers, first):
        is_open = n - first >= count * (1 - open_share)
        step = chance.choice(OPEN_STEPS) if is_open else "ended"
        kind, department = chance.choice(KINDS), chance.choice(DEPARTMENTS)
        assignee = f"account-{chance.randrange(40)}" if chance.random() < 0.7 else ""
        begun = now - (count - n + first) * HOUR // 4
        text = f"{chance.choice(WORDS)},{chance.choice(PLACES)}{chance.randrange(100)}号附近,请尽快处理"
        place = chance.choice(PLACES)
        ended = None if is_open else begun + chance.randrange(1, 200) * HOUR
        due = begun + chance.randrange(10, 400) * HOUR
        times = (begun, begun, due, ended)
        cases.append(
            (n, number, number, step, int(is_open), kind, department, assignee, "hotline", text, place, *times)
        )
        tags = {"step": step, "kind": kind, "department": department, "assignee": assignee, "open": str(int(is_open))}
        words.append((n, units(f"{number} {text} {place}"), " ".join(tag(name, value) for name, value in tags.items())))
    conn.executemany(
        """INSERT INTO cases(n, number, slip, step, open, kind, department, assignee, source, words, place_words,
               begun_at, step_at, due_at, ended_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        cases,
    )
    conn.executemany("INSERT INTO case_words(rowid, words, tags) VALUES (?,?,?)", words)
