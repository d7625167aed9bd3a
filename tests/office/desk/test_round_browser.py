"""The warden's page in a real Chromium, at the size of a small phone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.office.desk import offline
from tests.office.desk.house import House


@pytest.mark.slow
def test_three_reports_made_offline_are_three_cases_after_the_browser_was_killed(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            outcome = await offline.three_reports(house, short_tmp)
            assert outcome.exact, outcome

    asyncio.run(story())


@pytest.mark.slow
def test_a_report_whose_answer_was_lost_is_not_reported_twice(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            outcome = await offline.killed_while_sending(house, short_tmp)
            assert outcome.exact, outcome

    asyncio.run(story())
