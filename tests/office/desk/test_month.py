"""The month's sheet counts what happened, by Beijing's calendar."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from office.desk.people.roles import Role
from office.desk.proof.month import bounds
from sync.contract.alarm import Step
from tests.office.desk.house import House
from tests.office.ends import eventually

SEPTEMBER = 1788192000000
"""2026-09-01 00:00 in Beijing."""


def told(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def test_a_month_is_beijings_and_ends_now_while_it_runs() -> None:
    october = SEPTEMBER + 30 * 24 * 3600 * 1000
    assert bounds("2026-09", october + 1) == (SEPTEMBER, october)
    assert bounds("2026-09", SEPTEMBER + 5) == (SEPTEMBER, SEPTEMBER + 5)
    for wrong in ("2026-13", "2026-10", "September", ""):
        with pytest.raises(ValueError):
            bounds(wrong, SEPTEMBER + 5)


def test_alarms_are_counted_by_how_fast_somebody_took_them(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            for seconds in (10, 50, 90):
                alarm = await house.press()
                house.later(seconds)
                await house.desk.centre.step(alarm, Step.ACKNOWLEDGE, "duty", clerk.me["id"])
                await house.desk.centre.step(alarm, Step.CLOSE, "duty", clerk.me["id"], reason="real")
            await house.press()
            await house.press(test=True)
            house.later(1)
            seen = await clerk.get("/v1/months/2026-09")
            assert seen["real"] == {"raised": 4, "within_goal": 2, "never_taken": 1, "median_s": 50, "p90_s": 82}
            assert seen["reasons"][0] == {"reason": "real", "count": 3}

    told(story())


def test_hours_without_anyone_are_cut_to_the_month_and_looks_are_counted(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)

            def happened(conn: sqlite3.Connection) -> None:
                conn.execute("DELETE FROM unattended")
                hour = 3600 * 1000
                for began, ended in (
                    (SEPTEMBER - hour, SEPTEMBER + hour),
                    (SEPTEMBER + 5 * hour, SEPTEMBER + 8 * hour),
                ):
                    conn.execute("INSERT INTO unattended(began_at, ended_at) VALUES (?,?)", (began, ended))
                for way, refused in (("live", ""), ("live", "no camera"), ("kept", "")):
                    conn.execute(
                        """INSERT INTO looks(at, account, asked_by, gateway, camera, reason, about, way, refused)
                           VALUES (?, 'a', '', 'gw-1', 'cam', 'looking', '', ?, ?)""",
                        (SEPTEMBER + hour, way, refused),
                    )

            await house.desk.change(happened)
            seen = await chief.get("/v1/months/2026-09")
            assert (seen["unattended_s"], seen["unattended_longest_s"]) == (4 * 3600, 3 * 3600)
            assert seen["looks"] == [
                {"way": "kept", "count": 1, "refused": 0},
                {"way": "live", "count": 2, "refused": 1},
            ]

    told(story())


def test_a_button_counts_as_tried_in_the_week_in_which_it_was_pressed_or_its_person_called(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            await house.press("pressed")
            query = "SELECT 1 FROM device_state WHERE device='pressed'"
            await eventually(lambda: house.desk.look(lambda conn: conn.execute(query).fetchone()), "the desk knows it")

            def known(conn: sqlite3.Connection) -> None:
                conn.execute("DELETE FROM device_state")
                for device in ("pressed", "called", "forgotten"):
                    conn.execute(
                        """INSERT INTO device_state(gateway, device, profile, registered, first_at)
                           VALUES ('gw-1', ?, 'gt06', 1, 1)""",
                        (device,),
                    )
                conn.execute("INSERT INTO weekly_calls VALUES ('gw-1', 'called', '2026-W39', 'a', 1, '')")

            await house.desk.change(known)
            weeks = {week["week"]: week for week in (await chief.get("/v1/months/2026-09"))["weeks"]}
            assert weeks["2026-W39"] == {"week": "2026-W39", "buttons": 3, "pressed": 1, "called": 1}
            assert weeks["2026-W38"]["pressed"] == 0

    told(story())


def test_a_month_that_is_none_is_refused_in_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            chief = await house.signed_in(Role.ADMINISTRATOR)
            assert (await chief.ask("GET", "/v1/months/2030-01")).status == 400
            assert (await chief.ask("GET", "/v1/months/x%27--")).status == 400

    told(story())
