"""Reports of kiosks become exactly one case each, also when the desk is killed in the middle of taking them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sync.contract import case_number
from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.killed import asked, brought, killed_while, receiver_of
from tests.office.sending import event

COUNT = 240


async def _stored(folder: Path, numbers: Sequence[str]) -> None:
    async with receiver_of(folder) as store:
        forms = [{"number": number, "words": f"第 {n} 次"} for n, number in enumerate(numbers, 1)]
        await brought(
            store,
            [event(n, kind=SUBMISSION, data=Submission(kind="report", form=form)) for n, form in enumerate(forms, 1)],
        )


def test_killed_while_it_takes_reports_the_desk_loses_none_and_doubles_none(short_tmp: Path) -> None:
    numbers = [case_number.mint() for _ in range(COUNT)]
    asyncio.run(_stored(short_tmp, numbers))
    taken = killed_while("taking_reports", short_tmp, 0.25, "SELECT count(*) FROM cases")
    assert [slip for (slip,) in asked(short_tmp, "SELECT slip FROM cases ORDER BY n")] == numbers
    assert asked(short_tmp, "SELECT count(*) FROM case_history WHERE action='begin'") == [(COUNT,)]
    assert any(0 < count < COUNT for count in taken), taken
